//! Two runs side by side: what became better, worse, new or gone.

use std::{collections::BTreeMap, fmt::Write};

use super::{
    model::{Report, RowReport},
    plain::plain,
};
use crate::judge::Verdict;

/// What differs between two runs, each row by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Rows with a graver verdict than before.
    pub worse: Vec<Change>,
    /// Rows with a milder one.
    pub better: Vec<Change>,
    /// Rows with the same verdict and another outcome or another finding.
    pub other: Vec<Change>,
    /// Rows that the first run did not judge.
    pub new: Vec<Change>,
    /// Rows that the second run did not judge.
    pub gone: Vec<Change>,
    /// Rows that came to the same.
    pub same: usize,
}

/// One row, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// The verdict and what is to be said of it, before.
    pub before: String,
    /// The same, after.
    pub after: String,
}

/// Compares `before` and `after`. A row that does not apply was not judged.
#[must_use]
pub fn compare(before: &Report, after: &Report) -> Comparison {
    let judged = |report: &Report| -> BTreeMap<String, RowReport> {
        let rows = report.rows.iter().filter(|row| row.verdict != Verdict::NotApplicable);
        rows.map(|row| (row.id.clone(), row.clone())).collect()
    };
    let (old, mut new) = (judged(before), judged(after));
    let mut found = Comparison::default();
    for (id, old) in old {
        let Some(new) = new.remove(&id) else {
            found.gone.push(Change { id, before: said(&old), after: String::new() });
            continue;
        };
        let change = Change { id, before: said(&old), after: said(&new) };
        match grade(old.verdict).cmp(&grade(new.verdict)) {
            std::cmp::Ordering::Less => found.worse.push(change),
            std::cmp::Ordering::Greater => found.better.push(change),
            std::cmp::Ordering::Equal if change.before != change.after => found.other.push(change),
            std::cmp::Ordering::Equal => found.same += 1,
        }
    }
    found.new =
        new.into_iter().map(|(id, row)| Change { id, before: String::new(), after: said(&row) }).collect();
    found
}

/// The order of gravity. An allowed difference is no worse than none.
fn grade(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Observed | Verdict::NotApplicable => 0,
        Verdict::Warn => 1,
        Verdict::Inconclusive => 2,
        Verdict::Fail => 3,
        Verdict::TargetDown => 4,
        Verdict::HarnessError => 5,
    }
}

/// The verdict, its outcome, and the first finding.
fn said(row: &RowReport) -> String {
    let mut text = row.verdict.name().to_owned();
    if let Some(outcome) = &row.outcome {
        let _ = write!(text, " ({outcome})");
    }
    if let Some(finding) = row.findings.first() {
        let _ = write!(text, ": {}", finding.came);
    }
    text
}

/// The comparison as text: what is worse last, where a reader looks first.
#[must_use]
pub fn render_comparison(before: &Report, after: &Report, found: &Comparison) -> String {
    let mut text = format!("before: {}\nafter:  {}\n", before.title(), after.title());
    let groups = [
        ("gone", &found.gone),
        ("new", &found.new),
        ("otherwise", &found.other),
        ("better", &found.better),
        ("worse", &found.worse),
    ];
    for (what, changes) in groups {
        for change in changes {
            let _ = writeln!(text, "\n{what}: {}", change.id);
            let sides = [("before", &change.before), ("after", &change.after)];
            for (side, said) in sides.into_iter().filter(|(_, said)| !said.is_empty()) {
                let _ = writeln!(text, "  {side:<7}{said}");
            }
        }
    }
    let counts = groups.map(|(what, changes)| format!("{} {what}", changes.len()));
    let _ = writeln!(text, "\n{} rows the same, {}", found.same, counts.join(", "));
    plain(&text)
}
