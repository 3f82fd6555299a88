//! What all connections of one proxy share: where the origin is, and which fault is seeded.
//!
//! A sound proxy shares nothing else; the rest of the state is there for faults.

use crate::fault::{Fault, Seeded};
use crate::wire::Peer;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

/// One proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// The origin's address.
    pub(crate) upstream: String,
    /// What is done wrong.
    pub(crate) fault: Seeded,
    /// Told when the proxy shall listen no longer.
    pub(crate) deaf: Notify,
    hangs: AtomicBool,
    parked: Mutex<Option<Peer>>,
}

impl Proxy {
    /// A proxy for the origin at that address.
    pub(crate) fn new(upstream: String, fault: Seeded) -> Proxy {
        Proxy {
            upstream,
            fault,
            deaf: Notify::new(),
            hangs: AtomicBool::new(false),
            parked: Mutex::new(None),
        }
    }

    /// A connection to the origin, or the status that says why there is none.
    pub(crate) async fn dial(&self, within: Duration) -> Result<Peer, u16> {
        let parked = self.parked.lock().ok().and_then(|mut parked| parked.take());
        if let Some(mut parked) = parked {
            // What has come already, above all an end, is there at once.
            let _ = timeout(Duration::ZERO, parked.source.fill()).await;
            if parked.source.end.is_none() {
                return Ok(parked);
            }
        }
        match timeout(within, TcpStream::connect(&self.upstream)).await {
            Ok(Ok(stream)) => Ok(Peer::new(stream)),
            Ok(Err(_)) => Err(502),
            Err(_) => Err(504),
        }
    }

    /// Keeps a connection for the next `dial`.
    pub(crate) fn park(&self, origin: Peer) {
        if let Ok(mut parked) = self.parked.lock() {
            *parked = Some(origin);
        }
    }

    /// Whether new connections are ignored.
    pub(crate) fn hangs(&self) -> bool {
        self.hangs.load(Ordering::Relaxed)
    }

    /// Takes note that a tunnel has ended.
    pub(crate) fn tunnel_ended(&self) {
        if self.fault == Fault::StopListeningAfterTunnel {
            self.deaf.notify_one();
        }
        if self.fault == Fault::HangAfterTunnel {
            self.hangs.store(true, Ordering::Relaxed);
        }
    }
}
