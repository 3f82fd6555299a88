//! Which rows a run plays.

use globset::{GlobBuilder, GlobMatcher};

use super::{library::Library, model::Row};
use crate::requirement::Family;

/// What a row must be, beside matching a pattern.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// In this folder.
    pub area: Option<String>,
    /// Covering this requirement.
    pub covers: Option<String>,
    /// Covering a requirement of this family.
    pub family: Option<Family>,
    /// In need of this capability.
    pub needs: Option<String>,
}

/// Patterns and filters; a row must satisfy all that are given.
#[derive(Debug, Default)]
pub struct Selection {
    patterns: Vec<(String, GlobMatcher)>,
    filters: Filters,
}

/// Why nothing can be selected. The user erred.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// A pattern is no glob.
    #[error("`{pattern}` is not a pattern")]
    BadPattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// A pattern or filter matches nothing; silence would look like success.
    #[error("`{0}` matches no scenario; `hopspec list` shows what there is")]
    NothingMatches(String),
}

impl Selection {
    /// Reads selectors: globs over scenario ids and row ids, where `**` crosses folders.
    ///
    /// # Errors
    ///
    /// When a pattern is not a glob.
    pub fn new(patterns: &[String], filters: Filters) -> Result<Self, SelectError> {
        let matcher = |pattern: &String| {
            GlobBuilder::new(pattern)
                .literal_separator(true)
                .build()
                .map(|glob| (pattern.clone(), glob.compile_matcher()))
                .map_err(|source| SelectError::BadPattern { pattern: pattern.clone(), source })
        };
        Ok(Self { patterns: patterns.iter().map(matcher).collect::<Result<_, _>>()?, filters })
    }

    /// The rows of `library` that are meant.
    ///
    /// # Errors
    ///
    /// When a pattern matches no row at all, or nothing is left after the filters.
    pub fn choose(&self, library: &Library) -> Result<Vec<Row>, SelectError> {
        let rows = library.rows();
        let matches = |matcher: &GlobMatcher, row: &Row| {
            matcher.is_match(&row.scenario.id.0) || matcher.is_match(row.id())
        };
        for (pattern, matcher) in &self.patterns {
            if !rows.iter().any(|row| matches(matcher, row)) {
                return Err(SelectError::NothingMatches(pattern.clone()));
            }
        }
        let chosen: Vec<Row> = rows
            .into_iter()
            .filter(|row| {
                self.patterns.is_empty() || self.patterns.iter().any(|(_, matcher)| matches(matcher, row))
            })
            .filter(|row| self.filters.admit(row, library))
            .collect();
        if chosen.is_empty() {
            return Err(SelectError::NothingMatches(self.filters.words()));
        }
        Ok(chosen)
    }

    /// The selectors as they were given.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.patterns.iter().map(|(pattern, _)| pattern.clone()).collect()
    }
}

impl Filters {
    fn admit(&self, row: &Row, library: &Library) -> bool {
        let scenario = &row.scenario;
        let of_family = |family| {
            let mut rules = scenario.covers.iter().filter_map(|covers| library.catalogue.get(&covers.value));
            rules.any(|rule| rule.family == family)
        };
        self.area.as_ref().is_none_or(|area| scenario.id.area() == area)
            && self.covers.as_ref().is_none_or(|id| scenario.covers.iter().any(|c| c.value.0 == *id))
            && self.family.is_none_or(of_family)
            && self.needs.as_ref().is_none_or(|word| row.needs().any(|need| need.name() == word))
    }

    /// The filters as they were given.
    fn words(&self) -> String {
        let family = self.family.map(|family| family.name().to_owned());
        let all = [
            ("--area", &self.area),
            ("--covers", &self.covers),
            ("--family", &family),
            ("--needs", &self.needs),
        ];
        let given =
            all.iter().filter_map(|(flag, value)| value.as_ref().map(|value| format!("{flag} {value}")));
        given.collect::<Vec<_>>().join(" ")
    }
}
