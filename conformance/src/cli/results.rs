//! The published results: one file for each version of each target.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::failure::Failure;
use crate::{exit, report::Published};

/// Every file of results, with its path below `folder`.
pub(super) fn published(folder: &Path) -> Result<Vec<(String, Published)>, Failure> {
    let mut all = Vec::new();
    for target in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&target)? {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            let published = serde_json::from_str(&text).map_err(|error| unreadable(&path, &error.into()))?;
            let below = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            all.push((below, published));
        }
    }
    Ok(all)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let read = || -> io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut paths = match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        read => read.map_err(|error| unreadable(folder, &error))?,
    };
    paths.sort();
    Ok(paths)
}

/// A file or folder of ours that cannot be read or written.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::plain(exit::OUR_FAULT, format!("cannot use {}: {error}", path.display()))
}
