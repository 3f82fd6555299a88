//! Coverage as the page `scenarios/COVERAGE.md`.

use std::fmt::Write;

use super::{Counts, Tally};

const HEAD: &str = "\
# Coverage

Which requirements some scenario covers, which none can cover, and why. Written by
`cargo xtask coverage --update`; a test holds it against the scenarios.

`cargo xtask explain <requirement>` shows one with its source and its scenarios,
`cargo xtask explain <hazard>` what a kind of harm is; its pages stand in [hazards/](hazards/).
";

pub(super) fn render(tally: &Tally) -> String {
    let mut text = HEAD.to_owned();
    for (about, lines) in tally.tables() {
        let _ = write!(text, "\n## By {about}\n\n| {about} | covered | exempt | open | total |\n");
        text.push_str("|---|--:|--:|--:|--:|\n");
        for (name, counts) in &lines {
            line(&mut text, &linked(about, name), *counts);
        }
        line(&mut text, "**total**", tally.total);
    }
    text.push_str("\n## Open\n\n");
    if tally.open.is_empty() {
        text.push_str("None: every requirement is covered or exempt.\n");
    } else {
        text.push_str("| requirement | level | priority | rule |\n|---|---|---|---|\n");
    }
    for open in &tally.open {
        let (id, summary) = (&open.id, cell(&open.summary));
        let _ = writeln!(text, "| `{id}` | {} | {} | {summary} |", open.level, open.priority);
    }
    text.push_str("\n## Exempt\n");
    for (because, rules) in &tally.exempt {
        let _ = write!(
            text,
            "\n### {because}\n\n| requirement | rule | why no scenario shows it |\n|---|---|---|\n"
        );
        for rule in rules {
            let (id, summary, reason) = (&rule.id, cell(&rule.summary), cell(&rule.reason));
            let _ = writeln!(text, "| `{id}` | {summary} | {reason} |");
        }
    }
    text
}

fn line(text: &mut String, name: &str, counts: Counts) {
    let Counts { covered, exempt, open } = counts;
    let _ = writeln!(text, "| {name} | {covered} | {exempt} | {open} | {} |", counts.total());
}

/// A hazard has a page of its own.
fn linked(about: &str, name: &str) -> String {
    if about == "hazard" { format!("[{name}](hazards/{name}.md)") } else { name.to_owned() }
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
