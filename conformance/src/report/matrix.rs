//! Targets by area: the published results of many targets as tables.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde::{Deserialize, Serialize};

use super::published::{Published, PublishedRow};
use crate::judge::Verdict;

/// The results of many targets, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// The version of the suite.
    pub suite_version: String,
    /// The targets, by name and version.
    pub targets: Vec<TargetCounts>,
}

/// The results of one version of one target, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetCounts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where its results are, below the folder of the suite's version.
    pub file: String,
    /// Rows that are left out.
    pub withheld: usize,
    /// All rows, by verdict.
    pub total: BTreeMap<Verdict, usize>,
    /// The rows of each area, by verdict.
    pub areas: BTreeMap<String, BTreeMap<Verdict, usize>>,
}

impl Matrix {
    /// Counts what is in `results`, each with the path of its file.
    #[must_use]
    pub fn of(suite_version: &str, results: &[(String, Published)]) -> Self {
        let mut targets: Vec<TargetCounts> =
            results.iter().map(|(file, published)| TargetCounts::of(file, published)).collect();
        targets.sort_by(|left, right| (&left.name, &left.version).cmp(&(&right.name, &right.version)));
        Self { suite_version: suite_version.to_owned(), targets }
    }
}

impl TargetCounts {
    fn of(file: &str, published: &Published) -> Self {
        let (mut total, mut areas) = (BTreeMap::new(), BTreeMap::<String, BTreeMap<_, _>>::new());
        for PublishedRow { id, verdict, .. } in &published.rows {
            let area = id.split('/').next().unwrap_or_default();
            *total.entry(*verdict).or_default() += 1;
            *areas.entry(area.to_owned()).or_default().entry(*verdict).or_default() += 1;
        }
        Self {
            name: published.target.name.clone(),
            version: published.target.version.clone(),
            file: file.to_owned(),
            withheld: published.withheld,
            total,
            areas,
        }
    }
}

/// The tables for the README: each target as a whole, and targets by area. `folder` is where the files are.
#[must_use]
pub fn matrix_markdown(matrix: &Matrix, folder: &str) -> String {
    let mut text = String::from(
        "| target | version | passed | failed | warned | observed | inconclusive | not applicable |\n",
    );
    text += "|---|---|--:|--:|--:|--:|--:|--:|\n";
    for target in &matrix.targets {
        let count = |verdicts: &[Verdict]| sum(&target.total, verdicts);
        let _ = writeln!(
            text,
            "| [{}]({folder}/{}) | {} | {} | {} | {} | {} | {} | {} |",
            target.name,
            target.file,
            target.version,
            count(&[Verdict::Pass]),
            count(&FAILED),
            count(&[Verdict::Warn]),
            count(&[Verdict::Observed]),
            count(&[Verdict::Inconclusive]),
            count(&[Verdict::NotApplicable]),
        );
    }
    text += "\n<details>\n<summary>By area</summary>\n\n";
    let areas: BTreeSet<&String> = matrix.targets.iter().flat_map(|target| target.areas.keys()).collect();
    text += "| target |";
    areas.iter().for_each(|area| text += &format!(" {area} |"));
    text += "\n|---|";
    areas.iter().for_each(|_| text += "--:|");
    text.push('\n');
    for target in &matrix.targets {
        let _ = write!(text, "| {} {} |", target.name, target.version);
        for area in &areas {
            let cell = target.areas.get(*area).map_or_else(|| "–".to_owned(), cell);
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    text + "\n</details>\n"
}

/// What counts as failed: a broken rule, or a target that went down.
const FAILED: [Verdict; 2] = [Verdict::Fail, Verdict::TargetDown];

fn sum(counts: &BTreeMap<Verdict, usize>, verdicts: &[Verdict]) -> usize {
    verdicts.iter().filter_map(|verdict| counts.get(verdict)).sum()
}

/// `passed / failed / warned / not applicable`, and only the first where the others are none.
fn cell(counts: &BTreeMap<Verdict, usize>) -> String {
    let passed = sum(counts, &[Verdict::Pass, Verdict::Observed]);
    let others =
        [sum(counts, &FAILED), sum(counts, &[Verdict::Warn]), sum(counts, &[Verdict::NotApplicable])];
    match others {
        [0, 0, 0] => passed.to_string(),
        _ if passed == 0 && others[..2] == [0, 0] => "–".to_owned(),
        [failed, warned, not_applicable] => format!("{passed} / {failed} / {warned} / {not_applicable}"),
    }
}
