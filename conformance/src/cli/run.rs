//! `hopspec run`.

use std::{fs, io, path::Path};

use anstream::{AutoStream, ColorChoice};

use super::{
    args::Run,
    failure::Failure,
    launch::rerun,
    play::{Played, play},
    rendering::{Format, Rendering},
    report::{annotate, write},
    suite::Suite,
};
use crate::{
    exit,
    report::{Report, render_failure, render_summary},
    scenario::Library,
};

pub(super) fn run(suite: Option<&Path>, args: &Run) -> Result<u8, Failure> {
    let rerun = rerun(suite, args);
    let suite = Suite::find(suite)?;
    let mut library = suite.library()?;
    for folder in &args.with {
        library.add(folder)?;
    }
    writable(&args.report)?;
    if let Some(folder) = &args.transcripts {
        fs::create_dir_all(folder).map_err(|error| Failure::unwritable(exit::USAGE, folder, &error))?;
    }
    let Played { report, unusable, not_stored, .. } = play(&suite, &library, args, rerun)?;
    // Shown first: what was found out must not be lost with a full disk.
    if unusable.is_none() {
        show(&report, &library, args);
    }
    if let Some(failure) = not_stored {
        return Err(failure);
    }
    for rendering in &args.report {
        write(&report, rendering)?;
    }
    annotate(&report)?;
    unusable.map_or(Ok(report.summary.exit_code), Err)
}

fn show(report: &Report, library: &Library, args: &Run) {
    let styled = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
    for row in &report.rows {
        let passed = row.findings.is_empty() && row.note.is_none();
        if row.noteworthy() || (args.verbose && !passed) {
            let source = library.scenario(row.scenario()).map(|scenario| &scenario.source);
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
fn writable(renderings: &[Rendering]) -> Result<(), Failure> {
    for Rendering { path, format } in renderings {
        // A folder of pages is made when it is written.
        if *format == Format::Html {
            continue;
        }
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
