//! The reading side of a connection: everything that comes is recorded, bulk by its length.

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    sync::watch,
};

use super::stage::Stage;
use crate::{
    scenario::Run,
    transcript::{ConnId, Ending, Octets, What},
    wire::{Noise, equal, with_noise},
};

/// More than this on one connection, other than noise, is a flood; no scenario expects so much.
const KEPT: usize = 3 << 20;

/// One connection while it is read.
pub(super) struct Reading {
    stage: Stage,
    id: ConnId,
    reads: watch::Receiver<bool>,
    kept: usize,
    bulk: Following,
}

/// Whether the noise is followed that arrives.
enum Following {
    NotYet,
    /// What comes next if the noise goes on, and how many octets of it came before.
    Behind(Noise, usize),
    /// It was followed, and something else came: from here on everything is kept.
    Over,
}

impl Reading {
    pub(super) fn new(stage: Stage, id: ConnId, reads: &watch::Sender<bool>) -> Self {
        Self { stage, id, reads: reads.subscribe(), kept: 0, bulk: Following::NotYet }
    }

    /// Records whatever comes, until it ends. Does not read while it is told not to.
    pub(super) async fn run(mut self, mut stream: impl AsyncRead + Unpin) {
        let mut buffer = vec![0; 64 << 10];
        loop {
            // The other end of the channel is gone only when the connection is, and this with it.
            if self.reads.wait_for(|reads| *reads).await.is_err() {
                return;
            }
            let read = tokio::select! {
                biased;
                told = self.reads.changed() => match told {
                    Ok(()) => continue,
                    Err(_) => return,
                },
                read = stream.read(&mut buffer) => read,
            };
            match read {
                Ok(0) => return self.note(What::Ended(Ending::Fin)),
                Ok(count) => {
                    if !self.take(&buffer[..count]) {
                        return self.flooded();
                    }
                }
                Err(_) => return self.note(What::Ended(Ending::Reset)),
            }
        }
    }

    fn note(&self, what: What) {
        self.stage.note(Some(self.id), what);
    }

    /// Records `octets`; returns whether there is room for more.
    fn take(&mut self, octets: &[u8]) -> bool {
        let followed = self.follow(octets);
        let rest = &octets[followed..];
        if !rest.is_empty() {
            self.note(What::Received(Octets(rest.to_vec())));
            self.kept += rest.len();
        }
        if self.kept > Run::BULK && matches!(self.bulk, Following::NotYet) {
            self.recognise();
        }
        self.kept <= KEPT
    }

    /// How many of `octets` are the noise going on; they are recorded.
    fn follow(&mut self, octets: &[u8]) -> usize {
        let Following::Behind(noise, from) = &mut self.bulk else { return 0 };
        let mut wanted = vec![0; octets.len()];
        noise.fill(&mut wanted);
        let same = equal(octets, &wanted);
        let event = What::ReceivedNoise { from: *from, octets: same };
        *from += same;
        if same < octets.len() {
            self.bulk = Following::Over;
        }
        if same > 0 {
            self.note(event);
        }
        same
    }

    /// Follows the noise from here on if everything since its beginning was noise.
    fn recognise(&mut self) {
        let recording = self.stage.recording();
        let Some(conn) = recording.conn(self.id) else { return };
        let mark = with_noise(Noise::MARK, <[u8]>::to_vec);
        let Some(at) = memchr::memmem::find(&conn.received, &mark) else { return };
        let since = &conn.received[at..];
        if with_noise(since.len(), |noise| noise == since) {
            self.bulk = Following::Behind(Noise::behind(since.len()), since.len());
        }
    }

    fn flooded(&self) {
        self.note(What::Flooded);
        if let Some(end) = self.stage.0.ends.borrow_mut().remove(&self.id) {
            end.reset();
        }
    }
}
