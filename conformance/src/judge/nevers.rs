//! What must not be seen at any time: looked for in everything that was recorded.

use super::{
    look::{ours, quote},
    messages::closes,
    walk::Judge,
};
use crate::{
    requirement::Severity,
    scenario::{Never, Role, Sight},
    transcript::{Conn, Recording},
};

impl Judge<'_> {
    pub(super) fn never(&mut self, never: &Never, recording: &Recording) {
        let conns = |role| recording.of(role).filter(|conn| ours(conn, &self.names));
        let unread = |role| conns(role).map(|conn| conn.unread(self.positions.taken(conn.id)));
        let came = match &never.sight {
            Sight::Dialled => conns(Role::Origin).next().map(|_| "a connection to the origin".to_owned()),
            // Behind a timeline that ended early lies what its other steps would have taken.
            Sight::More(_) | Sight::Request if self.stopped => None,
            Sight::More(role) => {
                // A target that makes frames anew may end a tunnel by a closing frame of its own.
                let is_an_end = |conn: &Conn| {
                    let rest = conn.unread(self.positions.taken(conn.id));
                    self.names.is_reframed() && closes(rest, *role == Role::Origin)
                };
                let more = conns(*role).find(|conn| self.positions.left(conn) > 0 && !is_an_end(conn));
                more.map(|conn| quote(conn.unread(self.positions.taken(conn.id))))
            }
            Sight::Request => {
                unread(Role::Origin).find(|rest| memchr::memmem::find(rest, b" HTTP/1.").is_some()).map(quote)
            }
            Sight::Bytes(role, data) => {
                let wanted = data.octets(&self.names, *role == Role::Origin).unwrap_or_default();
                let holds = |conn: &&Conn| {
                    !wanted.is_empty() && memchr::memmem::find(&conn.received, &wanted).is_some()
                };
                conns(*role).find(holds).map(|_| format!("{} at the {role}", quote(&wanted)))
            }
        };
        if let Some(came) = came {
            let requirement = never.covers.as_ref().unwrap_or_else(|| self.notes.main_requirement()).clone();
            let expected = format!("never: {}", never.name);
            self.notes.push(never.span, requirement, Severity::Fail, expected, came);
        }
    }
}
