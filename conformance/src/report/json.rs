//! The JSON report, and the schema that is generated from its types.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::model::Report;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// Renders `report`; everything else is rendered from this.
#[must_use]
pub fn render_json(report: &Report) -> String {
    // Strings, numbers and maps with strings for keys can always be written.
    serde_json::to_string_pretty(report).unwrap_or_default() + "\n"
}

/// Writes `text` to `path`: beside it first, so that a full disk leaves no half file.
///
/// # Errors
///
/// When the folder cannot be written or the disk is full.
pub fn write_whole(text: &str, path: &Path) -> Result<(), WriteError> {
    let failed = |source| WriteError { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    fs::write(file.path(), text).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A temporary file is private; a report is for others to read.
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).map_err(failed)?;
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// The JSON schema of a report.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Report);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
