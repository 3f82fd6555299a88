//! Offers and switches, good and bad.

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
    let mut head = request(Version::HTTP_11, connection, upgrade);
    let offer = settle_offer(&mut head);
    assert_eq!(offer.as_ref().map(|offer| offer.to_str().unwrap()), expected);
    assert_eq!(head.headers.get(header::UPGRADE), offer.as_ref());
}

#[test]
fn http_1_0_never_asks() {
    assert_eq!(settle_offer(&mut request(Version::HTTP_10, "upgrade", &["websocket"])), None);
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
#[case::other_version("upgrade", "foo/3", Err("the origin switched to a protocol that was not offered"))]
#[case::other_protocol("upgrade", "bar", Err("the origin switched to a protocol that was not offered"))]
#[case::one_not_offered(
    "upgrade",
    "websocket, bar",
    Err("the origin switched to a protocol that was not offered")
)]
#[case::no_option("keep-alive", "websocket", Err("the origin's 101 is not HTTP/1.1 with the upgrade option"))]
#[case::no_protocol("upgrade", " , ", Err("the origin switched to a protocol that was not offered"))]
fn takes_only_a_101_that_was_asked_for(
    #[case] connection: &str,
    #[case] upgrade: &str,
    #[case] expected: Result<&str, &str>,
) {
    let offer = settle_offer(&mut request(Version::HTTP_11, "upgrade", &["foo/2, websocket"]));
    let sent = offer.as_ref();
    let answer = answer(Version::HTTP_11, connection, upgrade);
    let outcome = check_switch(offer.as_ref(), sent, &answer, true).map_err(|refusal| refusal.why);
    assert_eq!(outcome, expected.map(|value| value.parse().unwrap()));
}

#[rstest]
#[case::client_did_not_ask(false, true, true, "the origin switched protocols unasked")]
#[case::origin_was_not_asked(true, false, true, "the origin switched protocols unasked")]
#[case::body_outstanding(true, true, false, "the origin switched before the request was complete")]
fn takes_no_101_out_of_turn(
    #[case] asked: bool,
    #[case] sent: bool,
    #[case] complete: bool,
    #[case] expected: &str,
) {
    let offer = settle_offer(&mut request(Version::HTTP_11, "upgrade", &["websocket"])).unwrap();
    let (client, upstream) = (asked.then_some(&offer), sent.then_some(&offer));
    let answer = answer(Version::HTTP_11, "upgrade", "websocket");
    let outcome = check_switch(client, upstream, &answer, complete).map_err(|refusal| refusal.why);
    assert_eq!(outcome, Err(expected));
}

#[rstest]
#[case::not_sent("websocket, foo", "websocket", "foo")]
#[case::not_the_clients("foo", "websocket", "websocket")]
fn what_is_chosen_was_offered_on_both_hops(#[case] offer: &str, #[case] sent: &str, #[case] chosen: &str) {
    // They differ where the configuration sends an Upgrade of its own.
    let (offer, sent) = (offer.parse().unwrap(), sent.parse().unwrap());
    let answer = answer(Version::HTTP_11, "upgrade", chosen);
    let outcome = check_switch(Some(&offer), Some(&sent), &answer, true).map_err(|refusal| refusal.why);
    assert_eq!(outcome, Err("the origin switched to a protocol that was not offered"));
}

#[test]
fn takes_no_http_1_0_101() {
    let offer = settle_offer(&mut request(Version::HTTP_11, "upgrade", &["websocket"])).unwrap();
    let answer = answer(Version::HTTP_10, "upgrade", "websocket");
    let outcome = check_switch(Some(&offer), Some(&offer), &answer, true).map_err(|refusal| refusal.why);
    assert_eq!(outcome, Err("the origin's 101 is not HTTP/1.1 with the upgrade option"));
}

#[test]
fn cleans_the_101_it_relays() {
    let mut answer = answer(Version::HTTP_11, "Upgrade, X-Own", "websocket");
    let lines = [("x-own", "1"), ("content-length", "5"), ("transfer-encoding", "chunked")];
    for (name, value) in lines.into_iter().chain([("set-cookie", "a"), ("set-cookie", "b")]) {
        answer.headers.append(name, value.parse().unwrap());
    }
    rewrite_switch(&mut answer.headers, "websocket".parse().unwrap());
    let mut left: Vec<_> = answer.headers.iter().map(|(n, v)| (n.as_str(), v.to_str().unwrap())).collect();
    left.sort();
    let expected =
        [("connection", "upgrade"), ("set-cookie", "a"), ("set-cookie", "b"), ("upgrade", "websocket")];
    assert_eq!(left, expected);
}
