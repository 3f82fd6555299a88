//! From the results of a run to its report: what was to be expected, counts, the exit code.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::expectation::Expectations;
use super::model::{
    Known, Report, RowReport, RowTiming, Rule, SCHEMA_VERSION, Standing, Summary, TargetInfo, Timing,
};
use crate::{
    exit,
    judge::Verdict,
    requirement::{Catalogue, RequirementId},
    runner::RowResult,
    scenario::Mode,
};

/// What a report says beside its rows.
#[derive(Clone, Debug)]
pub struct About {
    /// The target.
    pub target: TargetInfo,
    /// The selectors, as given.
    pub selection: Vec<String>,
    /// From which generated values were derived.
    pub seed: u64,
    /// Under which conditions, if not the usual ones.
    pub mode: Option<Mode>,
    /// The command that reruns a row, up to its id.
    pub rerun: String,
    /// With which code the run ends because the target could not be used.
    pub unusable: Option<u8>,
    /// The run was ended early.
    pub interrupted: bool,
    /// Rows that were selected and not played.
    pub not_played: usize,
    /// When it began.
    pub started: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// How many lanes there were.
    pub lanes: usize,
}

/// Puts a report together.
#[must_use]
pub fn build(
    about: &About,
    results: &[RowResult],
    catalogue: &Catalogue,
    expectations: &Expectations,
) -> Report {
    let rows: Vec<RowReport> =
        results.iter().map(|result| row(about, result, catalogue, expectations)).collect();
    let timings = results.iter().map(|result| (result.row.id(), timing(result))).collect();
    let started = about.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Report {
        schema_version: SCHEMA_VERSION,
        suite_version: env!("CARGO_PKG_VERSION").to_owned(),
        target: about.target.clone(),
        selection: about.selection.clone(),
        seed: about.seed,
        mode: about.mode,
        summary: summary(&rows, about),
        rows,
        timing: Timing {
            started,
            total_millis: u64::try_from(about.took.as_millis()).unwrap_or(u64::MAX),
            lanes: about.lanes,
            rows: timings,
        },
    }
}

fn row(about: &About, result: &RowResult, catalogue: &Catalogue, expectations: &Expectations) -> RowReport {
    let id = result.row.id();
    let scenario = &result.row.scenario;
    let verdict = result.judgement.verdict;
    let known = expectations.of(&id);
    let standing = match known {
        // A pattern may well span routes that the target does not offer.
        Some(_) if verdict == Verdict::NotApplicable => Standing::Fine,
        Some(known) if known.verdict == verdict || (known.varies && verdict != Verdict::HarnessError) => {
            Standing::Known
        }
        Some(_) => Standing::Unmet,
        None if matches!(verdict, Verdict::Fail | Verdict::TargetDown) => Standing::Unexpected,
        None => Standing::Fine,
    };
    // The scenario's own rules first, then those that single steps are judged by.
    let mut ids: Vec<&RequirementId> = scenario.covers.iter().map(|covers| &covers.value).collect();
    ids.extend(result.judgement.findings.iter().map(|finding| &finding.requirement));
    let mut covers: Vec<Rule> = Vec::new();
    for id in ids {
        if !covers.iter().any(|rule| rule.id == *id) {
            covers.extend(rule(id, catalogue));
        }
    }
    RowReport {
        rerun: format!("{} {id}", about.rerun),
        id,
        title: scenario.title.clone(),
        why: scenario.why.clone(),
        file: scenario.source.path.display().to_string(),
        covers,
        verdict,
        outcome: result.judgement.outcome.clone(),
        note: result.note.clone(),
        standing,
        known: known.map(|known| Known {
            verdict: known.verdict,
            reason: known.reason.clone(),
            link: known.link.clone(),
            unpublished: known.unpublished,
            varies: known.varies,
        }),
        findings: result.judgement.findings.clone(),
        turns: result.judgement.turns.clone(),
    }
}

fn rule(id: &RequirementId, catalogue: &Catalogue) -> Option<Rule> {
    let rule = catalogue.get(id)?;
    Some(Rule {
        id: id.clone(),
        summary: rule.summary.clone(),
        citation: rule.citation(),
        severity: rule.severity(),
    })
}

fn summary(rows: &[RowReport], about: &About) -> Summary {
    let mut verdicts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for row in rows {
        *verdicts.entry(row.verdict).or_default() += 1;
    }
    let standing = |wanted| rows.iter().filter(|row| row.standing == wanted).count();
    let (unexpected, unmet) = (standing(Standing::Unexpected), standing(Standing::Unmet));
    let open = |row: &&RowReport| row.verdict == Verdict::Inconclusive && row.standing != Standing::Known;
    let exit_code = if let Some(code) = about.unusable {
        code
    } else if verdicts.contains_key(&Verdict::HarnessError) {
        exit::OUR_FAULT
    } else if unexpected + unmet > 0 {
        exit::VIOLATION
    } else if about.interrupted || rows.iter().any(|row| open(&row)) {
        exit::INCONCLUSIVE
    } else {
        exit::CONFORMANT
    };
    Summary {
        verdicts,
        unexpected,
        unmet,
        interrupted: about.interrupted,
        not_played: about.not_played,
        exit_code,
    }
}

fn timing(result: &RowResult) -> RowTiming {
    let passed = matches!(result.judgement.verdict, Verdict::Pass | Verdict::Observed);
    let events = match &result.transcript {
        Some(transcript) if !passed => transcript.shortened(),
        _ => Vec::new(),
    };
    RowTiming { micros: result.micros, events, log: result.log.clone() }
}
