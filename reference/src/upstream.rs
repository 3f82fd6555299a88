//! Connections to origins: making them, keeping them, asking over them.
//!
//! It owns when a connection may be used again: only after its answer was
//! read to the end, and only if neither side said `close`. It never looks at
//! fields; what is sent is decided in `exchange.rs`.

use std::{
    cell::{Cell, RefCell},
    io,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1::{self, Parts, SendRequest},
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    task::{JoinHandle, spawn_local},
    time::timeout,
};

use crate::{
    body::Relayed,
    config::{Limits, Upstream},
    wire::{Gauge, Wire},
};

/// The largest answer head taken, in bytes and in fields.
const MOST_HEAD: usize = 64 * 1024;
const MOST_FIELDS: usize = 200;

/// Idle connections kept for one upstream on one thread, and for how long.
const MOST_IDLE: usize = 32;
const IDLE_TIME: Duration = Duration::from_secs(60);

/// Why the origin gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    #[error("the origin refused the connection")]
    Connect(#[source] io::Error),
    #[error("the origin did not accept the connection in time")]
    ConnectTimeout,
    #[error("the origin did not answer in time")]
    Silent,
    #[error("the origin gave no valid answer")]
    Answer(#[source] hyper::Error),
}

/// One upstream as one thread sees it.
#[derive(Debug)]
pub(crate) struct Pool {
    addresses: Vec<SocketAddr>,
    next: Cell<usize>,
    idle: RefCell<Vec<(Connection, Instant)>>,
}

/// A connection to an origin. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: SendRequest<Relayed>,
    driver: Driver,
    gauge: Rc<Gauge>,
    /// It lies in the pool, where nobody waits for what it still brings.
    is_idle: Rc<Cell<bool>>,
    /// It came from the pool, so the origin may have given it up already.
    pub(crate) is_reused: bool,
}

/// The task that moves the connection's bytes. It hands the socket back when
/// HTTP on it is over, and closes it itself if that happens in the pool.
#[derive(Debug)]
struct Driver(JoinHandle<hyper::Result<Option<Parts<TokioIo<Wire>>>>>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Pool {
    pub(crate) fn new(upstream: &Upstream) -> Self {
        let addresses = upstream.addresses.clone();
        Pool { addresses, next: Cell::new(0), idle: RefCell::default() }
    }

    /// A connection to use: an idle one, or else a new one.
    pub(crate) async fn get(&self, limits: Limits) -> Result<Connection, UpstreamError> {
        match self.take_idle() {
            Some(connection) => {
                // Another location may have left it here.
                connection.gauge.patience.set(limits.send);
                Ok(connection)
            }
            None => self.connect(limits).await,
        }
    }

    /// Opens a connection to the first address that takes it, in turn.
    pub(crate) async fn connect(&self, limits: Limits) -> Result<Connection, UpstreamError> {
        let first = self.next.get();
        self.next.set(first.wrapping_add(1));
        let mut failure = UpstreamError::ConnectTimeout;
        for turn in 0..self.addresses.len() {
            let address = self.addresses[first.wrapping_add(turn) % self.addresses.len()];
            match timeout(limits.connect, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => return Connection::open(socket, limits).await,
                Ok(Err(error)) => failure = UpstreamError::Connect(error),
                Err(_) => failure = UpstreamError::ConnectTimeout,
            }
        }
        Err(failure)
    }

    /// Takes back a connection whose answer has been read to the end.
    pub(crate) fn put(&self, connection: Connection) {
        // RFC 9112 §9.6: hyper is not ready again if either side said close.
        // Nor is it while a request body is still on its way.
        let mut idle = self.idle.borrow_mut();
        if connection.sender.is_ready() && idle.len() < MOST_IDLE {
            connection.is_idle.set(true);
            idle.push((connection, Instant::now()));
        }
    }

    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        // RFC 9112 §9.2: bytes nobody asked for, like a close, end hyper's
        // connection, and it is ready no more.
        idle.retain(|(connection, since)| connection.sender.is_ready() && since.elapsed() < IDLE_TIME);
        let (connection, _) = idle.pop()?;
        connection.is_idle.set(false);
        Some(Connection { is_reused: true, ..connection })
    }
}

impl Connection {
    async fn open(socket: TcpStream, limits: Limits) -> Result<Self, UpstreamError> {
        socket.set_nodelay(true).map_err(UpstreamError::Connect)?;
        let wire = Wire::new(socket, limits.send);
        let gauge = wire.gauge();
        let (sender, connection) = http1::Builder::new()
            .max_header_size(MOST_HEAD)
            .max_buf_size(MOST_HEAD)
            .max_headers(MOST_FIELDS)
            .handshake(TokioIo::new(wire))
            .await
            .map_err(UpstreamError::Answer)?;
        // `without_shutdown` gives the socket back after a 101, with what
        // hyper has read behind its head.
        let is_idle = Rc::new(Cell::new(false));
        let nobody_waits = is_idle.clone();
        let driver = Driver(spawn_local(async move {
            let parts = connection.without_shutdown().await?;
            Ok((!nobody_waits.get()).then_some(parts))
        }));
        Ok(Connection { sender, driver, gauge, is_idle, is_reused: false })
    }

    /// Sends a request; the answer is the head of the response.
    pub(crate) fn send(
        &mut self,
        request: Request<Relayed>,
    ) -> impl Future<Output = hyper::Result<Response<Incoming>>> + use<> {
        self.sender.send_request(request)
    }

    /// Bytes received so far, to tell whether an answer has begun.
    pub(crate) fn received(&self) -> u64 {
        self.gauge.received.get()
    }

    /// Takes the socket out of HTTP, and what was read behind the 101.
    pub(crate) async fn into_socket(mut self) -> Result<(TcpStream, Bytes), UpstreamError> {
        match (&mut self.driver.0).await {
            Ok(Ok(Some(parts))) => Ok((parts.io.into_inner().into_socket(), parts.read_buf)),
            Ok(Err(error)) => Err(UpstreamError::Answer(error)),
            // Only a dropped `Driver` aborts the task, and this connection is
            // neither dropped nor idle.
            Ok(Ok(None)) | Err(_) => Err(UpstreamError::Silent),
        }
    }
}
