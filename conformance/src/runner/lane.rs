//! One running target with its own listen address and its own origin; one row at a time.

use std::{cell::RefCell, collections::BTreeSet, net::SocketAddr, time::Duration};

use super::{
    canary::{NotForwarded, plain_exchange},
    play::{Place, Scene, bindings, play},
    run::{Launch, Plan, RowResult, RunError},
};
use crate::{
    clock::{Stopwatch, deadline, pause},
    judge::{Judgement, Verdict},
    role::{OriginListener, Stage},
    scenario::{Capability, Mode, Route, Row, ScenarioId},
    target::{Addresses, Process, Reload, Started},
    wire::escape,
};

/// After so many rows in a row that took the target down, a lane gives up.
const GIVE_UP: u32 = 5;

/// After so many rows in a row, of all lanes, that let a wait run out, waits are shortened. The first
/// row that does not ends that.
const HURRY: usize = 16;

/// And of so many scenarios: the rows of one or two may well all wait in front of a target that is
/// otherwise quick.
const HURRY_SCENARIOS: usize = 8;

/// What the lanes of a run share.
#[derive(Debug, Default)]
pub struct Shared {
    addresses: Addresses,
    /// The scenarios of the rows in a row that let a wait run out.
    out_of_time: RefCell<Vec<ScenarioId>>,
}

impl Shared {
    fn hurries(&self) -> bool {
        let rows = self.out_of_time.borrow();
        rows.len() >= HURRY && rows.iter().collect::<BTreeSet<_>>().len() >= HURRY_SCENARIOS
    }

    fn note_time(&self, row: &Row, ran_out: bool) {
        let mut rows = self.out_of_time.borrow_mut();
        if ran_out {
            rows.push(row.scenario.id.clone());
        } else {
            rows.clear();
        }
    }
}

/// One running target with its own listen address and its own origin.
pub struct Lane<'a> {
    plan: &'a Plan,
    shared: &'a Shared,
    origin: OriginListener,
    process: Option<Process>,
    target: SocketAddr,
    downs: u32,
    /// How long the last plain exchange took.
    exchange: Duration,
}

impl<'a> Lane<'a> {
    /// Starts a target and waits until it forwards. `gate`: try every route that it offers.
    ///
    /// # Errors
    ///
    /// When the target cannot be used, or the origin cannot listen.
    pub async fn open(plan: &'a Plan, shared: &'a Shared, gate: bool) -> Result<Self, RunError> {
        let (bind, target) = match &plan.launch {
            Launch::Program(_) => (SocketAddr::new(shared.addresses.origin_host(), 0), None),
            Launch::Address { target, origin, .. } => (*origin, Some(*target)),
        };
        let origin =
            OriginListener::bind(bind).map_err(|source| RunError::Origin { address: bind, source })?;
        let target = target.unwrap_or(bind);
        let mut lane =
            Self { plan, shared, origin, process: None, target, downs: 0, exchange: Duration::ZERO };
        lane.start().await?;
        if gate {
            lane.gate().await?;
        }
        Ok(lane)
    }

    async fn start(&mut self) -> Result<(), RunError> {
        if let Launch::Program(definition) = &self.plan.launch {
            let process = Process::start(definition, self.origin.address(), &self.shared.addresses)?;
            self.target = process.address();
            self.process = Some(process);
        }
        let ready = self.ready().await;
        if ready.is_err() {
            self.stop().await;
        }
        ready
    }

    /// Waits until a plain request goes through. A dead process ends the wait at once.
    async fn ready(&self) -> Result<(), RunError> {
        let patience = &self.plan.patience;
        let (route, prefix) =
            self.plan.offer().routes.iter().next_back().expect("a definition offers a route");
        let watch = Stopwatch::start();
        let mut wait = Duration::from_millis(1);
        loop {
            let attempt = plain_exchange(&self.origin, self.target, prefix, "hop-ready", patience);
            let ended = async {
                match &self.process {
                    Some(process) => process.ended().await,
                    None => std::future::pending().await,
                }
            };
            let failed: NotForwarded = tokio::select! {
                result = attempt => match result {
                    Ok(()) => return Ok(()),
                    Err(failed) => failed,
                },
                () = ended => String::new().into(),
            };
            let log = self.log();
            if let Started::Ended(how) = self.state() {
                return Err(RunError::Died { how, log });
            }
            // A refused connection means that it is still starting; a wrong answer seldom mends itself.
            let (slow, usual) = match &self.plan.launch {
                Launch::Program(definition) => {
                    (definition.ready_within.is_some(), definition.ready_within(patience.ready))
                }
                Launch::Address { .. } => (false, patience.ready),
            };
            let limit = if failed.refused || slow { usual } else { patience.step };
            if watch.elapsed() >= limit {
                return Err(RunError::NotReady { route: *route, why: failed.why, log });
            }
            pause(wait).await;
            wait = (wait * 2).min(Duration::from_millis(50));
        }
    }

