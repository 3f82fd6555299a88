//! A socket under hyper, and three things hyper's connections lack: a limit for
//! writes that make no progress, a way to send 1xx answers, and to tell an
//! answer that broke off from one that never began.
//!
//! An interim head is written only where hyper has nothing of its own under
//! way. It never holds up a final answer: one that cannot be placed is
//! dropped, since a client can do without it (RFC 9110 §15.2).

use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::{io, pin::Pin, sync::Arc, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use hyper::{HeaderMap, StatusCode, header};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::{net::TcpStream, sync::mpsc};

use crate::{
    alarm::{Exhausted, Stall},
    fields,
};

/// The largest head taken, in bytes, of a request or an answer. hyper takes
/// targets up to 64 KiB; the head is larger, so that a longer one is answered
/// with 414 (RFC 9112 §3) and not with the 431 of too long fields. Of fields,
/// hyper takes 100; to ask it for more is to have it clear 13 KiB per message.
pub(crate) const MOST_HEAD: usize = 128 * 1024;

/// Interim heads on their way to a client's wire. More are not worth keeping.
pub(crate) fn interims() -> (mpsc::Sender<Bytes>, mpsc::Receiver<Bytes>) {
    mpsc::channel(16)
}

/// An interim answer's head, cleaned like any other (RFC 9110 §7.6.1), and
/// without the length that it must not have (§8.6).
pub(crate) fn interim_head(status: StatusCode, mut headers: HeaderMap) -> Bytes {
    fields::remove_hop_by_hop(&mut headers, &[]);
    headers.remove(header::CONTENT_LENGTH);
    let reason = status.canonical_reason().unwrap_or_default();
    let mut head = BytesMut::from(format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).as_bytes());
    for (name, value) in &headers {
        for piece in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(piece);
        }
    }
    head.extend_from_slice(b"\r\n");
    head.freeze()
}

/// A socket as hyper drives it.
#[derive(Debug)]
pub(crate) struct Wire<S = TcpStream> {
    pub(crate) socket: S,
    /// Set by every byte that is read. Whoever asks clears it first.
    pub(crate) heard: Arc<AtomicBool>,
    /// How long the peer may take nothing.
    stall: Stall,
    /// Interim heads to write; an origin's wire has none.
    interims: Option<mpsc::Receiver<Bytes>>,
    /// The next interim head wakes us; it need not be asked for before.
    is_told: bool,
    /// What is left of the interim head being written.
    current: Bytes,
    /// hyper's last word was a completed flush: nothing of its is half sent.
    pub(crate) between_messages: bool,
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(socket: S, patience: Duration, interims: Option<mpsc::Receiver<Bytes>>) -> Self {
        Wire {
            socket,
            heard: Arc::default(),
            stall: Stall::new(patience),
            interims,
            is_told: false,
            current: Bytes::new(),
            between_messages: true,
        }
    }

    /// Writes interim heads if there is room between two messages, and
    /// otherwise drops them; then hyper may write.
    fn poll_interims(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(interims) = &mut self.interims else { return Poll::Ready(Ok(())) };
        if self.is_told && self.current.is_empty() && interims.is_empty() {
            return Poll::Ready(Ok(()));
        }
        loop {
            while self.current.has_remaining() {
                let outcome = Pin::new(&mut self.socket).poll_write(cx, &self.current);
                let count = ready!(limit(cx, &mut self.stall, outcome))?;
                if count == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                self.current.advance(count);
            }
            match interims.poll_recv(cx) {
                Poll::Ready(Some(head)) if self.between_messages => self.current = head,
                Poll::Ready(Some(_)) => {}
                Poll::Ready(None) | Poll::Pending => {
                    self.is_told = true;
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }

    /// Writes something of hyper's, behind the interim heads that are due.
    fn poll_with(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_interims(cx))?;
        self.between_messages = false;
        let outcome = write(Pin::new(&mut self.socket), cx);
        limit(cx, &mut self.stall, outcome)
    }
}

/// Passes on the outcome of a write, unless it has been pending too long.
fn limit<T>(cx: &mut Context<'_>, stall: &mut Stall, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
    let limited = stall.limit(cx, outcome);
    limited.map(|outcome| outcome.unwrap_or_else(|Exhausted| Err(io::ErrorKind::TimedOut.into())))
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.socket).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.heard.store(true, Ordering::Relaxed);
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_with(cx, |socket, cx| socket.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_with(cx, |socket, cx| socket.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    /// hyper flushes only what it has written completely, so here is a gap.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.between_messages = true;
        ready!(self.poll_interims(cx))?;
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
