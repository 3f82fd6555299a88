//! Connections to origins: making them, asking over them, keeping them.
//!
//! A connection is used again only if its answer was read to the end, and
//! neither side said `close` (RFC 9112 §9.3, §9.6).

use std::sync::atomic::{AtomicBool, Ordering};
use std::{cell::RefCell, collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response, StatusCode, body::Incoming, upgrade::OnUpgrade};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout};
use tokio::{net::TcpStream, task::JoinSet};

use crate::wire::{MOST_HEAD, Wire};
use crate::{alarm::Alarm, body::Relayed, config::Location, refusal::Refusal};

/// Idle connections kept on one thread, and for how long.
const MOST_IDLE: usize = 64;
const IDLE_TIME: Duration = Duration::from_secs(60);

/// The idle connections of one thread, the longest idle one first.
#[derive(Debug, Default)]
pub(crate) struct Pool(RefCell<VecDeque<(Box<Connection>, Instant)>>);

/// A connection to an origin. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: SendRequest<Relayed>,
    /// The task that moves the bytes; a set, because it ends with its owner.
    /// It closes the socket as soon as the origin does, used or idle.
    _driver: JoinSet<()>,
    pub(crate) location: Arc<Location>,
    /// Rings when the origin has not answered for too long.
    pub(crate) silence: Alarm,
    /// Whether anything was read since the last request was sent.
    heard: Arc<AtomicBool>,
}

impl Pool {
    /// An idle connection of this location that is still good.
    pub(crate) fn take(&self, location: &Arc<Location>) -> Option<Box<Connection>> {
        let mut idle = self.0.borrow_mut();
        while idle.front().is_some_and(|(_, since)| since.elapsed() >= IDLE_TIME) {
            idle.pop_front();
        }
        loop {
            let is_here =
                |(connection, _): &(Box<Connection>, _)| Arc::ptr_eq(&connection.location, location);
            let last = idle.iter().rposition(is_here)?;
            let (connection, _) = idle.remove(last)?;
            // RFC 9112 §9.2: bytes nobody asked for, like a close, end hyper's
            // connection, and it is ready no more.
            if connection.sender.is_ready() {
                return Some(connection);
            }
        }
    }

    /// Takes back a connection whose answer has been read to the end. hyper is
    /// not ready again if a side said close, or a request body is on its way.
    pub(crate) fn put(&self, connection: Box<Connection>) {
        let mut idle = self.0.borrow_mut();
        if connection.sender.is_ready() && idle.len() < MOST_IDLE {
            idle.push_back((connection, Instant::now()));
        }
    }
}

impl Connection {
    /// Connects to the first of the location's origins that takes it. A box, since it goes through
    /// many hands.
    pub(crate) async fn open(location: &Arc<Location>) -> Result<Box<Self>, Refusal> {
        let too_late =
            Refusal::new(StatusCode::GATEWAY_TIMEOUT, "the origin did not accept a connection in time");
        let refused = Refusal::new(StatusCode::BAD_GATEWAY, "the origin refused the connection");
        let socket = timeout(location.limits.connect, TcpStream::connect(&location.origins[..])).await;
        let socket = match socket.map_err(|_| too_late)?.and_then(|s| s.set_nodelay(true).map(|()| s)) {
            Ok(socket) => socket,
            Err(error) => return Err(refused.because(error)),
        };
        let wire = Wire::new(socket, location.limits.send, None);
        let heard = wire.heard.clone();
        let mut builder = http1::Builder::new();
        builder.max_header_size(MOST_HEAD).max_buf_size(MOST_HEAD);
        let (sender, driver) =
            builder.handshake(TokioIo::new(wire)).await.map_err(|error| refused.because(error))?;
        let mut tasks = JoinSet::new();
        // What goes wrong is told to whoever waits for the answer.
        tasks.spawn_local(async { drop(driver.with_upgrades().await) });
        let (location, silence) = (location.clone(), Alarm::default());
        Ok(Box::new(Connection { sender, _driver: tasks, location, silence, heard }))
    }

    /// Sends a request; the answer is the head of the response.
    pub(crate) fn send(
        &mut self,
        request: Request<Relayed>,
    ) -> impl Future<Output = hyper::Result<Response<Incoming>>> + use<> {
        self.heard.store(false, Ordering::Relaxed);
        self.sender.send_request(request)
    }

    /// Whether a byte has come since the request was sent.
    pub(crate) fn has_begun_to_answer(&self) -> bool {
        self.heard.load(Ordering::Relaxed)
    }
}

/// Takes the socket out of HTTP after a 101, and what was read behind that.
pub(crate) async fn into_socket(switching: OnUpgrade) -> Result<(TcpStream, Bytes), Refusal> {
    let refused = |error| Refusal::new(StatusCode::BAD_GATEWAY, "the origin did not switch").because(error);
    let parts = switching.await.map_err(refused)?.downcast::<TokioIo<Wire>>();
    let parts = parts.expect("the wire that this connection was opened with");
    Ok((parts.io.into_inner().socket, parts.read_buf))
}
