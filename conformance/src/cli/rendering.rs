//! Formats of a report, as words of the command line.

use std::path::PathBuf;

use clap::Args as Group;

/// Where each format goes.
#[derive(Debug, Group)]
#[group(required = true, multiple = true)]
pub(super) struct Formats {
    /// JUnit XML, for CI systems; `-` is standard output, here and below
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// A summary in Markdown, for the page of a job
    #[arg(long, value_name = "FILE")]
    pub(super) markdown: Option<PathBuf>,
    /// TAP 14
    #[arg(long, value_name = "FILE")]
    pub(super) tap: Option<PathBuf>,
    /// Pages for a browser, without anything from the network; several reports are set side by side
    #[arg(long, value_name = "FOLDER")]
    pub(super) html: Option<PathBuf>,
}

/// A report in one format, and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Rendering {
    pub(super) format: Format,
    pub(super) path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Junit,
    Markdown,
    Tap,
    /// A folder of files.
    Html,
}

impl Format {
    const ALL: [(&str, Self); 5] = [
        ("json", Self::Json),
        ("junit", Self::Junit),
        ("markdown", Self::Markdown),
        ("tap", Self::Tap),
        ("html", Self::Html),
    ];
}

/// Reads `FORMAT=PATH`.
pub(super) fn rendering(text: &str) -> Result<Rendering, String> {
    let Some((word, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err("a format and a path, such as json=report.json".to_owned());
    };
    match Format::ALL.into_iter().find(|(name, _)| *name == word) {
        Some((_, format)) => Ok(Rendering { format, path: path.into() }),
        None => {
            let known = Format::ALL.map(|(name, _)| name).join(", ");
            Err(format!("there is no report `{word}`; known: {known}"))
        }
    }
}
