//! Ordinary requests, seen from both ends.

mod support;

use std::time::Duration;

use rstest::rstest;
use support::{Ending, OK, Origin, Proxy, status, values};

fn get(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: example.org\r\n{fields}\r\n")
}

/// What the origin gets for a request on this route.
fn forwarded(path: &str, fields: &str) -> String {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(get(path, fields));
    let mut upstream = origin.accept();
    let head = upstream.head();
    upstream.send(OK);
    assert_eq!(status(&client.head()), "200");
    assert_eq!(client.bytes(2), b"ok");
    head
}

#[rstest]
#[case::plain("/plain/", "", &[], &[])]
#[case::plain_asked("/plain/", "Connection: upgrade\r\nUpgrade: a\r\n", &[], &[])]
#[case::explicit("/explicit/", "", &[], &["upgrade"])]
#[case::explicit_asked("/explicit/", "Connection: upgrade\r\nUpgrade: A\r\n", &["A"], &["upgrade"])]
#[case::mapped("/mapped/", "", &[], &["close"])]
#[case::mapped_asked("/mapped/", "Connection: Upgrade, x\r\nUpgrade: a, B\r\n", &["a, B"], &["upgrade"])]
#[case::mapped_two_lines("/mapped/", "Connection: upgrade\r\nUpgrade: a\r\nUpgrade: b\r\n", &["a, b"], &["upgrade"])]
#[case::mapped_accident("/mapped/", "Upgrade: a\r\n", &[], &["close"])]
#[case::mapped_empty("/mapped/", "Connection: upgrade\r\nUpgrade:\r\n", &[], &["close"])]
#[case::mapped_h2c("/mapped/", "Connection: upgrade\r\nUpgrade: h2c\r\n", &[], &["close"])]
#[timeout(Duration::from_secs(20))]
fn each_route_passes_on_what_it_says(
    #[case] path: &'static str,
    #[case] fields: &'static str,
    #[case] upgrade: &'static [&'static str],
    #[case] connection: &'static [&'static str],
) {
    let head = forwarded(path, fields);
    assert_eq!(values(&head, "Upgrade"), upgrade);
    assert_eq!(values(&head, "Connection"), connection);
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn fields_for_this_hop_end_here_and_others_do_not() {
    let head = forwarded(
        "/plain/",
        "Connection: x-hop, Host,\r\nX-Hop: 1\r\nX-End: 1\r\nX-End: 2\r\nKeep-Alive: 5\r\nTE: trailers\r\n\
         Proxy-Authorization: Basic x\r\nAuthorization: Basic y\r\nVia: 1.0 first\r\n",
    );
    for name in ["X-Hop", "Connection", "Keep-Alive", "TE", "Proxy-Authorization"] {
        assert!(values(&head, name).is_empty(), "{name} in {head}");
    }
    assert_eq!(values(&head, "X-End"), ["1", "2"]);
    assert_eq!(values(&head, "Authorization"), ["Basic y"]);
    assert_eq!(values(&head, "Host"), ["backend"]);
    assert_eq!(values(&head, "Via"), ["1.0 first", "1.1 hopspec-reference"]);
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn an_absolute_target_becomes_origin_form() {
    let head = forwarded("http://other.example:81/plain/a?b=%20c", "");
    assert!(head.starts_with("GET /plain/a?b=%20c HTTP/1.1\r\n"), "{head}");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_get_keeps_its_chunked_body() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(get("/plain/", "Transfer-Encoding: chunked\r\n"));
    client.send("3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n");
    let mut upstream = origin.accept();
    assert_eq!(values(&upstream.head(), "Transfer-Encoding"), ["chunked"]);
    assert_eq!(upstream.bytes(13), b"3\r\nabc\r\n0\r\n\r\n");
}

// hyper would take the next request for trailers, and nobody would answer it.
#[rstest]
#[case::trailers("0\r\nX-Trailer: 1\r\n\r\n")]
#[case::trailers_and_a_bare_lf("0\r\nX-Trailer: 1\r\n\n")]
#[case::a_bare_lf("0\r\n\n")]
#[timeout(Duration::from_secs(20))]
fn a_request_with_trailers_is_the_last_of_its_connection(#[case] end: &'static str) {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(get("/plain/", "Transfer-Encoding: chunked\r\n"));
    client.send(format!("3\r\nabc\r\n{end}{}", get("/plain/next", "")));
    let mut upstream = origin.accept();
    upstream.head();
    assert_eq!(upstream.bytes(13), b"3\r\nabc\r\n0\r\n\r\n");
    upstream.send(OK);
    let head = client.head();
    assert_eq!(status(&head), "200");
    assert_eq!(values(&head, "Connection"), ["close"]);
    assert_eq!(client.rest(), ("ok".to_owned(), Ending::Fin));
}

#[rstest]
#[case::no_host("GET /plain/ HTTP/1.1\r\n\r\n", "400")]
#[case::two_hosts("GET /plain/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400")]
#[case::invalid_host("GET /plain/ HTTP/1.1\r\nHost: a/b\r\n\r\n", "400")]
#[case::user_information("GET /plain/ HTTP/1.1\r\nHost: a@b\r\n\r\n", "400")]
#[case::connect("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\nGET /plain/ HTTP/1.1\r\nHost: a\r\n\r\n", "501")]
#[case::other_coding(
    "POST /plain/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "501"
)]
#[case::chunked_twice(
    "POST /plain/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "501"
)]
#[case::coding_in_http_1_0("POST /plain/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400")]
#[case::no_http("\x00garbage\r\n\r\n", "400")]
#[timeout(Duration::from_secs(20))]
fn what_must_not_pass_is_refused_and_the_connection_closed(
    #[case] request: &'static str,
    #[case] expected: &'static str,
) {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(request);
    let head = client.head();
    assert_eq!(status(&head), expected);
    assert_eq!(values(&head, "Connection"), ["close"]);
    let (body, ending) = client.rest();
    assert!(!body.contains("HTTP/1.1"), "only one answer: {body}");
    assert_eq!(ending, Ending::Fin);
}

