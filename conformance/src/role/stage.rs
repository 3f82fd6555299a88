//! The connections of one exchange, and the recording that they write to.

use std::{
    cell::{Ref, RefCell},
    collections::BTreeMap,
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpStream, tcp::OwnedWriteHalf},
    sync::{Notify, watch},
    task::AbortHandle,
};

use super::{reading::Reading, writing::abandon};
use crate::{
    clock::deadline,
    scenario::Role,
    transcript::{ConnId, Event, Recording, What},
};

/// More connections than this to the origin are a flood as well.
const CONNS: u32 = 256;

/// Is told of each event as it happens, and whose connection it is about.
pub type Watcher = fn(&Event, Option<Role>);

/// One exchange while it is played. Clones share it.
#[derive(Clone, Default)]
pub struct Stage(pub(super) Rc<Inner>);

#[derive(Default)]
pub(super) struct Inner {
    watcher: Option<Watcher>,
    recording: RefCell<Recording>,
    changed: Notify,
    pub(super) ends: RefCell<BTreeMap<ConnId, End>>,
}

/// Our end of a connection.
pub(super) struct End {
    /// Taken out while a write is under way.
    pub(super) writer: Option<OwnedWriteHalf>,
    /// Writes in the background.
    pub(super) sender: Option<AbortHandle>,
    /// Whether the reader reads.
    reads: watch::Sender<bool>,
    reader: AbortHandle,
}

impl Stage {
    /// An exchange that somebody watches.
    #[must_use]
    pub fn watched(watcher: Option<Watcher>) -> Self {
        let mut inner = Inner::default();
        inner.watcher = watcher;
        Self(Rc::new(inner))
    }

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
        if let (Some(watcher), Some(event)) = (self.0.watcher, self.recording().events().last()) {
            let role = conn.and_then(|conn| self.recording().conn(conn).map(|conn| conn.role));
            watcher(event, role);
        }
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
        let reads = watch::Sender::new(true);
        let reading = Reading::new(self.clone(), id, &reads);
        let reader = tokio::task::spawn_local(reading.run(read)).abort_handle();
        let end = End { writer: Some(writer), sender: None, reads, reader };
        self.0.ends.borrow_mut().insert(id, end);
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

    /// Stops to read, or reads on.
    pub fn read(&self, id: ConnId, reads: bool) {
        if let Some(end) = self.0.ends.borrow().get(&id) {
            end.reads.send_replace(reads);
        }
        self.note(Some(id), if reads { What::ReadsOn } else { What::StoppedReading });
    }

    /// Reads on wherever reading was stopped, and resets what is still being written.
    pub fn let_go(&self) {
        let writing: Vec<ConnId> = {
            let ends = self.0.ends.borrow();
            for end in ends.values() {
                end.reads.send_replace(true);
            }
            ends.iter().filter(|(_, end)| end.sender.is_some()).map(|(id, _)| *id).collect()
        };
        writing.into_iter().for_each(|id| self.reset(id));
    }

    /// Closes both directions. With octets still being written that is a reset.
    pub fn close(&self, id: ConnId) {
        if let Some(end) = self.0.ends.borrow_mut().remove(&id) {
            self.note(Some(id), What::Closed);
            end.abort();
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
    fn abort(&self) {
        self.reader.abort();
        if let Some(sender) = &self.sender {
            sender.abort();
        }
    }

    pub(super) fn reset(self) {
        self.abort();
        if let Some(writer) = self.writer {
            abandon(writer);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for end in self.ends.get_mut().values() {
            end.abort();
        }
    }
}
