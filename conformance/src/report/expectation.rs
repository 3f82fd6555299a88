//! Expectation files: the verdicts that are known of a named target, each with its reason.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;

use crate::{judge::Verdict, target::Version};

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
    /// Where the project itself speaks of it.
    pub link: Option<String>,
    /// The first version that behaves so, if others do not.
    pub from: Option<Version>,
    /// The first version that does not behave so any more.
    pub until: Option<Version>,
    /// It concerns security and nobody has published it: kept out of published pages.
    pub unpublished: bool,
    /// It depends on a race within the target: other runs come to another verdict.
    pub varies: bool,
}

impl Expectation {
    /// Whether it is about that version. Of a target that tells none it is supposed that it is the newest.
    #[must_use]
    pub fn speaks_of(&self, version: Option<&Version>) -> bool {
        match version {
            Some(version) => {
                self.from.as_ref().is_none_or(|from| from <= version)
                    && self.until.as_ref().is_none_or(|until| version < until)
            }
            None => self.until.is_none(),
        }
    }

    /// Whether one of its patterns means that row.
    #[must_use]
    pub fn matches(&self, row: &str) -> bool {
        self.matchers.iter().any(|matcher| matcher.is_match(row))
    }

    /// Whether the pattern at that place means that row.
    pub(super) fn matches_at(&self, at: usize, row: &str) -> bool {
        self.matchers[at].is_match(row)
    }
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
    /// A version that is none, or an order of them that leaves none.
    #[error("{}: the entry for `{pattern}`: {why}", path.display())]
    BadVersion {
        /// The file.
        path: PathBuf,
        /// Its first pattern.
        pattern: String,
        /// What is wrong.
        why: String,
    },
    /// It is TOML, and cannot be edited as such.
    #[error("{} cannot be edited", path.display())]
    NoDocument {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        source: Box<toml_edit::TomlError>,
    },
    /// `expect` is there, and is no list of `[[expect]]`.
    #[error("{}: write each entry as [[expect]]", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
    },
    /// An entry that speaks of no row.
    #[error("{}: the entry with the reason `{reason}` names no rows", path.display())]
    NoRows {
        /// The file.
        path: PathBuf,
        /// Its reason.
        reason: String,
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
    link: Option<String>,
    from: Option<String>,
    until: Option<String>,
    #[serde(default)]
    unpublished: bool,
    #[serde(default)]
    varies: bool,
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
        let all = Self::parse_draft(text, path)?;
        match all.0.iter().find(|entry| entry.reason.trim().is_empty()) {
            Some(entry) => {
                let pattern = entry.patterns[0].clone();
                Err(ExpectationError::NoReason { path: path.to_owned(), pattern })
            }
            None => Ok(all),
        }
    }

    /// Entries may still be without a reason, as an update leaves them.
    pub(super) fn parse_draft(text: &str, path: &Path) -> Result<Self, ExpectationError> {
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
            if entry.rows.is_empty() {
                return Err(ExpectationError::NoRows { path: path.to_owned(), reason: entry.reason });
            }
            let wrong = |why: String| ExpectationError::BadVersion {
                path: path.to_owned(),
                pattern: entry.rows[0].clone(),
                why,
            };
            let version = |text: Option<&String>| -> Result<Option<Version>, ExpectationError> {
                text.map(|text| text.parse().map_err(wrong)).transpose()
            };
            let (from, until) = (version(entry.from.as_ref())?, version(entry.until.as_ref())?);
            if let (Some(from), Some(until)) = (&from, &until)
                && from >= until
            {
                return Err(wrong(format!("holds from {from} until {until}, which is never")));
            }
            entries.push(Expectation {
                patterns: entry.rows,
                matchers,
                verdict: entry.verdict,
                reason: entry.reason,
                link: entry.link,
                from,
                until,
                unpublished: entry.unpublished,
                varies: entry.varies,
            });
        }
        Ok(Self(entries))
    }

    /// Those that speak of `version`.
    #[must_use]
    pub fn at(mut self, version: Option<&Version>) -> Self {
        self.0.retain(|entry| entry.speaks_of(version));
        self
    }

    /// The first entry that speaks of this row.
    #[must_use]
    pub fn of(&self, row: &str) -> Option<&Expectation> {
        self.0.iter().find(|entry| entry.matches(row))
    }

    /// Patterns that match none of `rows`: they speak of what no longer exists.
    pub fn idle<'a>(&'a self, rows: &'a [String]) -> impl Iterator<Item = &'a str> {
        self.0.iter().flat_map(|entry| entry.patterns.iter().zip(&entry.matchers)).filter_map(
            |(pattern, matcher)| (!rows.iter().any(|row| matcher.is_match(row))).then_some(pattern.as_str()),
        )
    }
}
