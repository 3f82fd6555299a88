//! What stays here and what travels.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn map(lines: &[(&str, &str)]) -> HeaderMap {
    let line = |(name, value): &(&str, &str)| {
        (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
    };
    let mut fields = HeaderMap::new();
    lines.iter().map(line).for_each(|(name, value)| {
        fields.append(name, value);
    });
    fields
}

#[rstest]
#[case::one(&["x-a"], false)]
#[case::other_case(&["X-A"], false)]
#[case::in_a_list(&["keep-alive, X-A"], false)]
#[case::empty_members_and_tabs(&[",, \t x-a\t, ,"], false)]
#[case::on_the_second_line(&["close", "x-a"], false)]
#[case::not_named(&["x-ab, x"], true)]
#[case::quoted_is_no_token(&["\"x-a\""], true)]
#[case::no_connection(&[], true)]
fn removes_what_connection_names(#[case] connection: &[&str], #[case] survives: bool) {
    let mut fields = map(&[("x-a", "1"), ("x-b", "2"), ("x-a", "3")]);
    for line in connection {
        fields.append(header::CONNECTION, line.parse().unwrap());
    }
    remove_hop_by_hop(&mut fields, &[]);
    assert_eq!(fields.contains_key("x-a"), survives);
    assert_eq!(fields["x-b"], "2");
    assert!(!fields.contains_key(header::CONNECTION));
}

#[rstest]
#[case("host")]
#[case("content-length")]
#[case("early-data")]
fn keeps_what_the_next_hop_cannot_do_without(#[case] name: &str) {
    let mut fields = map(&[("connection", name), (name, "1")]);
    remove_hop_by_hop(&mut fields, &[]);
    assert!(fields.contains_key(name));
}

#[rstest]
#[case("keep-alive")]
#[case("proxy-connection")]
#[case("te")]
#[case("trailer")]
#[case("transfer-encoding")]
#[case("upgrade")]
#[case("http2-settings")]
fn removes_the_fixed_set_unnamed(#[case] name: &str) {
    let mut fields = map(&[(name, "x")]);
    remove_hop_by_hop(&mut fields, &[]);
    assert!(fields.is_empty());
}

#[rstest]
#[case::nothing(&[], None)]
#[case::upgrade(&[("connection", "upgrade"), ("upgrade", "a")], Some("upgrade"))]
#[case::option_without_field(&[("connection", "Upgrade, upgrade")], Some("upgrade"))]
#[case::field_without_option(&[("upgrade", "a")], Some("upgrade"))]
#[case::close(&[("connection", "close")], Some("close"))]
#[case::both(&[("connection", "close, upgrade")], Some("upgrade, close"))]
#[case::end_to_end_names_never_leave(&[("connection", "x-a, cookie")], None)]
fn announces_only_what_is_the_connections(#[case] lines: &[(&str, &str)], #[case] expected: Option<&str>) {
    let mut fields = map(lines);
    settle_connection(&mut fields);
    let sent: Vec<_> = fields.get_all(header::CONNECTION).iter().collect();
    assert_eq!(sent, expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn signs_behind_those_before() {
    let mut fields = map(&[("via", "1.0 first"), ("via", "1.1 second")]);
    append_via(&mut fields, Version::HTTP_10);
    let via: Vec<_> = fields.get_all(header::VIA).iter().collect();
    assert_eq!(via, ["1.0 first", "1.1 second", "1.0 hopspec-reference"]);
}

proptest! {
    #[test]
    fn nothing_named_survives_and_nothing_else_vanishes(
        present in proptest::collection::vec("x-[a-e]", 0..8),
        named in proptest::collection::vec("[xX]-[a-eA-E]|[ -~]{0,6}", 0..6),
    ) {
        let mut fields = HeaderMap::new();
        for (index, name) in present.iter().enumerate() {
            fields.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from(index));
        }
        let before = fields.clone();
        fields.insert(header::CONNECTION, named.join(",").parse().unwrap());
        remove_hop_by_hop(&mut fields, &[]);
        let list = named.join(",").to_ascii_lowercase();
        for name in before.keys() {
            let is_named = list.split(',').any(|member| member.trim() == name.as_str());
            let (old, new) = (before.get_all(name), fields.get_all(name));
            if is_named {
                prop_assert!(new.iter().next().is_none());
            } else {
                prop_assert!(old.iter().eq(new.iter()));
            }
        }
    }

    #[test]
    fn any_connection_value_is_survived(value in proptest::collection::vec(32u8..=255, 0..64)) {
        let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
        let mut fields = HeaderMap::new();
        fields.insert(header::CONNECTION, value);
        remove_hop_by_hop(&mut fields, &[]);
        prop_assert!(fields.is_empty());
    }
}
