//! The configuration's reader keeps its properties, whatever it is given.

#[path = "properties/configuration.rs"]
mod configuration;

use proptest::{collection::vec, prelude::*, sample::select};

/// Words of the language, in any order: most of it makes no sense, and some does.
fn words() -> impl Strategy<Value = String> {
    let words = vec![
        "http",
        "events",
        "server",
        "location",
        "upstream",
        "map",
        "listen",
        "proxy_pass",
        "proxy_http_version",
        "proxy_set_header",
        "proxy_connect_timeout",
        "proxy_read_timeout",
        "proxy_send_timeout",
        "{",
        "}",
        ";",
        "127.0.0.1:8080",
        "http://backend",
        "http://127.0.0.1:1",
        "backend",
        "/",
        "/chat/",
        "1.1",
        "1.0",
        "60s",
        "$http_upgrade",
        "$connection_upgrade",
        "Upgrade",
        "Connection",
        "\"upgrade\"",
        "''",
        "default",
        "close",
        "$host",
        "$",
        "\"",
        "'",
        "\\",
        "#",
        "\n",
        "${",
        "~*x",
        "0",
        "99999999999999999999d",
    ];
    vec(prop_oneof![12 => select(words).prop_map(str::to_owned), 1 => any::<String>()], 0..40)
        .prop_map(|words| words.join(" "))
}

/// The map example of the page, with a few letters changed.
fn example() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), prop_oneof!["[ -~]{0,3}", any::<String>()], 0..6_usize);
    vec(change, 0..4).prop_map(|changes| {
        let mut letters: Vec<char> = include_str!("../examples/websocket.conf").chars().collect();
        for (at, put, gone) in changes {
            let at = at.index(letters.len() + 1);
            let behind = (at + gone).min(letters.len());
            letters.splice(at..behind, put.chars());
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn words_are_refused_or_accepted(text in words()) {
        configuration::holds(&text);
    }

    #[test]
    fn a_changed_example_is_refused_or_accepted(text in example()) {
        configuration::holds(&text);
    }
}
