//! The tunnel: two sockets, and bytes in both directions.
//!
//! It owns what happens to ends: a FIN is passed on behind all bytes before
//! it, the other direction lives on, a reset becomes a reset. A direction
//! reads nothing while it has something to write, so a slow reader slows its
//! sender and nobody's bytes pile up here. It never reads what it carries and
//! never adds a byte.

use std::cell::{Cell, RefCell};
use std::task::{Context, Poll, ready};
use std::{future::poll_fn, io, pin::Pin, time::Duration};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::{net::TcpStream, time::Instant};

use crate::alarm::Alarm;
use crate::splice::{self, Pipe};

/// What one read takes at most. Big reads are what makes a tunnel fast.
const CHUNK: usize = 64 * 1024;

thread_local! {
    /// One buffer for each thread, not for each tunnel: it is filled and
    /// emptied within one poll, so an idle tunnel costs no buffer at all.
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; CHUNK].into());
}

/// The two sides of a tunnel, or one thing for each of them.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(crate) struct Sides<C, O = C> {
    pub(crate) client: C,
    pub(crate) origin: O,
}

/// What a side has to be able to do; tests have others than TCP's.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Unpin {
    /// The socket that it is, if the system can move bytes from it to another.
    fn as_tcp(&self) -> Option<&TcpStream> {
        None
    }
}

impl Socket for TcpStream {
    fn as_tcp(&self) -> Option<&TcpStream> {
        Some(self)
    }
}

/// How long a tunnel may do nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Without a byte from the origin (`proxy_read_timeout`).
    pub(crate) silence: Duration,
    /// With a write that makes no progress (`proxy_send_timeout`).
    pub(crate) stall: Duration,
}

/// How a tunnel ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    /// Both sides have said all they had to say.
    Closed,
    /// The origin was silent for too long.
    Silent,
    /// A side did not take its bytes for too long.
    Stalled,
    /// The client's connection broke; the origin's is to be reset.
    ClientReset,
    /// The origin's connection broke; the client's is to be reset.
    OriginReset,
}

/// Carries bytes until the tunnel ends. `early` are the bytes received before
/// it began, from either side; they go first. `passed` is kept up to date with
/// the number of bytes from either side that the other has taken.
///
/// Not an `async fn`, which would keep its arguments beside what is made of
/// them as long as the tunnel lives.
pub(crate) fn carry(
    sides: &mut Sides<impl Socket, impl Socket>,
    early: Sides<Bytes>,
    patience: Patience,
    passed: &Sides<Cell<u64>>,
) -> impl Future<Output = End> {
    let now = Instant::now();
    let mut tunnel = Tunnel {
        up: Direction::new(early.client, now),
        down: Direction::new(early.origin, now),
        patience,
        alarm: Alarm::default(),
    };
    poll_fn(move |cx| {
        let end = tunnel.poll(cx, sides);
        passed.client.set(tunnel.up.passed);
        passed.origin.set(tunnel.down.passed);
        end
    })
}

struct Tunnel {
    /// From the client to the origin.
    up: Direction,
    /// From the origin to the client.
    down: Direction,
    patience: Patience,
    alarm: Alarm,
}

impl Tunnel {
    fn poll(&mut self, cx: &mut Context<'_>, sides: &mut Sides<impl Socket, impl Socket>) -> Poll<End> {
        let _ = self.up.poll(cx, &mut sides.client, &mut sides.origin);
        let _ = self.down.poll(cx, &mut sides.origin, &mut sides.client);
        match self.end() {
            Some(end) => Poll::Ready(end),
            // Ends a tunnel in which nothing moves.
            None => {
                let (end, deadline) = self.deadline();
                self.alarm.poll(cx, deadline).map(|()| end)
            }
        }
    }

    fn end(&self) -> Option<End> {
        match (self.up.state, self.down.state) {
            // A reset that was read: what came before it has been written, and
            // nothing can be delivered the other way.
            (State::SourceBroke, _) => Some(End::ClientReset),
            (_, State::SourceBroke) => Some(End::OriginReset),
            // A reset met by a write: the broken side may have sent something
            // before it, so the other direction runs to its own end first.
            (State::Open, _) | (_, State::Open) => None,
            (State::SinkBroke, _) => Some(End::OriginReset),
            (_, State::SinkBroke) => Some(End::ClientReset),
            (State::Closed, State::Closed) => Some(End::Closed),
        }
    }

    /// What would end the tunnel first if nothing moved any more.
    ///
    /// As the page says, it is the origin that has to transmit: what the
    /// client sends does not keep a tunnel open. Where the origin cannot be
    /// heard, because the client is not taking what it said, the limit for
    /// writes holds instead; and once the origin has said its last, the
    /// client's bytes count.
    fn deadline(&self) -> (End, Instant) {
        let talking = if self.down.state == State::Open { &self.down } else { &self.up };
        let silence = (End::Silent, talking.moved + self.patience.silence);
        [&self.up, &self.down]
            .into_iter()
            .filter(|direction| direction.is_writing())
            .map(|direction| (End::Stalled, direction.moved + self.patience.stall))
            .chain((!talking.is_writing()).then_some(silence))
            .min_by_key(|(_, deadline)| *deadline)
            .unwrap_or(silence)
    }
}

