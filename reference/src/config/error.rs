//! What is wrong with a configuration, and where.

use std::{error::Error, fmt, ops::Range, sync::Arc};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};

/// One reason why a configuration cannot be used, and its place in the text.
#[derive(Debug)]
pub struct ConfigError {
    message: String,
    at: Place,
    expected: String,
    /// What else may help.
    notes: Box<[String]>,
}

/// A piece of the text of one file.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) source: Arc<Source>,
    pub(super) range: Range<usize>,
}

/// One file, or what stands for one.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
}

impl Place {
    pub(super) fn error(&self, message: impl Into<String>, expected: impl Into<String>) -> ConfigError {
        let (message, expected) = (message.into(), expected.into());
        ConfigError { message, at: self.clone(), expected, notes: Box::default() }
    }
}

impl ConfigError {
    /// Adds why it happened.
    pub(super) fn because(self, cause: impl fmt::Display) -> Self {
        ConfigError { notes: [cause.to_string()].into(), ..self }
    }

    /// Adds the names that would be right, and the one that was probably meant.
    pub(super) fn knowing<'a>(self, name: &str, what: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let mut known: Vec<_> = known.collect();
        known.sort_unstable();
        let near = known.iter().map(|other| (distance(name, other), other)).min();
        let near = near.filter(|(distance, _)| *distance <= name.len().div_ceil(4));
        let meant = near.map(|(_, near)| format!("did you mean `{near}`?"));
        let list = if known.is_empty() { "none".into() } else { known.join(", ") };
        ConfigError { notes: meant.into_iter().chain([format!("{what}: {list}")]).collect(), ..self }
    }

    /// Draws the place with a caret. Colour is up to whoever prints it:
    /// `anstream` takes it out where it is not wanted.
    pub fn render(&self) -> String {
        let Place { source, range } = &self.at;
        let caret = AnnotationKind::Primary.span(range.clone()).label(&self.expected);
        let snippet = Snippet::source(&source.text).path(&source.name).annotation(caret);
        let mut group = Level::ERROR.primary_title(&self.message).element(snippet);
        for note in &self.notes {
            group = group.element(Level::HELP.message(note));
        }
        Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group])
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.at.source.text[..self.at.range.start].matches('\n').count() + 1;
        write!(f, "{}:{line}: {}", self.at.source.name, self.message)
    }
}

impl Error for ConfigError {}

/// Levenshtein's distance: how many slips of a finger lie between two words.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in right.bytes().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
