//! One client connection, from accept to its last byte.
//!
//! It owns the two lives of a connection: HTTP under hyper, then, if an
//! exchange switched, a tunnel of bare sockets. The origin's side of a switch
//! is held here, so whatever becomes of the client, it goes with it.

use std::{cell::Cell, future::poll_fn, net::SocketAddr, rc::Rc, sync::Arc, time::Duration};

use bytes::Bytes;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tracing::{debug, info};

use crate::{
    config::Server,
    exchange::{Client, Switched, exchange},
    interim::{ClientWire, Interims},
    serve::Stages,
    tunnel::{self, End, Patience, Sides},
    upstream::Pool,
    wire::Wire,
};

/// The largest request head taken, in bytes and in fields.
const MOST_HEAD: usize = 64 * 1024;
const MOST_FIELDS: usize = 200;

/// How long a client may take nothing of an answer.
const SEND_PATIENCE: Duration = Duration::from_secs(60);

/// How long, and for how many bytes, a refused client may go on sending.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: u64 = 1024 * 1024;

/// Serves one client until it or we have had enough.
pub(crate) async fn session(
    socket: TcpStream,
    address: SocketAddr,
    server: Arc<Server>,
    pools: Rc<[Rc<Pool>]>,
    stages: Stages,
) {
    if socket.set_nodelay(true).is_err() {
        return; // It is gone already.
    }
    let interims = Arc::new(Interims::default());
    let header_timeout = server.header_timeout;
    let wire = ClientWire::new(Wire::new(socket, SEND_PATIENCE), interims.clone());
    let client = Rc::new(Client { address, server, pools, interims, switched: Cell::new(None) });
    let Some((socket, early)) = speak_http(wire, &client, header_timeout, stages).await else {
        return;
    };
    match client.switched.take() {
        Some(switched) => run_tunnel(socket, early, switched, address).await,
        None => linger(socket).await,
    }
}

/// Speaks HTTP as long as it lasts. What is left then is the socket, and what
/// was read from it behind the last request.
async fn speak_http(
    wire: ClientWire<TcpStream>,
    client: &Rc<Client>,
    header_timeout: Duration,
    mut stages: Stages,
) -> Option<(TcpStream, Bytes)> {
    let service = service_fn(|request| Box::pin(exchange(client.clone(), request)));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_header_size(MOST_HEAD)
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_FIELDS)
        // A client may end its side behind its request, and wait.
        .half_close(true)
        .serve_connection(TokioIo::new(wire), service);

    let mut is_draining = false;
    let outcome = loop {
        // Not `without_shutdown`, because draining has to reach it meanwhile.
        let done = poll_fn(|cx| connection.poll_without_shutdown(cx));
        tokio::select! {
            biased;
            outcome = done => break outcome,
            () = stages.draining(), if !is_draining => {
                is_draining = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    let parts = connection.into_parts();
    let (socket, early) = parts.io.into_inner().into_socket(parts.read_buf);
    let Err(error) = outcome else {
        return Some((socket, early));
    };
    info!("connection of {}: {error}", client.address);
    // An answer that broke off must not look like one that is complete.
    if error.is_user() {
        let _ = socket.set_zero_linger();
    }
    // A parse error has been answered by hyper, and the answer is to be read.
    error.is_parse().then_some((socket, early))
}

/// Statement 5 of the page, its other half: a tunnel whose origin stays
/// silent for `proxy_read_timeout` is closed.
async fn run_tunnel(client: TcpStream, early: Bytes, switched: Switched, address: SocketAddr) {
    let mut sides = Sides { client, origin: switched.origin };
    let early = Sides { client: early, origin: switched.early };
    let patience = Patience { silence: switched.limits.read, stall: switched.limits.send };
    let end = tunnel::carry(&mut sides, early, patience).await;
    debug!("tunnel of {address}: {end:?}");
    // A reset is told to the other side as what it is. If that fails, there
    // is no one left to tell.
    let _ = match end {
        End::ClientReset => sides.origin.set_zero_linger(),
        End::OriginReset => sides.client.set_zero_linger(),
        End::Closed | End::Silent | End::Stalled => Ok(()),
    };
}

/// Closes a connection in a way that lets the client read our last answer:
/// RFC 9112 §9.6, first our side, then, for a while, listening to theirs.
async fn linger(mut socket: TcpStream) {
    if socket.shutdown().await.is_ok() {
        let mut rest = socket.take(LINGER_BYTES);
        let _ = timeout(LINGER, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
    }
}
