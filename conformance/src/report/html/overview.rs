//! The page that compares several runs.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    super::model::Report,
    data::{element, harmless},
    markup::{Counts, Page, filter, label},
    run::level_of,
};
use crate::judge::{Turn, Verdict};

/// The parts of its script, in the order in which they build on each other.
const SCRIPT: [&str; 4] = [
    include_str!("base.js"),
    include_str!("filters.js"),
    include_str!("differences.js"),
    include_str!("matrix.js"),
];

/// The page in front of the pages of `reports`, which are named `names`.
pub(super) fn page(reports: &[Report], names: &[String]) -> String {
    let scenarios = reports.iter().flat_map(|report| &report.rows).count();
    let header = format!(
        "<h1>{} runs</h1>\n<p class=\"facts\"><span>{scenarios} rows in all</span></p>",
        reports.len()
    );
    Page {
        kind: "overview",
        title: &format!("hopspec: {} runs", reports.len()),
        header: &header,
        tables: &tables(reports, names),
        data: &element("runs", &matrix(reports, names)),
        script: &SCRIPT,
    }
    .render()
}

fn tables(reports: &[Report], names: &[String]) -> String {
    let (mut runs, mut areas) = (Counts::default(), Counts::default());
    for report in reports {
        let counts = report.summary.verdicts.iter().map(|(verdict, count)| (*verdict, *count));
        runs.0.push((label(report), counts.collect()));
    }
    for row in reports.iter().flat_map(|report| &report.rows) {
        areas.add(row.area(), row.verdict);
    }
    // Two runs of one version have the same label: the place of each tells them apart.
    let page = |place: usize, _: &str, verdict: Option<Verdict>| {
        let verdict = verdict.map(|verdict| format!("#verdict={}", verdict.name()));
        format!("{}{}", names[place], verdict.unwrap_or_default())
    };
    let area = |_: usize, area: &str, verdict: Option<Verdict>| filter("area", area, verdict);
    runs.table("By run", "run", page) + &areas.table("By area, all runs", "area", area)
}

/// One line of the matrix, as far as all runs agree on it.
struct Line<'a> {
    scenario: usize,
    rest: &'a str,
    /// The conversations that some run had, each once.
    conversations: Vec<Conversation<'a>>,
}

/// What a row put on the wire, to be compared. Where the steps stand in their file is left out.
struct Conversation<'a>(&'a [Turn]);

impl PartialEq for Conversation<'_> {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&Turn, &Turn)| {
            (one.role, &one.name, &one.kind) == (other.role, &other.name, &other.kind)
        };
        self.0.len() == other.0.len() && self.0.iter().zip(other.0).all(same)
    }
}

/// Rows by runs. What is the same for all runs stands there once.
fn matrix(reports: &[Report], names: &[String]) -> Value {
    let mut scenarios: Vec<Value> = Vec::new();
    let mut known_scenarios: HashMap<&str, usize> = HashMap::new();
    let mut lines: Vec<Line> = Vec::new();
    let mut known_lines: HashMap<&str, usize> = HashMap::new();
    let mut outcomes: Vec<&str> = Vec::new();
    let mut runs = Vec::new();
    for (report, name) in reports.iter().zip(names) {
        let mut cells: Vec<Value> = vec![Value::Null; lines.len()];
        for row in &report.rows {
            let (id, rest) = row.id.split_once(':').unwrap_or((&row.id, ""));
            let scenario = *known_scenarios.entry(id).or_insert_with(|| {
                let rules: Vec<String> =
                    row.covers.iter().map(|rule| format!("{} {}", rule.id, rule.citation)).collect();
                scenarios.push(json!({
                    "id": id, "title": row.title, "level": level_of(row), "rules": rules.join(" "),
                }));
                scenarios.len() - 1
            });
            let line = *known_lines.entry(&row.id).or_insert_with(|| {
                lines.push(Line { scenario, rest, conversations: Vec::new() });
                lines.len() - 1
            });
            let conversation = place(&mut lines[line].conversations, Conversation(&row.turns));
            let outcome = row.outcome.as_deref().map(|outcome| place(&mut outcomes, outcome));
            cells.resize(lines.len(), Value::Null);
            cells[line] = json!([row.verdict, row.standing, conversation, outcome]);
        }
        runs.push(json!({
            "target": report.target.name, "label": label(report), "page": name, "cells": cells,
        }));
    }
    let rows: Vec<Value> = lines.iter().map(|line| json!([line.scenario, line.rest])).collect();
    harmless(json!({ "runs": runs, "scenarios": scenarios, "rows": rows, "outcomes": outcomes }))
}

fn place<T: PartialEq>(list: &mut Vec<T>, entry: T) -> usize {
    list.iter().position(|known| *known == entry).unwrap_or_else(|| {
        list.push(entry);
        list.len() - 1
    })
}
