//! Walks the steps of a scenario beside the recording of an exchange.

use super::{
    check::check,
    look::{Look, Positions, Seen},
    notes::Notes,
    verdict::{Judgement, TurnKind, Verdict},
};
use crate::{
    requirement::{Catalogue, Severity},
    scenario::{
        Action, Actor, Bindings, Check, EndingWanted, Outcome, OutcomeVerdict, Role, Row, Step, Template,
        Test, Wait,
    },
    transcript::{ConnId, Recording},
};

/// What the runner does after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next step.
    On,
    /// This branch of the `either`, then the next step.
    Branch(usize),
    /// Nothing that follows could be judged.
    Stop,
}

/// The judge of one exchange.
pub struct Judge<'a> {
    pub(super) row: &'a Row,
    pub(super) names: Bindings,
    pub(super) notes: Notes<'a>,
    pub(super) positions: Positions,
    pub(super) outcome: Option<String>,
    pub(super) observed: bool,
    /// The timeline ended early, so that what came later was never taken.
    pub(super) stopped: bool,
    /// Events that earlier steps have accounted for.
    pub(super) seen: usize,
}

impl<'a> Judge<'a> {
    /// A judge who has seen nothing yet.
    #[must_use]
    pub fn new(row: &'a Row, catalogue: &'a Catalogue, names: Bindings) -> Self {
        Self {
            row,
            notes: Notes::new(row, catalogue, &names),
            names,
            positions: Positions { targets: targets(&row.scenario.steps).into(), ..Positions::default() },
            outcome: None,
            observed: false,
            stopped: false,
            seen: 0,
        }
    }

    /// What names stand for now, captures included.
    #[must_use]
    pub fn names(&self) -> &Bindings {
        &self.names
    }

    /// The connection on which `actor` acts.
    #[must_use]
    pub fn conn(&self, actor: &Actor, recording: &Recording) -> Option<ConnId> {
        self.positions.conn(actor, recording).map(|conn| conn.id)
    }

    /// Whether what `step` waits for can be decided now.
    #[must_use]
    pub fn ready(&self, step: &Step, recording: &Recording) -> bool {
        match &step.action {
            Action::Do { .. } | Action::Together(_) => true,
            Action::Await { actor, wait } => {
                !matches!(self.positions.look(actor, wait, recording, &self.names), Look::Pending)
            }
            Action::Either(outcomes) => {
                let mut undecided = false;
                for outcome in outcomes {
                    match self.taken(outcome, recording) {
                        Some(true) => return true,
                        Some(false) => {}
                        None => undecided = true,
                    }
                }
                !undecided
            }
        }
    }

    /// Whether `step` waits for what can hardly come any more.
    #[must_use]
    pub fn hopeless(&self, step: &Step, recording: &Recording) -> bool {
        let waits: Vec<&Wait> = match &step.action {
            Action::Await { wait, .. } => vec![wait],
            Action::Either(outcomes) => {
                outcomes.iter().filter_map(first_wait).map(|(_, wait)| wait).collect()
            }
            Action::Do { .. } | Action::Together(_) => return false,
        };
        recording.target_gone() || waits.iter().all(|wait| self.positions.hopeless(wait, recording))
    }

    /// Judges a step that is over. `late`: its time ran out first.
    pub fn settle(&mut self, step: &Step, recording: &Recording, late: bool) -> Flow {
        let flow = match &step.action {
            Action::Do { .. } | Action::Together(_) => {
                self.acted(step, recording);
                Flow::On
            }
            Action::Await { actor, wait } => self.awaited(step, actor, wait, recording, late),
            Action::Either(outcomes) => self.chosen(step, outcomes, recording, late),
        };
        self.seen = recording.events().len();
        self.stopped |= flow == Flow::Stop;
        flow
    }

    /// The verdict, once the connections have been closed.
    #[must_use]
    pub fn finish(mut self, recording: &Recording) -> Judgement {
        for never in &self.row.scenario.nevers {
            self.never(never, recording);
        }
        let worst = self.notes.findings.iter().map(|finding| finding.severity).max();
        let verdict = match worst {
            Some(Severity::Fail) => Verdict::Fail,
            Some(Severity::Inconclusive) => Verdict::Inconclusive,
            Some(Severity::Warn) => Verdict::Warn,
            Some(Severity::Observed) => Verdict::Observed,
            None if self.observed => Verdict::Observed,
            None => Verdict::Pass,
        };
        Judgement { verdict, outcome: self.outcome, findings: self.notes.findings, turns: self.notes.turns }
    }

