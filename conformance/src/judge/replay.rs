//! Judges a stored transcript again: the same judge, fed with events at rest.

use super::{verdict::Judgement, walk::Judge};
use crate::{
    requirement::Catalogue,
    scenario::{Action, Bindings, Row, Step, StepId},
    transcript::{Recording, Transcript, What},
};

/// Judges a stored transcript again.
#[must_use]
pub fn judge_transcript(row: &Row, catalogue: &Catalogue, transcript: &Transcript) -> Judgement {
    let mut judge = Judge::new(row, catalogue, Bindings(transcript.bindings.clone()));
    let mut recording = Recording::default();
    for event in &transcript.events {
        recording.push(event.clone());
        if let What::Over { step, late } = event.what
            && let Some(step) = find(&row.scenario.steps, step)
        {
            judge.settle(step, &recording, late);
        }
    }
    judge.finish(&recording)
}

fn find(steps: &[Step], id: StepId) -> Option<&Step> {
    steps.iter().find_map(|step| match &step.action {
        _ if step.id == id => Some(step),
        Action::Either(outcomes) => outcomes.iter().find_map(|outcome| find(&outcome.steps, id)),
        _ => None,
    })
}
