//! The page of one run.

use std::{collections::HashMap, fmt::Write};

use serde_json::{Value, json};

use super::{
    super::{
        console::conclusion,
        model::{Report, RowReport, Rule},
    },
    data::{element, harmless, lines},
    markup::{Counts, Page, filter, label, level, sign, text},
};
use crate::{judge::Verdict, requirement::Severity};

/// The parts of its script, in the order in which they build on each other.
const SCRIPT: [&str; 7] = [
    include_str!("base.js"),
    include_str!("filters.js"),
    include_str!("wire.js"),
    include_str!("sequence.js"),
    include_str!("changes.js"),
    include_str!("panel.js"),
    include_str!("run.js"),
];

/// The runs that a page stands among.
pub(super) struct Others<'a> {
    /// The page that compares them.
    index: &'a str,
    /// What each is called, and its page.
    pages: Vec<(String, &'a str)>,
    /// For each row, its verdict in each of them.
    verdicts: HashMap<&'a str, Vec<Option<Verdict>>>,
}

impl<'a> Others<'a> {
    /// All of `reports`, whose pages are named `names`.
    pub(super) fn new(index: &'a str, reports: &'a [Report], names: &'a [String]) -> Self {
        let mut verdicts: HashMap<&str, Vec<Option<Verdict>>> = HashMap::new();
        for (place, report) in reports.iter().enumerate() {
            for row in &report.rows {
                verdicts.entry(&row.id).or_insert_with(|| vec![None; reports.len()])[place] =
                    Some(row.verdict);
            }
        }
        let pages = reports.iter().map(label).zip(names.iter().map(String::as_str)).collect();
        Self { index, pages, verdicts }
    }

    /// The signs of a row's verdicts, a blank where it was not selected.
    fn signs(&self, id: &str) -> String {
        let verdicts = self.verdicts.get(id).map(Vec::as_slice).unwrap_or_default();
        verdicts.iter().map(|verdict| verdict.map_or(' ', sign)).collect()
    }
}

/// The page of `report`, which may be one of several: the one at `place`.
pub(super) fn page(report: &Report, place: usize, others: Option<&Others>) -> String {
    let label = label(report);
    let details = report.rows.iter().map(|row| detail(report, row));
    Page {
        kind: "run",
        title: &format!("{label} – hopspec {}", report.suite_version),
        header: &header(report, others.map(|others| others.index)),
        tables: &tables(report),
        data: &(element("run", &list(report, place, others)) + &lines("details", details)),
        script: &SCRIPT,
    }
    .render()
}

/// The level of a row: what breaking the gravest of its rules comes to.
pub(super) fn level_of(row: &RowReport) -> &'static str {
    let gravest = row.covers.iter().map(|rule| rule.severity).max();
    level(gravest.unwrap_or(Severity::Observed))
}

fn header(report: &Report, index: Option<&str>) -> String {
    let mut markup = String::new();
    if let Some(index) = index {
        let _ = write!(markup, "<p class=\"up\"><a href=\"{}\">All runs</a></p>", text(index));
    }
    let version = report.target.version_shown();
    let _ = write!(
        markup,
        "<h1>{} <span class=\"version\">{}</span></h1>\n<p class=\"conclusion\">{}</p>\n<p class=\"facts\">",
        text(&report.target.name),
        text(version),
        linked(&conclusion(report))
    );
    let routes: Vec<String> = report.target.routes.iter().map(ToString::to_string).collect();
    let mut facts = vec![
        format!("hopspec {}", report.suite_version),
        format!("{} rows", report.rows.len()),
        format!("routes {}", routes.join(", ")),
        format!("seed {}", report.seed),
    ];
    facts.extend(report.mode.map(|mode| format!("mode {}", mode.name())));
    if !report.selection.is_empty() {
        facts.push(format!("only {}", report.selection.join(" ")));
    }
    let seconds = report.timing.total_millis as f64 / 1000.0;
    facts.push(format!("{seconds:.1} s on {} lanes", report.timing.lanes));
    let facts: Vec<String> = facts.iter().map(|fact| format!("<span>{}</span>", text(fact))).collect();
    markup + &facts.join(" ") + "</p>"
}