    /// Whether a branch is taken; `None` while that is open.
    fn taken(&self, outcome: &Outcome, recording: &Recording) -> Option<bool> {
        let (actor, wait) = first_wait(outcome)?;
        match self.positions.look(actor, wait, recording, &self.names) {
            Look::Pending => None,
            Look::Lost(_) => Some(false),
            Look::Found(seen) => {
                let from_client = actor.role == Role::Origin;
                // What a branch captures counts only once it is taken.
                let holds = |c: &Check, message| {
                    matches!(check(c, checks(wait), message, from_client, &mut self.names.clone()), Ok(None))
                };
                Some(
                    seen.message
                        .as_ref()
                        .is_none_or(|message| checks(wait).iter().all(|c| holds(c, message))),
                )
            }
        }
    }

    fn chosen(&mut self, step: &Step, outcomes: &[Outcome], recording: &Recording, late: bool) -> Flow {
        let silent = |outcome: &Outcome| late && matches!(first_wait(outcome), Some((_, Wait::Nothing(_))));
        let chosen = outcomes.iter().position(|outcome| match self.taken(outcome, recording) {
            Some(taken) => taken,
            None => silent(outcome),
        });
        let Some(at) = chosen else {
            let names: Vec<&str> = outcomes.iter().map(|outcome| outcome.name.as_str()).collect();
            let mut actors: Vec<&Actor> =
                outcomes.iter().filter_map(first_wait).map(|(actor, _)| actor).collect();
            actors.dedup();
            let came: Vec<String> =
                actors.iter().map(|actor| self.positions.describe(actor, recording)).collect();
            self.notes.report(
                step,
                step.span,
                None,
                Severity::Fail,
                format!("one of: {}", names.join("; ")),
                came.join("; "),
            );
            self.notes.missing(step, Role::Client, "none of the outcomes came");
            return Flow::Stop;
        };
        let outcome = &outcomes[at];
        match outcome.verdict {
            OutcomeVerdict::Pass => {}
            OutcomeVerdict::Observed => {
                self.observed = true;
                self.outcome = Some(outcome.name.clone());
            }
            OutcomeVerdict::Violation => {
                self.outcome = Some(outcome.name.clone());
                let allowed = outcomes.iter().filter(|o| o.verdict != OutcomeVerdict::Violation);
                let allowed: Vec<&str> = allowed.map(|o| o.name.as_str()).collect();
                self.notes.report(
                    step,
                    outcome.span,
                    None,
                    Severity::Fail,
                    allowed.join(", or "),
                    outcome.name.clone(),
                );
            }
        }
        Flow::Branch(at)
    }

    fn awaited(
        &mut self,
        step: &Step,
        actor: &Actor,
        wait: &Wait,
        recording: &Recording,
        late: bool,
    ) -> Flow {
        match (self.positions.look(actor, wait, recording, &self.names), wait) {
            (Look::Pending, Wait::Nothing(_)) if late => {
                self.notes.turn(step, actor.role, &actor.name, TurnKind::Silence);
                Flow::On
            }
            (Look::Found(seen), _) => self.found(step, actor, wait, seen, recording),
            (looked, _) => {
                let came = match looked {
                    Look::Lost(why) => why,
                    _ if recording.target_gone() => "nothing: the target's process ended".to_owned(),
                    _ => "nothing in time".to_owned(),
                };
                let missing = TurnKind::Missing(self.notes.redaction.text(&came));
                self.notes.turn(step, actor.role, &actor.name, missing);
                let severity = self.arrival(step, wait);
                self.notes.report(step, step.span, None, severity, awaited(actor, wait), came);
                Flow::Stop
            }
        }
    }

    /// How grave it is that nothing came: where only absences were to be judged, they cannot be.
    fn arrival(&self, step: &Step, wait: &Wait) -> Severity {
        let checks = checks(wait);
        let absence = |check: &Check| check.control || check.test.is_absence();
        if step.setup || (!checks.is_empty() && checks.iter().all(absence)) {
            Severity::Inconclusive
        } else {
            Severity::Fail
        }
    }

