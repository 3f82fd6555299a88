//! What a row means to a reader that knows passed, failed, broken and passed over: CI systems.

use super::{
    model::{Report, RowReport, Standing},
    plain::one_line,
};
use crate::judge::Verdict;

/// What became of a row, in the terms of test frameworks, each with one line that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As it should be, allowed, or a recommendation that is not followed.
    Passed,
    /// A rule is broken, or the expectation file says otherwise.
    Failed(String),
    /// Nothing can be said of the target: the mistake is elsewhere.
    Broken(String),
    /// A deviation that the expectation file names.
    Known(String),
    /// It does not apply to the target.
    Skipped(String),
}

impl Report {
    /// The suite, the target and its version, in one line.
    pub(super) fn title(&self) -> String {
        let version = self.target.version_shown();
        let mode = self.mode.map(|mode| format!(", mode {}", mode.name())).unwrap_or_default();
        one_line(&format!("hopspec {}: {} ({version}){mode}", self.suite_version, self.target.name))
    }
}

impl RowReport {
    pub(super) fn outcome(&self) -> Outcome {
        let verdict = self.verdict.name();
        let named = match &self.outcome {
            Some(outcome) => format!("{verdict} ({outcome})"),
            None => verdict.to_owned(),
        };
        let note = self.note.as_deref().unwrap_or_default();
        match (self.standing, &self.known, self.verdict) {
            (_, _, Verdict::HarnessError) => Outcome::Broken(one_line(&format!("our own fault: {note}"))),
            (_, _, Verdict::NotApplicable) => Outcome::Skipped(one_line(note)),
            (Standing::Known, _, Verdict::Pass | Verdict::Observed) => Outcome::Passed,
            (Standing::Known, Some(known), _) => {
                Outcome::Known(one_line(&format!("{verdict}: {}", known.reason)))
            }
            (Standing::Unmet, Some(known), _) => {
                let said = known.verdict.name();
                Outcome::Failed(one_line(&format!("{named}, and the expectation file says `{said}`")))
            }
            (Standing::Fine, _, Verdict::Inconclusive) => Outcome::Broken(one_line(&self.headline())),
            (Standing::Fine, _, _) => Outcome::Passed,
            _ => Outcome::Failed(one_line(&self.headline())),
        }
    }

    /// The first thing that was not as expected, in one line.
    fn headline(&self) -> String {
        match (self.findings.first(), &self.note) {
            (_, Some(note)) => format!("{}: {note}", self.verdict.name()),
            (Some(finding), None) => format!("expected {}; came: {}", finding.expected, finding.came),
            (None, None) => self.verdict.name().to_owned(),
        }
    }
}
