//! The writing side of a connection: at once, in pieces, or in the background.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    net::tcp::OwnedWriteHalf,
};

use super::stage::Stage;
use crate::{
    clock::{deadline, pause},
    scenario::Run,
    transcript::{ConnId, Octets, What},
    wire::Noise,
};

/// Bulk is written in pieces of this size.
const PIECE: usize = 64 << 10;

/// How octets are written.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// At most so many octets for each write.
    pub chunk: Option<usize>,
    /// Time between writes.
    pub gap: Option<Duration>,
    /// How long one write may take.
    pub bound: Duration,
}

impl Stage {
    /// Writes `runs`.
    pub async fn send(&self, id: ConnId, runs: &[Run], pace: Pace) {
        let Some(mut writer) = self.0.ends.borrow_mut().get_mut(&id).and_then(|end| end.writer.take()) else {
            return self.note(Some(id), What::WriteFailed("the connection is closed".to_owned()));
        };
        self.write(id, &mut writer, runs, pace).await;
        if let Some(end) = self.0.ends.borrow_mut().get_mut(&id) {
            end.writer = Some(writer);
        }
    }

    /// Writes piece by piece, until a write fails or is not taken in time.
    pub(super) async fn write(
        &self,
        id: ConnId,
        writer: &mut (impl AsyncWrite + Unpin),
        runs: &[Run],
        pace: Pace,
    ) {
        for run in runs {
            let written = match run {
                Run::Octets(octets) => self.write_octets(id, writer, octets, pace).await,
                Run::Noise(_) => self.write_bulk(id, writer, run, pace.bound).await,
            };
            let what = match written {
                Some(Ok(())) => continue,
                Some(Err(error)) => What::WriteFailed(kind(&error)),
                None => What::WriteStalled,
            };
            return self.note(Some(id), what);
        }
    }

    async fn write_octets(
        &self,
        id: ConnId,
        writer: &mut (impl AsyncWrite + Unpin),
        octets: &[u8],
        pace: Pace,
    ) -> Option<io::Result<()>> {
        for piece in octets.chunks(pace.chunk.unwrap_or(octets.len()).max(1)) {
            // Recorded first: what it causes may be read before the write returns.
            self.note(Some(id), What::Sent(Octets(piece.to_vec())));
            if let Err(error) = deadline(pace.bound, writer.write_all(piece)).await? {
                return Some(Err(error));
            }
            match pace.gap {
                Some(gap) => pause(gap).await,
                None if pace.chunk.is_some() => tokio::task::yield_now().await,
                None => {}
            }
        }
        Some(Ok(()))
    }

    async fn write_bulk(
        &self,
        id: ConnId,
        writer: &mut (impl AsyncWrite + Unpin),
        run: &Run,
        bound: Duration,
    ) -> Option<io::Result<()>> {
        let mut pieces = Pieces::of(run);
        while let Some((sent, piece)) = pieces.next() {
            self.note(Some(id), sent);
            if let Err(error) = deadline(bound, writer.write_all(piece)).await? {
                return Some(Err(error));
            }
        }
        Some(Ok(()))
    }

    /// Begins to write `runs`, and goes on with it until all is written or the connection is over.
    /// What is not taken for `quiet` is recorded as held back.
    pub fn start_sending(&self, id: ConnId, runs: Vec<Run>, quiet: Duration) {
        let mut ends = self.0.ends.borrow_mut();
        let Some(end) = ends.get_mut(&id) else { return };
        let Some(writer) = end.writer.take() else { return };
        let mut writer = Unfinished(Some(writer));
        let stage = self.clone();
        let sender = tokio::task::spawn_local(async move {
            let Some(half) = &mut writer.0 else { return };
            let what = match stage.write_patiently(id, half, &runs, quiet).await {
                Ok(()) => What::SentAll,
                Err(error) => What::WriteFailed(kind(&error)),
            };
            if let Some(end) = stage.0.ends.borrow_mut().get_mut(&id) {
                end.writer = writer.0.take();
                end.sender = None;
            }
            stage.note(Some(id), what);
        });
        end.sender = Some(sender.abort_handle());
    }

    async fn write_patiently(
        &self,
        id: ConnId,
        writer: &mut (impl AsyncWrite + Unpin),
        runs: &[Run],
        quiet: Duration,
    ) -> io::Result<()> {
        let mut taken = 0;
        for run in runs {
            let mut pieces = Pieces::of(run);
            while let Some((sent, piece)) = pieces.next() {
                self.note(Some(id), sent);
                let mut left = piece;
                while !left.is_empty() {
                    let mut write = std::pin::pin!(writer.write(left));
                    let written = match deadline(quiet, &mut write).await {
                        Some(written) => written?,
                        None => {
                            self.note(Some(id), What::HeldBack(taken));
                            write.await?
                        }
                    };
                    taken += written;
                    left = &left[written..];
                }
            }
        }
        Ok(())
    }
}

/// A run, piece by piece, and what is recorded of each.
struct Pieces<'a> {
    run: &'a Run,
    at: usize,
    noise: Noise,
    buffer: Vec<u8>,
}

impl<'a> Pieces<'a> {
    fn of(run: &'a Run) -> Self {
        Self { run, at: 0, noise: Noise::default(), buffer: vec![0; PIECE] }
    }

    fn next(&mut self) -> Option<(What, &[u8])> {
        let length = PIECE.min(self.run.length() - self.at);
        let piece = &mut self.buffer[..length];
        let sent = match self.run {
            Run::Octets(octets) => {
                piece.copy_from_slice(&octets[self.at..self.at + length]);
                What::Sent(Octets(piece.to_vec()))
            }
            Run::Noise(_) => {
                self.noise.fill(piece);
                What::SentNoise(length)
            }
        };
        self.at += length;
        (length > 0).then_some((sent, piece))
    }
}

/// The writing half while it writes in the background. Ended before its time, it is a reset: a FIN
/// would claim that everything had been said.
struct Unfinished(Option<OwnedWriteHalf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(writer) = self.0.take() {
            abandon(writer);
        }
    }
}

/// Lets go of a connection so that its other side sees RST.
pub(super) fn abandon(writer: OwnedWriteHalf) {
    // Without it a close would send FIN, and the target could not tell the difference.
    let _ = writer.as_ref().set_zero_linger();
    // Dropping it would send FIN as well, ahead of the reset.
    writer.forget();
}

fn kind(error: &io::Error) -> String {
    error.kind().to_string()
}
