//! What a wait sees in the recording: still nothing, what it waits for, or that it is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use memchr::memmem;

use super::{
    compare::{Compared, compare},
    messages::{Said, closes, said},
};
use crate::{
    scenario::{Actor, Bindings, Check, EndingWanted, On, Role, Run, Template, Test, Wait},
    transcript::{Conn, ConnId, Ending, Recording},
    wire::{Kind, Message, Progress, WebSocketMessage, escape, read_message},
};

/// Where each side stands: which names stand for which connections, and what was taken already.
#[derive(Clone, Debug, Default)]
pub(super) struct Positions {
    /// Origin connections by name.
    pub(super) bound: BTreeMap<String, ConnId>,
    /// Octets that steps have taken from each connection.
    pub(super) taken: BTreeMap<ConnId, usize>,
    /// Connections that have carried a request.
    pub(super) used: BTreeSet<ConnId>,
    /// Connections whose end was seen by a step.
    pub(super) ended: BTreeSet<ConnId>,
    /// The request targets that steps of the scenario await.
    pub(super) targets: Rc<[Template]>,
}

/// What a wait sees.
pub(super) enum Look {
    /// Not decided yet.
    Pending,
    /// It is there.
    Found(Seen),
    /// It is not what was awaited, and no octet that follows can change that.
    Lost(String),
}

/// What was found, and how much of the connection it takes.
pub(super) struct Seen {
    pub(super) conn: ConnId,
    pub(super) upto: usize,
    pub(super) message: Option<Message>,
    /// Interim responses that were passed over are no part of it.
    pub(super) from: usize,
    pub(super) ending: Option<Ending>,
}

/// Octets for a sentence: quoted, and cut where there are many.
pub(super) fn quote(octets: &[u8]) -> String {
    const SHOWN: usize = 120;
    let text = escape(&octets[..octets.len().min(SHOWN)]);
    let more = if octets.len() > SHOWN { "…" } else { "" };
    format!("`{text}{more}`")
}

impl Positions {
    pub(super) fn taken(&self, conn: ConnId) -> usize {
        self.taken.get(&conn).copied().unwrap_or_default()
    }

