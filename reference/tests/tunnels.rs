//! The switch and the tunnel, seen from both ends.

mod support;

use std::{net::Shutdown, time::Duration};

use rstest::rstest;
use support::{Ending, HANDSHAKE, OK, Origin, Peer, Proxy, SWITCH, status, values};

fn asked(proxy: &Proxy, origin: &Origin) -> (Peer, Peer) {
    let mut client = proxy.client();
    client.send(HANDSHAKE);
    let mut upstream = origin.accept();
    upstream.head();
    (client, upstream)
}

fn switched(proxy: &Proxy, origin: &Origin) -> (Peer, Peer) {
    let mut client = proxy.client();
    let upstream = support::switch(&mut client, origin);
    (client, upstream)
}

fn reset(peer: Peer) {
    let socket = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    socket.block_on(async {
        peer.socket.set_nonblocking(true).unwrap();
        let socket = tokio::net::TcpStream::from_std(peer.socket).unwrap();
        socket.set_zero_linger().unwrap();
    });
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_tunnel_carries_early_glued_and_later_bytes() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(format!("{HANDSHAKE}EARLY"));
    let mut upstream = origin.accept();
    let head = upstream.head();
    assert_eq!(values(&head, "Upgrade"), ["websocket"]);
    assert_eq!(values(&head, "Connection"), ["upgrade"]);
    assert_eq!(values(&head, "Sec-WebSocket-Key"), ["a2V5"]);
    // The marker proves that nothing came ahead of the switch.
    upstream.send("HTTP/1.1 101 Whatever\r\nConnection: x-hop, Upgrade\r\nX-Hop: 1\r\nUpgrade: WebSocket\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 3\r\n\r\nGLUED");
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert_eq!(values(&head, "Upgrade"), ["WebSocket"]);
    assert_eq!(values(&head, "Connection"), ["upgrade"]);
    assert_eq!(values(&head, "Set-Cookie"), ["a", "b"]);
    for name in ["X-Hop", "Content-Length", "Transfer-Encoding"] {
        assert!(values(&head, name).is_empty(), "{name} in {head}");
    }
    assert_eq!(client.bytes(5), b"GLUED");
    client.send("GET / HTTP/1.1\r\n\r\n");
    assert_eq!(upstream.bytes(23), b"EARLYGET / HTTP/1.1\r\n\r\n");
    upstream.send(OK);
    assert_eq!(client.bytes(OK.len()), OK.as_bytes());
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_refused_upgrade_leaves_http_behind_it() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(format!("{HANDSHAKE}GET /mapped/next HTTP/1.1\r\nHost: a\r\n\r\n"));
    let mut upstream = origin.accept();
    upstream.head();
    upstream.send(OK.replace("200 OK", "403 Forbidden"));
    assert_eq!(status(&client.head()), "403");
    client.bytes(2);
    // The request behind it comes as a request of its own, rewritten.
    let again = "GET /mapped/next HTTP/1.1\r\n";
    let head = match upstream.head() {
        head if head.starts_with(again) => head,
        head => panic!("{head}"),
    };
    assert_eq!(values(&head, "Via"), ["1.1 hopspec-reference"]);
}

#[rstest]
#[case::no_option("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n")]
#[case::no_upgrade("HTTP/1.1 101 S\r\nConnection: upgrade\r\n\r\n")]
#[case::other_protocol("HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: irc\r\n\r\n")]
#[case::old_version("HTTP/1.0 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")]
#[timeout(Duration::from_secs(20))]
fn an_invalid_101_opens_no_tunnel(#[case] answer: &'static str) {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let (mut client, mut upstream) = asked(&proxy, &origin);
    upstream.send(answer);
    let head = client.head();
    assert_eq!(status(&head), "502");
    assert!(values(&head, "Upgrade").is_empty());
    assert_eq!(upstream.rest().0, "");
}

