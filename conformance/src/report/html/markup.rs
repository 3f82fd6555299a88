//! The frame of a page and its static tables.

use std::{collections::BTreeMap, fmt::Write};

use super::super::{model::Report, plain::one_line};
use crate::{judge::Verdict, requirement::Severity};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");

/// What a page is made of, besides its style.
pub(super) struct Page<'a> {
    /// Its class: `run` or `overview`.
    pub(super) kind: &'a str,
    /// Its title, as text.
    pub(super) title: &'a str,
    /// What stands in front of everything.
    pub(super) header: &'a str,
    /// The tables, as markup.
    pub(super) tables: &'a str,
    /// The data, as markup.
    pub(super) data: &'a str,
    /// The parts of the script.
    pub(super) script: &'a [&'a str],
}

impl Page<'_> {
    /// The text of the page.
    pub(super) fn render(&self) -> String {
        let title = text(self.title);
        let script = self.script.concat();
        let blanks = [
            ("{{kind}}", self.kind),
            ("{{title}}", title.as_str()),
            ("{{style}}", STYLE),
            ("{{header}}", self.header),
            ("{{tables}}", self.tables),
            ("{{data}}", self.data),
            ("{{script}}", &script),
        ];
        // In one pass: what was filled in may look like a blank.
        let mut rest = PAGE;
        let mut page = String::with_capacity(self.data.len() + script.len() + STYLE.len() + PAGE.len());
        while let Some((at, name, value)) = next_blank(rest, &blanks) {
            page.push_str(&rest[..at]);
            page.push_str(value);
            rest = &rest[at + name.len()..];
        }
        page + rest
    }
}

fn next_blank<'a>(rest: &str, blanks: &[(&'a str, &'a str)]) -> Option<(usize, &'a str, &'a str)> {
    let found = blanks.iter().filter_map(|(name, value)| Some((rest.find(name)?, *name, *value)));
    found.min_by_key(|(at, ..)| *at)
}

/// `text` in markup, between tags or in a quoted attribute.
pub(super) fn text(text: &str) -> String {
    let mut markup = String::with_capacity(text.len());
    for character in one_line(text).chars() {
        match character {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            '"' => markup.push_str("&quot;"),
            '\'' => markup.push_str("&#39;"),
            other => markup.push(other),
        }
    }
    markup
}

/// `text` as part of a fragment.
fn fragment(text: &str) -> String {
    let mut encoded = String::new();
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~/:".contains(&octet) {
            encoded.push(char::from(octet));
        } else {
            let _ = write!(encoded, "%{octet:02X}");
        }
    }
    encoded
}

/// The sign of a verdict, for where there is no room for its word: a sign and not only a colour.
pub(super) fn sign(verdict: Verdict) -> char {
    match verdict {
        Verdict::Pass => '✓',
        Verdict::Observed => 'o',
        Verdict::Warn => 'w',
        Verdict::Fail => 'F',
        Verdict::NotApplicable => '–',
        Verdict::Inconclusive => '?',
        Verdict::TargetDown => 'D',
        Verdict::HarnessError => 'H',
    }
}

/// The word of a level.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Observed => "observed",
        Severity::Warn => "warn",
        Severity::Inconclusive => "inconclusive",
        Severity::Fail => "fail",
    }
}

/// Numbers of rows by something and verdict.
#[derive(Default)]
pub(super) struct Counts(pub(super) Vec<(String, BTreeMap<Verdict, usize>)>);

impl Counts {
    /// Counts a row.
    pub(super) fn add(&mut self, name: &str, verdict: Verdict) {
        let at = self.0.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.0.push((name.to_owned(), BTreeMap::new()));
            self.0.len() - 1
        });
        *self.0[at].1.entry(verdict).or_default() += 1;
    }

    /// A table with a line for each, and a column for each verdict that occurs. `link` is where the
    /// number of a verdict, or without one the name of a line, leads to.
    pub(super) fn table(
        &self,
        caption: &str,
        head: &str,
        link: impl Fn(usize, &str, Option<Verdict>) -> String,
    ) -> String {
        let occurs = |verdict: &Verdict| self.0.iter().any(|(_, counts)| counts.contains_key(verdict));
        let verdicts: Vec<Verdict> = Verdict::ALL.into_iter().filter(occurs).collect();
        let mut table = format!(
            "<table class=\"counts\"><caption>{}</caption>\n<thead><tr><th scope=\"col\">{}</th>",
            text(caption),
            text(head)
        );
        for verdict in &verdicts {
            let (name, sign) = (verdict.name(), sign(*verdict));
            let _ = write!(
                table,
                "<th scope=\"col\"><abbr class=\"mark {name}\" title=\"{name}\"><span aria-hidden=\"true\">{sign}</span>\
                 <span class=\"unseen\">{name}</span></abbr></th>"
            );
        }
        table.push_str("</tr></thead>\n<tbody>\n");
        for (place, (name, counts)) in self.0.iter().enumerate() {
            let _ = write!(
                table,
                "<tr><th scope=\"row\"><a href=\"{}\">{}</a></th>",
                text(&link(place, name, None)),
                text(name)
            );
            for verdict in &verdicts {
                let Some(count) = counts.get(verdict) else {
                    table.push_str("<td></td>");
                    continue;
                };
                let href = text(&link(place, name, Some(*verdict)));
                let _ = write!(table, "<td><a class=\"{}\" href=\"{href}\">{count}</a></td>", verdict.name());
            }
            table.push_str("</tr>\n");
        }
        table + "</tbody></table>\n"
    }
}

/// A fragment that shows only rows of this `key`, and of this verdict.
pub(super) fn filter(key: &str, value: &str, verdict: Option<Verdict>) -> String {
    let verdict = verdict.map(|verdict| format!("&verdict={}", verdict.name())).unwrap_or_default();
    format!("#{key}={}{verdict}", fragment(value))
}

/// `target version`, and the mode if it was not the usual one.
pub(super) fn label(report: &Report) -> String {
    let version = report.target.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let mode = report.mode.map(|mode| format!(" ({})", mode.name())).unwrap_or_default();
    format!("{}{version}{mode}", report.target.name)
}
