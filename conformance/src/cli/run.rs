//! `hopspec run`.

use std::{
    cell::RefCell,
    env, fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    time::SystemTime,
};

use tokio::{sync::watch, task::LocalSet};

use super::{args::Run, failure::Failure, list::select, suite::Suite};
use crate::{
    clock::{Patience, Stopwatch},
    exit,
    report::{
        About, Console, Expectations, Report, TargetInfo, build, render_failure, render_summary, write_json,
    },
    runner::{Interrupt, Launch, Plan, Progress, RowResult, RunError, run as play_all},
    scenario::{Library, Mode, Row},
    target::{Definition, FindError, Offer, find_target, installed, version},
};

pub(super) fn run(suite: Option<&Path>, args: &Run) -> Result<u8, Failure> {
    let rerun = rerun(suite, args);
    let suite = Suite::find(suite)?;
    let library = suite.library()?;
    let (selection, rows) = select(&library, &args.selectors, &args.filter)?;
    writable(&args.report)?;
    if let Some(folder) = &args.transcripts {
        fs::create_dir_all(folder).map_err(|error| {
            Failure::plain(exit::USAGE, format!("cannot write to {}: {error}", folder.display()))
        })?;
    }
    let launch = launch(&suite, args)?;
    possible(args.mode, &launch)?;
    let expectations = expectations(&launch, args)?;
    let plan = Plan {
        launch,
        rows,
        catalogue: library.catalogue.clone(),
        jobs: usize::from(args.jobs),
        patience: Patience::scaled(args.timeout_scale),
        seed: args.seed,
        mode: args.mode,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(&error))?;
    let started = SystemTime::now();
    let watch = Stopwatch::start();
    let console = Console::new(plan.rows.len(), io::stderr().is_terminal(), args.quiet);
    let progress =
        Storing { console: &console, folder: args.transcripts.as_deref(), failed: RefCell::default() };
    let local = LocalSet::new();
    let (version, played, interrupted) = local.block_on(&runtime, async {
        let (wish, interrupt) = watch::channel(false);
        // From here on, before a target runs, a signal no longer ends us without ending the target.
        let asked = asked_to_end();
        tokio::task::spawn_local(async move {
            asked.await;
            let _ = wish.send(true);
        });
        let version = match &plan.launch {
            Launch::Program(definition) => version(definition).await,
            Launch::Address { .. } => None,
        };
        let played = play_all(&plan, &progress, Interrupt(interrupt.clone())).await;
        let interrupted = *interrupt.borrow();
        (version, played, interrupted)
    });
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
    // Shown first: what was found out must not be lost with a full disk.
    if unusable.is_none() {
        show(&report, &library, args);
    }
    if let Some(failure) = progress.failed.take() {
        return Err(failure);
    }
    for path in &args.report {
        write_json(&report, path).map_err(|error| Failure::ours(&error))?;
    }
    unusable.map_or(Ok(report.summary.exit_code), Err)
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

fn show(report: &Report, library: &Library, args: &Run) {
    let styled = io::stderr().is_terminal();
    for row in &report.rows {
        let passed = row.findings.is_empty() && row.note.is_none();
        if row.noteworthy() || (args.verbose && !passed) {
            let source = library
                .scenario(row.id.split(':').next().unwrap_or_default())
                .map(|scenario| &scenario.source);
            let block = render_failure(row, report.timing.rows.get(&row.id), source, styled);
            anstream::eprintln!("\n{}\n{block}", "-".repeat(80));
        }
    }
    let summary = render_summary(report);
    if args.quiet {
        anstream::eprintln!("{}", summary.lines().last().unwrap_or_default());
    } else {
        anstream::eprintln!("{summary}");
    }
}

/// A run of minutes must not end in a report that cannot be written.
fn writable(paths: &[PathBuf]) -> Result<(), Failure> {
    for path in paths {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let probe = tempfile::NamedTempFile::new_in(folder);
        let fault = probe
            .err()
            .map(|error| error.to_string())
            .or_else(|| path.is_dir().then(|| "it is a folder".to_owned()));
        if let Some(fault) = fault {
            return Err(Failure::plain(
                exit::USAGE,
                format!("cannot write the report to {}: {fault}", path.display()),
            ));
        }
    }
    Ok(())
}

fn launch(suite: &Suite, args: &Run) -> Result<Launch, Failure> {
    if let (Some(target), Some(origin)) = (args.target_addr, args.origin_addr) {
        return Ok(Launch::Address { target, origin, offers: Offer::by_contract() });
    }
    let found = match &args.target_file {
        Some(path) => Definition::load(path).map_err(FindError::from).and_then(installed),
        None => find_target(&args.target, &suite.targets()),
    };
    match found {
        Ok(definition) => {
            // Where a process cannot ask to follow its parent, the program is started as it is.
            let starter = if cfg!(target_os = "linux") { env::current_exe().ok() } else { None };
            Ok(Launch::Program(Box::new(Definition { starter, ..definition })))
        }
        Err(error @ (FindError::Definition(_) | FindError::Unknown { .. })) => Err(Failure::usage(&error)),
        Err(error) => Err(Failure::target(&error)),
    }
}

/// A target is reloaded only in a way that its definition names.
fn possible(mode: Option<Mode>, launch: &Launch) -> Result<(), Failure> {
    let why = match (mode, launch) {
        (Some(Mode::Reload), Launch::Address { .. }) => "it was not started by hopspec",
        (Some(Mode::Reload), Launch::Program(definition)) if definition.reload.is_none() => {
            "its definition says nothing of `reload`"
        }
        _ => return Ok(()),
    };
    Err(Failure::plain(exit::USAGE, format!("the target cannot be reloaded: {why}")))
}

fn expectations(launch: &Launch, args: &Run) -> Result<Expectations, Failure> {
    match launch {
        Launch::Program(definition) if !args.no_expectations && !definition.folder.as_os_str().is_empty() => {
            Expectations::load(&definition.folder.join(&definition.expectations))
                .map_err(|error| Failure::usage(&error))
        }
        _ => Ok(Expectations::default()),
    }
}

fn name(launch: &Launch) -> String {
    match launch {
        Launch::Program(definition) => definition.name.clone(),
        Launch::Address { target, .. } => target.to_string(),
    }
}

/// The command that plays one row, up to its id.
fn rerun(suite: Option<&Path>, args: &Run) -> String {
    // The wrapper in the repository says how it was called.
    let mut words = vec![env::var("HOPSPEC_CALLED_AS").unwrap_or_else(|_| "hopspec run".to_owned())];
    let mut flag = |flag: &str, value: String| words.push(format!("{flag} {}", quoted(&value)));
    match (&args.target_file, args.target_addr, args.origin_addr) {
        (Some(path), ..) => flag("--target-file", path.display().to_string()),
        (None, Some(target), Some(origin)) => {
            flag("--target-addr", target.to_string());
            flag("--origin-addr", origin.to_string());
        }
        _ if args.target == "reference" => {}
        _ => flag("--target", args.target.clone()),
    }
    if let Some(folder) = suite {
        flag("--suite", folder.display().to_string());
    }
    if args.no_expectations {
        words.push("--no-expectations".to_owned());
    }
    let mut flag = |flag: &str, value: String| words.push(format!("{flag} {}", quoted(&value)));
    if let Some(mode) = args.mode {
        flag("--mode", mode.name().to_owned());
    }
    if args.seed != 0 {
        flag("--seed", args.seed.to_string());
    }
    if args.timeout_scale != 1.0 {
        flag("--timeout-scale", args.timeout_scale.to_string());
    }
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
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

/// Resolves when someone asks us to end. The signals are ours from the call on, not from the first poll.
#[cfg(unix)]
fn asked_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let comes = |kind| {
        let signal = signal(kind);
        async move {
            match signal {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        }
    };
    let (interrupt, terminate) = (comes(SignalKind::interrupt()), comes(SignalKind::terminate()));
    async {
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    let _ = tokio::signal::ctrl_c().await;
}
