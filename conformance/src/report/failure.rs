//! The block that a failing row prints: the product, for whoever has to act on it.
//!
//! In this order: the scenario's line with a caret, what was expected and what came, the rule,
//! the wire exchange, the command that reruns just this.

use std::{fmt::Write, sync::Arc};

use super::{
    exchange::render_exchange,
    model::{RowReport, RowTiming, Standing},
};
use crate::scenario::{Diagnostic, Source, Span};

/// Renders the block for one row. `source` is the scenario file, if it is at hand.
#[must_use]
pub fn render_failure(
    row: &RowReport,
    timing: Option<&RowTiming>,
    source: Option<&Arc<Source>>,
    styled: bool,
) -> String {
    let mut text = format!("{} {}\n  {}\n", row.verdict.name().to_uppercase(), row.id, row.title);
    if let Some(note) = &row.note {
        let _ = writeln!(text, "  {note}");
    }
    for finding in &row.findings {
        let [start, end] = finding.span;
        if let Some(source) = source {
            let mark = Diagnostic::new(source, Span { start, end }, format!("expected {}", finding.expected));
            let _ = writeln!(text, "\n{}", mark.label(format!("came: {}", finding.came)).render(styled));
        } else {
            let _ = writeln!(
                text,
                "\n{}:{}\n  expected: {}\n  came:     {}",
                row.file, finding.line, finding.expected, finding.came
            );
        }
        if let Some(rule) = row.covers.iter().find(|rule| rule.id == finding.requirement) {
            let _ = writeln!(text, "  rule: {} ({}, {})", rule.summary, rule.citation, rule.id);
        }
    }
    let _ = writeln!(text, "\n  why it matters: {}", row.why);
    match (row.standing, &row.known) {
        (Standing::Unmet, Some(known)) => {
            let _ =
                writeln!(text, "  the expectation file says `{}`: {}", known.verdict.name(), known.reason);
        }
        (Standing::Known, Some(known)) => {
            let _ = writeln!(text, "  known: {}", known.reason);
        }
        _ => {}
    }
    if let Some(timing) = timing {
        if !timing.events.is_empty() {
            let _ = write!(text, "\n  on the wire:\n{}", render_exchange(&timing.events));
        }
        if let Some(log) = timing.log.as_deref().filter(|log| !log.is_empty()) {
            let _ = writeln!(text, "\n  the target printed:");
            for line in log.lines() {
                let _ = writeln!(text, "  | {}", crate::wire::escape(line.as_bytes()));
            }
        }
    }
    let _ = writeln!(text, "\n  rerun: {}", row.rerun);
    text
}
