//! One connection as two independent halves: what has come, and what still has to go.
//!
//! Every await here may be dropped and begun again without losing an octet, so that callers are
//! free to `select!`. Nothing here knows HTTP.

use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

/// How much one read asks for.
const READ_SIZE: usize = 64 * 1024;

/// How long a closed connection still swallows what comes. Closing on unread octets would be a
/// reset, and could destroy the last answer under way.
const LINGER: Duration = Duration::from_millis(500);

/// One end of a hop.
#[derive(Debug)]
pub(crate) struct Peer {
    /// What comes from it.
    pub(crate) source: Source,
    /// What goes to it.
    pub(crate) sink: Sink,
}

/// How the octets of a source ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It sent all that it had to send.
    Fin,
    /// It is gone, and with it perhaps a part of what it sent.
    Reset,
}

/// The receiving half.
#[derive(Debug)]
pub(crate) struct Source {
    half: OwnedReadHalf,
    /// Octets that came and are not used yet.
    pub(crate) buf: Vec<u8>,
    /// Set once nothing more will come.
    pub(crate) end: Option<End>,
    /// How many reads the octets in `buf` came in.
    pub(crate) reads: usize,
}

/// The sending half.
#[derive(Debug)]
pub(crate) struct Sink {
    half: OwnedWriteHalf,
    pending: Vec<u8>,
    sent: usize,
    /// Set once a write has failed: nobody receives any more.
    broken: bool,
    /// Set if that was because of a reset.
    reset: bool,
}

/// A write failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Broken;

impl Peer {
    /// Takes over a connection.
    pub(crate) fn new(stream: TcpStream) -> Peer {
        // A stream that refuses the option is dead already, and the next read says so.
        let _ = stream.set_nodelay(true);
        let (reader, writer) = stream.into_split();
        Peer {
            source: Source { half: reader, buf: Vec::new(), end: None, reads: 0 },
            sink: Sink { half: writer, pending: Vec::new(), sent: 0, broken: false, reset: false },
        }
    }

    /// Whether the connection ended by a reset. The kernel reports a reset once, to the half that
    /// looks first; the other half then sees an ordinary end.
    pub(crate) fn was_reset(&self) -> bool {
        self.source.end == Some(End::Reset) || (self.source.end.is_some() && self.sink.reset)
    }

    /// Sends what is pending, then FIN, and swallows for a while what still comes.
    pub(crate) async fn close(mut self) {
        if timeout(LINGER, self.sink.flush()).await.is_err() {
            return;
        }
        self.sink.finish().await;
        let swallow = async {
            while self.source.end.is_none() {
                self.source.fill().await;
                self.source.buf.clear();
            }
        };
        let _ = timeout(LINGER, swallow).await;
    }

    /// Only faults do this: the connection stays open, and nobody cares for it.
    pub(crate) fn keep(self) {
        drop(tokio::spawn(async move {
            let _kept = self;
            std::future::pending::<()>().await
        }));
    }

    /// Ends the connection with a reset.
    pub(crate) fn reset(self) {
        let _ = self.sink.half.as_ref().set_zero_linger();
        // Dropping the write half would send a FIN ahead of the reset.
        self.sink.half.forget();
    }
}

impl Source {
    /// Waits until something came, or the end did.
    pub(crate) async fn fill(&mut self) {
        if self.end.is_some() {
            return;
        }
        self.buf.reserve(READ_SIZE);
        match self.half.read_buf(&mut self.buf).await {
            Ok(0) => self.end = Some(End::Fin),
            Ok(_) => self.reads += 1,
            // A reset behind a FIN takes nothing away from what came before it.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.end = Some(End::Fin),
            Err(_) => self.end = Some(End::Reset),
        }
    }

    /// Reads what is there already, without waiting for more.
    pub(crate) fn fill_now(&mut self) {
        self.buf.reserve(READ_SIZE);
        match self.half.try_read_buf(&mut self.buf) {
            Ok(0) => self.end = Some(End::Fin),
            Ok(_) => self.reads += 1,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.end = Some(End::Reset),
        }
    }

    /// Takes the first `count` octets.
    pub(crate) fn take(&mut self, count: usize) -> Vec<u8> {
        let rest = self.buf.split_off(count);
        self.reads = usize::from(!rest.is_empty());
        std::mem::replace(&mut self.buf, rest)
    }

    /// Takes all that came.
    pub(crate) fn take_all(&mut self) -> Vec<u8> {
        self.reads = 0;
        std::mem::take(&mut self.buf)
    }
}

impl Sink {
    /// Adds octets to what has to go; `flush` sends them.
    pub(crate) fn push(&mut self, octets: &[u8]) {
        if !self.broken {
            self.pending.extend_from_slice(octets);
        }
    }

    /// Forgets what is waiting to go.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
        self.sent = 0;
    }

    /// Whether nothing is waiting to go.
    pub(crate) fn is_idle(&self) -> bool {
        self.pending.is_empty()
    }

    /// Sends all that is pending.
    pub(crate) async fn flush(&mut self) -> Result<(), Broken> {
        while self.sent < self.pending.len() && !self.broken {
            match self.half.write(&self.pending[self.sent..]).await {
                Ok(count) if count > 0 => self.sent += count,
                Ok(_) => self.broken = true,
                Err(error) => {
                    self.broken = true;
                    self.reset = error.kind() == ErrorKind::ConnectionReset;
                }
            }
        }
        self.pending.clear();
        self.sent = 0;
        if self.broken { Err(Broken) } else { Ok(()) }
    }

    /// Sends FIN.
    pub(crate) async fn finish(&mut self) {
        let _ = self.half.shutdown().await;
    }
}
