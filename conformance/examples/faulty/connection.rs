//! A client's connection: one request after the other, until something ends it.
//!
//! It reads requests and refuses malformed ones; what happens to the others is `exchange`'s work.

use crate::answer;
use crate::content;
use crate::exchange::Exchange;
use crate::fault::{Fault, Seeded};
use crate::head::{self, Missing, Raw};
use crate::proxy::Proxy;
use crate::request::{Ask, Refused, Request};
use crate::reuse::{Kept, next_request};
use crate::waits;
use crate::wire::Peer;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::net::TcpStream;

/// What becomes of the client's connection after an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The next request is read.
    Again,
    /// It is closed by FIN, behind what is pending.
    Close,
    /// It is reset.
    Reset,
}

/// Serves one client until its connection is over.
pub(crate) async fn serve(proxy: Arc<Proxy>, stream: TcpStream) {
    if proxy.hangs() {
        let _held = stream;
        return pending().await;
    }
    let mut client = Peer::new(stream);
    proxy.clients.fetch_add(1, Ordering::Relaxed);
    let ending = converse(&proxy, &mut client).await;
    proxy.clients.fetch_sub(1, Ordering::Relaxed);
    if proxy.fault == Fault::CrashOnReset && client.was_reset() {
        std::process::exit(3);
    }
    match ending {
        Ending::Again | Ending::Close if proxy.fault != Fault::ResetBehindLastAnswer => client.close().await,
        _ => client.reset(),
    }
}

async fn converse(proxy: &Proxy, client: &mut Peer) -> Ending {
    let fault = proxy.fault;
    let mut number = 1;
    let mut kept = Kept::default();
    loop {
        let read = next_request(client, &mut kept, fault).await;
        let raw = match read {
            Ok(Ok(raw)) if fault == Fault::PipelinedOutOfOrder => overtaken(client, raw),
            Ok(Err(Missing::TooLong)) => return refuse(client, 431, false, fault).await,
            Ok(Err(Missing::NotHttp)) => return refuse(client, 400, false, fault).await,
            Ok(Ok(raw)) => raw,
            // Nothing that could be answered: close without an octet.
            Ok(Err(Missing::Ended | Missing::Truncated)) => return Ending::Close,
            Err(_) => return too_slow(proxy, client).await,
        };
        let ending = match Request::parse(&raw.octets, fault) {
            Ok(request) => exchange(proxy, client, request, number, &mut kept).await,
            Err(Refused(status)) => {
                let stays = fault == Fault::RefuseWithoutClosing;
                refuse(client, status, stays, fault).await
            }
        };
        if ending != Ending::Again {
            return ending;
        }
        if fault == Fault::SecondRequestDropped {
            return Ending::Close;
        }
        number += 1;
    }
}

async fn exchange(
    proxy: &Proxy,
    client: &mut Peer,
    mut request: Request,
    number: usize,
    kept: &mut Kept,
) -> Ending {
    let fault = proxy.fault;
    if fault == Fault::CrashOnUpgrade && request.fields.has("upgrade") {
        std::process::exit(3);
    }
    // RFC 9110 §9.3.6: a gateway is no forward proxy.
    if request.method == "CONNECT" && fault != Fault::TunnelOnConnect && fault != Fault::ForwardConnect {
        return refuse(client, 405, fault == Fault::ConnectLeavesConnectionOpen, fault).await;
    }
    // RFC 9110 §7.6.2: the last hop answers for itself, and this one answers no TRACE.
    if request.hops_left() == Some(0) && fault != Fault::ForwardLastHop {
        let status = if request.method == "OPTIONS" { 200 } else { 405 };
        return refuse(client, status, false, fault).await;
    }
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"];
    if fault == Fault::RefuseUnknownMethods && !KNOWN.contains(&request.method.as_str()) {
        return refuse(client, 501, false, fault).await;
    }
    content::spoil(&mut request, &mut client.source, fault).await;
    if let Some(answer) = proxy.remembered(&request.target) {
        client.sink.push(&answer);
        let _ = client.sink.flush().await;
        return Ending::Again;
    }
    let ask = Ask::of(&request, number, fault);
    let reused = kept.take();
    let is_reused = reused.is_some();
    let origin = match reused {
        Some(origin) => Ok(origin),
        None => proxy.dial(waits::dial(request.route(), fault)).await,
    };
    match origin {
        Ok(origin) => Exchange::new(proxy, client, origin, request, ask).run(is_reused, kept).await,
        Err(_) if fault == Fault::RefusedIsSilence => pending().await,
        Err(_) if fault == Fault::RefusedBecomes200 => refuse(client, 200, true, fault).await,
        Err(status) => refuse(client, status, false, fault).await,
    }
}

/// A head that is not complete when its time is over.
async fn too_slow(proxy: &Proxy, client: &mut Peer) -> Ending {
    if proxy.fault == Fault::HeadForwardedInParts
        && let Ok(mut origin) = proxy.dial(waits::BETWEEN_REQUESTS).await
    {
        origin.sink.push(&client.source.take_all());
        let _ = origin.sink.flush().await;
        origin.close().await;
    }
    if client.source.buf.is_empty() { Ending::Close } else { refuse(client, 408, false, proxy.fault).await }
}

/// Puts the request behind `raw` before it, if that has come as well.
fn overtaken(client: &mut Peer, raw: Raw) -> Raw {
    match head::end_of_head(&client.source.buf) {
        None => raw,
        Some(end) => {
            let second = client.source.take(end);
            client.source.buf.splice(..0, raw.octets);
            Raw { octets: second, reads: raw.reads }
        }
    }
}

/// Answers for ourselves.
pub(crate) async fn refuse(client: &mut Peer, status: u16, stays: bool, fault: Seeded) -> Ending {
    client.sink.push(&answer::own(status, stays, fault));
    let flushed = client.sink.flush().await;
    if flushed.is_ok() && stays { Ending::Again } else { Ending::Close }
}
