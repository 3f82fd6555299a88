//! 1xx answers on their way to the client, which hyper's server cannot send.
//!
//! It owns the moment at which such a head may be written: only when hyper
//! has nothing of its own under way. It never holds up a final answer; an
//! interim one that cannot be placed is dropped, as RFC 9110 §15.2 lets a
//! client never miss it.
//!
//! The same type looks ahead for a client that goes away: with half-closing
//! clients allowed, hyper does not read while it waits for our answer.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use bytes::{Buf, Bytes, BytesMut};
use hyper::{HeaderMap, StatusCode, header};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{fields, wire::Wire};

/// More than this many interim heads waiting are not worth keeping.
const MOST_WAITING: usize = 16;

/// Interim heads between the origin's connection, which finds them, and the
/// client's, which writes them. Both live on one thread; hyper's callback
/// asks for `Send` all the same.
#[derive(Debug, Default)]
pub(crate) struct Interims(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    heads: VecDeque<Bytes>,
    writer: Option<Waker>,
    /// The client has said all it has to say, and waits for our answer.
    client_waits: bool,
}

impl Interims {
    /// Takes an interim answer of the origin's.
    pub(crate) fn push(&self, status: StatusCode, headers: &HeaderMap) {
        // This hop answers expectations by itself (RFC 9110 §10.1.1), so an
        // origin's 100 is not the client's.
        if status == StatusCode::CONTINUE {
            return;
        }
        let mut waiting = self.lock();
        if waiting.heads.len() < MOST_WAITING {
            waiting.heads.push_back(head(status, headers.clone()));
        }
        if let Some(writer) = waiting.writer.take() {
            writer.wake();
        }
    }