#[rstest]
#[case::not_asked("GET /explicit/ HTTP/1.1\r\nHost: a\r\n\r\n")]
#[case::asked_by_accident("GET /mapped/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n")]
#[case::http_1_0("GET /mapped/ HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")]
#[case::not_passed_on("GET /plain/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")]
#[case::with_a_body_to_come(
    "POST /mapped/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 9\r\n\r\n1234"
)]
#[timeout(Duration::from_secs(20))]
fn a_101_out_of_turn_opens_no_tunnel(#[case] request: &'static str) {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(request);
    let mut upstream = origin.accept();
    upstream.head();
    upstream.send(SWITCH);
    assert_eq!(status(&client.head()), "502");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_request_body_ends_before_the_tunnel_begins() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send("POST /mapped/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\nbodyEARLY");
    let mut upstream = origin.accept();
    upstream.head();
    assert_eq!(upstream.bytes(4), b"body");
    upstream.send(SWITCH);
    assert_eq!(status(&client.head()), "101");
    assert_eq!(upstream.bytes(5), b"EARLY");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_103_goes_ahead_of_the_101() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let (mut client, mut upstream) = asked(&proxy, &origin);
    upstream.send(format!("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n{SWITCH}GLUED"));
    assert_eq!(client.head(), "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n");
    assert_eq!(status(&client.head()), "101");
    assert_eq!(client.bytes(5), b"GLUED");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_client_that_ends_right_behind_its_request_gets_its_tunnel() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send(format!("{HANDSHAKE}EARLY"));
    client.end();
    let mut upstream = origin.accept();
    upstream.head();
    upstream.send(SWITCH);
    assert_eq!(upstream.rest(), ("EARLY".into(), Ending::Fin));
    upstream.send("LATE");
    upstream.end();
    assert_eq!(status(&client.head()), "101");
    assert_eq!(client.rest(), ("LATE".into(), Ending::Fin));
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn either_side_may_end_first() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let (mut client, mut upstream) = switched(&proxy, &origin);
    upstream.send("bye");
    upstream.end();
    assert_eq!(client.rest(), ("bye".into(), Ending::Fin));
    client.send("still here");
    client.end();
    assert_eq!(upstream.rest(), ("still here".into(), Ending::Fin));
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_reset_is_passed_on_behind_the_bytes_before_it() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let (mut client, mut upstream) = switched(&proxy, &origin);
    client.send("last");
    assert_eq!(upstream.bytes(4), b"last");
    reset(client);
    assert_eq!(upstream.rest(), (String::new(), Ending::Reset));
    let (mut client, mut upstream) = switched(&proxy, &origin);
    upstream.send("last");
    assert_eq!(client.bytes(4), b"last");
    reset(upstream);
    assert_eq!(client.rest(), (String::new(), Ending::Reset));
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_client_that_resets_while_it_waits_takes_the_origin_with_it() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let (client, mut upstream) = asked(&proxy, &origin);
    reset(client);
    assert_eq!(upstream.rest().0, "");
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn a_silent_origin_ends_the_tunnel() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "proxy_read_timeout 100ms;");
    let (mut client, mut upstream) = switched(&proxy, &origin);
    assert_eq!(client.rest(), (String::new(), Ending::Fin));
    assert_eq!(upstream.rest(), (String::new(), Ending::Fin));
}

#[rstest]
#[timeout(Duration::from_secs(60))]
fn much_crosses_both_ways_at_once() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let (client, upstream) = switched(&proxy, &origin);
    let bytes = |seed: u8| (0..8 << 20).map(|i: usize| (i % 251) as u8 ^ seed).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        for (mut peer, out, back) in [(client, 1, 2), (upstream, 2, 1)] {
            let mut writer = peer.socket.try_clone().unwrap();
            scope.spawn(move || {
                std::io::Write::write_all(&mut writer, &bytes(out)).unwrap();
                writer.shutdown(Shutdown::Write).unwrap();
            });
            scope.spawn(move || assert!(peer.bytes(8 << 20) == bytes(back)));
        }
    });
}

#[rstest]
#[timeout(Duration::from_secs(20))]
fn draining_finishes_what_is_under_way() {
    let origin = Origin::new();
    let proxy = Proxy::before(origin.address(), "");
    let mut client = proxy.client();
    client.send("GET /plain/ HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut upstream = origin.accept();
    upstream.head();
    proxy.drain();
    upstream.send(OK);
    assert_eq!(status(&client.head()), "200");
    assert_eq!(client.rest(), ("ok".into(), Ending::Fin));
    drop(client);
    proxy.join();
}
