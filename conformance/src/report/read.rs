//! Reading a report that was written before, perhaps by another version.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::model::{Report, SCHEMA_VERSION};

/// Why a file cannot be used as a report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no JSON, or not the JSON of a report.
    #[error("{} is no report of `run --report json=FILE`", path.display())]
    NoReport {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        source: serde_json::Error,
    },
    /// It was written in another format.
    #[error(
        "{} is a report of schema version {found}, by hopspec {suite}; this one, {}, reads version {SCHEMA_VERSION}",
        path.display(),
        env!("CARGO_PKG_VERSION")
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: String,
        /// The version of the suite that wrote it.
        suite: String,
    },
}

/// Reads the report at `path`.
///
/// # Errors
///
/// When it cannot be read, is no report, or one of another schema version.
pub fn read_report(path: &Path) -> Result<Report, ReadError> {
    let text =
        fs::read_to_string(path).map_err(|source| ReadError::Unreadable { path: path.to_owned(), source })?;
    let no_report = |source| ReadError::NoReport { path: path.to_owned(), source };
    let value: Value = serde_json::from_str(&text).map_err(no_report)?;
    match &value["schema_version"] {
        Value::Number(version) if version.as_u64() != Some(SCHEMA_VERSION.into()) => {
            let suite = value["suite_version"].as_str().unwrap_or("of an unknown version").to_owned();
            Err(ReadError::OtherVersion { path: path.to_owned(), found: version.to_string(), suite })
        }
        _ => serde_json::from_value(value).map_err(no_report),
    }
}
