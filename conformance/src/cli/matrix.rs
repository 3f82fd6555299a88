//! `hopspec matrix`: runs every installed target, and publishes what came out.

use std::{fs, path::Path, sync::Mutex, thread};

use super::{
    args::{Matrix as Args, Run},
    failure::Failure,
    launch::rerun,
    play::play,
    results::{published, unreadable},
    suite::Suite,
    targets::Known,
};
use crate::{
    exit,
    judge::Verdict,
    report::{Matrix, Report, RowReport, Standing, matrix_markdown, publish, render_summary, write_whole},
    scenario::Library,
    target::{Definition, FindError, installed},
};

/// Between these lines of the README stands the table.
const BEGIN: &str = "<!-- The table is written by `cargo xtask matrix`. -->\n";
const END: &str = "<!-- End of the table. -->\n";

const SUITE_VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn matrix(named: Option<&Path>, args: &Args) -> Result<u8, Failure> {
    let suite = Suite::find(named)?;
    let results = suite.results();
    let ran = if args.tables { Ok(()) } else { run_all(&suite, named, args, &results) };
    // Whatever a run could not publish, the tables show what is published.
    let tables = write_tables(&suite, &results);
    ran?;
    tables?;
    Ok(exit::CONFORMANT)
}

fn write_tables(suite: &Suite, results: &Path) -> Result<(), Failure> {
    fs::create_dir_all(results).map_err(|error| unreadable(results, &error))?;
    let matrix = Matrix::of(SUITE_VERSION, &published(results)?);
    let json = serde_json::to_string_pretty(&matrix).map_err(|error| Failure::ours(&error))?;
    write(&(json + "\n"), &results.join("matrix.json"))?;
    let readme = suite.readme();
    let text = fs::read_to_string(&readme).map_err(|error| unreadable(&readme, &error))?;
    let folder = format!("conformance/results/{SUITE_VERSION}");
    let text = with_table(&text, &matrix_markdown(&matrix, &folder)).ok_or_else(|| {
        let text = format!("{} has no place for the table: `{}`", readme.display(), BEGIN.trim_end());
        Failure::plain(exit::USAGE, text)
    })?;
    write(&text, &readme)
}

/// Runs the targets that are wanted and installed, a few side by side, and writes what they came to.
fn run_all(suite: &Suite, named: Option<&Path>, args: &Args, results: &Path) -> Result<(), Failure> {
    let library = suite.library()?;
    let known = Known::of(suite);
    let wanted =
        if args.names.is_empty() { known.sound.iter().collect() } else { known.named(&args.names)? };
    let mut found = Vec::new();
    for definition in wanted {
        match installed(definition.clone()) {
            Ok(definition) => found.push(definition),
            Err(error @ FindError::NotInstalled { .. }) if args.names.is_empty() => {
                anstream::eprintln!("left out: {error}");
            }
            Err(error) => return Err(Failure::target(&error)),
        }
    }
    let queue = Mutex::new(found.into_iter());
    let (refused, failed) = (Mutex::new(Vec::new()), Mutex::new(None));
    thread::scope(|scope| {
        for _ in 0..args.abreast {
            scope.spawn(|| {
                while let Some(definition) = queue.lock().ok().and_then(|mut queue| queue.next()) {
                    let played = one(suite, named, &library, &definition, args.jobs);
                    let stored = played.and_then(|played| match played {
                        Ok(report) => store(&report, &definition, results).map(|()| None),
                        Err(why) => Ok(Some(why)),
                    });
                    match stored {
                        Ok(None) => {}
                        Ok(Some(why)) => {
                            anstream::eprintln!("{}: not published: {why}", definition.name);
                            if let Ok(mut refused) = refused.lock() {
                                refused.push(definition.name.clone());
                            }
                        }
                        // Our own fault, or an interruption: the others would meet it too.
                        Err(failure) => {
                            if let (Ok(mut queue), Ok(mut failed)) = (queue.lock(), failed.lock()) {
                                queue.by_ref().for_each(drop);
                                failed.get_or_insert(failure);
                            }
                            return;
                        }
                    }
                }
            });
        }
    });
    if let Some(failure) = failed.into_inner().ok().flatten() {
        return Err(failure);
    }
    if args.names.is_empty() {
        known.none_is_broken()?;
    }
    match refused.into_inner().unwrap_or_default() {
        refused if refused.is_empty() => Ok(()),
        refused => Err(Failure::plain(exit::VIOLATION, format!("not published: {}", refused.join(", ")))),
    }
}

fn store(report: &Report, definition: &Definition, results: &Path) -> Result<(), Failure> {
    let published = publish(report, definition);
    let folder = results.join(&definition.name);
    fs::create_dir_all(&folder).map_err(|error| unreadable(&folder, &error))?;
    write(&published.to_json(), &folder.join(format!("{}.json", published.target.version)))
}

/// One run, or why it is not to be published.
fn one(
    suite: &Suite,
    named: Option<&Path>,
    library: &Library,
    definition: &Definition,
    jobs: u16,
) -> Result<Result<Report, String>, Failure> {
    let run = Run::everything(Some(&definition.name), None, jobs);
    let played = play(suite, library, &run, rerun(named, &run))?;
    let report = played.report;
    anstream::eprintln!("{}", render_summary(&report).lines().last().unwrap_or_default());
    if report.summary.interrupted {
        return Err(Failure::plain(exit::INCONCLUSIVE, "interrupted: what was published so far stays"));
    }
    if let Some(unusable) = played.unusable {
        unusable.print();
        return Ok(Err("it could not be used".to_owned()));
    }
    // A verdict that nobody has looked at is not published.
    let is_open = |row: &&RowReport| match row.standing {
        Standing::Known => false,
        Standing::Fine => matches!(row.verdict, Verdict::Warn | Verdict::Inconclusive),
        Standing::Unexpected | Standing::Unmet => true,
    };
    let open: Vec<&RowReport> = report.rows.iter().filter(is_open).collect();
    Ok(match (open.first(), report.summary.exit_code) {
        (None, exit::CONFORMANT) => Ok(report),
        (None, code) => Err(format!("the run ended with {code}")),
        (Some(first), _) => Err(format!(
            "its expectation file does not explain {} rows, such as {}: {}",
            open.len(),
            first.id,
            first.verdict.name()
        )),
    })
}

/// `text` with `table` in its place.
fn with_table(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

fn write(text: &str, path: &Path) -> Result<(), Failure> {
    write_whole(text, path).map_err(|error| Failure::ours(&error))
}
