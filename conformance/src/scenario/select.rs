//! Which rows a run plays.

use globset::{GlobBuilder, GlobMatcher};

use super::model::Row;

/// Patterns and filters; a row must satisfy all that are given.
#[derive(Debug, Default)]
pub struct Selection {
    patterns: Vec<(String, GlobMatcher)>,
    area: Option<String>,
    covers: Option<String>,
    needs: Option<String>,
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
    pub fn new(
        patterns: &[String],
        area: Option<String>,
        covers: Option<String>,
        needs: Option<String>,
    ) -> Result<Self, SelectError> {
        let matcher = |pattern: &String| {
            GlobBuilder::new(pattern)
                .literal_separator(true)
                .build()
                .map(|glob| (pattern.clone(), glob.compile_matcher()))
                .map_err(|source| SelectError::BadPattern { pattern: pattern.clone(), source })
        };
        Ok(Self { patterns: patterns.iter().map(matcher).collect::<Result<_, _>>()?, area, covers, needs })
    }

    /// The rows that are meant.
    ///
    /// # Errors
    ///
    /// When a pattern matches no row at all, or nothing is left after the filters.
    pub fn choose(&self, rows: Vec<Row>) -> Result<Vec<Row>, SelectError> {
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
            .filter(|row| self.area.as_ref().is_none_or(|area| row.scenario.id.area() == area))
            .filter(|row| {
                self.covers.as_ref().is_none_or(|id| row.scenario.covers.iter().any(|c| c.value.0 == *id))
            })
            .filter(|row| {
                self.needs.as_ref().is_none_or(|word| row.scenario.needs.iter().any(|n| n.name() == word))
            })
            .collect();
        if chosen.is_empty() {
            let filters = [("--area", &self.area), ("--covers", &self.covers), ("--needs", &self.needs)];
            let given = filters
                .iter()
                .filter_map(|(flag, value)| value.as_ref().map(|value| format!("{flag} {value}")));
            return Err(SelectError::NothingMatches(given.collect::<Vec<_>>().join(" ")));
        }
        Ok(chosen)
    }

    /// The selectors as they were given.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.patterns.iter().map(|(pattern, _)| pattern.clone()).collect()
    }
}