/// One direction: read, write, and at the end pass on the end.
struct Direction {
    /// Read but not yet written.
    pending: Bytes,
    /// The same, where it was not copied here.
    pipe: Option<Pipe>,
    /// What came last was as much as one read takes.
    is_bulk: bool,
    /// The source has said FIN, which is still to be passed on.
    source_ended: bool,
    state: State,
    /// How many bytes the sink has taken.
    passed: u64,
    /// When a byte was last read or written.
    moved: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Open,
    /// The source's FIN has been passed on.
    Closed,
    /// The source was reset, and all before that is written.
    SourceBroke,
    /// The sink takes nothing any more.
    SinkBroke,
}

impl Direction {
    fn new(pending: Bytes, now: Instant) -> Self {
        Direction {
            pending,
            pipe: None,
            is_bulk: false,
            source_ended: false,
            state: State::Open,
            passed: 0,
            moved: now,
        }
    }

    fn is_writing(&self) -> bool {
        self.state == State::Open && (!self.pending.is_empty() || self.pipe.is_some() || self.source_ended)
    }

    /// Moves what can be moved.
    fn poll(&mut self, cx: &mut Context<'_>, source: &mut impl Socket, sink: &mut impl Socket) -> Poll<()> {
        while self.state == State::Open {
            let step = if !self.pending.is_empty() {
                let written = ready!(Pin::new(&mut *sink).poll_write(cx, &self.pending));
                written.map(|count| {
                    self.pending.advance(count);
                    self.wrote(count);
                })
            } else if let Some((pipe, sink)) = self.pipe.take().zip(sink.as_tcp()) {
                ready!(self.poll_drain(cx, pipe, sink))
            } else if self.source_ended {
                ready!(Pin::new(&mut *sink).poll_shutdown(cx)).map(|()| self.state = State::Closed)
            } else if self.is_bulk
                && let Some((source, sink)) = source.as_tcp().zip(sink.as_tcp())
                && let Ok(pipe) = Pipe::take()
            {
                ready!(self.poll_splice(cx, pipe, source, sink))
            } else {
                ready!(self.poll_read(cx, source, sink))
            };
            if step.is_err() {
                self.state = State::SinkBroke;
            }
        }
        Poll::Ready(())
    }

    fn wrote(&mut self, count: usize) {
        self.passed += count as u64;
        self.moved = Instant::now();
    }

    /// Reads once without copying, and writes it at once.
    fn poll_splice(
        &mut self,
        cx: &mut Context<'_>,
        mut pipe: Pipe,
        source: &TcpStream,
        sink: &TcpStream,
    ) -> Poll<io::Result<()>> {
        match pipe.poll_fill(cx, source) {
            Poll::Ready(Ok(count)) if count > 0 => {
                self.moved = Instant::now();
                self.is_bulk = count >= splice::BULK;
                return self.poll_drain(cx, pipe, sink);
            }
            Poll::Ready(Ok(_)) => self.source_ended = true,
            Poll::Ready(Err(_)) => self.state = State::SourceBroke,
            Poll::Pending => {
                pipe.give_back();
                return Poll::Pending;
            }
        }
        pipe.give_back();
        Poll::Ready(Ok(()))
    }

    /// Writes what is in a pipe, and keeps the pipe while there is anything.
    fn poll_drain(&mut self, cx: &mut Context<'_>, mut pipe: Pipe, sink: &TcpStream) -> Poll<io::Result<()>> {
        while !pipe.is_empty() {
            match pipe.poll_drain(cx, sink) {
                Poll::Ready(count) => self.wrote(count?),
                Poll::Pending => {
                    self.pipe = Some(pipe);
                    return Poll::Pending;
                }
            }
        }
        pipe.give_back();
        Poll::Ready(Ok(()))
    }

    /// Reads once, and writes it at once; only what the sink does not take
    /// right away gets memory of its own.
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        source: &mut impl Socket,
        sink: &mut impl Socket,
    ) -> Poll<io::Result<()>> {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut buffer = ReadBuf::new(scratch);
            match (ready!(Pin::new(source).poll_read(cx, &mut buffer)), buffer.filled()) {
                (Err(_), _) => self.state = State::SourceBroke,
                (Ok(()), []) => self.source_ended = true,
                (Ok(()), bytes) => {
                    self.moved = Instant::now();
                    self.is_bulk = bytes.len() == CHUNK;
                    let count = match Pin::new(sink).poll_write(cx, bytes) {
                        Poll::Ready(outcome) => outcome?,
                        Poll::Pending => 0,
                    };
                    self.passed += count as u64;
                    self.pending = Bytes::copy_from_slice(&bytes[count..]);
                }
            }
            Poll::Ready(Ok(()))
        })
    }
}

#[cfg(test)]
mod tests;
