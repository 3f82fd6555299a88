//! Plays one row: performs acts, waits for what is awaited, and lets the judge say when to go on.

use std::{net::SocketAddr, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use sha1::{Digest, Sha1};

use crate::{
    clock::{Patience, Stopwatch, deadline, pause},
    judge::{Flow, Judge, Judgement},
    requirement::Catalogue,
    role::{OriginListener, Pace, Stage},
    scenario::{
        Act, Action, Actor, Bindings, Data, Listening, Mode, Role, Row, Run, Step, UnboundName, Wait,
    },
    target::Process,
    transcript::{Conn, ConnId, Transcript, What},
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

/// What a row is played with.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The exchange.
    pub stage: &'a Stage,
    /// Where it takes place.
    pub place: Place<'a>,
    /// Behind the target.
    pub origin: &'a OriginListener,
    /// The target, if we started it.
    pub process: Option<&'a Process>,
    /// Bounds of every wait.
    pub patience: &'a Patience,
    /// Under which conditions.
    pub mode: Option<Mode>,
}

/// A row that was played.
#[derive(Clone, Debug)]
pub struct Played {
    /// The verdict on it.
    pub judgement: Judgement,
    /// What happened.
    pub transcript: Transcript,
    /// A wait for something to come ran out.
    pub ran_out: bool,
}

/// Why a row could not be played: never the target's fault.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The scenario uses a name before anything stands for it.
    #[error(transparent)]
    Unbound(#[from] UnboundName),
    /// The origin's address cannot be listened on any more.
    #[error("the origin cannot change how it listens")]
    Listen(#[from] std::io::Error),
}

/// Plays `row` and judges it. Every connection of it is closed when this returns, and the origin
/// takes connections.
///
/// # Errors
///
/// When the scenario or the machine does not let it be played.
pub async fn play(
    row: &Row,
    catalogue: &Catalogue,
    names: Bindings,
    scene: Scene<'_>,
) -> Result<Played, PlayError> {
    let judge = Judge::new(row, catalogue, names.clone());
    let mut player = Player { judge, scene, gone: false, ran_out: false };
    let mut fault = None;
    for step in &row.scenario.steps {
        match player.step(step).await {
            Ok(Flow::Stop) => break,
            Ok(_) => {}
            Err(error) => {
                fault = Some(error);
                break;
            }
        }
    }
    drain(scene.stage, scene.patience).await;
    scene.origin.listen(Listening::Takes).await?;
    if let Some(error) = fault {
        return Err(error);
    }
    let recording = scene.stage.recording();
    let (judgement, ran_out) = (player.judge.finish(&recording), player.ran_out);
    let transcript = Transcript {
        scenario: row.scenario.id.0.clone(),
        route: row.route,
        row: row.matrix.map(|at| row.scenario.matrix[at].name.clone()),
        bindings: names.0,
        events: recording.events().to_vec(),
    };
    Ok(Played { judgement, transcript, ran_out })
}

/// Ends our side of every connection, waits for the target to end its side, then lets go.
///
/// A FIN of ours is a fence: whatever the target still had to say comes before its own. Towards the origin
/// it may well keep a connection for others; once it has let go of every client, a short silence is enough.
pub(super) async fn drain(stage: &Stage, patience: &Patience) {
    stage.note(None, What::Closing);
    stage.let_go();
    for conn in stage.open() {
        stage.half_close(conn).await;
    }
    let started = Stopwatch::start();
    let over = |role| stage.recording().of(role).all(Conn::over);
    while !(over(Role::Client) && over(Role::Origin)) {
        let left = patience.drain.saturating_sub(started.elapsed());
        let bound = if over(Role::Client) { left.min(patience.quiet) } else { left };
        if deadline(bound, stage.changed()).await.is_none() {
            break;
        }
    }
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
    scene: Scene<'a>,
    gone: bool,
    ran_out: bool,
}

impl Player<'_> {
    async fn step(&mut self, step: &Step) -> Result<Flow, PlayError> {
        self.scene.stage.note(None, What::Began(step.id));
        let late = match &step.action {
            Action::Do { actor, act } => {
                self.act(actor, act).await?;
                false
            }
            Action::Together(steps) => {
                self.together(steps).await?;
                false
            }
            Action::Await { wait, .. } => {
                let late = self.wait(step).await;
                if matches!(wait, Wait::HeldBack { .. }) {
                    self.note_memory();
                }
                late
            }
            Action::Either(_) => self.wait(step).await,
        };
        self.over(step, late).await
    }

    /// Has a step judged that is over, and plays the branch that it opens.
    async fn over(&mut self, step: &Step, late: bool) -> Result<Flow, PlayError> {
        self.scene.stage.note(None, What::Over { step: step.id, late });
        let flow = self.judge.settle(step, &self.scene.stage.recording(), late);
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
        let Scene { stage, patience, process, .. } = self.scene;
        let silence = silence(step);
        let mut bound = silence.unwrap_or_else(|| self.bound(step));
        let mut hopeless = false;
        let started = Stopwatch::start();
        loop {
            if self.judge.ready(step, &stage.recording()) {
                return false;
            }
            if !hopeless && self.judge.hopeless(step, &stage.recording()) {
                hopeless = true;
                bound = bound.min(started.elapsed() + patience.grace);
            }
            let left = bound.saturating_sub(started.elapsed());
            if left.is_zero() {
                self.ran_out |= silence.is_none();
                return true;
            }
            let gone = async {
                match process {
                    Some(process) if !self.gone => process.ended().await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = deadline(left, stage.changed()) => {}
                () = gone => {
                    self.gone = true;
                    stage.note(None, What::TargetGone);
                }
            }
        }
    }

    /// How long a step may wait for what it names. Bulk takes its time.
    fn bound(&self, step: &Step) -> Duration {
        let patience = self.scene.patience;
        match &step.action {
            Action::Await { wait: Wait::Bytes(data) | Wait::PartOf(data), .. } => {
                patience.step + patience.mebibyte * u32::try_from(data.bulk() >> 20).unwrap_or(u32::MAX)
            }
            _ => patience.step,
        }
    }

    async fn together(&self, steps: &[Step]) -> Result<(), PlayError> {
        let acts = steps.iter().filter_map(|step| match &step.action {
            Action::Do { actor, act } => Some(self.act(actor, act)),
            _ => None,
        });
        join_all(acts).await.into_iter().collect()
    }

    async fn act(&self, actor: &Actor, act: &Act) -> Result<(), PlayError> {
        let Scene { stage, place, patience, .. } = self.scene;
        if let Act::Listen(listening) = act {
            self.scene.origin.listen(*listening).await?;
            stage.note(None, What::Listens(*listening));
            return Ok(());
        }
        let conn = || self.judge.conn(actor, &stage.recording());
        if matches!(act, Act::Connect) || (actor.role == Role::Client && conn().is_none()) {
            stage.connect(&actor.name, place.target, patience.step).await;
        }
        let Some(conn) = conn() else { return Ok(()) };
        let runs = |data: &Data| match (actor.role, stage.recording().conn(conn).and_then(last_key)) {
            (Role::Origin, Some(key)) => data.runs(&self.judge.names().answering(&key), false),
            (role, _) => data.runs(self.judge.names(), role == Role::Client),
        };
        match act {
            Act::Connect | Act::Listen(_) => {}
            Act::HalfClose => stage.half_close(conn).await,
            Act::Close => stage.close(conn),
            Act::Reset => stage.reset(conn),
            Act::StopReading => stage.read(conn, false),
            Act::ReadOn => stage.read(conn, true),
            Act::Send { data, chunk, gap } => {
                let pace = Pace { chunk: *chunk, gap: *gap, bound: patience.step };
                self.send(actor.role, conn, &runs(data)?, pace).await;
            }
            Act::StartSend(data) => {
                self.note_memory();
                stage.start_sending(conn, runs(data)?, patience.quiet);
            }
        }
        Ok(())
    }

    /// Writes as the mode wants it.
    async fn send(&self, role: Role, conn: ConnId, runs: &[Run], pace: Pace) {
        let stage = self.scene.stage;
        if self.scene.mode == Some(Mode::Slow) && role == Role::Origin {
            pause(Mode::WAIT).await;
        }
        if self.scene.mode != Some(Mode::Drip) {
            return stage.send(conn, runs, pace).await;
        }
        for run in runs {
            let Run::Octets(octets) = run else {
                stage.send(conn, std::slice::from_ref(run), pace).await;
                continue;
            };
            let (dripped, rest) = octets.split_at(octets.len().min(Mode::DRIPPED));
            stage.send(conn, &[Run::Octets(dripped.to_vec())], Pace { chunk: Some(1), ..pace }).await;
            if !rest.is_empty() {
                stage.send(conn, &[Run::Octets(rest.to_vec())], pace).await;
            }
        }
    }

    /// Records what memory the target holds, where that can be known.
    fn note_memory(&self) {
        if let Some(octets) = self.scene.process.and_then(Process::memory) {
            self.scene.stage.note(None, What::TargetMemory(octets));
        }
    }
}

/// The key of the last handshake that came on a connection.
fn last_key(conn: &Conn) -> Option<String> {
    let lines = conn.received.rsplit(|octet| *octet == b'\n');
    let value = |line: &[u8]| {
        let (name, value) = line.split_at_checked(KEY.len())?;
        name.eq_ignore_ascii_case(KEY).then(|| String::from_utf8_lossy(value).trim().to_owned())
    };
    lines.into_iter().find_map(value)
}

const KEY: &[u8] = b"Sec-WebSocket-Key:";

/// For how long a step awaits silence, which is exactly as long as the scenario says.
fn silence(step: &Step) -> Option<Duration> {
    let own = |step: &Step| match &step.action {
        Action::Await { wait: Wait::Nothing(time), .. } => Some(*time),
        _ => None,
    };
    match &step.action {
        Action::Either(outcomes) => outcomes.iter().filter_map(|outcome| outcome.steps.first()).find_map(own),
        _ => own(step),
    }
}

#[cfg(test)]
mod tests;
