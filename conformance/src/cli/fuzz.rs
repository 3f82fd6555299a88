//! `hopspec fuzz`.

mod compared;
mod files;
mod kept;
mod shown;

use std::path::Path;

use super::{
    args::{Fuzz, Run},
    failure::Failure,
    launch::{launch, name},
    signal::interruptible,
    suite::Suite,
};
use crate::{
    clock::Patience,
    exit,
    fuzz::{Bounds, Class, Find, Ground, Hunt, Key, Known, Maker, hunt, shrink_all},
    requirement::{Catalogue, Severity},
    runner::{Launch, Plan},
};
use kept::Kept;
use shown::Shown;

/// While cases are played, waits are this much shorter than usual: what lets one run out is played again,
/// with the usual ones, before it counts.
const QUICK: f64 = 0.15;

pub(super) fn fuzz(suite: Option<&Path>, args: &Fuzz) -> Result<u8, Failure> {
    let suite = Suite::find(suite)?;
    let run = |target: &str| {
        let file = args.target_file.as_deref().filter(|_| target == args.target);
        launch(&suite, &Run::everything(Some(target), file, args.jobs))
    };
    let one = run(&args.target)?;
    match &args.against {
        Some(other) => compared::compared(&suite, args, [one, run(other)?]),
        None => alone(&suite, args, &one),
    }
}

/// Looks for what one target owes and does not keep.
fn alone(suite: &Suite, args: &Fuzz, launch: &Launch) -> Result<u8, Failure> {
    let catalogue = &suite.catalogue()?;
    let known = known(launch)?;
    let target = name(launch);
    let folder = args.findings.join(&target);
    let kept = kept::rows(&folder, catalogue)?;
    let (quick, usual) = (plan(args, launch, catalogue, QUICK), plan(args, launch, catalogue, 1.0));
    let maker = maker(args, &Ground::of(&[usual.offer()]).map_err(|error| Failure::usage(&error))?)?;
    let shown = Shown::new(args.quiet, bounds(args));
    let (kept, hunted, not_shrunk) = interruptible(async |interrupt| {
        let kept = kept::play(&usual, kept, interrupt.clone()).await?;
        let mut hunted = hunt(&quick, &maker, bounds(args), &shown, interrupt.clone()).await?;
        let wanted: Vec<Key> = hunted.kinds.keys().filter(|key| known.of(key).is_none()).cloned().collect();
        let plans = (&quick, &usual);
        let shrunk = shrink_all(plans, &maker, &mut hunted, &wanted, &shown, interrupt.clone()).await;
        hunted.interrupted |= interrupt.wished();
        Ok((kept, hunted, shrunk.err().map(Failure::from)))
    })?;
    shown.finish();
    // Shown first: what was found must not be lost with a full disk.
    shown::render(&hunted, &kept, &known, &target);
    let written = files::write(&folder, &target, args, &hunted, &known)?;
    for path in &written {
        anstream::eprintln!("written: {}", path.display());
    }
    if let Some(failure) = not_shrunk {
        return Err(failure);
    }
    Ok(code(&hunted, &kept, &known))
}

fn plan(args: &Fuzz, launch: &Launch, catalogue: &Catalogue, scale: f64) -> Plan {
    Plan {
        launch: launch.clone(),
        rows: Vec::new(),
        catalogue: catalogue.clone(),
        jobs: usize::from(args.jobs),
        patience: Patience::scaled(scale * args.timeout_scale),
        seed: args.seed,
        mode: None,
        watcher: None,
    }
}

fn bounds(args: &Fuzz) -> Bounds {
    let cases = match (args.cases, args.time) {
        (None, None) => Some(Fuzz::CASES),
        (cases, _) => cases,
    };
    Bounds { first: args.first, cases, time: args.time }
}

fn maker(args: &Fuzz, ground: &Ground) -> Result<Maker, Failure> {
    let classes = if args.class.is_empty() { &Class::ALL[..] } else { &args.class };
    let maker = Maker::new(args.seed, classes, ground);
    if maker.classes().is_empty() {
        return Err(Failure::plain(exit::USAGE, "the target claims nothing that these classes need"));
    }
    Ok(maker)
}

fn known(launch: &Launch) -> Result<Known, Failure> {
    match launch {
        Launch::Program(definition) if !definition.folder.as_os_str().is_empty() => {
            Known::load(&definition.folder.join(Known::FILE)).map_err(|error| Failure::usage(&error))
        }
        _ => Ok(Known::default()),
    }
}

/// What a run comes to.
fn code(hunt: &Hunt, kept: &[Kept], known: &Known) -> u8 {
    let new = hunt.kinds.iter().filter(|(key, _)| known.of(key).is_none());
    let grave = new.filter(|(_, kind)| kind.seen.severity >= Severity::Inconclusive);
    let confirmed = |find: &Find| find.came.0 == find.came.1;
    let (sure, unsure): (Vec<_>, Vec<_>) =
        grave.partition(|(_, kind)| kind.find.as_ref().is_some_and(confirmed));
    if !hunt.faults.is_empty() {
        exit::OUR_FAULT
    } else if !sure.is_empty() || kept.iter().any(|kept| kept.fails() && !kept.is_known(known)) {
        exit::VIOLATION
    } else if hunt.interrupted || !unsure.is_empty() {
        exit::INCONCLUSIVE
    } else {
        exit::CONFORMANT
    }
}