    fn found(&mut self, step: &Step, actor: &Actor, wait: &Wait, seen: Seen, recording: &Recording) -> Flow {
        let Some(conn) = recording.conn(seen.conn) else { return Flow::Stop };
        let octets = conn.unread(seen.from);
        let octets = &octets[..octets.len().min(seen.upto - seen.from)];
        if actor.role == Role::Origin && matches!(wait, Wait::Accept | Wait::Request { .. }) {
            self.positions.bound.insert(actor.name.clone(), seen.conn);
        }
        if matches!(wait, Wait::Request { head_only: false, .. }) {
            self.positions.used.insert(seen.conn);
        }
        if !matches!(wait, Wait::Request { head_only: true, .. }) {
            self.positions.taken.insert(seen.conn, seen.upto);
        }
        if matches!(wait, Wait::Accept) {
            self.notes.turn(step, actor.role, &actor.name, TurnKind::Accepted);
        }
        if let Some(kind) = self.received(wait, &seen, octets) {
            self.notes.turn(step, actor.role, &actor.name, kind);
        }
        if let Wait::HeldBack { memory, .. } = wait {
            self.held_back(step, actor, conn.held_back, *memory, recording);
        }
        if let Some(ending) = seen.ending {
            self.positions.ended.insert(seen.conn);
            let any = matches!(wait, Wait::End { ending: EndingWanted::Any, .. });
            let kind = if any { TurnKind::Over } else { TurnKind::Ended(ending) };
            self.notes.turn(step, actor.role, &actor.name, kind);
        }
        let Some(message) = seen.message else { return Flow::On };
        let mut flow = Flow::On;
        for c in checks(wait) {
            let from_client = actor.role == Role::Origin;
            let (expected, came) = match check(c, checks(wait), &message, from_client, &mut self.names) {
                Ok(None) => continue,
                Ok(Some(mismatch)) => (mismatch.expected, mismatch.came),
                Err(unbound) => (unbound.to_string(), "the scenario names it too early".to_owned()),
            };
            let severity = if c.control || step.setup { Severity::Inconclusive } else { Severity::Fail };
            self.notes.report(step, c.span, c.covers.as_ref(), severity, expected, came);
            // After another status than expected, what follows would be about something else.
            if matches!(c.test, Test::Status(_)) {
                flow = Flow::Stop;
            }
        }
        flow
    }

    /// What the target does with what it does not take.
    fn held_back(
        &mut self,
        step: &Step,
        actor: &Actor,
        taken: Option<usize>,
        memory: Option<usize>,
        recording: &Recording,
    ) {
        self.notes.turn(step, actor.role, &actor.name, TurnKind::HeldBack);
        let grown = recording.target_growth().and_then(|octets| usize::try_from(octets).ok());
        let (Some(limit), Some(grown)) = (memory, grown) else { return };
        if grown > limit {
            let expected = format!("the target's memory to grow by at most {limit} octets");
            let came = format!("it grew by {grown}, while {} were taken", taken.unwrap_or_default());
            self.notes.report(step, step.span, None, Severity::Fail, expected, came);
        }
    }
}

/// Every request target that a step awaits.
fn targets(steps: &[Step]) -> Vec<Template> {
    let of = |step: &Step| match &step.action {
        Action::Await { wait, .. } => checks(wait)
            .iter()
            .filter_map(|check| match &check.test {
                Test::Target(target) => Some(target.clone()),
                _ => None,
            })
            .collect(),
        Action::Either(outcomes) => outcomes.iter().flat_map(|outcome| targets(&outcome.steps)).collect(),
        Action::Do { .. } | Action::Together(_) => Vec::new(),
    };
    steps.iter().flat_map(of).collect()
}

fn first_wait(outcome: &Outcome) -> Option<(&Actor, &Wait)> {
    match &outcome.steps.first()?.action {
        Action::Await { actor, wait } => Some((actor, wait)),
        _ => None,
    }
}

fn checks(wait: &Wait) -> &[Check] {
    match wait {
        Wait::Request { checks, .. } | Wait::Response { checks, .. } | Wait::Interim { checks } => checks,
        _ => &[],
    }
}

fn awaited(actor: &Actor, wait: &Wait) -> String {
    match wait {
        Wait::Accept => format!("a connection to the {actor}"),
        Wait::Request { head_only: true, .. } => format!("the head of a request at the {actor}"),
        Wait::Request { .. } => format!("a request at the {actor}"),
        Wait::Response { .. } => format!("a response at the {actor}"),
        Wait::Interim { .. } => format!("an interim response at the {actor}"),
        Wait::Bytes(_) => format!("these octets, exactly, at the {actor}"),
        Wait::PartOf(_) => format!("the beginning of these octets and then an end at the {actor}"),
        Wait::HeldBack { within: Some(most), .. } => {
            format!("the {actor} to be held back after at most {most} octets")
        }
        Wait::HeldBack { within: None, .. } => format!("the {actor} to be held back"),
        Wait::End { .. } => format!("the {actor} to see the end of its connection, and nothing before it"),
        Wait::Nothing(time) => format!("nothing at the {actor} for {} ms", time.as_millis()),
    }
}