    /// Says whether the client does nothing but wait, so that it is worth
    /// looking whether it is still there.
    pub(crate) fn client_waits(&self, waits: bool) {
        self.lock().client_waits = waits;
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An interim head, cleaned like any other: RFC 9110 §7.6.1, and §8.6 for the
/// length it must not have.
fn head(status: StatusCode, mut headers: HeaderMap) -> Bytes {
    fields::remove_hop_by_hop(&mut headers);
    headers.remove(header::CONTENT_LENGTH);
    let reason = status.canonical_reason().unwrap_or_default();
    let mut bytes = BytesMut::from(format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).as_bytes());
    for (name, value) in &headers {
        for piece in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            bytes.extend_from_slice(piece);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.freeze()
}

/// The client's wire, with interim heads slipped in between hyper's messages.
pub(crate) struct ClientWire<S> {
    wire: Wire<S>,
    interims: Arc<Interims>,
    /// What is left of the interim head being written.
    current: Bytes,
    /// hyper's last word was a completed flush: nothing of its is half sent.
    between_messages: bool,
    /// hyper's last read found nothing, so it will be woken for the next.
    is_reading: bool,
    ahead: Ahead,
}

/// What was read before hyper asked for it.
enum Ahead {
    Nothing,
    Bytes(Bytes),
    End,
}

impl<S: AsyncRead + AsyncWrite + Unpin> ClientWire<S> {
    pub(crate) fn new(wire: Wire<S>, interims: Arc<Interims>) -> Self {
        ClientWire {
            wire,
            interims,
            current: Bytes::new(),
            between_messages: true,
            is_reading: true,
            ahead: Ahead::Nothing,
        }
    }

    /// The bare socket, and all that was read from it but not used:
    /// `unparsed` is hyper's part of that.
    pub(crate) fn into_socket(self, unparsed: Bytes) -> (S, Bytes) {
        let early = match self.ahead {
            Ahead::Bytes(ahead) if unparsed.is_empty() => ahead,
            Ahead::Bytes(ahead) => [unparsed, ahead].concat().into(),
            Ahead::Nothing | Ahead::End => unparsed,
        };
        (self.wire.into_socket(), early)
    }

    /// Writes the waiting heads. Call it only between hyper's messages.
    fn poll_interims(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            while self.current.has_remaining() {
                let count = ready!(Pin::new(&mut self.wire).poll_write(cx, &self.current))?;
                if count == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                self.current.advance(count);
            }
            let mut waiting = self.interims.lock();
            match waiting.heads.pop_front() {
                Some(head) => self.current = head,
                None => {
                    if !waiting.writer.as_ref().is_some_and(|writer| writer.will_wake(cx.waker())) {
                        waiting.writer = Some(cx.waker().clone());
                    }
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }

    /// Makes way for hyper's bytes: interim heads first, if there is room
    /// between two messages; otherwise they are dropped.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.between_messages {
            ready!(self.poll_interims(cx))?;
            self.between_messages = false;
        } else {
            self.interims.lock().heads.clear();
        }
        Poll::Ready(Ok(()))
    }

    /// Notices a client that resets its connection while it waits. Whatever
    /// else it sends meanwhile is kept for hyper.
    fn look_ahead(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let already = self.is_reading || !matches!(self.ahead, Ahead::Nothing);
        if already || !self.interims.lock().client_waits {
            return Ok(());
        }
        let mut bytes = [0; 512];
        let mut buffer = ReadBuf::new(&mut bytes);
        if let Poll::Ready(outcome) = Pin::new(&mut self.wire).poll_read(cx, &mut buffer) {
            outcome?;
            self.ahead = match buffer.filled() {
                [] => Ahead::End,
                filled => Ahead::Bytes(Bytes::copy_from_slice(filled)),
            };
            // The readiness just used up may be what hyper is waiting for.
            cx.waker().wake_by_ref();
        }
        Ok(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for ClientWire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match std::mem::replace(&mut self.ahead, Ahead::Nothing) {
            Ahead::Nothing => {
                let outcome = Pin::new(&mut self.wire).poll_read(cx, buffer);
                self.is_reading = outcome.is_pending();
                return outcome;
            }
            Ahead::Bytes(mut ahead) => {
                let count = ahead.len().min(buffer.remaining());
                buffer.put_slice(&ahead.split_to(count));
                if ahead.has_remaining() {
                    self.ahead = Ahead::Bytes(ahead);
                }
            }
            // The end stays the end.
            Ahead::End => self.ahead = Ahead::End,
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for ClientWire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_turn(cx))?;
        Pin::new(&mut self.wire).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_turn(cx))?;
        Pin::new(&mut self.wire).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }

    /// hyper flushes only what it has written completely, so here is a gap.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.between_messages = true;
        ready!(self.poll_interims(cx))?;
        self.look_ahead(cx)?;
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn wire() -> (ClientWire<tokio::io::DuplexStream>, Arc<Interims>, tokio::io::DuplexStream) {
        let (near, far) = tokio::io::duplex(1024);
        let interims = Arc::new(Interims::default());
        let wire = Wire::new(near, Duration::from_secs(1));
        (ClientWire::new(wire, interims.clone()), interims, far)
    }

    async fn received(mut far: tokio::io::DuplexStream) -> String {
        let mut text = String::new();
        far.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn an_interim_head_goes_ahead_of_the_final_one() {
        let (mut wire, interims, far) = wire();
        interims.push(StatusCode::EARLY_HINTS, &HeaderMap::new());
        wire.write_all(b"final").await.unwrap();
        drop(wire);
        assert_eq!(received(far).await, "HTTP/1.1 103 Early Hints\r\n\r\nfinal");
    }

    #[tokio::test]
    async fn an_interim_head_never_splits_a_message() {
        let (mut wire, interims, far) = wire();
        wire.write_all(b"fin").await.unwrap();
        interims.push(StatusCode::EARLY_HINTS, &HeaderMap::new());
        wire.write_all(b"al").await.unwrap();
        wire.flush().await.unwrap();
        drop(wire);
        assert_eq!(received(far).await, "final");
    }

    #[tokio::test]
    async fn bytes_seen_ahead_of_time_are_read_in_their_order() {
        let (mut wire, interims, mut far) = wire();
        far.write_all(b"first").await.unwrap();
        wire.read_exact(&mut [0; 5]).await.unwrap();
        interims.client_waits(true);
        far.write_all(b"second").await.unwrap();
        wire.flush().await.unwrap();
        far.write_all(b"third").await.unwrap();
        let mut read = [0; 11];
        wire.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"secondthird");
    }

    #[tokio::test]
    async fn bytes_seen_ahead_of_time_belong_to_the_tunnel() {
        let (mut wire, interims, mut far) = wire();
        far.write_all(b"request").await.unwrap();
        wire.read_exact(&mut [0; 7]).await.unwrap();
        interims.client_waits(true);
        far.write_all(b"late").await.unwrap();
        wire.flush().await.unwrap();
        let (_, early) = wire.into_socket(Bytes::from_static(b"early"));
        assert_eq!(early, "earlylate");
    }
}
