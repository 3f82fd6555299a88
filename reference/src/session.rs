//! One client connection, from accept to its last byte.
//!
//! It owns the two lives of a connection: HTTP under hyper, then, if an
//! exchange switched, a tunnel of bare sockets. All that an exchange holds is
//! held here, so whatever becomes of the client, it goes with it.

use std::task::Poll;
use std::{cell::Cell, future::poll_fn, io, net::SocketAddr, rc::Rc, sync::Arc, time::Duration};

use bytes::Bytes;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tracing::info;

use crate::access::Entry;
use crate::exchange::{Client, Switched, exchange};
use crate::tunnel::{self, End, Patience, Sides};
use crate::wire::{MOST_HEAD, Wire, interims};
use crate::{
    alarm::Alarm,
    config::Server,
    serve::{Stage, Stages},
    upstream::Pool,
    watched::Watched,
};

/// How long, and for how many bytes, a refused client may go on sending.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: u64 = 1024 * 1024;

/// What a client gets that began a request and did not go on.
const TOO_LATE: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// Serves one client until it or we have had enough. An error means that the
/// client has gone.
pub(crate) async fn session(
    socket: TcpStream,
    address: SocketAddr,
    server: Arc<Server>,
    pool: Rc<Pool>,
    stages: Stages,
) -> io::Result<()> {
    // A listener would hand it on, but not to who connects before it is set there.
    socket.set_nodelay(true)?;
    let (socket, reset) = Watched::new(socket);
    let (sender, receiver) = interims();
    let wire = Wire::new(socket, server.limits.answer, Some(receiver));
    let owed = Rc::new(Cell::new(Some(Instant::now())));
    let client = Rc::new(Client { address, server, pool, interims: sender, owed, switched: Cell::default() });
    // What HTTP needs is much more than what a tunnel does, and is given back before one begins.
    let mut http = Box::pin(speak_http(wire, &client, stages));
    let left = tokio::select! {
        left = &mut http => left,
        () = reset => None,
    };
    drop(http);
    // Nobody else has it now.
    let left = left.and_then(|(socket, early)| Some((socket.into_inner()?, early)));
    let switched = client.switched.take();
    drop(client);
    match (left, switched) {
        (Some((client, early)), Some(Switched { origin, entry })) => {
            let sides = Sides { client, origin: origin.socket };
            let early = Sides { client: early, origin: origin.early };
            run_tunnel(sides, early, origin.patience, entry).await
        }
        (Some((socket, _)), None) => linger(socket).await,
        (None, _) => Ok(()),
    }
}

/// Speaks HTTP as long as it lasts. What is left then is the socket, and what
/// was read from it behind the last request.
async fn speak_http(
    wire: Wire<Watched>,
    client: &Rc<Client>,
    mut stages: Stages,
) -> Option<(Watched, Bytes)> {
    let service = service_fn(|request| Box::pin(exchange(client.clone(), request)));
    let mut connection = http1::Builder::new()
        // The limit for heads is ours: hyper's says nothing to the client.
        .header_read_timeout(None)
        .max_header_size(MOST_HEAD)
        .max_buf_size(MOST_HEAD)
        // A client may end its side behind its request, and wait.
        .half_close(true)
        .serve_connection(TokioIo::new(wire), service);

    // Not `without_shutdown`, because draining has to reach it meanwhile.
    let outcome = tokio::select! {
        biased;
        outcome = poll_fn(|cx| connection.poll_without_shutdown(cx)) => Some(outcome),
        () = owes_too_long(client) => None,
        () = stages.reached(Stage::Draining) => {
            Pin::new(&mut connection).graceful_shutdown();
            Some(poll_fn(|cx| connection.poll_without_shutdown(cx)).await)
        }
    };
    let parts = connection.into_parts();
    let (wire, early) = (parts.io.into_inner(), parts.read_buf);
    let (is_between_messages, socket) = (wire.between_messages, wire.socket);
    let error = match outcome {
        Some(Ok(())) => return Some((socket, early)),
        Some(Err(error)) => error,
        // RFC 9110 §15.5.9: a 408 is for a request that was begun; RFC 9112
        // §9.5: a connection on which nothing happens is just closed.
        None if early.is_empty() || !is_between_messages => return None,
        None => {
            info!("408 to {}: the head of its request did not come in time", client.address);
            // Nothing is under way to the client, so there is room for this.
            return socket.as_ref().try_write(TOO_LATE).ok().map(|_| (socket, early));
        }
    };
    info!("connection of {}: {error}", client.address);
    // An answer that broke off must not look like one that is complete.
    if error.is_user() {
        let _ = socket.as_ref().set_zero_linger();
    }
    // A parse error has been answered by hyper, and the answer is to be read.
    error.is_parse().then_some((socket, early))
}

/// Waits until the client has owed us the head of a request for too long.
async fn owes_too_long(client: &Client) {
    let mut alarm = Alarm::default();
    poll_fn(|cx| match client.owed.get() {
        Some(since) => alarm.poll(cx, since + client.server.limits.header),
        // The connection is polled first, and it is what changes that.
        None => Poll::Pending,
    })
    .await;
}

/// Carries the tunnel. A reset is told to the other side as what it is.
async fn run_tunnel(
    mut sides: Sides<TcpStream>,
    early: Sides<Bytes>,
    patience: Patience,
    mut entry: Entry,
) -> io::Result<()> {
    entry.begin_tunnel();
    let end = tunnel::carry(&mut sides, early, patience, &entry.passed).await;
    entry.tunnel_ended(end);
    match end {
        End::ClientReset => sides.origin.set_zero_linger(),
        End::OriginReset => sides.client.set_zero_linger(),
        End::Closed | End::Silent | End::Stalled => Ok(()),
    }
}

/// Closes a connection in a way that lets the client read our last answer:
/// RFC 9112 §9.6, first our side, then, for a while, listening to theirs.
async fn linger(mut socket: TcpStream) -> io::Result<()> {
    socket.shutdown().await?;
    let mut rest = socket.take(LINGER_BYTES);
    let _ = timeout(LINGER, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
    Ok(())
}
