//! Differences between two targets, each with the rule that says who is right, as a page.

use std::{
    collections::BTreeSet,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::differ::{Differences, Judged};
use crate::{
    judge::Verdict,
    requirement::{Catalogue, RequirementId},
};

/// Why a file of explanations cannot be used. Its author erred.
#[derive(Debug, thiserror::Error)]
pub enum ExplanationError {
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not the TOML that it should be.
    #[error("{} is no file of explanations", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        source: Box<toml::de::Error>,
    },
    /// A rule that the catalogue does not know.
    #[error("{}: there is no requirement `{rule}`", path.display())]
    NoRule {
        /// The file.
        path: PathBuf,
        /// What was named.
        rule: String,
    },
}

/// Explanations of differences.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanations {
    #[serde(default)]
    difference: Vec<Explanation>,
}

/// Who is right where two targets differ.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanation {
    /// Kinds of difference, as [`differ`](super::differ) names them.
    what: Vec<String>,
    /// The rules, by their ids in the catalogue.
    rules: Vec<RequirementId>,
    /// The name of a target, or `both` where the rules leave a choice.
    right: String,
    /// One sentence.
    reason: String,
    /// Not every build of a target's version shows it.
    #[serde(default)]
    varies: bool,
}

impl Explanations {
    /// Reads `path`; a file that does not exist explains nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be read or understood, or names a rule that `catalogue` does not know.
    pub fn load(path: &Path, catalogue: &Catalogue) -> Result<Self, ExplanationError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(ExplanationError::Unreadable { path: path.to_owned(), source }),
        };
        let all: Self = toml::from_str(&text).map_err(|source| ExplanationError::Malformed {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        for rule in all.difference.iter().flat_map(|one| &one.rules) {
            if catalogue.get(rule).is_none() {
                return Err(ExplanationError::NoRule { path: path.to_owned(), rule: rule.0.clone() });
            }
        }
        Ok(all)
    }

    /// Kinds of difference that nothing explains.
    #[must_use]
    pub fn open<'a>(&self, found: &'a Differences) -> Vec<&'a str> {
        let explained =
            |what: &str| self.difference.iter().any(|one| one.what.iter().any(|known| known == what));
        found.on_the_wire.keys().map(String::as_str).filter(|what| !explained(what)).collect()
    }

    /// Kinds that are explained and were not seen, though every build should show them.
    #[must_use]
    pub fn idle(&self, found: &Differences) -> Vec<&str> {
        let all = self.difference.iter().filter(|one| !one.varies).flat_map(|one| &one.what);
        all.map(String::as_str).filter(|what| !found.on_the_wire.contains_key(*what)).collect()
    }

    /// The page about the targets `one` and `other`: where their verdicts differ, and then where only the
    /// wire does, each with the rule that says who is right.
    #[must_use]
    pub fn page(&self, [one, other]: [&str; 2], found: &Differences, catalogue: &Catalogue) -> String {
        let rule = |id: &RequirementId| {
            let citation = catalogue.get(id).map(|rule| format!(" ({})", rule.citation()));
            id.0.clone() + &citation.unwrap_or_default()
        };
        let mut text = format!(
            "## What comes out differently\n\n\
             The rule of the scenario says who is right; `hopspec explain` shows it.\n\n\
             | scenario | rows | {one} | {other} | right | rule |\n|---|--:|---|---|---|---|\n"
        );
        for (judged, rows) in &found.judged {
            let rules: Vec<String> = judged.rules.iter().map(rule).collect();
            let right = judged.right().map_or("both", |first| if first { one } else { other });
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {right} | {} |",
                judged.scenario,
                rows.len(),
                shown(&judged.one),
                shown(&judged.other),
                rules.join(", ")
            );
        }
        text += "\n## What differs on the wire where both come to the same\n";
        for explanation in &self.difference {
            let rules: Vec<String> = explanation.rules.iter().map(rule).collect();
            let _ = write!(
                text,
                "\n**{}** Right: {}. {}\n\n| difference | rows | scenarios |\n|---|--:|---|\n",
                explanation.reason,
                explanation.right,
                rules.join(", ")
            );
            for what in &explanation.what {
                let Some(rows) = found.on_the_wire.get(what) else { continue };
                let _ =
                    writeln!(text, "| {} | {} | {} |", what.replace('|', "\\|"), rows.len(), scenarios(rows));
            }
        }
        text
    }
}

impl Judged {
    /// Whether the first target is right, if only one is.
    fn right(&self) -> Option<bool> {
        let conforms =
            |(verdict, _): &(Verdict, Option<String>)| matches!(verdict, Verdict::Pass | Verdict::Observed);
        let (one, other) = (conforms(&self.one), conforms(&self.other));
        (one != other).then_some(one)
    }
}

fn shown((verdict, outcome): &(Verdict, Option<String>)) -> String {
    let outcome = outcome.as_ref().map(|outcome| format!(": {outcome}")).unwrap_or_default();
    verdict.name().to_owned() + &outcome
}

/// The scenarios of `rows`; a field of every message would fill the page with the whole suite.
fn scenarios(rows: &BTreeSet<String>) -> String {
    let all: BTreeSet<&str> = rows.iter().map(|row| row.split(':').next().unwrap_or_default()).collect();
    let first: Vec<&str> = all.iter().copied().take(MANY).collect();
    let rest = all.len() - first.len();
    first.join(", ") + &if rest == 0 { String::new() } else { format!(" and {rest} more") }
}

/// So many scenarios are listed of one difference.
const MANY: usize = 12;
