//! A run: rows are dealt to lanes as they become free, and the results come back in row order.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io,
    net::SocketAddr,
    rc::Rc,
};

use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, join_all},
};
use tokio::sync::watch;

use super::lane::{Lane, Shared};
use crate::{
    clock::Patience,
    judge::Judgement,
    requirement::Catalogue,
    role::Watcher,
    scenario::{Mode, Route, Row},
    target::{Definition, Offer, StartError},
    transcript::Transcript,
    wire::escape,
};

/// Where the target comes from.
#[derive(Clone, Debug)]
pub enum Launch {
    /// We start it, once for each lane.
    Program(Box<Definition>),
    /// It runs already, somewhere, and forwards to an address of ours.
    Address {
        /// Where it listens.
        target: SocketAddr,
        /// Where it expects the origin.
        origin: SocketAddr,
        /// What it offers.
        offers: Offer,
    },
}

/// Everything that a run needs to know.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The target.
    pub launch: Launch,
    /// What is played, in the order of the report.
    pub rows: Vec<Row>,
    /// The rules.
    pub catalogue: Catalogue,
    /// How many lanes.
    pub jobs: usize,
    /// Bounds of every wait.
    pub patience: Patience,
    /// From which generated values are derived.
    pub seed: u64,
    /// Under which conditions, if not the usual ones.
    pub mode: Option<Mode>,
    /// Who is told of every event of a row as it happens.
    pub watcher: Option<Watcher>,
}

impl Plan {
    /// What the target offers.
    #[must_use]
    pub fn offer(&self) -> &Offer {
        match &self.launch {
            Launch::Program(definition) => &definition.offers,
            Launch::Address { offers, .. } => offers,
        }
    }

    /// Why a row does not apply to the target.
    #[must_use]
    pub fn not_applicable(&self, row: &Row) -> Option<String> {
        let offer = self.offer();
        let (what, name) = if offer.routes.contains_key(&row.route) {
            let missing = row.needs().find(|need| !offer.capabilities.contains(need))?;
            ("does not claim", missing.name())
        } else {
            ("offers no route", row.route.name())
        };
        let reason = match &self.launch {
            Launch::Program(definition) => definition.without.get(name),
            Launch::Address { .. } => None,
        };
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        Some(format!("the target {what} `{name}`{reason}"))
    }
}

/// What became of one row.
#[derive(Clone, Debug)]
pub struct RowResult {
    /// The row.
    pub row: Row,
    /// The verdict on it.
    pub judgement: Judgement,
    /// Why it was not played, or how the target went down.
    pub note: Option<String>,
    /// The end of the target's log, when it went down.
    pub log: Option<String>,
    /// What happened, when it was played: whole for [`Progress::over`], and shortened afterwards, so
    /// that a run against a flood does not fill the memory.
    pub transcript: Option<Transcript>,
    /// How long it took, the canary included, in microseconds.
    pub micros: u64,
}

/// What a run tells while it goes on.
pub trait Progress {
    /// A lane began a row.
    fn began(&self, row: &Row);
    /// A row is over.
    fn over(&self, result: &RowResult);
}