/// What a run came to, with a link from each number to the rows that it counts.
fn linked(conclusion: &str) -> String {
    let links = [
        ("unexpected", "#standing=unexpected"),
        ("expectations that no longer hold", "#standing=unmet"),
        ("known deviations", "#standing=known"),
        ("inconclusive", "#verdict=inconclusive"),
    ];
    let Some((word, parts)) = conclusion.split_once(": ") else { return text(conclusion) };
    let link = |part: &str| {
        let target = links.iter().find(|(what, _)| part.ends_with(what));
        target.map_or_else(|| text(part), |(_, target)| format!("<a href=\"{target}\">{}</a>", text(part)))
    };
    let parts: Vec<String> = parts.split(", ").map(link).collect();
    format!("{}: {}", text(word), parts.join(", "))
}

fn tables(report: &Report) -> String {
    let (mut areas, mut levels) = (Counts::default(), Counts::default());
    // From grave to mild.
    for severity in [Severity::Fail, Severity::Warn, Severity::Observed] {
        levels.0.push((level(severity).to_owned(), [].into()));
    }
    for row in &report.rows {
        areas.add(row.area(), row.verdict);
        levels.add(level_of(row), row.verdict);
    }
    levels.0.retain(|(_, counts)| !counts.is_empty());
    let link =
        |key: &'static str| move |_: usize, name: &str, verdict: Option<Verdict>| filter(key, name, verdict);
    let levels = levels.table("By level of the gravest rule", "level", link("level"));
    levels + &areas.table("By area", "area", link("area"))
}

/// What the list shows, and what its filters look at.
fn list(report: &Report, place: usize, others: Option<&Others>) -> Value {
    let mut rules: Vec<&Rule> = Vec::new();
    let mut scenarios: Vec<(&str, Value)> = Vec::new();
    let mut rows = Vec::new();
    for row in &report.rows {
        let (id, rest) = row.id.split_once(':').unwrap_or((&row.id, ""));
        // Rows of a scenario stand together.
        if scenarios.last().is_none_or(|(last, _)| *last != id) {
            let covers: Vec<usize> = row.covers.iter().map(|rule| at(&mut rules, rule)).collect();
            let scenario = json!({
                "id": id, "title": row.title, "why": row.why, "file": row.file, "level": level_of(row),
                "rules": covers,
            });
            scenarios.push((id, scenario));
        }
        rows.push(json!({
            "scenario": scenarios.len() - 1,
            "row": rest,
            "verdict": row.verdict,
            "outcome": row.outcome,
            "standing": row.standing,
            "others": others.map(|others| others.signs(&row.id)),
        }));
    }
    let scenarios: Vec<Value> = scenarios.into_iter().map(|(_, scenario)| scenario).collect();
    let page = |(label, page): &(String, &str)| json!({ "label": label, "page": page });
    harmless(json!({
        "others": others.map(|others| others.pages.iter().map(page).collect::<Vec<_>>()),
        "place": place,
        "target": report.target.name,
        "version": report.target.version,
        "started": report.timing.started,
        "rules": rules,
        "scenarios": scenarios,
        "rows": rows,
    }))
}

fn at<'a>(rules: &mut Vec<&'a Rule>, rule: &'a Rule) -> usize {
    rules.iter().position(|known| *known == rule).unwrap_or_else(|| {
        rules.push(rule);
        rules.len() - 1
    })
}

/// What the panel of a row shows in addition.
fn detail(report: &Report, row: &RowReport) -> Value {
    let timing = report.timing.rows.get(&row.id);
    harmless(json!({
        "findings": row.findings,
        "note": row.note,
        "known": row.known,
        "turns": row.turns,
        "rerun": row.rerun,
        "micros": timing.map(|timing| timing.micros),
        "events": timing.map(|timing| &timing.events),
        "log": timing.and_then(|timing| timing.log.as_ref()),
    }))
}
