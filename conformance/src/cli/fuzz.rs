//! `hopspec fuzz`.

mod files;
mod shown;

use std::path::Path;

use tokio::{sync::watch, task::LocalSet};

use super::{
    args::{Fuzz, Run},
    failure::Failure,
    launch::{launch, name},
    signal::asked_to_end,
    suite::Suite,
};
use crate::{
    clock::Patience,
    exit,
    fuzz::{Bounds, Class, Ground, Hunt, Key, Known, Maker, hunt, shrink_all},
    requirement::Severity,
    runner::{Interrupt, Launch, Plan},
};
use shown::Shown;

/// While cases are played, waits are this much shorter than usual: what lets one run out is played again,
/// with the usual ones, before it counts.
const QUICK: f64 = 0.15;

pub(super) fn fuzz(suite: Option<&Path>, args: &Fuzz) -> Result<u8, Failure> {
    let suite = Suite::find(suite)?;
    let library = suite.library()?;
    let run = Run::everything(Some(&args.target), args.target_file.as_deref(), args.jobs);
    let launch = launch(&suite, &run)?;
    let known = known(&launch)?;
    let plan = |scale: f64| Plan {
        launch: launch.clone(),
        rows: Vec::new(),
        catalogue: library.catalogue.clone(),
        jobs: usize::from(args.jobs),
        patience: Patience::scaled(scale * args.timeout_scale),
        seed: args.seed,
        mode: None,
        watcher: None,
    };
    let (quick, usual) = (plan(QUICK), plan(1.0));
    let ground = Ground::of(&[usual.offer()]).map_err(|error| Failure::usage(&error))?;
    let classes = if args.class.is_empty() { Class::ALL.to_vec() } else { args.class.clone() };
    let maker = Maker::new(args.seed, &classes, &ground);
    if maker.classes().is_empty() {
        return Err(Failure::plain(exit::USAGE, "the target claims nothing that these classes need"));
    }
    let cases = match (args.cases, args.time) {
        (None, None) => Some(Fuzz::CASES),
        (cases, _) => cases,
    };
    let bounds = Bounds { first: args.first, cases, time: args.time };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(&error))?;
    let shown = Shown::new(args.quiet, bounds);
    let local = LocalSet::new();
    let (hunted, not_shrunk) = local.block_on(&runtime, async {
        let (wish, interrupt) = watch::channel(false);
        let asked = asked_to_end();
        tokio::task::spawn_local(async move {
            asked.await;
            let _ = wish.send(true);
        });
        let mut hunted = hunt(&quick, &maker, bounds, &shown, Interrupt(interrupt.clone())).await?;
        let wanted: Vec<Key> = hunted.kinds.keys().filter(|key| known.of(key).is_none()).cloned().collect();
        let shrunk =
            shrink_all((&quick, &usual), &maker, &mut hunted, &wanted, &shown, Interrupt(interrupt.clone()))
                .await;
        hunted.interrupted |= *interrupt.borrow();
        Ok::<_, Failure>((hunted, shrunk.err().map(Failure::from)))
    })?;
    shown.finish();
    let target = name(&launch);
    let written = files::write(&args.findings.join(&target), &target, args, &hunted, &known)?;
    shown::render(&hunted, &known, &written, &target);
    if let Some(failure) = not_shrunk {
        return Err(failure);
    }
    Ok(code(&hunted, &known))
}

fn known(launch: &Launch) -> Result<Known, Failure> {
    match launch {
        Launch::Program(definition) if !definition.folder.as_os_str().is_empty() => {
            Known::load(&definition.folder.join("fuzz.toml")).map_err(|error| Failure::usage(&error))
        }
        _ => Ok(Known::default()),
    }
}

/// What a run comes to.
fn code(hunt: &Hunt, known: &Known) -> u8 {
    let new = hunt.kinds.iter().filter(|(key, _)| known.of(key).is_none());
    let grave = new.filter(|(_, kind)| kind.seen.severity >= Severity::Inconclusive);
    let confirmed = |find: &crate::fuzz::Find| find.came.0 == find.came.1;
    let (sure, unsure): (Vec<_>, Vec<_>) =
        grave.partition(|(_, kind)| kind.find.as_ref().is_some_and(confirmed));
    if !hunt.faults.is_empty() {
        exit::OUR_FAULT
    } else if !sure.is_empty() {
        exit::VIOLATION
    } else if hunt.interrupted || !unsure.is_empty() {
        exit::INCONCLUSIVE
    } else {
        exit::CONFORMANT
    }
}
