//! The connections of one exchange, and the recording that they write to.

use std::{
    cell::{Ref, RefCell},
    collections::BTreeMap,
    io,
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedWriteHalf},
    sync::Notify,
    task::AbortHandle,
};

use crate::{
    clock::{deadline, pause},
    scenario::Role,
    transcript::{ConnId, Ending, Octets, Recording, What},
};

/// More than this on one connection is a flood; no scenario expects so much.
const KEPT: usize = 8 << 20;
/// More connections than this to the origin are a flood as well.
const CONNS: u32 = 256;

/// One exchange while it is played. Clones share it.
#[derive(Clone, Default)]
pub struct Stage(Rc<Inner>);

#[derive(Default)]
struct Inner {
    recording: RefCell<Recording>,
    changed: Notify,
    ends: RefCell<BTreeMap<ConnId, End>>,
}

/// Our end of a connection.
struct End {
    /// Taken out while a write is under way.
    writer: Option<OwnedWriteHalf>,
    reader: AbortHandle,
}

impl Stage {
    /// What happened so far.
    #[must_use]
    pub fn recording(&self) -> Ref<'_, Recording> {
        self.0.recording.borrow()
    }

    /// Resolves once something was recorded since the last call. For one waiter.
    pub async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// Records an event.
    pub fn note(&self, conn: Option<ConnId>, what: What) {
        self.0.recording.borrow_mut().note(conn, what);
        self.0.changed.notify_one();
    }

    /// Opens a client connection; a refusal is recorded.
    pub async fn connect(&self, name: &str, target: SocketAddr, bound: Duration) {
        let name = name.to_owned();
        match deadline(bound, TcpStream::connect(target)).await {
            Some(Ok(stream)) => self.adopt(stream, Role::Client, name),
            Some(Err(error)) => self.refused(name, error.kind().to_string()),
            None => self.refused(name, "no answer to the connection attempt".to_owned()),
        }
    }

    fn refused(&self, name: String, why: String) {
        let id = self.recording().next_conn();
        self.note(Some(id), What::Refused { name, why });
    }

    /// Takes over a connection and starts to read it.
    pub fn adopt(&self, stream: TcpStream, role: Role, name: String) {
        let id = self.recording().next_conn();
        if id.0 >= CONNS {
            return;
        }
        // Without it the last octets of a chunked write would wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        self.note(Some(id), What::Opened { role, name });
        let (read, writer) = stream.into_split();
        let reader = tokio::task::spawn_local(self.clone().read(id, read)).abort_handle();
        self.0.ends.borrow_mut().insert(id, End { writer: Some(writer), reader });
    }

    /// Records whatever comes, until it ends.
    pub(super) async fn read(self, id: ConnId, mut stream: impl AsyncRead + Unpin) {
        let mut buffer = vec![0; 64 << 10];
        let mut kept = 0;
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) => return self.note(Some(id), What::Ended(Ending::Fin)),
                Ok(count) => {
                    self.note(Some(id), What::Received(Octets(buffer[..count].to_vec())));
                    kept += count;
                    if kept > KEPT {
                        self.note(Some(id), What::Flooded);
                        if let Some(end) = self.0.ends.borrow_mut().remove(&id) {
                            end.reset();
                        }
                        return;
                    }
                }
                Err(_) => return self.note(Some(id), What::Ended(Ending::Reset)),
            }
        }
    }

    /// Writes `octets`, at most `chunk` for each write, with `gap` between writes.
    pub async fn send(
        &self,
        id: ConnId,
        octets: &[u8],
        chunk: Option<usize>,
        gap: Option<Duration>,
        bound: Duration,
    ) {
        let Some(mut writer) = self.0.ends.borrow_mut().get_mut(&id).and_then(|end| end.writer.take()) else {
            return self.note(Some(id), What::WriteFailed("the connection is closed".to_owned()));
        };
        self.write(id, &mut writer, octets, chunk, gap, bound).await;
        if let Some(end) = self.0.ends.borrow_mut().get_mut(&id) {
            end.writer = Some(writer);
        }
    }

    /// Writes piece by piece, until a write fails or is not taken within `bound`.
    pub(super) async fn write(
        &self,
        id: ConnId,
        writer: &mut (impl AsyncWrite + Unpin),
        octets: &[u8],
        chunk: Option<usize>,
        gap: Option<Duration>,
        bound: Duration,
    ) {
        for piece in octets.chunks(chunk.unwrap_or(octets.len()).max(1)) {
            // Recorded first: what it causes may be read before the write returns.
            self.note(Some(id), What::Sent(Octets(piece.to_vec())));
            match deadline(bound, writer.write_all(piece)).await {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    self.note(Some(id), What::WriteFailed(kind(&error)));
                    break;
                }
                None => {
                    self.note(Some(id), What::WriteStalled);
                    break;
                }
            }
            match gap {
                Some(gap) => pause(gap).await,
                None if chunk.is_some() => tokio::task::yield_now().await,
                None => {}
            }
        }
    }

    /// Sends FIN and goes on reading.
    pub async fn half_close(&self, id: ConnId) {
        let writer = self.0.ends.borrow_mut().get_mut(&id).and_then(|end| end.writer.take());
        let Some(mut writer) = writer else { return };
        self.note(Some(id), What::HalfClosed);
        // It fails only when the other side is gone, which the reader records.
        let _ = writer.shutdown().await;
        if let Some(end) = self.0.ends.borrow_mut().get_mut(&id) {
            end.writer = Some(writer);
        }
    }

    /// Closes both directions.
    pub fn close(&self, id: ConnId) {
        if let Some(end) = self.0.ends.borrow_mut().remove(&id) {
            self.note(Some(id), What::Closed);
            end.reader.abort();
        }
    }

    /// Resets the connection.
    pub fn reset(&self, id: ConnId) {
        if let Some(end) = self.0.ends.borrow_mut().remove(&id) {
            self.note(Some(id), What::Reset);
            end.reset();
        }
    }

    /// The connections that are still ours to end.
    #[must_use]
    pub fn open(&self) -> Vec<ConnId> {
        self.0.ends.borrow().keys().copied().collect()
    }
}

impl End {
    fn reset(self) {
        if let Some(writer) = self.writer {
            // Without it a close would send FIN, and the target could not tell the difference.
            let _ = writer.as_ref().set_zero_linger();
            // Dropping it would send FIN as well, ahead of the reset.
            writer.forget();
        }
        self.reader.abort();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for end in self.ends.get_mut().values() {
            end.reader.abort();
        }
    }
}

fn kind(error: &io::Error) -> String {
    error.kind().to_string()
}