    /// The smoke gate: nothing is judged on a route that does not forward at all.
    async fn gate(&mut self) -> Result<(), RunError> {
        for (route, prefix) in &self.plan.offer().routes {
            let tried =
                plain_exchange(&self.origin, self.target, prefix, "hop-smoke", &self.plan.patience).await;
            if let Err(NotForwarded { why, .. }) = tried {
                let state = self.state_after_silence().await;
                let log = self.log();
                self.stop().await;
                return Err(match state {
                    Started::Ended(how) => RunError::Died { how, log },
                    Started::Running => RunError::NotReady { route: *route, why, log },
                });
            }
        }
        Ok(())
    }

    /// Has the target take its configuration anew, and waits until it forwards again.
    async fn reload(&mut self) -> Result<(), RunError> {
        let signal = match &self.plan.launch {
            Launch::Program(definition) => definition.reload.and_then(Reload::signal),
            Launch::Address { .. } => None,
        };
        if let (Some(signal), Some(process)) = (signal, &self.process) {
            process.reload(signal);
            self.ready().await
        } else {
            self.stop().await;
            self.start().await
        }
    }

    /// Plays one row, and makes sure that the target survived it.
    pub async fn play(&mut self, row: &Row) -> RowResult {
        let watch = Stopwatch::start();
        let mut result = self.play_alone(row).await;
        if result.was_played() {
            self.look_after(&mut result).await;
            result.micros = micros(&watch);
        }
        result
    }

    /// Plays one row, and asks no more of the target afterwards than whether its process runs: whoever
    /// plays very many rows can look after it now and then.
    pub async fn play_alone(&mut self, row: &Row) -> RowResult {
        if let Some(reason) = self.plan.not_applicable(row) {
            return RowResult::not_applicable(row, reason);
        }
        if self.has_given_up() {
            return RowResult::down(row, format!("not played: {GIVE_UP} rows in a row took the target down"));
        }
        let is_gone = self.process.is_none() && matches!(self.plan.launch, Launch::Program(_));
        let back = if self.plan.mode == Some(Mode::Reload) {
            self.reload().await
        } else if is_gone {
            self.start().await
        } else {
            Ok(())
        };
        if let Err(error) = back {
            self.downs += 1;
            return RowResult::down(row, format!("the target did not come back: {}", chain(&error)));
        }
        let watch = Stopwatch::start();
        let prefix = self.plan.offer().routes.get(&row.route).map_or("/", String::as_str);
        let place = Place { target: self.target, origin: self.origin.address(), prefix };
        let mut names = bindings(row, &place, self.plan.seed);
        if !self.plan.offer().capabilities.contains(&Capability::RawTunnel) {
            names.set_reframed();
        }
        if let Launch::Program(definition) = &self.plan.launch {
            names.set_varying(&definition.varying);
            names.set_added(&definition.adds.requests, &definition.adds.responses);
        }
        let stage = Stage::watched(self.plan.watcher);
        self.origin.serve(Some(stage.clone()));
        let hurried = self.shared.hurries() && !row.scenario.slow;
        let usual = self.plan.patience;
        let patience = if hurried { usual.hurried(self.exchange) } else { usual };
        let scene = Scene {
            stage: &stage,
            place,
            origin: &self.origin,
            process: self.process.as_ref(),
            patience: &patience,
            mode: self.plan.mode,
        };
        let played = play(row, &self.plan.catalogue, names, scene).await;
        self.origin.serve(None);
        let result = match played {
            Ok(played) => {
                self.shared.note_time(row, played.ran_out);
                let hurried = hurried && played.ran_out;
                let note = || format!("waits were shortened: {HURRY} rows or more had let one run out");
                RowResult {
                    note: hurried.then(note),
                    ..RowResult::of(row, played.judgement, played.transcript)
                }
            }
            Err(error) => RowResult::harness_error(row, chain(&error)),
        };
        let mut result = RowResult { micros: micros(&watch), ..result };
        if let Started::Ended(how) = self.state() {
            self.lost(&mut result, format!("the target {how}")).await;
        }
        result
    }

