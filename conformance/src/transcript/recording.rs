//! An exchange while it happens: the events so far, and what each connection received.

use super::event::{ConnId, Ending, Event, What};
use crate::{clock::Stopwatch, scenario::Role};

/// One connection as seen so far.
#[derive(Clone, Debug)]
pub struct Conn {
    /// Its number.
    pub id: ConnId,
    /// Whose end of it we hold.
    pub role: Role,
    /// The client's name for it.
    pub name: String,
    /// Everything that arrived, without the bulk.
    pub received: Vec<u8>,
    /// A long run of noise that was only counted.
    pub bulk: Option<Bulk>,
    /// What we began to write was not taken any more, after so many octets.
    pub held_back: Option<usize>,
    /// What we began to write was taken to its end.
    pub sent_all: bool,
    /// How the other side ended it.
    pub ending: Option<Ending>,
    /// We closed or reset it, so that nothing can arrive any more.
    pub closed: bool,
    /// Why there is no connection at all.
    pub refused: Option<String>,
    /// More arrived than is kept.
    pub flooded: bool,
}

/// A run of noise within what a connection received: compared as it came, and not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// Where it stands in what was kept.
    pub at: usize,
    /// How many octets of the noise came before it, and were kept.
    pub from: usize,
    /// How many octets it is.
    pub octets: usize,
}

/// Octets that arrived one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch<'a> {
    /// These.
    Kept(&'a [u8]),
    /// So many octets of the noise, from a place in it.
    Noise {
        /// How many octets of the noise stand before it.
        from: usize,
        /// How many it is.
        octets: usize,
    },
}

impl Conn {
    /// How many octets arrived.
    #[must_use]
    pub fn length(&self) -> usize {
        self.received.len().saturating_add(self.bulk.map_or(0, |bulk| bulk.octets))
    }

    /// What arrived behind the first `taken` octets.
    pub fn behind(&self, taken: usize) -> impl Iterator<Item = Stretch<'_>> {
        let (at, from, octets) =
            self.bulk.map_or((self.received.len(), 0, 0), |bulk| (bulk.at, bulk.from, bulk.octets));
        let (before, after) = self.received.split_at(at);
        let counted = taken.saturating_sub(at).min(octets);
        [
            Stretch::Kept(&before[taken.min(at)..]),
            Stretch::Noise { from: from.saturating_add(counted), octets: octets - counted },
            Stretch::Kept(&after[taken.saturating_sub(at.saturating_add(octets)).min(after.len())..]),
        ]
        .into_iter()
        .filter(|stretch| !matches!(stretch, Stretch::Kept([]) | Stretch::Noise { octets: 0, .. }))
    }

    /// What arrived behind the first `taken` octets, up to the bulk if that is still ahead.
    #[must_use]
    pub fn unread(&self, taken: usize) -> &[u8] {
        match self.behind(taken).next() {
            Some(Stretch::Kept(octets)) => octets,
            _ => &[],
        }
    }

    /// Nothing more can arrive.
    #[must_use]
    pub fn over(&self) -> bool {
        self.ending.is_some() || self.closed || self.refused.is_some() || self.flooded
    }
}

/// The events of an exchange, and its connections built from them.
#[derive(Debug)]
pub struct Recording {
    started: Stopwatch,
    events: Vec<Event>,
    conns: Vec<Conn>,
    target_gone: bool,
    /// What the target's memory was when it was first asked for, and last.
    memory: Option<(u64, u64)>,
}

impl Default for Recording {
    fn default() -> Self {
        Self {
            started: Stopwatch::start(),
            events: Vec::new(),
            conns: Vec::new(),
            target_gone: false,
            memory: None,
        }
    }
}

impl Recording {
    /// Notes what happens now.
    pub fn note(&mut self, conn: Option<ConnId>, what: What) {
        let at = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.push(Event { at, conn, what });
    }

    /// A number for the next connection.
    #[must_use]
    pub fn next_conn(&self) -> ConnId {
        ConnId(u32::try_from(self.conns.len()).unwrap_or(u32::MAX))
    }

    /// Appends an event, as noted now or as stored. Bulk that goes on is one event.
    pub fn push(&mut self, event: Event) {
        self.apply(&event);
        if let Some(last) = self.events.last_mut().filter(|last| last.conn == event.conn) {
            match (&mut last.what, &event.what) {
                (What::SentNoise(so_far), What::SentNoise(more)) => {
                    return *so_far = so_far.saturating_add(*more);
                }
                (What::ReceivedNoise { octets, .. }, What::ReceivedNoise { octets: more, .. }) => {
                    return *octets = octets.saturating_add(*more);
                }
                _ => {}
            }
        }
        self.events.push(event);
    }

    fn apply(&mut self, event: &Event) {
        let fresh = |id, role, name: &String| Conn {
            id,
            role,
            name: name.clone(),
            received: Vec::new(),
            bulk: None,
            held_back: None,
            sent_all: false,
            ending: None,
            closed: false,
            refused: None,
            flooded: false,
        };
        match event.what {
            What::TargetGone => self.target_gone = true,
            What::TargetMemory(now) => {
                self.memory = Some((self.memory.map_or(now, |(first, _)| first), now));
            }
            _ => {}
        }
        let Some(id) = event.conn else { return };
        match &event.what {
            What::Opened { role, name } => self.conns.push(fresh(id, *role, name)),
            What::Refused { name, why } => {
                self.conns.push(Conn { refused: Some(why.clone()), ..fresh(id, Role::Client, name) });
            }
            _ => {}
        }
        let Some(conn) = self.conns.iter_mut().find(|conn| conn.id == id) else { return };
        match &event.what {
            What::Received(octets) => conn.received.extend(&octets.0),
            What::ReceivedNoise { from, octets } => {
                let at = conn.received.len();
                let bulk = conn.bulk.get_or_insert(Bulk { at, from: *from, octets: 0 });
                // A stored transcript may say anything.
                bulk.octets = bulk.octets.saturating_add(*octets);
            }
            What::Sent(_) | What::SentNoise(_) => conn.held_back = None,
            What::HeldBack(octets) => conn.held_back = Some(*octets),
            What::SentAll => conn.sent_all = true,
            What::Ended(ending) => conn.ending = Some(*ending),
            What::Closed | What::Reset => conn.closed = true,
            What::Flooded => conn.flooded = true,
            _ => {}
        }
    }

    /// Every connection, in the order of opening.
    #[must_use]
    pub fn conns(&self) -> &[Conn] {
        &self.conns
    }

    /// The connection with this number.
    #[must_use]
    pub fn conn(&self, id: ConnId) -> Option<&Conn> {
        self.conns.iter().find(|conn| conn.id == id)
    }

    /// The connections of one role.
    pub fn of(&self, role: Role) -> impl Iterator<Item = &Conn> {
        self.conns.iter().filter(move |conn| conn.role == role)
    }

    /// By how many octets the target's memory grew between the first and the last look at it.
    #[must_use]
    pub fn target_growth(&self) -> Option<u64> {
        self.memory.map(|(first, last)| last.saturating_sub(first))
    }

    /// The process under test ended during the exchange.
    #[must_use]
    pub fn target_gone(&self) -> bool {
        self.target_gone
    }

    /// Every event so far.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}
