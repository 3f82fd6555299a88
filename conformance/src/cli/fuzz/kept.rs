//! Findings of earlier runs: scenario files that are played before anything else.

use std::path::Path;

use crate::{
    cli::failure::Failure,
    fuzz::Known,
    judge::Verdict,
    requirement::{Catalogue, Exemptions},
    runner::{Interrupt, Plan, Progress, RowResult, run},
    scenario::{Library, Row},
};

/// A finding of an earlier run, played again.
pub(super) struct Kept {
    /// The scenario's id.
    pub(super) id: String,
    /// The property that it is about.
    pub(super) title: String,
    /// What it came to.
    pub(super) verdict: Verdict,
}

impl Kept {
    /// Whether it still shows a violation.
    pub(super) fn fails(&self) -> bool {
        matches!(self.verdict, Verdict::Fail | Verdict::TargetDown)
    }

    /// Whether the target is known for it.
    pub(super) fn is_known(&self, known: &Known) -> bool {
        known.known.iter().any(|entry| self.title.to_lowercase().starts_with(&entry.property.to_lowercase()))
    }
}

/// The rows of the files below `folder`, if there are any.
pub(super) fn rows(folder: &Path, catalogue: &Catalogue) -> Result<Vec<Row>, Failure> {
    if !folder.join("fuzz").is_dir() {
        return Ok(Vec::new());
    }
    let mut library =
        Library { scenarios: Vec::new(), catalogue: catalogue.clone(), exemptions: Exemptions::default() };
    library.add(folder)?;
    Ok(library.rows())
}

struct Quiet;

impl Progress for Quiet {
    fn began(&self, _: &Row) {}
    fn over(&self, _: &RowResult) {}
}

/// Plays them.
pub(super) async fn play(plan: &Plan, rows: Vec<Row>, interrupt: Interrupt) -> Result<Vec<Kept>, Failure> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let plan = Plan { rows, ..plan.clone() };
    let (results, _) = run(&plan, &Quiet, interrupt).await?;
    let kept = |result: RowResult| Kept {
        id: result.row.id(),
        title: result.row.scenario.title.clone(),
        verdict: result.judgement.verdict,
    };
    Ok(results.into_iter().map(kept).collect())
}
