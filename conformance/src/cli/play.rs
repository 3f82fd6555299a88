//! One run against one target, up to its report: what every command that plays rows has in common.

use std::{
    cell::RefCell,
    fs,
    io::{self, IsTerminal},
    path::Path,
    time::SystemTime,
};

use super::{
    args::Run,
    failure::Failure,
    launch::{expectations, launch, name, possible},
    list::select,
    signal::interruptible,
    suite::Suite,
};
use crate::{
    clock::{Patience, Stopwatch},
    exit,
    report::{About, Console, Report, TargetInfo, View, build, render_event},
    role::Watcher,
    runner::{Launch, Plan, Progress, RowResult, RunError, run as play_all},
    scenario::{Library, Role, Row},
    target::version,
    transcript::Event,
};

/// A run that is over.
pub(super) struct Played {
    pub(super) report: Report,
    /// Why the target could not be used at all; the report says so of each row.
    pub(super) unusable: Option<Failure>,
    /// A transcript that could not be stored.
    pub(super) not_stored: Option<Failure>,
}

/// Plays what `args` select against the target that they name. `rerun` is the command that plays one of
/// the rows again, up to its id.
pub(super) fn play(suite: &Suite, library: &Library, args: &Run, rerun: String) -> Result<Played, Failure> {
    let (selection, rows) = select(library, &args.selectors, &args.filter)?;
    let launch = launch(suite, args)?;
    possible(args.mode, &launch)?;
    let expectations = expectations(&launch, args)?;
    let plan = Plan {
        launch,
        rows,
        catalogue: library.catalogue.clone(),
        // Two exchanges at once would be hard to follow.
        jobs: if args.trace { 1 } else { usize::from(args.jobs) },
        patience: Patience::scaled(args.timeout_scale),
        seed: args.seed,
        mode: args.mode,
        watcher: args.trace.then_some(print_event as Watcher),
    };
    let started = SystemTime::now();
    let watch = Stopwatch::start();
    let view = match (args.quiet, args.trace) {
        (true, _) => View::Nothing,
        (_, true) => View::Trace,
        _ if io::stderr().is_terminal() => View::Bar,
        _ => View::Lines,
    };
    let console = Console::new(plan.rows.len(), view);
    let progress =
        Storing { console: &console, folder: args.transcripts.as_deref(), failed: RefCell::default() };
    let (version, played, interrupted) = interruptible(async |interrupt| {
        let version = match &plan.launch {
            Launch::Program(definition) => version(definition).await,
            Launch::Address { .. } => None,
        };
        let played = play_all(&plan, &progress, interrupt.clone()).await;
        Ok((version, played, interrupt.wished()))
    })?;
    console.finish();
    let (results, not_played, unusable) = match played {
        Ok((results, not_played)) => (results, not_played, None),
        Err(error) => (unplayed(&plan, &error), 0, Some(Failure::from(error))),
    };
    let about = About {
        target: TargetInfo {
            name: name(&plan.launch),
            version: version.as_ref().map(ToString::to_string),
            routes: plan.offer().routes.keys().copied().collect(),
        },
        selection: selection.words(),
        seed: args.seed,
        mode: args.mode,
        rerun,
        unusable: unusable.as_ref().map(|failure| failure.code),
        interrupted,
        not_played,
        started,
        took: watch.elapsed(),
        lanes: plan.jobs.min(plan.rows.len()),
    };
    let report = build(&about, &results, &plan.catalogue, &expectations.at(version.as_ref()));
    Ok(Played { report, unusable, not_stored: progress.failed.take() })
}

/// The wire as it happens.
fn print_event(event: &Event, role: Option<Role>) {
    anstream::eprint!("{}", render_event(event, role));
}

/// What is said of each row when the target could not be used at all.
fn unplayed(plan: &Plan, error: &RunError) -> Vec<RowResult> {
    // What the target printed is shown once, and not with every row.
    let error = error.to_string();
    let why = error.lines().next().unwrap_or_default();
    let result = |row: &Row| match plan.not_applicable(row) {
        Some(reason) => RowResult::not_applicable(row, reason),
        None => RowResult::down(row, format!("not played: {why}")),
    };
    plan.rows.iter().map(result).collect()
}

/// Stores each transcript as soon as it is whole, and passes on what the console shows.
struct Storing<'a> {
    console: &'a Console,
    folder: Option<&'a Path>,
    /// The first failure; the run goes on, and tells of it at its end.
    failed: RefCell<Option<Failure>>,
}

impl Progress for Storing<'_> {
    fn began(&self, row: &Row) {
        self.console.began(row);
    }

    fn over(&self, result: &RowResult) {
        self.console.over(result);
        if let Some(failure) = self.folder.and_then(|folder| store(result, folder).err()) {
            self.failed.borrow_mut().get_or_insert(failure);
        }
    }
}

fn store(result: &RowResult, folder: &Path) -> Result<(), Failure> {
    let Some(transcript) = &result.transcript else { return Ok(()) };
    let path = folder.join(format!("{}.json", result.row.id().replace(['/', ':'], "_")));
    let text = serde_json::to_string(transcript).map_err(|error| Failure::ours(&error))?;
    fs::write(&path, text)
        .map_err(|error| Failure::plain(exit::OUR_FAULT, format!("cannot write {}: {error}", path.display())))
}
