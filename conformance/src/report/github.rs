//! Workflow commands that a job on GitHub turns into annotations, at the scenario's line.

use std::fmt::Write;

use super::{
    model::Report,
    outcome::Outcome,
    plain::{one_line, plain},
};
use crate::judge::Verdict;

/// One command for each row that somebody has to look at, and for each recommendation that is not
/// followed and that no expectation names. `file` is what a row's file is called in the repository.
#[must_use]
pub fn render_annotations(report: &Report, file: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for row in &report.rows {
        let (command, why) = match row.outcome() {
            Outcome::Failed(why) | Outcome::Broken(why) => ("error", why),
            Outcome::Passed if row.verdict == Verdict::Warn => match row.findings.first() {
                Some(finding) => {
                    ("warning", format!("expected {}; came: {}", finding.expected, finding.came))
                }
                None => continue,
            },
            _ => continue,
        };
        let line = row.findings.first().map_or(1, |finding| finding.line);
        let title = format!("{} against {}: {}", row.verdict.name(), one_line(&report.target.name), row.id);
        let message = format!("{}\n{why}\nwhy it matters: {}\nrerun: {}", row.title, row.why, row.rerun);
        let _ = writeln!(
            text,
            "::{command} file={},line={line},title={}::{}",
            property(&file(&row.file)),
            property(&title),
            data(&message)
        );
    }
    text
}

/// What stands behind the last two colons.
fn data(text: &str) -> String {
    plain(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands between the commas.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
