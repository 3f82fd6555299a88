//! Coverage for a terminal.

use std::fmt::Write;

use super::{Counts, Tally};

pub(super) fn render(tally: &Tally) -> String {
    let mut text = String::new();
    let tables = tally.tables();
    let names = tables.iter().flat_map(|(_, lines)| lines.iter().map(|(name, _)| name.len()));
    let width = names.max().unwrap_or_default();
    for (about, lines) in &tables {
        let _ = writeln!(
            text,
            "{about:width$}  {:>7}  {:>6}  {:>4}  {:>5}",
            "covered", "exempt", "open", "total"
        );
        for (name, counts) in lines {
            line(&mut text, name, width, *counts);
        }
        line(&mut text, "total", width, tally.total);
        text.push('\n');
    }
    text.push_str("open:\n");
    for open in &tally.open {
        let _ = writeln!(text, "  {}  {}, {}\n      {}", open.id, open.level, open.priority, open.summary);
    }
    if tally.open.is_empty() {
        text.push_str("  none\n");
    }
    for (because, rules) in &tally.exempt {
        let _ = writeln!(text, "\nexempt, {because}:");
        for rule in rules {
            let _ = writeln!(text, "  {}  {}\n      {}", rule.id, rule.summary, rule.reason);
        }
    }
    text
}

fn line(text: &mut String, name: &str, width: usize, counts: Counts) {
    let Counts { covered, exempt, open } = counts;
    let _ = writeln!(text, "{name:width$}  {covered:>7}  {exempt:>6}  {open:>4}  {:>5}", counts.total());
}
