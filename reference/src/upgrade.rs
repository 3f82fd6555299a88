//! Who asked for an upgrade, and whether a 101 is an answer to that.
//!
//! It owns both ends of the bargain: the offer taken from a request, and the
//! check of the switch the origin wants to make. It never moves a byte; the
//! tunnel is `tunnel.rs`'s.

use hyper::{
    HeaderMap, Version, header,
    http::{HeaderValue, request, response},
};

use crate::fields;

/// The protocols a client offered to switch to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Offer(HeaderValue);

/// Why a 101 opens no tunnel.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum InvalidSwitch {
    #[error("the origin switched protocols although the client had not asked")]
    NotAsked,
    #[error("the origin switched protocols although it was not asked")]
    NotPassedOn,
    #[error("the origin's 101 is HTTP/1.0")]
    OldVersion,
    #[error("the origin's 101 lacks the upgrade connection option")]
    NoOption,
    #[error("the origin's 101 names no protocol")]
    NoProtocol,
    #[error("the origin switched to a protocol that was not offered")]
    NotOffered,
    #[error("the origin switched before the request was complete")]
    RequestUnfinished,
}

impl Offer {
    /// The client's offer, if it made one that counts.
    pub(crate) fn of(head: &request::Parts) -> Option<Offer> {
        // RFC 9110 §7.8: in an HTTP/1.0 request, Upgrade means nothing.
        if head.version != Version::HTTP_11 {
            return None;
        }
        // RFC 9110 §7.6.1: without its option the field got here by accident.
        if !fields::has_option(&head.headers, "upgrade") {
            return None;
        }
        let lines = head.headers.get_all(header::UPGRADE);
        let all = || fields::members(&head.headers, &header::UPGRADE);
        let offered = || all().filter(|member| may_be_offered(member));
        offered().next()?;
        let mut each_line = lines.iter();
        match (each_line.next(), each_line.next()) {
            (Some(line), None) if all().all(may_be_offered) => Some(Offer(line.clone())),
            _ => {
                let list = offered().collect::<Vec<_>>().join(&b", "[..]);
                HeaderValue::from_bytes(&list).ok().map(Offer)
            }
        }
    }

    /// What `$http_upgrade` is: the client's list in the client's letters.
    pub(crate) fn value(&self) -> &HeaderValue {
        &self.0
    }
}

/// Statement 4 of the page: a tunnel is set up if, and only if, the origin
/// answered 101 and the client had asked for it.
///
/// `sent` are the fields the request went upstream with. The result is the
/// Upgrade to answer the client with.
pub(crate) fn check_switch(
    offer: Option<&Offer>,
    sent: Option<&HeaderValue>,
    answer: &response::Parts,
    request_complete: bool,
) -> Result<HeaderValue, InvalidSwitch> {
    let offer = offer.ok_or(InvalidSwitch::NotAsked)?;
    let sent = sent.ok_or(InvalidSwitch::NotPassedOn)?;
    if answer.version != Version::HTTP_11 {
        return Err(InvalidSwitch::OldVersion);
    }
    // RFC 9110 §7.8: who sends Upgrade sends its connection option as well.
    if !fields::has_option(&answer.headers, "upgrade") {
        return Err(InvalidSwitch::NoOption);
    }
    let chosen: Vec<_> = fields::members(&answer.headers, &header::UPGRADE).collect();
    if chosen.is_empty() {
        return Err(InvalidSwitch::NoProtocol);
    }
    // RFC 9110 §7.8: only to a protocol that the client named.
    let offered = |list: &HeaderValue, one: &[u8]| {
        list.as_bytes().split(|byte| *byte == b',').any(|other| is_same(other.trim_ascii(), one))
    };
    if !chosen.iter().all(|one| offered(&offer.0, one) && offered(sent, one)) {
        return Err(InvalidSwitch::NotOffered);
    }
    // RFC 9110 §7.8: the new protocol begins behind the request, so what is
    // left of its body would be taken for the tunnel's first bytes.
    if !request_complete {
        return Err(InvalidSwitch::RequestUnfinished);
    }
    HeaderValue::from_bytes(&chosen.join(&b", "[..])).map_err(|_| InvalidSwitch::NoProtocol)
}

/// Turns the fields of a checked 101 into those the client gets.
pub(crate) fn rewrite_switch(headers: &mut HeaderMap, protocol: HeaderValue) {
    fields::remove_hop_by_hop(headers);
    // RFC 9110 §8.6, RFC 9112 §6.1: a 101 has no content to frame.
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::UPGRADE, protocol);
    fields::settle_connection(headers);
}

/// A protocol by its grammar, and not HTTP/2 in disguise: RFC 9113 §3.1 made
/// the h2c token obsolete, and an origin that took it would speak unseen.
fn may_be_offered(member: &[u8]) -> bool {
    let (name, version) = split(member);
    fields::is_token(name)
        && version.is_none_or(fields::is_token)
        && !name.eq_ignore_ascii_case(b"h2c")
        && !name.eq_ignore_ascii_case(b"h2")
}

/// RFC 9110 §7.8: names compare without regard to case; versions are exact.
fn is_same(left: &[u8], right: &[u8]) -> bool {
    let (left, right) = (split(left), split(right));
    left.0.eq_ignore_ascii_case(right.0) && left.1 == right.1
}

fn split(member: &[u8]) -> (&[u8], Option<&[u8]>) {
    match member.iter().position(|byte| *byte == b'/') {
        Some(slash) => (&member[..slash], Some(&member[slash + 1..])),
        None => (member, None),
    }
}

#[cfg(test)]
mod tests {
    use hyper::{Request, Response};
    use rstest::rstest;

    use super::*;

