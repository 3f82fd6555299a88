//! Expectation files: the verdicts that are known of a named target, each with its reason.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;

use crate::judge::Verdict;

/// One entry: rows, their verdict, and why.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// The patterns as written.
    pub patterns: Vec<String>,
    matchers: Vec<GlobMatcher>,
    /// The verdict that is known.
    pub verdict: Verdict,
    /// One sentence.
    pub reason: String,
}

/// Everything that is known of a target.
#[derive(Clone, Debug, Default)]
pub struct Expectations(pub Vec<Expectation>);

/// Why an expectation file cannot be used. Its author erred.
#[derive(Debug, thiserror::Error)]
pub enum ExpectationError {
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not the TOML that it should be.
    #[error("{} is not an expectation file", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        source: Box<toml::de::Error>,
    },
    /// A pattern is no glob.
    #[error("{}: `{pattern}` is not a pattern", path.display())]
    BadPattern {
        /// The file.
        path: PathBuf,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// An entry without a reason says nothing.
    #[error("{}: the entry for `{pattern}` gives no reason", path.display())]
    NoReason {
        /// The file.
        path: PathBuf,
        /// Its first pattern.
        pattern: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    expect: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rows: Vec<String>,
    verdict: Verdict,
    reason: String,
}

impl Expectations {
    /// Reads `path`; a file that does not exist expects nothing.
    ///
    /// # Errors
    ///
    /// When it exists and cannot be read or understood.
    pub fn load(path: &Path) -> Result<Self, ExpectationError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(ExpectationError::Unreadable { path: path.to_owned(), source }),
        };
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, ExpectationError> {
        let file: File = toml::from_str(text).map_err(|source| ExpectationError::Malformed {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let mut entries = Vec::new();
        for entry in file.expect {
            let matcher = |pattern: &String| {
                GlobBuilder::new(pattern)
                    .literal_separator(true)
                    .build()
                    .map(|glob| glob.compile_matcher())
                    .map_err(|source| ExpectationError::BadPattern {
                        path: path.to_owned(),
                        pattern: pattern.clone(),
                        source,
                    })
            };
            let matchers = entry.rows.iter().map(matcher).collect::<Result<Vec<_>, _>>()?;
            if entry.reason.trim().is_empty() || entry.rows.is_empty() {
                let pattern = entry.rows.first().cloned().unwrap_or_default();
                return Err(ExpectationError::NoReason { path: path.to_owned(), pattern });
            }
            entries.push(Expectation {
                patterns: entry.rows,
                matchers,
                verdict: entry.verdict,
                reason: entry.reason,
            });
        }
        Ok(Self(entries))
    }

    /// The first entry that speaks of this row.
    #[must_use]
    pub fn of(&self, row: &str) -> Option<&Expectation> {
        self.0.iter().find(|entry| entry.matchers.iter().any(|matcher| matcher.is_match(row)))
    }

    /// Patterns that match none of `rows`: they speak of what no longer exists.
    pub fn idle<'a>(&'a self, rows: &'a [String]) -> impl Iterator<Item = &'a str> {
        self.0.iter().flat_map(|entry| entry.patterns.iter().zip(&entry.matchers)).filter_map(
            |(pattern, matcher)| (!rows.iter().any(|row| matcher.is_match(row))).then_some(pattern.as_str()),
        )
    }
}
