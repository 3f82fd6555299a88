//! Brings an expectation file up to date with a run: what no longer holds goes, what is new comes with
//! an empty reason, and everything that a person wrote stays as it stands.

use std::{collections::BTreeMap, path::Path};

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::{
    expectation::{Expectation, ExpectationError, Expectations},
    model::{Report, RowReport},
};
use crate::{judge::Verdict, target::Version};

/// An expectation file as it should be, and what was changed.
#[derive(Debug, PartialEq, Eq)]
pub struct Draft {
    /// The whole file.
    pub text: String,
    /// Patterns that no longer held, or not for all of their rows.
    pub gone: Vec<String>,
    /// Rows or scenarios that now stand in an entry without a reason.
    pub new: Vec<String>,
}

/// Whom the file speaks of, beside the target of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Nobody.
    None,
    /// Other versions of the target: what changed is said of this version on, and not taken back.
    OtherVersions,
}

/// Brings `text`, the file at `path`, up to date with `report`.
///
/// # Errors
///
/// When the text is no expectation file.
pub fn draft(text: &str, path: &Path, report: &Report, readers: Readers) -> Result<Draft, ExpectationError> {
    let all = Expectations::parse_draft(text, path)?;
    let mut document: DocumentMut = text
        .parse()
        .map_err(|source| ExpectationError::NoDocument { path: path.to_owned(), source: Box::new(source) })?;
    let version: Option<Version> = report.target.version.clone().map(Version);
    let limit = version.as_ref().filter(|_| readers == Readers::OtherVersions);
    let tables = document.entry("expect").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(tables) = tables.as_array_of_tables_mut() else {
        return Err(ExpectationError::Shape { path: path.to_owned() });
    };
    let (mut gone, mut emptied) = (Vec::new(), Vec::new());
    for (at, entry) in all.0.iter().enumerate().filter(|(_, entry)| entry.speaks_of(version.as_ref())) {
        let mine = |row: &&RowReport| {
            let first =
                all.0.iter().position(|other| other.speaks_of(version.as_ref()) && other.matches(&row.id));
            first == Some(at) && row.verdict != Verdict::NotApplicable
        };
        let rows: Vec<&RowReport> = report.rows.iter().filter(mine).collect();
        let (patterns, lost) = narrowed(entry, &rows);
        if lost.is_empty() {
            continue;
        }
        gone.extend(lost);
        let Some(table) = tables.get_mut(at) else { continue };
        // What began with this version is not to end with it.
        let limit = limit.filter(|version| entry.from.as_ref() != Some(version));
        match (limit, patterns.is_empty()) {
            (Some(version), true) => table["until"] = value(version.to_string()),
            (None, true) => emptied.push(at),
            // A part of a pattern that changed with a version is for a person to sort out.
            (_, false) => table["rows"] = value(patterns.into_iter().collect::<Array>()),
        }
    }
    for at in emptied.into_iter().rev() {
        tables.remove(at);
    }
    let new = unlisted(report, &all, version.as_ref());
    for ((_, verdict), patterns) in &new {
        let mut table = Table::new();
        table["rows"] = value(patterns.iter().map(String::as_str).collect::<Array>());
        table["verdict"] = value(verdict.name());
        table["reason"] = value("");
        if let Some(version) = limit {
            table["from"] = value(version.to_string());
        }
        tables.push(table);
    }
    let new = new.into_values().flatten().collect();
    Ok(Draft { text: document.to_string(), gone, new })
}

/// The patterns of `entry` that hold for all of its `rows`, with the rows themselves in place of those
/// that hold for some; and the patterns that were not kept.
fn narrowed(entry: &Expectation, rows: &[&RowReport]) -> (Vec<String>, Vec<String>) {
    let (mut kept, mut lost) = (Vec::new(), Vec::new());
    for (at, pattern) in entry.patterns.iter().enumerate() {
        let of: Vec<&&RowReport> = rows.iter().filter(|row| entry.matches_at(at, &row.id)).collect();
        let holds = |row: &&&RowReport| row.verdict == entry.verdict || entry.varies;
        // A pattern may also be of rows that do not apply to this version.
        if of.iter().all(holds) {
            kept.push(pattern.clone());
        } else {
            kept.extend(of.into_iter().filter(|row| holds(row)).map(|row| row.id.clone()));
            lost.push(pattern.clone());
        }
    }
    (kept, lost)
}

/// Deviations that no entry names, by scenario and verdict. A scenario that deviates in all of its rows
/// is named as a whole.
fn unlisted(
    report: &Report,
    all: &Expectations,
    version: Option<&Version>,
) -> BTreeMap<(String, Verdict), Vec<String>> {
    let scenario = |row: &RowReport| row.scenario().to_owned();
    let listed = |row: &RowReport| {
        let known = all.0.iter().find(|entry| entry.speaks_of(version) && entry.matches(&row.id));
        known.is_some_and(|entry| entry.verdict == row.verdict || entry.varies)
    };
    let deviates = |row: &&RowReport| {
        let verdicts = [Verdict::Fail, Verdict::Warn, Verdict::TargetDown, Verdict::Inconclusive];
        verdicts.contains(&row.verdict) && !listed(row)
    };
    let mut new: BTreeMap<(String, Verdict), Vec<String>> = BTreeMap::new();
    for row in report.rows.iter().filter(deviates) {
        new.entry((scenario(row), row.verdict)).or_default().push(row.id.clone());
    }
    for ((name, _), rows) in &mut new {
        let of =
            report.rows.iter().filter(|row| scenario(row) == *name && row.verdict != Verdict::NotApplicable);
        if rows.len() > 1 && of.count() == rows.len() {
            *rows = vec![format!("{name}:*")];
        }
    }
    new
}
