//! What can be wrong with a configuration, and how it is shown.
//!
//! It owns the sentences and the drawing. Nothing here decides that
//! something is wrong.

use std::{fmt, path::PathBuf};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

/// A configuration that cannot be used: one problem, and where it is.
#[derive(Debug)]
pub struct ConfigError {
    problem: Box<Problem>,
    /// The text the problem is in, unless the file itself could not be read.
    place: Option<Box<(Source, Span)>>,
}

impl ConfigError {
    pub(super) fn new(problem: Problem, at: Span, sources: &[Source]) -> Self {
        let place = Some(Box::new((sources[at.source].clone(), at)));
        ConfigError { problem: Box::new(problem), place }
    }

    pub(super) fn unreadable(path: PathBuf, cause: std::io::Error) -> Self {
        ConfigError { problem: Box::new(Problem::Unreadable { path, cause }), place: None }
    }

    /// Draws the problem with its line and a caret; colour is up to whoever
    /// prints it (`anstream` takes it out where it is not wanted).
    pub fn render(&self) -> String {
        let title = Level::ERROR.primary_title(self.problem.to_string());
        let mut group = match self.place.as_deref() {
            Some((source, at)) => title.element(Snippet::source(&source.text).path(&source.name).annotation(
                AnnotationKind::Primary.span(at.start..at.end.max(at.start)).label(self.problem.expected()),
            )),
            None => Group::with_title(title),
        };
        if let Some(near) = self.problem.nearest() {
            group = group.element(Level::HELP.message(format!("did you mean `{near}`?")));
        }
        if let Some(note) = self.problem.note() {
            group = group.element(Level::NOTE.message(note));
        }
        Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group])
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_deref() {
            None => write!(f, "{}", self.problem),
            Some((source, at)) => {
                let line = source.text[..at.start].matches('\n').count() + 1;
                write!(f, "{}:{line}: {}", source.name, self.problem)
            }
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

/// One file of the configuration.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
}

/// A range of bytes of one source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) source: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("a quote is not closed")]
    UnclosedQuote,
    #[error("something follows the closing quote")]
    GluedToQuote,
    #[error("a block is not closed")]
    UnclosedBlock,
    #[error("a `}}` closes nothing")]
    StrayClose,
    #[error("`{0}` is not finished")]
    MissingSemicolon(String),
    #[error("a directive has no name")]
    NoName,
    #[error("files include each other without end")]
    IncludeLoop,
    #[error("unknown directive `{name}` in {place}")]
    UnknownDirective { name: String, place: &'static str, known: &'static [&'static str] },
    #[error("`{name}` {fault}")]
    Arguments { name: String, fault: String, expected: &'static str },
    #[error("`{name}` is given twice")]
    Duplicate { name: String },
    #[error("{place} has no `{name}`")]
    Missing { place: &'static str, name: &'static str },
    #[error("unknown variable `{name}`")]
    UnknownVariable { name: String, known: Vec<String> },
    #[error("map `${0}` depends on itself")]
    MapLoop(String),
    #[error("cannot resolve `{0}`")]
    Unresolvable(String),
    #[error("unknown upstream `{name}`")]
    UnknownUpstream { name: String, known: Vec<String> },
}

impl Problem {
    /// The few words beside the caret: what belongs there instead.
    fn expected(&self) -> String {
        match self {
            Problem::Unreadable { .. } => String::new(),
            Problem::UnclosedQuote => "opened here".into(),
            Problem::GluedToQuote => "expected a blank, `;` or `{`".into(),
            Problem::UnclosedBlock => "opened here, expected a `}`".into(),
            Problem::StrayClose => "no block is open here".into(),
            Problem::MissingSemicolon(_) => "expected `;` behind this".into(),
            Problem::NoName => "expected the name of a directive".into(),
            Problem::IncludeLoop => "included from itself".into(),
            Problem::UnknownDirective { .. } => "not known here".into(),
            Problem::Arguments { expected, .. } => format!("expected {expected}"),
            Problem::Duplicate { .. } => "expected it once".into(),
            Problem::Missing { name, .. } => format!("expected `{name}` in here"),
            Problem::UnknownVariable { .. } => "not a variable".into(),
            Problem::MapLoop(_) => "part of the loop".into(),
            Problem::Unresolvable(_) => "expected an address, or a name that resolves".into(),
            Problem::UnknownUpstream { .. } => "expected host:port or a declared upstream".into(),
        }
    }

    /// The known name that was probably meant.
    fn nearest(&self) -> Option<String> {
        let (name, known, _) = self.known()?;
        nearest(name, &known).cloned()
    }

    /// What else may help: the cause, or all names that are known.
    fn note(&self) -> Option<String> {
        if let Problem::Unreadable { cause, .. } = self {
            return Some(cause.to_string());
        }
        let (_, known, kind) = self.known()?;
        let known = if known.is_empty() { "nothing".into() } else { known.join(", ") };
        Some(format!("{kind}: {known}"))
    }

    /// The unknown name, those that are known, and what they are.
    fn known(&self) -> Option<(&str, Vec<String>, String)> {
        match self {
            Problem::UnknownDirective { name, place, known } => {
                let known = known.iter().map(ToString::to_string).collect();
                Some((name, known, format!("known in {place}")))
            }
            Problem::UnknownVariable { name, known } => Some((name, known.clone(), "variables".into())),
            Problem::UnknownUpstream { name, known } => {
                Some((name, known.clone(), "declared upstreams".into()))
            }
            _ => None,
        }
    }
}

/// The known name that a typing slip could have been meant for.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a String> {
    let (distance, near) = known.iter().map(|known| (distance(name, known), known)).min()?;
    (distance <= name.len().div_ceil(4).max(1)).then_some(near)
}

/// Levenshtein's distance in bytes.
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
