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
    /// Everything that arrived.
    pub received: Vec<u8>,
    /// How the other side ended it.
    pub ending: Option<Ending>,
    /// We closed or reset it, so that nothing can arrive any more.
    pub closed: bool,
    /// Why there is no connection at all.
    pub refused: Option<String>,
    /// More arrived than is kept.
    pub flooded: bool,
}

impl Conn {
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
}

impl Default for Recording {
    fn default() -> Self {
        Self { started: Stopwatch::start(), events: Vec::new(), conns: Vec::new(), target_gone: false }
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

    /// Appends an event, as noted now or as stored.
    pub fn push(&mut self, event: Event) {
        self.apply(&event);
        self.events.push(event);
    }

    fn apply(&mut self, event: &Event) {
        let fresh = |id, role, name: &String| Conn {
            id,
            role,
            name: name.clone(),
            received: Vec::new(),
            ending: None,
            closed: false,
            refused: None,
            flooded: false,
        };
        if matches!(event.what, What::TargetGone) {
            self.target_gone = true;
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
