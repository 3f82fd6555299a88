//! Plays one row: performs acts, waits for what is awaited, and lets the judge say when to go on.

use std::net::SocketAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use sha1::{Digest, Sha1};

use crate::{
    clock::{Patience, deadline},
    judge::{Flow, Judge, Judgement},
    requirement::Catalogue,
    role::Stage,
    scenario::{Act, Action, Actor, Bindings, Role, Row, Step, UnboundName, Wait},
    target::Process,
    transcript::{Transcript, What},
    wire::accept_of,
};

/// The two addresses of a lane, and how the target is found there.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Where the target listens.
    pub target: SocketAddr,
    /// Where the origin listens.
    pub origin: SocketAddr,
    /// The path prefix of the row's route.
    pub prefix: &'a str,
}

/// What the names of a row stand for. The same seed gives the same names.
#[must_use]
pub fn bindings(row: &Row, place: &Place<'_>, seed: u64) -> Bindings {
    let mut sha = Sha1::new();
    sha.update(seed.to_be_bytes());
    sha.update(row.id().as_bytes());
    let digest = sha.finalize();
    let nonce: String = digest[..5].iter().map(|octet| format!("{octet:02x}")).collect();
    let nonce = format!("hop-{nonce}");
    let key = STANDARD.encode(&digest[4..20]);
    let mut names = Bindings::default();
    let mut name = |name: &str, value: String| names.0.insert(name.to_owned(), value);
    name("path", format!("{}{nonce}", place.prefix));
    name("nonce", nonce);
    name("authority", place.target.to_string());
    name("origin", place.origin.to_string());
    name("route", row.route.to_string());
    name("accept", accept_of(&key));
    name("key", key);
    for (column, value) in row.values() {
        name(column, value.clone());
    }
    names
}

/// Plays `row` and judges it. Every connection of it is closed when this returns.
///
/// # Errors
///
/// When a scenario uses a name before anything stands for it.
pub async fn play(
    row: &Row,
    catalogue: &Catalogue,
    place: &Place<'_>,
    names: Bindings,
    stage: &Stage,
    process: Option<&Process>,
    patience: &Patience,
) -> Result<(Judgement, Transcript), UnboundName> {
    let judge = Judge::new(row, catalogue, names.clone());
    let mut player = Player { judge, stage, target: place.target, process, patience, gone: false };
    let mut unbound = None;
    for step in &row.scenario.steps {
        match player.step(step).await {
            Ok(Flow::Stop) => break,
            Ok(_) => {}
            Err(error) => {
                unbound = Some(error);
                break;
            }
        }
    }
    drain(stage, patience).await;
    if let Some(error) = unbound {
        return Err(error);
    }
    let recording = stage.recording();
    let judgement = player.judge.finish(&recording);
    let transcript = Transcript {
        scenario: row.scenario.id.0.clone(),
        route: row.route,
        row: row.matrix.map(|at| row.scenario.matrix[at].name.clone()),
        bindings: names.0,
        events: recording.events().to_vec(),
    };
    Ok((judgement, transcript))
}

/// Ends our side of every connection, waits for the target to end its side, then lets go.
///
/// A FIN of ours is a fence: whatever the target still had to say comes before its own.
pub(super) async fn drain(stage: &Stage, patience: &Patience) {
    stage.note(None, What::Closing);
    for conn in stage.open() {
        stage.half_close(conn).await;
    }
    let all_over = async {
        while !stage.recording().conns().iter().all(crate::transcript::Conn::over) {
            stage.changed().await;
        }
    };
    let _ = deadline(patience.drain, all_over).await;
    for conn in stage.open() {
        let over = stage.recording().conn(conn).is_some_and(|conn| conn.ending.is_some());
        if over {
            stage.close(conn);
        } else {
            // A tunnel left open would pin a worker of some targets.
            stage.reset(conn);
        }
    }
}

struct Player<'a> {
    judge: Judge<'a>,
    stage: &'a Stage,
    target: SocketAddr,
    process: Option<&'a Process>,
    patience: &'a Patience,
    gone: bool,
}

