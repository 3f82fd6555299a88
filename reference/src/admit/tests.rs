//! Hosts and targets, good and bad.

use hyper::Request;
use rstest::rstest;

use super::*;

fn asked(method: &str, target: &str, fields: &[(&str, &str)]) -> Result<String, &'static str> {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    admit(&mut request.body(()).unwrap().into_parts().0).map_err(|refusal| refusal.why)
}

#[rstest]
#[case::name("example.org", Ok("example.org"))]
#[case::port_and_capitals("Example.ORG:8080", Ok("example.org"))]
#[case::address("127.0.0.1:80", Ok("127.0.0.1"))]
#[case::six("[::1]:80", Ok("[::1]"))]
#[case::six_without_port("[::1]", Ok("[::1]"))]
#[case::empty("", Ok(""))]
#[case::empty_port("a:", Ok("a"))]
#[case::path("a/b", Err("Host is not valid"))]
#[case::user("a@b", Err("Host is not valid"))]
#[case::blank("a b", Err("Host is not valid"))]
#[case::no_port("a:b", Err("Host is not valid"))]
#[case::two_ports("a:1:2", Err("Host is not valid"))]
#[case::no_address("[::g]", Err("Host is not valid"))]
fn host_is_a_host(#[case] host: &str, #[case] expected: Result<&str, &str>) {
    assert_eq!(asked("GET", "/", &[("host", host)]), expected.map(String::from));
}

#[rstest]
#[case::absolute("GET", "http://Other:1/", Ok("other"))]
#[case::user("GET", "http://u@other/", Err("the request target is not valid"))]
#[case::authority("GET", "other:80", Err("the request target is not valid"))]
#[case::asterisk("GET", "*", Err("the request target is not valid"))]
#[case::asterisk_for_options("OPTIONS", "*", Ok("a"))]
fn the_target_has_a_form(#[case] method: &str, #[case] target: &str, #[case] expected: Result<&str, &str>) {
    assert_eq!(asked(method, target, &[("host", "a")]), expected.map(String::from));
}
