//! A client's socket with two owners: hyper, which drives it, and one who only
//! waits for its reset.
//!
//! hyper does not read while it waits for our answer (a client may end its side
//! and wait, RFC 9112 §9.6, so there is nothing to read for), and would not
//! notice that the client is gone. A second descriptor of the socket would tell
//! as well, for four more system calls on each connection; and when there are
//! no more descriptors, a client would be accepted and not served.

use std::task::{Context, Poll};
use std::{io, pin::Pin, rc::Rc};

use rustix::net::{Shutdown, shutdown};
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use crate::sockets::poll_io;

/// A socket that hyper drives while somebody waits for its reset.
#[derive(Debug)]
pub(crate) struct Watched(Rc<TcpStream>);

impl Watched {
    /// The socket, and what is ready once it was reset.
    pub(crate) fn new(socket: TcpStream) -> (Self, impl Future<Output = ()>) {
        let socket = Rc::new(socket);
        let watch = socket.clone();
        (Self(socket), async move { drop(watch.ready(Interest::ERROR).await) })
    }

    /// The socket alone, once nobody waits for its reset any more.
    pub(crate) fn into_inner(self) -> Option<TcpStream> {
        Rc::into_inner(self.0)
    }
}

impl AsRef<TcpStream> for Watched {
    fn as_ref(&self) -> &TcpStream {
        &self.0
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let attempt = || {
            let mut is_read = false;
            let told = self.0.try_io(Interest::READABLE, || {
                let room = buffer.remaining();
                let got = self.0.try_read_buf(buffer)?;
                is_read = true;
                // There is no more now: to say so here saves a call that would be told so.
                if got > 0 && got < room { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
            });
            if is_read { Ok(()) } else { told }
        };
        poll_io(cx, |cx| self.0.poll_read_ready(cx), attempt)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        poll_io(cx, |cx| self.0.poll_write_ready(cx), || self.0.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        poll_io(cx, |cx| self.0.poll_write_ready(cx), || self.0.try_write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(shutdown(&*self.0, Shutdown::Write).map_err(Into::into))
    }
}

#[cfg(test)]
mod tests;
