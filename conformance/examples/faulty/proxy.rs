//! What all connections of one proxy share: where the origin is, and which fault is seeded.
//!
//! A sound proxy shares nothing else; the rest of the state is there for faults.

use crate::fault::{Fault, Seeded};
use crate::wire::Peer;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
    /// How many clients are being served.
    pub(crate) clients: AtomicUsize,
    hangs: AtomicBool,
    parked: Mutex<Option<Peer>>,
    stray: Mutex<Vec<u8>>,
    cache: Mutex<Cache>,
}

/// What a fault remembers of a tunnel: a request target, and what looked like its answer.
#[derive(Debug, Default)]
struct Cache {
    target: String,
    answer: Vec<u8>,
}

impl Proxy {
    /// A proxy for the origin at that address.
    pub(crate) fn new(upstream: String, fault: Seeded) -> Proxy {
        Proxy {
            upstream,
            fault,
            deaf: Notify::new(),
            clients: AtomicUsize::new(0),
            hangs: AtomicBool::new(false),
            parked: Mutex::new(None),
            stray: Mutex::default(),
            cache: Mutex::default(),
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

    /// Gives `octets` to whoever comes next, and takes what the one before left.
    pub(crate) fn trade(&self, octets: &mut Vec<u8>) {
        if let Ok(mut stray) = self.stray.lock() {
            std::mem::swap(&mut *stray, octets);
        }
    }

    /// Leaves a copy of an answer's content for the other client that waits, or takes what was left.
    pub(crate) fn trade_content(&self, octets: &mut Vec<u8>) {
        let Ok(mut stray) = self.stray.lock() else { return };
        if !stray.is_empty() {
            *octets = std::mem::take(&mut *stray);
        } else if self.clients.load(Ordering::Relaxed) > 1 {
            stray.clone_from(octets);
        }
    }

    /// Remembers what passed through a tunnel, from whichever side.
    pub(crate) fn remember(&self, octets: &[u8]) {
        let Ok(mut cache) = self.cache.lock() else { return };
        if let Some(rest) = octets.strip_prefix(b"GET ") {
            let target = rest.split(|octet| *octet == b' ').next().unwrap_or_default();
            cache.target = String::from_utf8_lossy(target).into_owned();
        } else if octets.starts_with(b"HTTP/1.1 200 ") {
            cache.answer = octets.to_vec();
        }
    }

    /// What was remembered as the answer for `target`.
    pub(crate) fn remembered(&self, target: &str) -> Option<Vec<u8>> {
        let cache = self.cache.lock().ok()?;
        (cache.target == target && !cache.answer.is_empty()).then(|| cache.answer.clone())
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
