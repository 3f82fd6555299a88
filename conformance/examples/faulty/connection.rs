//! A client's connection: one request after the other, until something ends it.
//!
//! It reads requests and refuses malformed ones; what happens to the others is `exchange`'s work.

use crate::answer;
use crate::exchange::Exchange;
use crate::fault::{Fault, Seeded};
use crate::head::{self, Missing, Sender};
use crate::proxy::Proxy;
use crate::request::{Ask, Refused, Request};
use crate::wire::Peer;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a client may take to send a request.
const PATIENCE: Duration = Duration::from_secs(60);

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
    let ending = converse(&proxy, &mut client).await;
    if proxy.fault == Fault::CrashOnReset && client.was_reset() {
        std::process::exit(3);
    }
    match ending {
        Ending::Again | Ending::Close => client.close().await,
        Ending::Reset => client.reset(),
    }
}

async fn converse(proxy: &Proxy, client: &mut Peer) -> Ending {
    let fault = proxy.fault;
    let mut number = 1;
    loop {
        let read = timeout(PATIENCE, head::read(&mut client.source, Sender::Client)).await;
        let raw = match read {
            Ok(Ok(raw)) => raw,
            Ok(Err(Missing::TooLong)) => return refuse(client, 431, false, fault).await,
            Ok(Err(Missing::NotHttp)) => return refuse(client, 400, false, fault).await,
            // Nothing that could be answered: close without an octet.
            Ok(Err(Missing::Ended | Missing::Truncated)) | Err(_) => return Ending::Close,
        };
        let ending = match Request::parse(&raw.octets, fault) {
            Ok(request) => exchange(proxy, client, request, number).await,
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

async fn exchange(proxy: &Proxy, client: &mut Peer, request: Request, number: usize) -> Ending {
    let fault = proxy.fault;
    if fault == Fault::CrashOnUpgrade && request.fields.has("upgrade") {
        std::process::exit(3);
    }
    // RFC 9110 §9.3.6: a gateway is no forward proxy.
    if request.method == "CONNECT" && fault != Fault::TunnelOnConnect {
        return refuse(client, 405, false, fault).await;
    }
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"];
    if fault == Fault::RefuseUnknownMethods && !KNOWN.contains(&request.method.as_str()) {
        return refuse(client, 501, false, fault).await;
    }
    let ask = Ask::of(&request, number, fault);
    match proxy.dial().await {
        Ok(origin) => Exchange::new(proxy, client, origin, request, ask).run().await,
        Err(status) => refuse(client, status, false, fault).await,
    }
}

/// Answers for ourselves.
pub(crate) async fn refuse(client: &mut Peer, status: u16, stays: bool, fault: Seeded) -> Ending {
    client.sink.push(&answer::own(status, stays, fault));
    let flushed = client.sink.flush().await;
    if flushed.is_ok() && stays { Ending::Again } else { Ending::Close }
}
