//! TAP 14: one line for each row, and what was not as expected below it.

use std::fmt::Write;

use super::{
    model::{Report, RowReport},
    outcome::Outcome,
    plain::{one_line, plain},
};

/// Renders `report`. A known deviation is `TODO`, with its reason; what does not apply is `SKIP`.
#[must_use]
pub fn render_tap(report: &Report) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", report.rows.len());
    for (at, row) in report.rows.iter().enumerate() {
        let (ok, directive, details) = match row.outcome() {
            Outcome::Passed => (true, String::new(), false),
            Outcome::Failed(_) | Outcome::Broken(_) => (false, String::new(), true),
            Outcome::Known(why) => (false, format!(" # TODO {}", escaped(&why)), true),
            Outcome::Skipped(why) => (true, format!(" # SKIP {}", escaped(&why)), false),
        };
        let word = if ok { "ok" } else { "not ok" };
        let _ = writeln!(text, "{word} {} - {}{directive}", at + 1, escaped(&row.id));
        if details {
            diagnosis(&mut text, row);
        }
    }
    if report.summary.interrupted {
        text.push_str("Bail out! interrupted\n");
    }
    text
}

/// A block of YAML, whose texts are quoted as JSON quotes them.
fn diagnosis(text: &mut String, row: &RowReport) {
    let quoted = |value: &str| serde_json::to_string(&plain(value)).unwrap_or_default();
    let _ = writeln!(text, "  ---\n  message: {}\n  severity: {}", quoted(&row.title), row.verdict.name());
    if let Some(note) = &row.note {
        let _ = writeln!(text, "  note: {}", quoted(note));
    }
    if !row.findings.is_empty() {
        text.push_str("  findings:\n");
    }
    for finding in &row.findings {
        let at = format!("{}:{}", row.file, finding.line);
        let _ = writeln!(text, "    - requirement: {}\n      at: {}", finding.requirement.0, quoted(&at));
        let _ = writeln!(
            text,
            "      expected: {}\n      came: {}",
            quoted(&finding.expected),
            quoted(&finding.came)
        );
    }
    let _ = writeln!(text, "  rerun: {}\n  ...", quoted(&row.rerun));
}

/// On one line, with what begins a directive escaped.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('#', "\\#")
}
