//! What every rendering asks of a report: where a row belongs, and rows by area and verdict.

use std::collections::BTreeMap;

use super::model::{Report, RowReport, TargetInfo};
use crate::judge::Verdict;

impl RowReport {
    /// The area of its scenario.
    #[must_use]
    pub fn area(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The id of its scenario.
    #[must_use]
    pub fn scenario(&self) -> &str {
        self.id.split(':').next().unwrap_or_default()
    }
}

impl TargetInfo {
    /// Its version in words for a person.
    #[must_use]
    pub fn version_shown(&self) -> &str {
        self.version.as_deref().unwrap_or("version unknown")
    }
}

impl Report {
    /// How many rows of each area came to each verdict.
    #[must_use]
    pub fn by_area(&self) -> BTreeMap<&str, BTreeMap<Verdict, usize>> {
        let mut areas: BTreeMap<&str, BTreeMap<Verdict, usize>> = BTreeMap::new();
        for row in &self.rows {
            *areas.entry(row.area()).or_default().entry(row.verdict).or_default() += 1;
        }
        areas
    }

    /// The verdicts that occur, in the order of a summary.
    #[must_use]
    pub fn verdicts_shown(&self) -> Vec<Verdict> {
        Verdict::ALL.into_iter().filter(|verdict| self.summary.verdicts.contains_key(verdict)).collect()
    }
}
