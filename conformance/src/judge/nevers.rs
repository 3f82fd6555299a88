//! What must not be seen at any time: looked for in everything that was recorded.

use super::{
    look::{ours, quote},
    walk::Judge,
};
use crate::{
    requirement::Severity,
    scenario::{Never, Role, Sight},
    transcript::Recording,
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
                let more = conns(*role).find(|conn| self.positions.left(conn) > 0);
                more.map(|conn| quote(conn.unread(self.positions.taken(conn.id))))
            }
            Sight::Request => {
                unread(Role::Origin).find(|rest| memchr::memmem::find(rest, b" HTTP/1.").is_some()).map(quote)
            }
            Sight::Bytes(role, data) => {
                let wanted = data.octets(&self.names, *role == Role::Origin).unwrap_or_default();
                let holds = |conn: &&crate::transcript::Conn| {
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
