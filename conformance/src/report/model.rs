//! The types of a report. `schema/report.json` is generated from them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    judge::{Finding, Turn, Verdict},
    requirement::{RequirementId, Severity},
    scenario::{Mode, Route},
    transcript::Event,
};

/// The version of this format; a reader of another major version must refuse.
pub const SCHEMA_VERSION: u32 = 1;

/// One run against one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this format.
    pub schema_version: u32,
    /// The version of the suite that ran.
    pub suite_version: String,
    /// The target.
    pub target: TargetInfo,
    /// The selectors, as given; empty for everything.
    pub selection: Vec<String>,
    /// From which generated values were derived.
    pub seed: u64,
    /// Under which conditions, if not the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Every row that was selected, in the order of the suite.
    pub rows: Vec<RowReport>,
    /// The run in numbers.
    pub summary: Summary,
    /// Everything that differs from run to run.
    pub timing: Timing,
}

/// Which target it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetInfo {
    /// Its name.
    pub name: String,
    /// Its version, if it tells.
    pub version: Option<String>,
    /// The routes that it offers.
    pub routes: Vec<Route>,
}

/// A rule, as a report quotes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// Its id.
    pub id: RequirementId,
    /// The rule in one sentence.
    pub summary: String,
    /// Document and section.
    pub citation: String,
    /// What breaking it does to a verdict.
    pub severity: Severity,
}

/// Whether a verdict was to be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing to act upon.
    Fine,
    /// A deviation that the target's expectation file names.
    Known,
    /// A deviation that it does not name.
    Unexpected,
    /// The expectation file names another verdict.
    Unmet,
}

/// One row of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowReport {
    /// Scenario, route and matrix row.
    pub id: String,
    /// The behaviour, as a statement.
    pub title: String,
    /// What goes wrong for a user when it fails.
    pub why: String,
    /// The scenario file.
    pub file: String,
    /// The rules that it covers.
    pub covers: Vec<Rule>,
    /// The verdict.
    pub verdict: Verdict,
    /// The named outcome, where a scenario has alternatives worth naming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Why it was not played, or how the target went down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether that was to be expected.
    pub standing: Standing,
    /// What the expectation file says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
    /// Everything that was not as expected.
    pub findings: Vec<Finding>,
    /// The conversation, as the steps made or took it.
    pub turns: Vec<Turn>,
    /// The command that plays just this row.
    pub rerun: String,
}

/// An entry of an expectation file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Known {
    /// The verdict that it names.
    pub verdict: Verdict,
    /// Its reason.
    pub reason: String,
    /// Where the project itself speaks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// It concerns security and nobody has published it: kept out of published pages.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unpublished: bool,
    /// It depends on a race within the target: other runs come to another verdict.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub varies: bool,
}

/// The run in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Rows by verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Deviations that no expectation file names.
    pub unexpected: usize,
    /// Expectations that no longer hold.
    pub unmet: usize,
    /// The run was ended early.
    pub interrupted: bool,
    /// Rows that were selected and not played.
    pub not_played: usize,
    /// The exit code that follows from all this.
    pub exit_code: u8,
}

/// What differs from run to run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// Seconds since 1970 at the start.
    pub started: u64,
    /// Milliseconds for the whole run, the start of the target included.
    pub total_millis: u64,
    /// How many lanes there were.
    pub lanes: usize,
    /// For each row, how long it took.
    pub rows: BTreeMap<String, RowTiming>,
}

/// What differs from run to run in one row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowTiming {
    /// Microseconds, the canary included.
    pub micros: u64,
    /// What was on the wire and when, for rows that did not pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// The end of the target's log, when it went down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}