    fn unread<'r>(&self, conn: &'r Conn) -> &'r [u8] {
        conn.unread(self.taken(conn.id))
    }

    /// How many octets no step has taken.
    pub(super) fn left(&self, conn: &Conn) -> usize {
        conn.length().saturating_sub(self.taken(conn.id))
    }

    /// The connection that a name stands for.
    pub(super) fn conn<'r>(&self, actor: &Actor, recording: &'r Recording) -> Option<&'r Conn> {
        match actor.role {
            Role::Client => recording.of(Role::Client).filter(|conn| conn.name == actor.name).last(),
            Role::Origin => recording.conn(*self.bound.get(&actor.name)?),
        }
    }

    /// What one role has in front of it, in words: the first line of it, its end, or nothing.
    pub(super) fn describe(&self, actor: &Actor, recording: &Recording) -> String {
        let Some(conn) = self.conn(actor, recording) else {
            return format!("the {actor} has no connection");
        };
        let unread = self.unread(conn);
        let line = unread.split(|&octet| octet == b'\r').next().unwrap_or_default();
        match (unread, conn.ending, &conn.refused) {
            (_, _, Some(why)) => format!("the {actor} could not connect: {why}"),
            ([], Some(ending), _) => format!("the {actor} saw {}", ended(ending)),
            ([], None, _) => format!("the {actor} saw nothing"),
            (_, _, _) => format!("the {actor} saw {}", quote(line)),
        }
    }

    /// What `wait` sees now.
    pub(super) fn look(&self, actor: &Actor, wait: &Wait, recording: &Recording, names: &Bindings) -> Look {
        match wait {
            Wait::Accept => self.accept(recording, names),
            Wait::Request { on, head_only, checks } => {
                let wanted = |seen: &Seen| !self.is_of_another_step(seen, checks, names);
                self.request(actor, *on, *head_only, recording, names, wanted)
            }
            Wait::Nothing(_) => self.anything(actor, recording, names),
            Wait::Response { head_only, .. } => {
                self.on(actor, recording, |conn| self.response(conn, *head_only, false))
            }
            Wait::Interim { .. } => self.on(actor, recording, |conn| self.response(conn, false, true)),
            Wait::Bytes(data) | Wait::PartOf(data) => {
                // An unbound name was reported when the scenario was read; nothing equals it.
                let from_client = actor.role == Role::Origin;
                let Ok(wanted) = data.runs(names, from_client) else {
                    return Look::Lost("an unknown name".to_owned());
                };
                let whole = matches!(wait, Wait::Bytes(_));
                if let (true, true, Ok(Some(wanted))) = (whole, names.is_reframed(), data.messages(names)) {
                    return self.on(actor, recording, |conn| self.messages(conn, &wanted, from_client));
                }
                self.on(actor, recording, |conn| {
                    if whole { self.bytes(conn, &wanted) } else { self.part_of(conn, &wanted) }
                })
            }
            Wait::HeldBack { within, .. } => self.on(actor, recording, |conn| self.held_back(conn, *within)),
            Wait::End { ending, discarding } => {
                self.on(actor, recording, |conn| {
                    // Who ends WebSocket itself says goodbye in its own words, and may wait for an answer.
                    if names.is_reframed() && closes(self.unread(conn), actor.role == Role::Origin) {
                        let (from, upto) = (self.taken(conn.id), conn.length());
                        return Look::Found(Seen {
                            conn: conn.id,
                            from,
                            upto,
                            message: None,
                            ending: conn.ending,
                        });
                    }
                    self.end(conn, *ending, *discarding)
                })
            }
        }
    }

    fn on(&self, actor: &Actor, recording: &Recording, look: impl Fn(&Conn) -> Look) -> Look {
        match self.conn(actor, recording) {
            None => Look::Lost("there is no connection".to_owned()),
            Some(Conn { refused: Some(why), .. }) => {
                Look::Lost(format!("the target refused the connection: {why}"))
            }
            Some(conn) => look(conn),
        }
    }

    fn accept(&self, recording: &Recording, names: &Bindings) -> Look {
        let bound: BTreeSet<ConnId> = self.bound.values().copied().collect();
        let fresh = recording.of(Role::Origin).find(|conn| !bound.contains(&conn.id) && ours(conn, names));
        fresh.map_or(Look::Pending, |conn| {
            Look::Found(Seen {
                conn: conn.id,
                from: 0,
                upto: self.taken(conn.id),
                message: None,
                ending: None,
            })
        })
    }

    fn request(
        &self,
        actor: &Actor,
        on: On,
        head_only: bool,
        recording: &Recording,
        names: &Bindings,
        wanted: impl Fn(&Seen) -> bool,
    ) -> Look {
        let kind = if head_only { Kind::RequestHead } else { Kind::Request };
        let same = self.bound.get(&actor.name).copied();
        let mut lost = None;
        // Other octets on that connection are not what is awaited here: a tunnel may carry them.
        let carries_one = |conn| matches!(self.message(conn, kind), Look::Found(_));
        for conn in recording.of(Role::Origin).filter(|conn| ours(conn, names)) {
            let looked = match (on, Some(conn.id) == same, self.used.contains(&conn.id)) {
                (On::Same, false, _) if carries_one(conn) => {
                    Look::Lost("it came on another connection".to_owned())
                }
                (On::New, _, true) if carries_one(conn) => {
                    Look::Lost("it came on a connection that had carried a request before".to_owned())
                }
                (On::Same, false, _) | (On::New, _, true) => Look::Pending,
                _ => self.message(conn, kind),
            };
            match looked {
                Look::Found(seen) if wanted(&seen) => return Look::Found(seen),
                Look::Lost(why) => lost = lost.or(Some(why)),
                Look::Found(_) | Look::Pending => {}
            }
        }
        // A connection that ended without a request is a retry in the making, not the last word.
        lost.map_or(Look::Pending, Look::Lost)
    }

    /// Whether a request has exactly the target that another step of the scenario awaits, and not the one
    /// that is awaited here. Requests that travel side by side may arrive in any order.
    fn is_of_another_step(&self, seen: &Seen, checks: &[Check], names: &Bindings) -> bool {
        let Some(message) = &seen.message else { return false };
        let is = |wanted: &Template| {
            wanted.fill(names).is_ok_and(|filled| filled.as_bytes() == message.head.start[1])
        };
        let own = checks.iter().find_map(|check| match &check.test {
            Test::Target(target) => Some(target),
            _ => None,
        });
        own.is_some_and(|own| !is(own) && self.targets.iter().any(is))
    }

    fn anything(&self, actor: &Actor, recording: &Recording, names: &Bindings) -> Look {
        let conns: Vec<&Conn> = match self.conn(actor, recording) {
            Some(conn) => vec![conn],
            None => recording.of(actor.role).filter(|conn| ours(conn, names)).collect(),
        };
        for conn in conns {
            if self.left(conn) > 0 {
                return Look::Lost(format!("{} octets: {}", self.left(conn), quote(self.unread(conn))));
            }
            if let Some(ending) = conn.ending.filter(|_| !self.ended.contains(&conn.id)) {
                return Look::Lost(ended(ending).to_owned());
            }
        }
        Look::Pending
    }

    fn response(&self, conn: &Conn, head_only: bool, interim: bool) -> Look {
        let mut from = self.taken(conn.id);
        loop {
            let mut here = self.clone();
            here.taken.insert(conn.id, from);
            let looked = here.message(conn, Kind::Response { head_only });
            let Look::Found(seen) = &looked else { return looked };
            let status = seen.message.as_ref().and_then(|message| message.head.status());
            let is_interim = matches!(status, Some(100 | 102..=199));
            if is_interim && !interim {
                // RFC 9110 §15.2: any number may come before the final response.
                from = seen.upto;
                continue;
            }
            if interim && !is_interim {
                return Look::Lost(format!("a response with status {}", status.unwrap_or_default()));
            }
            return looked;
        }
    }

    fn message(&self, conn: &Conn, kind: Kind) -> Look {
        let from = self.taken(conn.id);
        let unread = self.unread(conn);
        if unread.is_empty() {
            return match conn.ending {
                Some(ending) if matches!(kind, Kind::Response { .. }) => Look::Lost(ended(ending).to_owned()),
                _ => Look::Pending,
            };
        }
        match read_message(unread, conn.ending == Some(Ending::Fin), kind) {
            Progress::Whole(message) => Look::Found(Seen {
                conn: conn.id,
                from,
                upto: from + message.octets,
                message: Some(*message),
                ending: None,
            }),
            Progress::NotHttp => Look::Lost(format!("octets that are no HTTP: {}", quote(unread))),
            Progress::Broken(message) => Look::Lost(format!(
                "a message whose chunks are broken: {}",
                quote(&message.head.start.join(&b" "[..]))
            )),
            Progress::Partial if conn.flooded => Look::Lost("more than 3 MiB, without an end".to_owned()),
            Progress::Partial => match conn.ending {
                Some(ending) => Look::Lost(format!("a part of a message, then {}", ended(ending))),
                None => Look::Pending,
            },
        }
    }

    fn bytes(&self, conn: &Conn, wanted: &[Run]) -> Look {
        let from = self.taken(conn.id);
        let length: usize = wanted.iter().map(Run::length).sum();
        match compare(conn, from, wanted) {
            Compared::Whole => {
                Look::Found(Seen { conn: conn.id, from, upto: from + length, message: None, ending: None })
            }
            Compared::Differs(at) => self.other_octet(conn, at),
            Compared::Short(came) => match conn.ending {
                Some(ending) => Look::Lost(format!("{came} of {length} octets, then {}", ended(ending))),
                None => Look::Pending,
            },
        }
    }

    fn messages(&self, conn: &Conn, wanted: &[WebSocketMessage], masked: bool) -> Look {
        let from = self.taken(conn.id);
        match said(self.unread(conn), wanted, masked) {
            Said::Whole(length) => {
                Look::Found(Seen { conn: conn.id, from, upto: from + length, message: None, ending: None })
            }
            Said::Differs(at) => self.other_octet(conn, at),
            Said::Short => match conn.ending {
                Some(ending) => Look::Lost(format!("a part of these messages, then {}", ended(ending))),
                None => Look::Pending,
            },
        }
    }

    fn part_of(&self, conn: &Conn, wanted: &[Run]) -> Look {
        let from = self.taken(conn.id);
        match (compare(conn, from, wanted), conn.ending) {
            (Compared::Differs(at), _) => self.other_octet(conn, at),
            (Compared::Whole, _) if self.left(conn) > wanted.iter().map(Run::length).sum() => {
                Look::Lost("all of these octets, and more".to_owned())
            }
            (_, None) if conn.flooded => Look::Lost("more than 3 MiB, without an end".to_owned()),
            (_, None) => Look::Pending,
            (_, ending) => {
                Look::Found(Seen { conn: conn.id, from, upto: conn.length(), message: None, ending })
            }
        }
    }

    fn other_octet(&self, conn: &Conn, at: usize) -> Look {
        let here = self.taken(conn.id) + at;
        // A few octets before it help to find the place; bulk was not kept.
        let before = conn.unread(here - at.min(8));
        let near = if before.is_empty() { conn.unread(here) } else { before };
        Look::Lost(format!("another octet at {at}: {}", quote(near)))
    }

    fn held_back(&self, conn: &Conn, within: Option<usize>) -> Look {
        let from = self.taken(conn.id);
        match (conn.held_back, within) {
            _ if conn.sent_all => Look::Lost("all of it was taken".to_owned()),
            (Some(taken), Some(within)) if taken > within => Look::Lost(format!("{taken} octets were taken")),
            (Some(_), _) => {
                Look::Found(Seen { conn: conn.id, from, upto: from, message: None, ending: None })
            }
            (None, _) => match conn.ending {
                Some(ending) => Look::Lost(ended(ending).to_owned()),
                None => Look::Pending,
            },
        }
    }

    fn end(&self, conn: &Conn, wanted: EndingWanted, discarding: bool) -> Look {
        let from = self.taken(conn.id);
        if self.left(conn) > 0 && !discarding {
            return Look::Lost(format!("{} octets: {}", self.left(conn), quote(self.unread(conn))));
        }
        if conn.flooded {
            return Look::Lost("more than 3 MiB, without an end".to_owned());
        }
        match (conn.ending, wanted) {
            (None, _) => Look::Pending,
            (Some(Ending::Fin), EndingWanted::Reset) => Look::Lost(ended(Ending::Fin).to_owned()),
            (Some(Ending::Reset), EndingWanted::Close) => Look::Lost(ended(Ending::Reset).to_owned()),
            (ending, _) => {
                Look::Found(Seen { conn: conn.id, from, upto: conn.length(), message: None, ending })
            }
        }
    }

    /// The origin cannot expect a request any more: the target has answered or left the client.
    pub(super) fn hopeless(&self, wait: &Wait, recording: &Recording) -> bool {
        matches!(wait, Wait::Request { .. } | Wait::Accept)
            && recording.of(Role::Client).any(|conn| {
                let done = matches!(self.response(conn, false, false), Look::Found(_) | Look::Lost(_));
                conn.ending.is_some() || conn.refused.is_some() || (!self.unread(conn).is_empty() && done)
            })
    }
}

/// A request that belongs to an earlier exchange says so in its path: every exchange has its own.
pub(super) fn ours(conn: &Conn, names: &Bindings) -> bool {
    let line = conn.received.split(|&octet| octet == b'\n').next().unwrap_or_default();
    let nonce = names.0.get("nonce").map_or("", String::as_str);
    memmem::find(line, b"/hop-").is_none() || memmem::find(line, nonce.as_bytes()).is_some()
}

pub(super) fn ended(ending: Ending) -> &'static str {
    match ending {
        Ending::Fin => "the end of the connection (FIN)",
        Ending::Reset => "a reset (RST)",
    }
}