/// Why a run could not take place.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The target cannot be started.
    #[error("the target did not start")]
    Start(#[from] StartError),
    /// The target ended before it was ready.
    #[error("the target {how} before it was ready{}", quoted(log))]
    Died {
        /// How it ended.
        how: String,
        /// What it printed.
        log: String,
    },
    /// The target runs, and a plain request does not go through.
    #[error("the target does not forward a plain request on route `{route}`: {why}{}", quoted(log))]
    NotReady {
        /// The route.
        route: Route,
        /// What came instead.
        why: String,
        /// What it printed.
        log: String,
    },
    /// The origin cannot listen: our fault, or the address is taken.
    #[error("the origin cannot listen on {address}")]
    Origin {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

fn quoted(log: &str) -> String {
    let lines: String = log.lines().map(|line| format!("\n  | {}", escape(line.as_bytes()))).collect();
    if lines.is_empty() { lines } else { format!("; it printed:{lines}") }
}

/// A wish to end a run early.
#[derive(Clone, Debug)]
pub struct Interrupt(pub watch::Receiver<bool>);

impl Interrupt {
    /// Whether somebody wishes it.
    #[must_use]
    pub fn wished(&self) -> bool {
        *self.0.borrow()
    }

    async fn wish(&mut self) {
        if self.0.wait_for(|wished| *wished).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Plays every row of `plan`. The second value: rows that were not played because of `interrupt`.
///
/// # Errors
///
/// When no lane could be opened. A target that fails later is reported with its rows.
pub async fn run(
    plan: &Plan,
    progress: &dyn Progress,
    interrupt: Interrupt,
) -> Result<(Vec<RowResult>, usize), RunError> {
    let shared = Shared::default();
    let mut wish = interrupt.clone();
    // The first lane alone shows whether the target can be used at all.
    let first = tokio::select! {
        lane = Lane::open(plan, &shared, true) => lane?,
        () = wish.wish() => return Ok((Vec::new(), plan.rows.len())),
    };
    let lanes = match plan.launch {
        Launch::Program(_) => plan.jobs.clamp(1, plan.rows.len().max(1)),
        Launch::Address { .. } => 1,
    };
    // Rows that wait for configured timeouts start first, so that the others fill the wait.
    let mut order: Vec<usize> = (0..plan.rows.len()).collect();
    order.sort_by_key(|&at| !plan.rows[at].scenario.slow);
    let deal = Deal {
        lanes: Rc::new(Cell::new(lanes)),
        queue: Rc::new(RefCell::new(order.into())),
        results: Rc::new(RefCell::new(plan.rows.iter().map(|_| None).collect())),
    };
    let mut work: Vec<LocalBoxFuture<'_, ()>> =
        vec![deal.clone().work(plan, first, progress, interrupt.clone()).boxed_local()];
    for _ in 1..lanes {
        let (deal, mut interrupt, shared) = (deal.clone(), interrupt.clone(), &shared);
        let lane = async move {
            let opened = tokio::select! {
                opened = Lane::open(plan, shared, false) => opened,
                () = interrupt.wish() => return,
            };
            // The first lane works, so this is a passing trouble: the other lanes take the rows.
            match opened {
                Ok(lane) => deal.work(plan, lane, progress, interrupt).await,
                Err(_) => deal.leave(),
            }
        };
        work.push(lane.boxed_local());
    }
    join_all(work).await;
    let results = deal.results.take();
    let missing = results.iter().filter(|result| result.is_none()).count();
    Ok((results.into_iter().flatten().collect(), missing))
}

/// The rows still to be played, and the results so far.
#[derive(Clone)]
struct Deal {
    /// How many lanes are left.
    lanes: Rc<Cell<usize>>,
    queue: Rc<RefCell<VecDeque<usize>>>,
    results: Rc<RefCell<Vec<Option<RowResult>>>>,
}

impl Deal {
    async fn work(self, plan: &Plan, mut lane: Lane<'_>, progress: &dyn Progress, mut interrupt: Interrupt) {
        loop {
            // It would say of every row that it cannot be played; the others can still play them.
            if lane.has_given_up() && self.lanes.get() > 1 {
                self.leave();
                break;
            }
            let next = self.queue.borrow_mut().pop_front();
            let Some(at) = next.filter(|_| !interrupt.wished()) else { break };
            let row = &plan.rows[at];
            progress.began(row);
            let mut result = tokio::select! {
                result = lane.play(row) => result,
                () = interrupt.wish() => break,
            };
            progress.over(&result);
            if let Some(transcript) = &mut result.transcript {
                transcript.events = transcript.shortened();
            }
            self.results.borrow_mut()[at] = Some(result);
        }
        lane.stop().await;
    }

    fn leave(&self) {
        self.lanes.set(self.lanes.get() - 1);
    }
}
