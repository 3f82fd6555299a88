//! A summary in Markdown, for the page of a CI job or for a comment.

use std::fmt::Write;

use super::{
    console::conclusion,
    failure::render_failure,
    model::{Report, RowReport},
    plain::{one_line, plain},
};

/// So many rows are shown whole; a job's page has its limits.
const SHOWN: usize = 50;

/// Renders `report`: what it came to, a table by area, and the rows that somebody has to look at.
#[must_use]
pub fn render_markdown(report: &Report) -> String {
    let mut text =
        format!("## {}\n\n{} rows: {}.\n", escaped(&report.title()), report.rows.len(), conclusion(report));
    text += &areas(report);
    let rows: Vec<&RowReport> = report.rows.iter().filter(|row| row.noteworthy()).collect();
    for row in rows.iter().take(SHOWN) {
        let block = plain(&render_failure(row, report.timing.rows.get(&row.id), None, false));
        let fence = fence(&block);
        let _ = write!(
            text,
            "\n<details><summary>{} <code>{}</code>: {}</summary>\n\n{fence}text\n{block}{fence}\n\n</details>\n",
            row.verdict.name(),
            escaped(&row.id),
            escaped(&row.title),
        );
    }
    if rows.len() > SHOWN {
        let _ = writeln!(text, "\nAnd {} more, which the JSON report holds.", rows.len() - SHOWN);
    }
    text
}

fn areas(report: &Report) -> String {
    let (areas, shown) = (report.by_area(), report.verdicts_shown());
    let mut text = "\n| area |".to_owned();
    shown.iter().for_each(|verdict| text += &format!(" {} |", verdict.name()));
    text += "\n|---|";
    shown.iter().for_each(|_| text += "---:|");
    text.push('\n');
    for (area, counts) in &areas {
        let _ = write!(text, "| {} |", escaped(area));
        for verdict in &shown {
            let count = counts.get(verdict).map_or_else(String::new, ToString::to_string);
            let _ = write!(text, " {count} |");
        }
        text.push('\n');
    }
    text
}

/// More backticks than stand anywhere in `block`, so that nothing in it ends the block.
fn fence(block: &str) -> String {
    let longest = block.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}

/// On one line, without what Markdown or HTML would take for its own.
pub(super) fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for character in one_line(text).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '@' => {
                let _ = write!(shown, "&#{};", u32::from(character));
            }
            other => shown.push(other),
        }
    }
    shown
}
