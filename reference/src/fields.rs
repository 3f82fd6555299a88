//! Which fields end at this hop, in either direction.
//!
//! It owns Connection, what Connection names, and the fixed set of fields
//! that are hop-by-hop whether anybody names them or not. It never adds an
//! Upgrade: who may have one is `upgrade.rs`'s.

use hyper::{
    HeaderMap, Version,
    header::{self, HeaderName},
    http::HeaderValue,
};

/// How this hop signs its messages.
pub(crate) const PSEUDONYM: &str = "hopspec-reference";

/// Removed from every message, named by Connection or not. RFC 9110 §7.6.1.
static HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::TE,
    // Trailers are dropped here (RFC 9110 §6.5.1), so none may be announced.
    header::TRAILER,
    // hyper frames each hop's message anew.
    header::TRANSFER_ENCODING,
    // Statement 1 of the page: what the client says does not travel by itself.
    header::UPGRADE,
    // RFC 7540 §3.2.1: went with h2c, which RFC 9113 §3.1 retired.
    HeaderName::from_static("http2-settings"),
];

/// Kept even if Connection names them: without these the next hop would see
/// another message, or another server's. RFC 8470 §5.1 asks it of Early-Data.
static PROTECTED: [HeaderName; 4] =
    [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, HeaderName::from_static("early-data")];

/// Removes everything that was meant for this hop only.
pub(crate) fn remove_hop_by_hop(fields: &mut HeaderMap) {
    // Removing from a map one walks over is not possible; usually there is
    // nothing to collect, and an empty Vec costs nothing.
    let named: Vec<HeaderName> = members(fields, &header::CONNECTION)
        .filter_map(|option| HeaderName::from_bytes(option).ok())
        .filter(|name| !PROTECTED.contains(name) && fields.contains_key(name))
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        fields.remove(name);
    }
}

/// Removes what a request brings for its first recipient, beyond the above.
pub(crate) fn remove_request_only(fields: &mut HeaderMap) {
    // This hop answers the expectation: hyper sends 100 once the body is wanted.
    fields.remove(header::EXPECT);
    // RFC 9110 §11.7.2: credentials for a proxy that asked for them. This one
    // never does, and the origin must not be shown another's.
    fields.remove(header::PROXY_AUTHORIZATION);
}

/// Signs a request. RFC 9110 §7.6.3.
pub(crate) fn append_via(fields: &mut HeaderMap, received: Version) {
    let value = match received {
        Version::HTTP_10 => const { HeaderValue::from_static("1.0 hopspec-reference") },
        _ => const { HeaderValue::from_static("1.1 hopspec-reference") },
    };
    fields.append(header::VIA, value);
}

/// Whether Connection has this option, on whichever line. RFC 9110 §7.6.1.
pub(crate) fn has_option(fields: &HeaderMap, option: &str) -> bool {
    members(fields, &header::CONNECTION).any(|member| member.eq_ignore_ascii_case(option.as_bytes()))
}

/// The members of a list field over all its lines, without the empty ones.
/// RFC 9110 §5.6.1.2.
pub(crate) fn members<'a>(
    fields: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    fields
        .get_all(name)
        .into_iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|member| !member.is_empty())
}

/// Writes the Connection that a message leaves with.
///
/// Only options that speak of the connection itself may leave (RFC 9110
/// §7.6.1), each once, and `upgrade` must if an Upgrade does (§7.8).
pub(crate) fn settle_connection(fields: &mut HeaderMap) {
    let close = has_option(fields, "close");
    let upgrade = has_option(fields, "upgrade") || fields.contains_key(header::UPGRADE);
    let value = match (close, upgrade) {
        (false, false) => {
            fields.remove(header::CONNECTION);
            return;
        }
        (false, true) => const { HeaderValue::from_static("upgrade") },
        (true, false) => const { HeaderValue::from_static("close") },
        (true, true) => const { HeaderValue::from_static("upgrade, close") },
    };
    fields.insert(header::CONNECTION, value);
}

/// Whether a name is a token. RFC 9110 §5.6.2.
pub(crate) fn is_token(name: &[u8]) -> bool {
    !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

#[cfg(test)]
mod tests {
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
        remove_hop_by_hop(&mut fields);
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
        remove_hop_by_hop(&mut fields);
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
        remove_hop_by_hop(&mut fields);
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
    fn announces_only_what_is_the_connections(
        #[case] lines: &[(&str, &str)],
        #[case] expected: Option<&str>,
    ) {
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
            remove_hop_by_hop(&mut fields);
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
            remove_hop_by_hop(&mut fields);
            prop_assert!(fields.is_empty());
        }
    }
}
