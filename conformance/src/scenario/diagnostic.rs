//! Messages that point into a file: line, caret, and what was meant.

use std::{fmt, path::PathBuf, sync::Arc};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::model::Span;

/// A file's text and the name to show for it.
#[derive(Debug)]
pub struct Source {
    /// Path as the user would write it.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// The line, counted from 1, on which `span` starts.
    #[must_use]
    pub fn line(&self, span: Span) -> usize {
        let start = span.start.min(self.text.len());
        self.text.as_bytes()[..start].iter().filter(|&&octet| octet == b'\n').count() + 1
    }

    /// The text at `span`.
    #[must_use]
    pub fn text_at(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }
}

/// One mistake in one file; its author erred.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The file.
    pub source: Arc<Source>,
    /// The place.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What stands under the caret.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A mistake at `span`.
    pub fn new(source: &Arc<Source>, span: Span, message: impl Into<String>) -> Self {
        // A reader of KDL may point behind the end, or into a letter.
        let text = &source.text;
        let start = text.floor_char_boundary(span.start);
        let span = Span { start, end: text.ceil_char_boundary(span.end.max(start)) };
        Self { source: Arc::clone(source), span, message: message.into(), label: String::new(), help: None }
    }

    /// Adds what stands under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the known word that is closest to `given`, or all that there are.
    #[must_use]
    pub fn suggest<'a>(self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match closest(given, &known) {
            Some(word) => self.help(format!("did you mean `{word}`?")),
            None if known.is_empty() => self,
            None => self.help(format!("known here: {}", known.join(", "))),
        }
    }

    /// The message with its excerpt; `styled` for a terminal that shows colours.
    #[must_use]
    pub fn render(&self, styled: bool) -> String {
        let path = self.source.path.display().to_string();
        let end = self.span.end.min(self.source.text.len());
        let annotation =
            AnnotationKind::Primary.span(self.span.start.min(end)..end).label(self.label.as_str());
        let snippet = Snippet::source(self.source.text.as_str()).path(path.as_str()).annotation(annotation);
        let mut group = Level::ERROR.primary_title(self.message.as_str()).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// The known word that `given` was probably meant to be.
pub(super) fn closest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let close = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(given, word), *word))
        .filter(|(distance, word)| *distance <= 1 + word.len() / 4)
        .min();
    close.map(|(_, word)| word)
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostic {}
