//! From the words of a command line to a target that can be started, and back to the words of a rerun.

use std::{env, path::Path};

use super::{args::Run, failure::Failure, suite::Suite};
use crate::{
    exit,
    report::Expectations,
    runner::Launch,
    scenario::Mode,
    target::{Definition, FindError, Offer, find_target, installed},
};

pub(super) fn launch(suite: &Suite, args: &Run) -> Result<Launch, Failure> {
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
pub(super) fn possible(mode: Option<Mode>, launch: &Launch) -> Result<(), Failure> {
    let why = match (mode, launch) {
        (Some(Mode::Reload), Launch::Address { .. }) => "it was not started by hopspec",
        (Some(Mode::Reload), Launch::Program(definition)) if definition.reload.is_none() => {
            "its definition says nothing of `reload`"
        }
        _ => return Ok(()),
    };
    Err(Failure::plain(exit::USAGE, format!("the target cannot be reloaded: {why}")))
}

pub(super) fn expectations(launch: &Launch, args: &Run) -> Result<Expectations, Failure> {
    match launch {
        Launch::Program(definition) if !args.no_expectations && !definition.folder.as_os_str().is_empty() => {
            Expectations::load(&definition.folder.join(&definition.expectations))
                .map_err(|error| Failure::usage(&error))
        }
        _ => Ok(Expectations::default()),
    }
}

pub(super) fn name(launch: &Launch) -> String {
    match launch {
        Launch::Program(definition) => definition.name.clone(),
        Launch::Address { target, .. } => target.to_string(),
    }
}

/// The command that plays one row, up to its id.
pub(super) fn rerun(suite: Option<&Path>, args: &Run) -> String {
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
    for folder in &args.with {
        flag("--with", folder.display().to_string());
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
