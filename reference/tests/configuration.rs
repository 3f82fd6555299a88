//! What a wrong configuration is told.

use reference::Config;
use rstest::rstest;

fn told(text: &str) -> String {
    let error = Config::parse("test.conf", text.into()).expect_err("this should be refused");
    anstream::adapter::strip_str(&error.render()).to_string()
}

fn in_http(inner: &str) -> String {
    format!("http {{\n{inner}\n}}\n")
}

fn in_location(inner: &str) -> String {
    in_http(&format!("server {{\n    listen 127.0.0.1:0;\n    location / {{\n        {inner}\n    }}\n}}"))
}

#[rstest]
#[case::unknown_directive("unknown_directive", in_location("proxy_pas http://127.0.0.1:1;"))]
#[case::known_elsewhere("known_elsewhere", in_location("listen 80;"))]
#[case::missing_semicolon("missing_semicolon", in_location("proxy_pass http://127.0.0.1:1"))]
#[case::unclosed_block("unclosed_block", "http {\n    server {\n".into())]
#[case::unclosed_quote("unclosed_quote", in_location("proxy_set_header A \"b;"))]
#[case::glued_to_quote("glued_to_quote", in_location("proxy_set_header A \"b\"c;"))]
#[case::stray_close("stray_close", "events {\n}\n}\n".into())]
#[case::unknown_variable("unknown_variable", in_location("proxy_set_header A 'x $hots';"))]
#[case::unknown_upstream("unknown_upstream", format!("{}{}", "http { upstream backend { server 127.0.0.1:1; }\n", &in_location("proxy_pass http://bakend;")[7..]))]
#[case::proxy_pass_with_path("proxy_pass_with_path", in_location("proxy_pass http://127.0.0.1:1/;"))]
#[case::proxy_pass_without_scheme("proxy_pass_without_scheme", in_location("proxy_pass 127.0.0.1:1;"))]
#[case::http_1_0("http_1_0", in_location("proxy_http_version 1.0;"))]
#[case::bad_time("bad_time", in_location("proxy_read_timeout 5 parsecs;"))]
#[case::bad_unit("bad_unit", in_location("proxy_read_timeout 5x;"))]
#[case::own_field("own_field", in_location("proxy_set_header Content-Length 5;"))]
#[case::control_in_a_value("control_in_a_value", in_location("proxy_set_header A 'a\u{1}b';"))]
#[case::control_in_a_map("control_in_a_map", in_http("map $http_a $b { default \"$http_a\u{1}\"; }"))]
#[case::control_in_a_host("control_in_a_host", in_location("proxy_pass \"http://a\u{1}b\";"))]
#[case::twice("twice", in_location("proxy_read_timeout 1s; proxy_read_timeout 2s;"))]
#[case::no_proxy_pass("no_proxy_pass", in_location(""))]
#[case::no_listen("no_listen", in_http("server { }"))]
#[case::no_server("no_server", in_http(""))]
#[case::no_http("no_http", "events { }\n".into())]
#[case::duplicate_location(
    "duplicate_location",
    in_http(
        "server {\n listen 127.0.0.1:0;\n location /a { proxy_pass http://127.0.0.1:1; }\n location /a { proxy_pass http://127.0.0.1:1; }\n}"
    )
)]
#[case::duplicate_map("duplicate_map", in_http("map $http_a $b { }\nmap $http_c $b { }"))]
#[case::duplicate_row("duplicate_row", in_http("map $http_a $b { 'X' 1; x 2; }"))]
#[case::map_loop("map_loop", in_http("map $b $a { default 1; }\nmap $a $b { default 1; }"))]
#[case::map_regex("map_regex", in_http("map $http_a $b { ~^x 1; }"))]
#[case::empty_upstream("empty_upstream", in_http("upstream backend { }"))]
#[case::include_missing("include_missing", "include nowhere.conf;\n".into())]
fn a_wrong_configuration_is_shown_with_its_place(#[case] name: &str, #[case] text: String) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, told(&text)));
}

#[test]
fn both_examples_of_the_page_are_accepted() {
    let text = include_str!("../examples/websocket.conf");
    Config::parse("websocket.conf", text.into()).unwrap();
}

#[test]
fn an_error_in_an_included_file_names_that_file() {
    let folder = std::env::temp_dir().join(format!("reference-include-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("main.conf"), "http {\n    include inner.conf;\n}\n").unwrap();
    std::fs::write(folder.join("inner.conf"), "\nserver {\n    lisen 80;\n}\n").unwrap();
    let error = Config::read(&folder.join("main.conf")).unwrap_err().to_string();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(error.ends_with("inner.conf:3: `lisen` is no directive known here"), "{error}");
}

#[test]
fn files_that_include_each_other_are_refused() {
    let folder = std::env::temp_dir().join(format!("reference-loop-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("main.conf"), "include main.conf;\n").unwrap();
    let error = Config::read(&folder.join("main.conf")).unwrap_err().to_string();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(error.ends_with("`main.conf` is included without end"), "{error}");
}