    fn request(version: Version, connection: &str, upgrade: &[&str]) -> request::Parts {
        let mut request = Request::builder().version(version);
        if !connection.is_empty() {
            request = request.header("connection", connection);
        }
        for line in upgrade {
            request = request.header("upgrade", *line);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[rstest]
    #[case::plain("upgrade", &["websocket"], Some("websocket"))]
    #[case::letters_stay("Upgrade", &["WebSocket"], Some("WebSocket"))]
    #[case::in_a_list("keep-alive,  UPGRADE", &["websocket"], Some("websocket"))]
    #[case::versions_and_lists("upgrade", &["foo/2, websocket"], Some("foo/2, websocket"))]
    #[case::lines_are_joined("upgrade", &["foo", "bar"], Some("foo, bar"))]
    #[case::h2c_goes("upgrade", &["h2c, websocket"], Some("websocket"))]
    #[case::h2c_alone("upgrade", &["H2C"], None)]
    #[case::no_option("keep-alive", &["websocket"], None)]
    #[case::no_connection("", &["websocket"], None)]
    #[case::no_upgrade("upgrade", &[], None)]
    #[case::empty("upgrade", &[""], None)]
    #[case::only_commas("upgrade", &[" ,\t, "], None)]
    #[case::no_protocol("upgrade", &["web socket"], None)]
    #[case::no_version_behind_the_slash("upgrade", &["foo/"], None)]
    fn knows_who_asked(#[case] connection: &str, #[case] upgrade: &[&str], #[case] expected: Option<&str>) {
        let offer = Offer::of(&request(Version::HTTP_11, connection, upgrade));
        assert_eq!(offer.as_ref().map(|offer| offer.value().to_str().unwrap()), expected);
    }

    #[test]
    fn http_1_0_never_asks() {
        assert_eq!(Offer::of(&request(Version::HTTP_10, "upgrade", &["websocket"])), None);
    }

    fn answer(version: Version, connection: &str, upgrade: &str) -> response::Parts {
        let response = Response::builder().status(101).version(version);
        let response = response.header("connection", connection).header("upgrade", upgrade);
        response.body(()).unwrap().into_parts().0
    }

    #[rstest]
    #[case::plain("upgrade", "websocket", Ok("websocket"))]
    #[case::other_letters("Foo, Upgrade", "WebSocket", Ok("WebSocket"))]
    #[case::any_member("upgrade", "foo/2", Ok("foo/2"))]
    #[case::several("upgrade", "websocket, foo/2", Ok("websocket, foo/2"))]
    #[case::other_version("upgrade", "foo/3", Err(InvalidSwitch::NotOffered))]
    #[case::other_protocol("upgrade", "bar", Err(InvalidSwitch::NotOffered))]
    #[case::one_not_offered("upgrade", "websocket, bar", Err(InvalidSwitch::NotOffered))]
    #[case::no_option("keep-alive", "websocket", Err(InvalidSwitch::NoOption))]
    #[case::no_protocol("upgrade", " , ", Err(InvalidSwitch::NoProtocol))]
    fn takes_only_a_101_that_was_asked_for(
        #[case] connection: &str,
        #[case] upgrade: &str,
        #[case] expected: Result<&str, InvalidSwitch>,
    ) {
        let offer = Offer::of(&request(Version::HTTP_11, "upgrade", &["foo/2, websocket"]));
        let sent = offer.as_ref().map(Offer::value);
        let answer = answer(Version::HTTP_11, connection, upgrade);
        let outcome = check_switch(offer.as_ref(), sent, &answer, true);
        assert_eq!(outcome, expected.map(|value| value.parse().unwrap()));
    }

    #[rstest]
    #[case::client_did_not_ask(false, true, true, InvalidSwitch::NotAsked)]
    #[case::origin_was_not_asked(true, false, true, InvalidSwitch::NotPassedOn)]
    #[case::body_outstanding(true, true, false, InvalidSwitch::RequestUnfinished)]
    fn takes_no_101_out_of_turn(
        #[case] asked: bool,
        #[case] sent: bool,
        #[case] complete: bool,
        #[case] expected: InvalidSwitch,
    ) {
        let offer = Offer::of(&request(Version::HTTP_11, "upgrade", &["websocket"])).unwrap();
        let (client, upstream) = (asked.then_some(&offer), sent.then(|| offer.value()));
        let answer = answer(Version::HTTP_11, "upgrade", "websocket");
        assert_eq!(check_switch(client, upstream, &answer, complete), Err(expected));
    }

    #[test]
    fn takes_no_http_1_0_101() {
        let offer = Offer::of(&request(Version::HTTP_11, "upgrade", &["websocket"])).unwrap();
        let answer = answer(Version::HTTP_10, "upgrade", "websocket");
        let outcome = check_switch(Some(&offer), Some(offer.value()), &answer, true);
        assert_eq!(outcome, Err(InvalidSwitch::OldVersion));
    }

    #[test]
    fn cleans_the_101_it_relays() {
        let mut answer = answer(Version::HTTP_11, "Upgrade, X-Own", "websocket");
        let lines = [("x-own", "1"), ("content-length", "5"), ("transfer-encoding", "chunked")];
        for (name, value) in lines.into_iter().chain([("set-cookie", "a"), ("set-cookie", "b")]) {
            answer.headers.append(name, value.parse().unwrap());
        }
        rewrite_switch(&mut answer.headers, "websocket".parse().unwrap());
        let mut left: Vec<_> =
            answer.headers.iter().map(|(n, v)| (n.as_str(), v.to_str().unwrap())).collect();
        left.sort();
        let expected =
            [("connection", "upgrade"), ("set-cookie", "a"), ("set-cookie", "b"), ("upgrade", "websocket")];
        assert_eq!(left, expected);
    }
}