    /// Finds out whether the target survived a row, and ends it if it did not.
    pub async fn look_after(&mut self, result: &mut RowResult) {
        if self.process.is_none() && matches!(self.plan.launch, Launch::Program(_)) {
            // That it did not was seen while the row was played.
            return;
        }
        let alive = self.canary().await;
        let state = match alive {
            Ok(()) => self.state(),
            Err(_) => self.state_after_silence().await,
        };
        let failures = self.process.as_ref().map(Process::log_failures).unwrap_or_default();
        let down = match (state, alive, failures.last()) {
            (Started::Ended(how), ..) => format!("the target {how}"),
            (Started::Running, Err(failed), _) => {
                format!("the target does not serve any more: {}", failed.why)
            }
            (Started::Running, Ok(()), Some(line)) => {
                format!("the target reported a failure of its own: {}", escape(line.as_bytes()))
            }
            (Started::Running, Ok(()), None) => {
                self.downs = 0;
                return;
            }
        };
        self.lost(result, down).await;
    }

    /// Says of a row that it took the target down.
    async fn lost(&mut self, result: &mut RowResult, down: String) {
        result.judgement.verdict = Verdict::TargetDown;
        result.note = Some(down);
        result.log = Some(self.log());
        self.downs += 1;
        // The next row starts it anew.
        self.stop().await;
    }

    /// A plain exchange. A target may keep away from an origin that failed it in the row before, and says
    /// so; that is over soon.
    async fn canary(&mut self) -> Result<(), NotForwarded> {
        let patience = &self.plan.patience;
        let began = Stopwatch::start();
        loop {
            let once = Stopwatch::start();
            let alive =
                plain_exchange(&self.origin, self.target, self.canary_prefix(), "hop-canary", patience).await;
            self.exchange = once.elapsed();
            match alive {
                Err(failed) if failed.passing && began.elapsed() < patience.step => {
                    pause(patience.grace).await
                }
                other => return other,
            }
        }
    }

    /// Whether it takes the target for lost.
    pub fn has_given_up(&self) -> bool {
        self.downs >= GIVE_UP
    }

    /// The end of what the process printed.
    fn log(&self) -> String {
        self.process.as_ref().map(Process::log_tail).unwrap_or_default()
    }

    fn state(&self) -> Started {
        self.process.as_ref().map_or(Started::Running, Process::state)
    }

    /// How the process is doing, once an exchange has failed.
    async fn state_after_silence(&self) -> Started {
        // A process that dies does so before its connections are gone, but we may see that first.
        if let Some(process) = &self.process {
            let _ = deadline(self.plan.patience.grace, process.ended()).await;
        }
        self.state()
    }

    fn canary_prefix(&self) -> &'a str {
        let routes = &self.plan.offer().routes;
        // Plain if it is offered: nothing is configured there that could be at fault.
        routes.get(&Route::Plain).or_else(|| routes.values().next()).map_or("/", String::as_str)
    }

    /// Ends the target.
    pub async fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop(&self.plan.patience).await;
        }
    }
}

fn micros(watch: &Stopwatch) -> u64 {
    u64::try_from(watch.elapsed().as_micros()).unwrap_or(u64::MAX)
}

impl RowResult {
    /// Whether the target had to do with it.
    fn was_played(&self) -> bool {
        self.transcript.is_some() || self.judgement.verdict == Verdict::HarnessError
    }

    fn of(row: &Row, judgement: Judgement, transcript: crate::transcript::Transcript) -> Self {
        Self { row: row.clone(), judgement, note: None, log: None, transcript: Some(transcript), micros: 0 }
    }

    fn bare(row: &Row, verdict: Verdict, note: String) -> Self {
        let judgement = Judgement { verdict, outcome: None, findings: Vec::new(), turns: Vec::new() };
        Self { row: row.clone(), judgement, note: Some(note), log: None, transcript: None, micros: 0 }
    }

    /// A row that does not apply to the target.
    #[must_use]
    pub fn not_applicable(row: &Row, reason: String) -> Self {
        Self::bare(row, Verdict::NotApplicable, reason)
    }

    /// A row that was not played, because the target was down.
    #[must_use]
    pub fn down(row: &Row, reason: String) -> Self {
        Self::bare(row, Verdict::TargetDown, reason)
    }

    fn harness_error(row: &Row, reason: String) -> Self {
        Self::bare(row, Verdict::HarnessError, reason)
    }
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