impl Player<'_> {
    async fn step(&mut self, step: &Step) -> Result<Flow, UnboundName> {
        self.stage.note(None, What::Began(step.id));
        let late = match &step.action {
            Action::Do { actor, act } => {
                self.act(actor, act).await?;
                false
            }
            Action::Together(steps) => {
                self.together(steps).await?;
                false
            }
            Action::Await { .. } | Action::Either(_) => self.wait(step).await,
        };
        self.over(step, late).await
    }

    /// Has a step judged that is over, and plays the branch that it opens.
    async fn over(&mut self, step: &Step, late: bool) -> Result<Flow, UnboundName> {
        self.stage.note(None, What::Over { step: step.id, late });
        let flow = self.judge.settle(step, &self.stage.recording(), late);
        let (Flow::Branch(at), Action::Either(outcomes)) = (flow, &step.action) else { return Ok(flow) };
        for (number, step) in outcomes[at].steps.iter().enumerate() {
            // What the first step waits for has come already: that is why its branch was taken.
            let flow = if number == 0 {
                Box::pin(self.over(step, late)).await?
            } else {
                Box::pin(self.step(step)).await?
            };
            if flow == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::On)
    }

    /// Waits until the judge can decide `step`. Returns whether time ran out first.
    async fn wait(&mut self, step: &Step) -> bool {
        let mut bound = self.bound(step);
        let started = crate::clock::Stopwatch::start();
        loop {
            if self.judge.ready(step, &self.stage.recording()) {
                return false;
            }
            if self.judge.hopeless(step, &self.stage.recording()) {
                bound = bound.min(started.elapsed() + self.patience.grace);
                let left = bound.saturating_sub(started.elapsed());
                let arrives = async {
                    while !self.judge.ready(step, &self.stage.recording()) {
                        self.stage.changed().await;
                    }
                };
                return deadline(left, arrives).await.is_none();
            }
            let left = bound.saturating_sub(started.elapsed());
            if left.is_zero() {
                return true;
            }
            let gone = async {
                match self.process {
                    Some(process) if !self.gone => process.ended().await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = deadline(left, self.stage.changed()) => {}
                () = gone => {
                    self.gone = true;
                    self.stage.note(None, What::TargetGone);
                }
            }
        }
    }

    /// How long a step may wait. Silence is awaited for exactly as long as the scenario says.
    fn bound(&self, step: &Step) -> std::time::Duration {
        let own = |step: &Step| match &step.action {
            Action::Await { wait: Wait::Nothing(time), .. } => Some(*time),
            _ => None,
        };
        let silence = match &step.action {
            Action::Either(outcomes) => {
                outcomes.iter().filter_map(|outcome| outcome.steps.first()).find_map(own)
            }
            _ => own(step),
        };
        silence.unwrap_or(self.patience.step)
    }

    async fn together(&self, steps: &[Step]) -> Result<(), UnboundName> {
        let acts = steps.iter().filter_map(|step| match &step.action {
            Action::Do { actor, act } => Some(self.act(actor, act)),
            _ => None,
        });
        join_all(acts).await.into_iter().collect()
    }

    async fn act(&self, actor: &Actor, act: &Act) -> Result<(), UnboundName> {
        let conn = || self.judge.conn(actor, &self.stage.recording());
        if matches!(act, Act::Connect) || (actor.role == Role::Client && conn().is_none()) {
            self.stage.connect(&actor.name, self.target, self.patience.step).await;
        }
        let Some(conn) = conn() else { return Ok(()) };
        match act {
            Act::Connect => {}
            Act::HalfClose => self.stage.half_close(conn).await,
            Act::Close => self.stage.close(conn),
            Act::Reset => self.stage.reset(conn),
            Act::Send { data, chunk, gap } => {
                let octets = data.octets(self.judge.names(), actor.role == Role::Client)?;
                self.stage.send(conn, &octets, *chunk, *gap, self.patience.step).await;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
