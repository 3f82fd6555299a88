//! A 101: the tunnel that it opens, or what may become of one that opens none.

use super::{Writer, end, outcome, response, unruled};
use crate::{
    fuzz::{
        case::Tunnel,
        octets::{Message, plain},
        property::{self, Property},
    },
    scenario::{
        Act, Action, Check, FieldTest, OutcomeVerdict, Role, Section, StatusWanted, Step, Template, Test,
        Wait,
    },
};

impl Writer {
    /// A 101 that opens no tunnel. The origin ends, so that nobody waits for what it may still say.
    pub(super) fn closed_gate(&mut self, property: Property, steps: &mut Vec<Step>) {
        steps.push(self.act(Role::Origin, Act::HalfClose));
        let mut seen = |wait| vec![self.wait(property, Role::Client, wait)];
        let refused = seen(response(400..=599, false));
        let made_up = seen(response(200..=299, false));
        let relayed = seen(response(101..=101, false));
        let closed = seen(end());
        let mut outcomes = vec![
            outcome("it is refused", OutcomeVerdict::Pass, refused),
            outcome("the connection is closed", OutcomeVerdict::Pass, closed),
            outcome("a made-up 2xx", OutcomeVerdict::Observed, made_up),
        ];
        if property == property::NO_OPTION {
            let mended =
                self.wait(property, Role::Client, Wait::Response { head_only: false, checks: mended() });
            outcomes.push(outcome("it is mended", OutcomeVerdict::Pass, vec![mended]));
        }
        outcomes.push(outcome("the 101 is relayed", OutcomeVerdict::Violation, relayed));
        for outcome in &mut outcomes {
            outcome.span = self.place(property);
        }
        steps.push(self.step(property, Action::Either(outcomes)));
    }

    pub(super) fn tunnel(&mut self, tunnel: &Tunnel, steps: &mut Vec<Step>) {
        let carries = |role| if role == Role::Client { property::TO_CLIENT } else { property::TO_ORIGIN };
        if !tunnel.glued.is_empty() {
            steps.push(self.wait(property::GLUED, Role::Client, Wait::Bytes(plain(&tunnel.glued))));
        }
        if !tunnel.early.is_empty() {
            steps.push(self.wait(property::EARLY, Role::Origin, Wait::Bytes(plain(&tunnel.early))));
        }
        for speech in &tunnel.talk {
            let (from, to) = (speech.from, other(speech.from));
            let mut message = Message::default();
            message.push(&speech.octets);
            self.send(from, message.writes(&speech.cuts), steps);
            // Told apart from what it answers, so that an echo is no answer.
            let back: Vec<u8> = speech.octets.iter().map(|octet| octet.wrapping_add(1)).collect();
            if speech.both {
                self.send(to, vec![plain(&back)], steps);
            }
            steps.push(self.wait(carries(to), to, Wait::Bytes(plain(&speech.octets))));
            if speech.both {
                steps.push(self.wait(carries(from), from, Wait::Bytes(plain(&back))));
            }
        }
        let (first, last) = (tunnel.leaves_first, other(tunnel.leaves_first));
        let leaves =
            |role| if role == Role::Client { property::CLIENT_LEAVES } else { property::ORIGIN_LEAVES };
        steps.push(self.act(first, Act::HalfClose));
        steps.push(self.wait(leaves(first), last, end()));
        steps.push(self.act(last, Act::HalfClose));
        steps.push(self.wait(leaves(last), first, end()));
    }
}

/// What makes a 101 a sound one.
fn mended() -> Vec<Check> {
    let token = FieldTest::Token(Template::literal("upgrade"));
    let tests = [
        Test::Status(vec![StatusWanted::In(101..=101)]),
        Test::Field {
            section: Section::Header,
            name: Template::literal("Connection"),
            tests: vec![token],
            capture: None,
        },
    ];
    tests.map(unruled).into()
}

fn other(role: Role) -> Role {
    match role {
        Role::Client => Role::Origin,
        Role::Origin => Role::Client,
    }
}
