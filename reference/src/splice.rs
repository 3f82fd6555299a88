//! Bulk through a pipe: bytes that go from one socket to the other without
//! being copied to this process (`splice(2)`).
//!
//! The only clever thing in the tunnel, and all of it is here. What it wins,
//! measured by `cargo xtask bench` against copying through 64 KiB: 40 % of the
//! processor time of a KiB. What it costs: a small message takes longer than by
//! copying, so a direction uses it only while it shows bulk; and a pipe takes
//! two file descriptors, so there is one for each thread, which a direction
//! keeps only while its sink does not take what is in it.

use std::task::{Context, Poll, ready};
use std::{cell::RefCell, io, os::fd::OwnedFd};

use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};
use tokio::{io::Interest, net::TcpStream};

use crate::sockets::poll_io;

/// What a pipe holds, and one call moves at most. The 64 KiB that a pipe has by
/// itself cost a sixth more; a mebibyte wins nothing more.
const MOST: usize = 256 * 1024;

/// A call that moves less than this shows no bulk any more.
pub(crate) const BULK: usize = 16 * 1024;

thread_local! {
    static SPARE: RefCell<Option<Pipe>> = const { RefCell::new(None) };
}

/// A pipe, and how many bytes are in it.
#[derive(Debug)]
pub(crate) struct Pipe {
    read: OwnedFd,
    write: OwnedFd,
    filled: usize,
}

impl Pipe {
    /// An empty pipe: this thread's, or a new one.
    pub(crate) fn take() -> io::Result<Self> {
        if let Some(pipe) = SPARE.take() {
            return Ok(pipe);
        }
        let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        // Beyond what one user may have the system says no, and the pipe is a smaller one.
        let _ = fcntl_setpipe_size(&write, MOST);
        Ok(Pipe { read, write, filled: 0 })
    }

    /// Leaves an empty pipe to the thread, which keeps one.
    pub(crate) fn give_back(self) {
        if self.filled == 0 {
            SPARE.set(Some(self));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Fills an empty pipe with what has come from a socket; nothing if that
    /// has ended.
    pub(crate) fn poll_fill(&mut self, cx: &mut Context<'_>, source: &TcpStream) -> Poll<io::Result<usize>> {
        let into = || Ok(splice(source, None, &self.write, None, MOST, flags())?);
        let attempt = || source.try_io(Interest::READABLE, into);
        let count = ready!(poll_io(cx, |cx| source.poll_read_ready(cx), attempt))?;
        self.filled += count;
        Poll::Ready(Ok(count))
    }

    /// Empties the pipe into a socket, as far as that takes it now.
    pub(crate) fn poll_drain(&mut self, cx: &mut Context<'_>, sink: &TcpStream) -> Poll<io::Result<usize>> {
        let out = || Ok(splice(&self.read, None, sink, None, self.filled, flags())?);
        let attempt = || sink.try_io(Interest::WRITABLE, out);
        let count = ready!(poll_io(cx, |cx| sink.poll_write_ready(cx), attempt))?;
        self.filled -= count;
        Poll::Ready(Ok(count))
    }
}

fn flags() -> SpliceFlags {
    SpliceFlags::MOVE | SpliceFlags::NONBLOCK
}

#[cfg(test)]
mod tests;
