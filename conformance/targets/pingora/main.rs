//! A reverse proxy with pingora-proxy, used as its documentation shows, and nothing more.
//!
//! `pingora-target LISTEN ORIGIN` forwards what arrives at LISTEN (host:port) to ORIGIN (host:port);
//! `pingora-target --version` prints the version of pingora-proxy.

use std::time::Duration;

use async_trait::async_trait;
use pingora_core::{Result, server::Server, upstreams::peer::HttpPeer};
use pingora_http::RequestHeader;
use pingora_proxy::{ProxyHttp, Session, http_proxy_service};

struct Proxy {
    origin: String,
}

fn is_below(session: &Session, prefix: &str) -> bool {
    session.req_header().uri.path().starts_with(prefix)
}

#[async_trait]
impl ProxyHttp for Proxy {
    type CTX = ();

    fn new_ctx(&self) {}

    async fn upstream_peer(&self, session: &mut Session, _: &mut ()) -> Result<Box<HttpPeer>> {
        let mut peer = HttpPeer::new(self.origin.as_str(), false, String::new());
        if is_below(session, "/timed/") {
            peer.options.connection_timeout = Some(Duration::from_secs(1));
            peer.options.read_timeout = Some(Duration::from_secs(1));
        }
        Ok(Box::new(peer))
    }

    // pingora passes a WebSocket's Upgrade on by itself: that is the route `explicit`. The others
    // close the origin's connection after each plain request.
    async fn upstream_request_filter(
        &self,
        session: &mut Session,
        request: &mut RequestHeader,
        _: &mut (),
    ) -> Result<()> {
        let closes = is_below(session, "/mapped/") || is_below(session, "/timed/");
        if closes && !request.headers.contains_key("Upgrade") {
            request.insert_header("Connection", "close")?;
        }
        Ok(())
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--version"] => println!("{}", version()),
        [listen, origin] => serve(listen, origin),
        _ => eprintln!("usage: pingora-target LISTEN ORIGIN"),
    }
}

fn serve(listen: &str, origin: &str) {
    let mut server = Server::new(None).unwrap();
    server.bootstrap();
    let mut service = http_proxy_service(&server.configuration, Proxy { origin: origin.to_owned() });
    service.add_tcp(listen);
    server.add_service(service);
    server.run_forever();
}

/// From the lock file, which says what this was built with.
fn version() -> &'static str {
    let package = include_str!("Cargo.lock").split("name = \"pingora-proxy\"\n").nth(1);
    package.and_then(|package| package.split('"').nth(1)).unwrap()
}
