//! A socket as hyper drives it, and what hyper does not tell about it.
//!
//! It owns three small things: a limit for writes that make no progress, the
//! count of received bytes, and the way back to the bare socket. It never
//! changes a byte.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// A socket under hyper.
#[derive(Debug)]
pub(crate) struct Wire<S = TcpStream> {
    socket: S,
    /// Armed while the peer takes nothing.
    stall: Option<Pin<Box<Sleep>>>,
    gauge: Rc<Gauge>,
}

/// What can be read and set while hyper has the wire.
#[derive(Debug)]
pub(crate) struct Gauge {
    /// Bytes received so far.
    pub(crate) received: Cell<u64>,
    /// How long a write may wait.
    pub(crate) patience: Cell<Duration>,
}

impl<S> Wire<S> {
    /// Wraps `socket`; a write may wait `patience` long.
    pub(crate) fn new(socket: S, patience: Duration) -> Self {
        let gauge = Gauge { received: Cell::new(0), patience: Cell::new(patience) };
        Wire { socket, stall: None, gauge: Rc::new(gauge) }
    }

    pub(crate) fn gauge(&self) -> Rc<Gauge> {
        self.gauge.clone()
    }

    pub(crate) fn into_socket(self) -> S {
        self.socket
    }

    /// Passes on the outcome of a write, unless it has been pending too long.
    fn limit<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stall = None;
            return outcome;
        }
        let patience = self.gauge.patience.get();
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(patience)));
        stall.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.socket).poll_read(cx, buffer);
        let count = buffer.filled().len() - before;
        self.gauge.received.set(self.gauge.received.get() + count as u64);
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.limit(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.limit(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        time::Instant,
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_write_waits_only_so_long() {
        let (near, _far) = tokio::io::duplex(4);
        let mut wire = Wire::new(near, Duration::from_secs(3));
        let start = Instant::now();
        let error = wire.write_all(b"too much").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_write_is_no_stalled_one() {
        let (near, mut far) = tokio::io::duplex(4);
        let mut wire = Wire::new(near, Duration::from_secs(3));
        let reader = async {
            for _ in 0..4 {
                tokio::time::sleep(Duration::from_secs(2)).await;
                far.read_exact(&mut [0; 4]).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(wire.write_all(&[7; 16]), reader);
        written.unwrap();
    }

    #[tokio::test]
    async fn received_bytes_are_counted() {
        let socket = tokio_test::io::Builder::new().read(b"12").read(b"345").build();
        let mut wire = Wire::new(socket, Duration::from_secs(3));
        let gauge = wire.gauge();
        wire.read_to_end(&mut Vec::new()).await.unwrap();
        assert_eq!(gauge.received.get(), 5);
    }
}
