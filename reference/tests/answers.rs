//! Answers, interim and final, good and bad, and what becomes of connections.

mod support;

use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use rstest::rstest;
use support::{Ending, HANDSHAKE, OK, Origin, Proxy, status, values};

fn get(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: example.org\r\n{fields}\r\n")
}

/// What the client gets for this answer.
fn relayed(answer: &str) -> (String, support::Peer) {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(get("/plain/", "Connection: close\r\n"));
    let mut upstream = origin.accept();
    upstream.head();
    upstream.send(answer);
    upstream.end();
    let head = client.head();
    drop(proxy);
    (head, client)
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn an_expectation_is_answered_here() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send("POST /plain/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    let mut upstream = origin.accept();
    assert!(values(&upstream.head(), "Expect").is_empty());
    assert_eq!(client.head(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi");
    assert_eq!(upstream.bytes(2), b"hi");
    // The origin's own 100 is not the client's.
    upstream.send(format!("HTTP/1.1 100 Continue\r\n\r\n{OK}"));
    assert_eq!(status(&client.head()), "200");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn interim_answers_are_relayed_in_order_and_clean() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(get("/plain/", ""));
    let mut upstream = origin.accept();
    upstream.head();
    upstream.send(
        "HTTP/1.1 103 Early Hints\r\nLink: a\r\nConnection: x-hop\r\nX-Hop: 1\r\nContent-Length: 9\r\n\r\n",
    );
    assert_eq!(client.head(), "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n");
    upstream.send(format!("HTTP/1.1 103 Early Hints\r\nLink: b\r\n\r\n{OK}"));
    assert_eq!(client.head(), "HTTP/1.1 103 Early Hints\r\nlink: b\r\n\r\n");
    assert_eq!(status(&client.head()), "200");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn an_http_1_0_client_gets_no_interim_answer_and_no_chunks() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send("GET /plain/ HTTP/1.0\r\n\r\n");
    let mut upstream = origin.accept();
    assert!(upstream.head().starts_with("GET /plain/ HTTP/1.1\r\n"));
    upstream.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    let head = client.head();
    assert_eq!(status(&head), "200");
    assert!(values(&head, "Transfer-Encoding").is_empty());
    assert_eq!(client.rest(), ("ok".into(), Ending::Fin));
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn an_answer_with_both_framings_keeps_only_chunks() {
    let (head, mut client) = relayed(
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    );
    assert!(values(&head, "Content-Length").is_empty());
    assert_eq!(values(&head, "Transfer-Encoding"), ["chunked"]);
    assert_eq!(client.rest().0, "2\r\nok\r\n0\r\n\r\n");
}

#[rstest]
#[case::advertisement("200 OK", &[])]
#[case::required("426 Upgrade Required", &["a"])]
#[timeout(Duration::from_secs(20))]
fn only_a_426_keeps_its_upgrade(#[case] line: &'static str, #[case] upgrade: &'static [&'static str]) {
    let (head, _client) = relayed(&format!(
        "HTTP/1.1 {line}\r\nConnection: upgrade, x-hop\r\nX-Hop: 1\r\nUpgrade: a\r\nContent-Length: 0\r\n\r\n"
    ));
    assert_eq!(values(&head, "Upgrade"), upgrade);
    assert_eq!(values(&head, "Connection").join(",").contains("upgrade"), !upgrade.is_empty());
    assert!(values(&head, "X-Hop").is_empty());
}

#[rstest]
#[case::in_two_lines("Content-Length: 2\r\nContent-Length: 2\r\n")]
#[case::in_one_line("Content-Length: 2, 2\r\n")]
#[case::alone("Content-Length: 2\r\n")]
#[case::with_zeros("Content-Length: 002\r\n")]
#[timeout(Duration::from_secs(20))]
fn equal_lengths_become_one(#[case] lengths: &'static str) {
    let (head, _client) = relayed(&format!("HTTP/1.1 200 OK\r\n{lengths}\r\nok"));
    assert_eq!(values(&head, "Content-Length"), ["2"]);
}

#[rstest]
#[case::garbage("no http\r\n\r\n", "502")]
#[case::nothing("", "502")]
#[case::half_a_head("HTTP/1.1 200 OK\r\nContent-", "502")]
#[case::two_lengths("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok", "502")]
#[case::other_coding("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "502")]
#[case::no_such_status("HTTP/1.1 700 What\r\nContent-Length: 0\r\n\r\n", "502")]
#[timeout(Duration::from_secs(20))]
fn a_broken_answer_is_a_bad_gateway(#[case] answer: &'static str, #[case] expected: &'static str) {
    assert_eq!(status(&relayed(answer).0), expected);
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_refused_connection_is_a_bad_gateway_and_the_proxy_goes_on() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let proxy = Proxy::before(address, "");
    for request in [get("/plain/", ""), HANDSHAKE.into()] {
        let mut client = proxy.client();
        client.send(request);
        assert_eq!(status(&client.head()), "502");
    }
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_silent_origin_is_a_gateway_timeout() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "proxy_read_timeout 50ms;");
    for request in [get("/plain/", ""), HANDSHAKE.into()] {
        let mut client = proxy.client();
        client.send(request);
        let mut upstream = origin.accept();
        upstream.head();
        assert_eq!(status(&client.head()), "504");
        assert_eq!(upstream.rest().0, "");
    }
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn an_origin_that_takes_no_connection_is_a_gateway_timeout() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let _inside = runtime.enter();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // Nobody accepts: these fill the queue, until an attempt to connect goes unanswered.
    let attempt = || std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200));
    let waiting: Vec<_> = std::iter::from_fn(|| attempt().ok()).take(100).collect();
    assert!(waiting.len() < 100, "the queue has no end");
    let proxy = Proxy::before(address, "proxy_connect_timeout 50ms;");
    for request in [get("/plain/", ""), HANDSHAKE.into()] {
        let mut client = proxy.client();
        client.send(request);
        assert_eq!(status(&client.head()), "504");
    }
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_slow_head_is_cut_off_with_a_reason() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "client_header_timeout 50ms;");
    let mut client = proxy.client();
    client.send("GET /plain/ HT");
    let head = client.head();
    assert_eq!((status(&head), values(&head, "connection")), ("408", vec!["close"]));
    assert_eq!(client.rest(), (String::new(), Ending::Fin));
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn an_idle_client_is_let_go_in_silence() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "client_header_timeout 50ms;");
    let mut client = proxy.client();
    assert_eq!(client.rest(), (String::new(), Ending::Fin));

    let mut client = proxy.client();
    client.send(get("/plain/", ""));
    let mut upstream = origin.accept();
    upstream.head();
    upstream.send(OK);
    assert_eq!(status(&client.head()), "200");
    assert_eq!(client.rest(), ("ok".into(), Ending::Fin));
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_client_that_waits_for_its_answer_owes_no_head() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "client_header_timeout 50ms;");
    let (mut waiting, mut idle) = (proxy.client(), proxy.client());
    waiting.send(get("/plain/", ""));
    let mut upstream = origin.accept();
    upstream.head();
    // Its limit, which is the same, has passed once this one is let go.
    idle.rest();
    upstream.send(OK);
    assert_eq!(status(&waiting.head()), "200");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_body_that_stops_coming_is_given_up() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "client_body_timeout 50ms;");
    let mut client = proxy.client();
    client.send("POST /plain/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    let mut upstream = origin.accept();
    upstream.head();
    assert_eq!(upstream.bytes(2), b"ab");
    let head = client.head();
    assert_eq!((status(&head), values(&head, "connection")), ("408", vec!["close"]));
    upstream.rest();
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_refused_client_may_send_on() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    assert_eq!(status(&client.head()), "400");
    // A reset would take the answer away from a client that has not read it yet.
    for _ in 0..16 {
        client.send([0; 32 * 1024]);
    }
    assert_eq!(client.rest().1, support::Ending::Fin);
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn an_upstream_connection_is_used_again_until_someone_says_close() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    let exchange = |client: &mut support::Peer, upstream: &mut support::Peer, answer: &str| {
        upstream.head();
        upstream.send(answer);
        client.head();
        client.bytes(2);
    };
    client.send(get("/plain/1", ""));
    let mut first = origin.accept();
    exchange(&mut client, &mut first, OK);
    client.send(get("/plain/2", ""));
    exchange(&mut client, &mut first, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    assert_eq!(first.rest().0, "");
    // On this route it is the proxy that says close.
    client.send(get("/mapped/3", ""));
    let mut second = origin.accept();
    exchange(&mut client, &mut second, OK);
    assert_eq!(second.rest().0, "");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_kept_connection_that_has_died_is_replaced_once() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(get("/plain/1", ""));
    let mut first = origin.accept();
    first.head();
    first.send(OK);
    client.head();
    client.bytes(2);
    client.send(get("/plain/2", ""));
    first.head();
    drop(first);
    let mut second = origin.accept();
    assert!(second.head().starts_with("GET /plain/2 "));
    // A second failure is not repaired.
    drop(second);
    assert_eq!(status(&client.head()), "502");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_request_is_not_repeated_once_its_answer_has_begun() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(get("/plain/1", ""));
    let mut kept = origin.accept();
    kept.head();
    kept.send(OK);
    client.head();
    client.bytes(2);
    client.send(get("/plain/2", ""));
    kept.head();
    kept.send("HTTP/1.1");
    drop(kept);
    assert_eq!(status(&client.head()), "502");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn an_answer_that_broke_off_does_not_look_complete() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    // Without chunks and length, only the way it ends can tell.
    client.send("GET /plain/ HTTP/1.0\r\n\r\n");
    let mut upstream = origin.accept();
    upstream.head();
    upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    assert!(values(&client.head(), "Content-Length").is_empty());
    assert_eq!(client.bytes(5), b"hello");
    drop(upstream);
    assert_eq!(client.rest(), (String::new(), Ending::Reset));
}
