//! Turns of the conversation for what we did, as far as two runs agree on it.

use std::collections::BTreeMap;

use super::{
    look::Seen,
    verdict::{Excerpt, TurnKind},
    walk::Judge,
};
use crate::{
    scenario::{Act, Action, Actor, Role, Run, Step, Wait},
    transcript::{ConnId, Recording, What},
    wire::Framing,
};

impl Judge<'_> {
    /// Turns for what we did since the last step.
    pub(super) fn acted(&mut self, step: &Step, recording: &Recording) {
        let mut sent: BTreeMap<ConnId, (Vec<u8>, usize)> = BTreeMap::new();
        let mut others = Vec::new();
        let actors: Vec<&Actor> = match &step.action {
            Action::Do { actor, .. } => vec![actor],
            Action::Together(steps) => steps.iter().filter_map(actor).collect(),
            Action::Await { .. } | Action::Either(_) => Vec::new(),
        };
        for event in recording.events().get(self.seen..).unwrap_or_default() {
            let Some(id) = event.conn else { continue };
            match &event.what {
                What::Sent(octets) => {
                    let (start, total) = sent.entry(id).or_default();
                    // Bulk of which only the length is known has a gap in front of what follows it.
                    if start.len() == *total {
                        start.extend(&octets.0);
                    }
                    *total += octets.0.len();
                }
                What::SentNoise(octets) => sent.entry(id).or_default().1 += octets,
                What::StoppedReading => others.push((id, TurnKind::StoppedReading)),
                What::ReadsOn => others.push((id, TurnKind::ReadsOn)),
                What::HalfClosed => others.push((id, TurnKind::HalfClosed)),
                What::Closed => others.push((id, TurnKind::Closed)),
                What::Reset => others.push((id, TurnKind::Reset)),
                _ => {}
            }
        }
        let sent =
            sent.into_iter().map(|(id, (start, total))| (id, TurnKind::Sent(self.excerpt(&start, total))));
        for (id, kind) in sent.chain(others).collect::<Vec<_>>() {
            let Some(conn) = recording.conn(id) else { continue };
            // A connection that carried two requests has two names: the step says which one acts.
            let acting = actors.iter().find(|actor| self.conn(actor, recording) == Some(id));
            let name = acting.map_or_else(|| conn.name.clone(), |actor| actor.name.clone());
            self.notes.turn(step, conn.role, &name, kind);
        }
        if let Action::Do { actor, act: Act::StartSend(data) } = &step.action {
            // How much is written by now differs from run to run.
            let runs = data.runs(&self.names, actor.role == Role::Client).unwrap_or_default();
            let total = runs.iter().map(Run::length).sum();
            self.notes.turn(step, actor.role, &actor.name, TurnKind::StartedSending(total));
        }
    }

    /// What a step took, as far as every run of a sound target agrees on it.
    pub(super) fn received(&self, wait: &Wait, seen: &Seen, octets: &[u8]) -> Option<TurnKind> {
        match (wait, &seen.message) {
            (Wait::PartOf(_), _) => Some(TurnKind::Part),
            (Wait::End { .. }, _) => None,
            // Where the chunks are cut is nobody's business but the sender's.
            (_, Some(message)) if message.framing == Framing::Chunked => {
                let mut shown = octets[..message.head_octets.min(octets.len())].to_vec();
                shown.extend(&message.body);
                for field in &message.trailers.0 {
                    shown.extend([b"\r\n", &field.name[..], b": ", &field.value[..]].concat());
                }
                Some(TurnKind::Received(self.excerpt(&shown, shown.len())))
            }
            _ if seen.upto == seen.from => None,
            _ => Some(TurnKind::Received(self.excerpt(octets, seen.upto - seen.from))),
        }
    }

    /// The beginning of `total` octets, of which `start` is known.
    pub(super) fn excerpt(&self, start: &[u8], total: usize) -> Excerpt {
        let shown = Excerpt::of(&self.notes.redaction.octets(start));
        // What is redacted has another length than what came.
        let counted = if total > start.len() { shown.total + (total - start.len()) } else { shown.total };
        Excerpt { total: counted, ..shown }
    }
}

fn actor(step: &Step) -> Option<&Actor> {
    match &step.action {
        Action::Do { actor, .. } => Some(actor),
        _ => None,
    }
}
