//! `hopspec expect`: holds a target's expectation file against a run, and brings it up to date.

use std::{fs, io, path::Path};

use super::{
    args::{Expect, Run},
    failure::{Failure, out},
    launch::{launch, rerun},
    play::play,
    suite::Suite,
    targets::Known,
};
use crate::{
    exit,
    judge::Verdict,
    report::{Readers, draft},
    runner::Launch,
    target::Definition,
};

pub(super) fn expect(named: Option<&Path>, args: &Expect) -> Result<u8, Failure> {
    let suite = Suite::find(named)?;
    let library = suite.library()?;
    let mut run = Run::everything(args.target.as_deref(), args.target_file.as_deref(), args.jobs);
    // The file may be without reasons, or of another suite: it is read here, and not by the run.
    run.no_expectations = true;
    let Launch::Program(definition) = launch(&suite, &run)? else {
        return Err(Failure::plain(exit::USAGE, "only a target with a definition has an expectation file"));
    };
    if definition.folder.as_os_str().is_empty() {
        return Err(Failure::plain(exit::USAGE, "a program without a definition has no expectation file"));
    }
    let path = definition.folder.join(&definition.expectations);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(Failure::plain(exit::USAGE, format!("cannot read {}: {error}", path.display())));
        }
    };
    let played = play(&suite, &library, &run, rerun(named, &run))?;
    if let Some(unusable) = played.unusable {
        return Err(unusable);
    }
    let summary = &played.report.summary;
    if summary.interrupted || summary.verdicts.contains_key(&Verdict::HarnessError) {
        return Err(Failure::plain(
            exit::INCONCLUSIVE,
            "the run did not come to its end: nothing was written",
        ));
    }
    let this = path.canonicalize().ok();
    let is_this = |other: &Definition| {
        let theirs = other.folder.join(&other.expectations);
        other.name != definition.name && theirs.canonicalize().ok() == this
    };
    let is_shared = this.is_some() && Known::of(&suite).sound.iter().any(is_this);
    let readers = if is_shared { Readers::OtherVersions } else { Readers::None };
    let draft = draft(&text, &path, &played.report, readers).map_err(|error| Failure::usage(&error))?;
    let mut told = String::new();
    for (what, rows) in [("no longer holds", &draft.gone), ("is new", &draft.new)] {
        rows.iter().for_each(|row| told += &format!("{what}: {row}\n"));
    }
    let changes = draft.gone.len() + draft.new.len();
    if changes == 0 {
        out(&format!("{} holds\n", path.display()))?;
        return Ok(exit::CONFORMANT);
    }
    if !args.update {
        out(&told)?;
        return Ok(exit::VIOLATION);
    }
    fs::write(&path, &draft.text).map_err(|error| {
        Failure::plain(exit::OUR_FAULT, format!("cannot write {}: {error}", path.display()))
    })?;
    told += &format!("{} was written; give a reason for what is new\n", path.display());
    out(&told)?;
    Ok(exit::CONFORMANT)
}