#[rstest]
#[case::target("GET /plain/{much} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(70_000), "414")]
#[case::field("GET /plain/ HTTP/1.1\r\nHost: a\r\nX: {much}\r\n\r\n", "a".repeat(140_000), "431")]
#[case::fields("GET /plain/ HTTP/1.1\r\nHost: a\r\n{much}\r\n", "X: a\r\n".repeat(100), "431")]
#[timeout(Duration::from_secs(20))]
fn what_is_too_long_is_refused_and_named(
    #[case] request: &'static str,
    #[case] much: String,
    #[case] expected: &'static str,
) {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(request.replace("{much}", &much));
    let head = client.head();
    assert_eq!((status(&head), values(&head, "Connection")), (expected, vec!["close"]));
    assert_eq!(client.rest(), (String::new(), Ending::Fin));
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_hundred_fields_are_not_too_many() {
    assert_eq!(values(&forwarded("/plain/", &"X: a\r\n".repeat(99)), "X").len(), 99);
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn an_unknown_path_is_not_found_and_the_connection_lives_on() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    for _ in 0..2 {
        client.send(get("/elsewhere", ""));
        let head = client.head();
        assert_eq!(status(&head), "404");
        client.bytes(values(&head, "Content-Length")[0].parse().unwrap());
    }
}

#[rstest]
#[case::options("OPTIONS", "200")]
#[case::trace("TRACE", "405")]
#[timeout(Duration::from_secs(20))]
fn the_last_hop_is_here_if_max_forwards_says_so(
    #[case] method: &'static str,
    #[case] expected: &'static str,
) {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    let request = |left| format!("{method} /plain/ HTTP/1.1\r\nHost: a\r\nMax-Forwards: {left}\r\n\r\n");
    client.send(request(0));
    assert_eq!(status(&client.head()), expected);
    let mut client = proxy.client();
    client.send(request(3));
    assert_eq!(values(&origin.accept().head(), "Max-Forwards"), ["2"]);
}
