//! What is published of a run: every verdict and its reason, and the conversations that show the
//! deviations; nothing that differs between two runs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::model::{Report, RowReport};
use crate::{
    judge::{Finding, Turn, Verdict},
    target::Definition,
};

/// The published results of one version of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The version of the report's format.
    pub schema_version: u32,
    /// The version of the suite that ran.
    pub suite_version: String,
    /// The target.
    pub target: PublishedTarget,
    /// The commands that come to the same, from the root of the repository.
    pub reproduce: Vec<String>,
    /// Rows that are left out: they concern security, and nobody has published them yet.
    pub withheld: usize,
    /// Every other row, in the order of the suite.
    pub rows: Vec<PublishedRow>,
}

/// Which target it was, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedTarget {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The packages, or what is built.
    pub from: Vec<String>,
    /// The routes that it offers.
    pub routes: Vec<String>,
    /// Why it does not offer the others, nor some capabilities.
    pub without: std::collections::BTreeMap<String, String>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRow {
    /// Scenario, route and matrix row.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The worst of several: it depends on a race within the target.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub varies: bool,
    /// The named outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Why it deviates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where the project itself speaks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// How the target went down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was not as expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// The conversation, for the first row of a scenario that deviates in this way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
}

/// What is to be published of a run of the whole suite.
#[must_use]
pub fn publish(report: &Report, definition: &Definition) -> Published {
    let name = definition.name.clone();
    let from: Vec<String> = definition.install.iter().map(ToString::to_string).collect();
    let mut reproduce = vec![format!("cargo xtask conformance --target {name}")];
    if !from.is_empty() {
        reproduce.insert(0, format!("cargo xtask targets install {name}"));
    }
    let withheld = |row: &&RowReport| row.known.as_ref().is_some_and(|known| known.unpublished);
    let mut shown = BTreeSet::new();
    let rows = report.rows.iter().filter(|row| !withheld(row)).map(|row| published(row, &mut shown));
    Published {
        schema_version: report.schema_version,
        suite_version: report.suite_version.clone(),
        target: PublishedTarget {
            name,
            version: report.target.version.clone().unwrap_or_else(|| "unknown".to_owned()),
            from,
            routes: report.target.routes.iter().map(ToString::to_string).collect(),
            without: definition.without.clone(),
        },
        reproduce,
        withheld: report.rows.iter().filter(withheld).count(),
        rows: rows.collect(),
    }
}

/// One row; `shown` are the ways of deviating that have been shown.
fn published(row: &RowReport, shown: &mut BTreeSet<(String, Verdict, Option<String>)>) -> PublishedRow {
    // Of a race only what is known is the same in every run.
    let is_judged = row.verdict != Verdict::NotApplicable;
    let varies = is_judged && row.known.as_ref().is_some_and(|known| known.varies);
    let known = row.known.as_ref().filter(|known| varies || known.verdict == row.verdict);
    let deviates = !matches!(row.verdict, Verdict::Pass | Verdict::Observed | Verdict::NotApplicable);
    let is_shown = deviates && !varies;
    let scenario = row.scenario().to_owned();
    let is_first = is_shown && shown.insert((scenario, row.verdict, row.outcome.clone()));
    PublishedRow {
        id: row.id.clone(),
        verdict: known.map_or(row.verdict, |known| known.verdict),
        varies,
        outcome: row.outcome.clone().filter(|_| !varies),
        reason: known.map(|known| known.reason.clone()),
        link: known.and_then(|known| known.link.clone()),
        // Of what is not applicable the target says why; that waits were shortened depends on the machine.
        note: row.note.clone().filter(|_| is_shown && row.verdict == Verdict::TargetDown),
        findings: if is_shown { row.findings.clone() } else { Vec::new() },
        turns: if is_first { row.turns.clone() } else { Vec::new() },
    }
}

impl Published {
    /// The file, with a line of its own for each row, so that two versions can be compared by eye.
    #[must_use]
    pub fn to_json(&self) -> String {
        let head = Self { rows: Vec::new(), ..self.clone() };
        let head = serde_json::to_string_pretty(&head).unwrap_or_default();
        let rows = self.rows.iter().map(|row| serde_json::to_string(row).unwrap_or_default());
        let rows = rows.collect::<Vec<_>>().join(",\n    ");
        let filled = if rows.is_empty() { "[]".to_owned() } else { format!("[\n    {rows}\n  ]") };
        head.trim_end_matches("[]\n}").to_owned() + &filled + "\n}\n"
    }
}
