//! A reverse proxy with axum-reverse-proxy, used as its documentation shows, and nothing more.
//!
//! `axum-reverse-proxy-target LISTEN ORIGIN` forwards what arrives at LISTEN (host:port) to ORIGIN
//! (host:port); `axum-reverse-proxy-target --version` prints the version of axum-reverse-proxy.

use std::time::Duration;

use axum::{Router, body::Body};
use axum_reverse_proxy::{ProxyPolicy, ReverseProxy};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--version"] => println!("{}", version()),
        [listen, origin] => serve(listen, &format!("http://{origin}")).await,
        _ => eprintln!("usage: axum-reverse-proxy-target LISTEN ORIGIN"),
    }
}

async fn serve(listen: &str, origin: &str) {
    // It passes a WebSocket's Upgrade on by itself.
    let explicit: Router = ReverseProxy::new("/", origin).into();

    // The client keeps no connection to the origin. The path that a proxy is mounted at is taken off,
    // so the origin's begins with it again.
    let client = closing_client(HttpConnector::new());
    let mapped: Router = ReverseProxy::new_with_client("/mapped", format!("{origin}/mapped"), client).into();

    // The same, with the limits that it has.
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(Duration::from_secs(1)));
    let policy = ProxyPolicy::new().with_upstream_timeout(Duration::from_secs(1));
    let timed: Router =
        ReverseProxy::new_with_client("/timed", format!("{origin}/timed"), closing_client(connector))
            .with_policy(policy)
            .into();

    let app = explicit.merge(mapped).merge(timed);
    let listener = TcpListener::bind(listen).await.unwrap();
    axum::serve(listener, app).await.unwrap();
}

fn closing_client(connector: HttpConnector) -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector)
}

/// From the lock file, which says what this was built with.
fn version() -> &'static str {
    let package = include_str!("Cargo.lock").split("name = \"axum-reverse-proxy\"\n").nth(1);
    package.and_then(|package| package.split('"').nth(1)).unwrap()
}
