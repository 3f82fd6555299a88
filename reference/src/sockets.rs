//! What tokio's sockets lack: to try something of one's own, each time that a
//! socket is ready for it.

use std::io;
use std::task::{Context, Poll, ready};

#[cfg(test)]
use tokio::net::{TcpListener, TcpStream};

/// Tries something whenever it may be done, until it does not find that there
/// was nothing to do.
pub(crate) fn poll_io<T>(
    cx: &mut Context<'_>,
    poll_ready: impl Fn(&mut Context<'_>) -> Poll<io::Result<()>>,
    mut attempt: impl FnMut() -> io::Result<T>,
) -> Poll<io::Result<T>> {
    loop {
        ready!(poll_ready(cx))?;
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            outcome => return Poll::Ready(outcome),
        }
    }
}

#[cfg(test)]
/// Two that are connected over loopback.
pub(crate) async fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap());
    let (near, far) = tokio::join!(near, listener.accept());
    (near.unwrap(), far.unwrap().0)
}
