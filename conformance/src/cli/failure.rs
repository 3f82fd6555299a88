//! How a command fails: what it prints, and with which code it ends.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, IsTerminal, Write as _},
    path::Path,
};

use crate::{
    exit,
    runner::RunError,
    scenario::{Diagnostic, LibraryError},
};

/// A message for a person, and an exit code.
pub(super) struct Failure {
    pub(super) code: u8,
    text: String,
}

impl Failure {
    /// Wrong usage, or a mistake in a file.
    pub(super) fn usage(error: &(dyn Error + 'static)) -> Self {
        Self { code: exit::USAGE, text: chain(error) }
    }

    /// The target cannot be used.
    pub(super) fn target(error: &(dyn Error + 'static)) -> Self {
        Self { code: exit::TARGET, text: chain(error) }
    }

    /// Our own fault, or the machine's.
    pub(super) fn ours(error: &(dyn Error + 'static)) -> Self {
        Self { code: exit::OUR_FAULT, text: chain(error) }
    }

    pub(super) fn plain(code: u8, text: impl Into<String>) -> Self {
        Self { code, text: format!("error: {}", text.into()) }
    }

    /// A folder that cannot be written to.
    pub(super) fn unwritable(code: u8, folder: &Path, error: &io::Error) -> Self {
        Self::plain(code, format!("cannot write to {}: {error}", folder.display()))
    }

    /// Mistakes in scenario files, each with its excerpt.
    pub(super) fn mistakes(mistakes: &[Diagnostic]) -> Self {
        let styled = io::stderr().is_terminal();
        let rendered: Vec<String> = mistakes.iter().map(|mistake| mistake.render(styled)).collect();
        Self { code: exit::USAGE, text: rendered.join("\n\n") }
    }

    pub(super) fn print(&self) {
        anstream::eprintln!("{}", self.text);
    }
}

impl From<LibraryError> for Failure {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::Mistakes(mistakes) => Self::mistakes(&mistakes),
            other => Self::usage(&other),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Origin { .. } => Self::ours(&error),
            _ => Self::target(&error),
        }
    }
}

/// An error and its causes on one line each.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = format!("error: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        let _ = write!(text, "\n  because: {}", inner.to_string().trim_end().replace('\n', "\n  "));
        cause = inner.source();
    }
    text
}

/// Prints what a program may read. A reader that went away is no failure.
pub(super) fn out(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::ours(&error)),
        _ => Ok(()),
    }
}
