//! Kinds of findings that are known of a target, each with its reason: `fuzz.toml` beside its definition.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{key::Key, property};

/// A kind of finding that is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// The property, in its own words.
    pub property: String,
    /// What is special about the stimulus; left out: whatever it is.
    #[serde(default)]
    pub about: Option<Vec<String>>,
    /// What is seen instead; left out: whatever it is.
    #[serde(default)]
    pub manner: Option<Vec<String>>,
    /// Why, in one sentence.
    pub reason: String,
    /// The scenario of the suite that shows it.
    #[serde(default)]
    pub scenario: Option<String>,
}

/// Everything that is known of a target.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The entries, in the order of the file.
    #[serde(default)]
    pub known: Vec<Entry>,
}

/// Why a file of known findings cannot be used. Its author erred.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not the TOML that it should be.
    #[error("{} is no file of known findings", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        source: Box<toml::de::Error>,
    },
    /// An entry makes no sense.
    #[error("{}: the entry for `{property}` {why}", path.display())]
    Senseless {
        /// The file.
        path: PathBuf,
        /// Its property.
        property: String,
        /// What is wrong.
        why: &'static str,
    },
}

impl Known {
    /// The name of the file.
    pub const FILE: &str = "fuzz.toml";

    /// Reads `path`. Without such a file nothing is known.
    ///
    /// # Errors
    ///
    /// When it cannot be read or understood.
    pub fn load(path: &Path) -> Result<Self, KnownError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(KnownError::Unreadable { path: path.to_owned(), source }),
        };
        let known: Self = toml::from_str(&text)
            .map_err(|source| KnownError::Malformed { path: path.to_owned(), source: Box::new(source) })?;
        for entry in &known.known {
            let why = if !property::ALL.iter().any(|property| property.says == entry.property) {
                "names no property"
            } else if entry.reason.trim().is_empty() {
                "gives no reason"
            } else {
                continue;
            };
            return Err(KnownError::Senseless {
                path: path.to_owned(),
                property: entry.property.clone(),
                why,
            });
        }
        Ok(known)
    }

    /// What is known of this kind of finding.
    #[must_use]
    pub fn of(&self, key: &Key) -> Option<&Entry> {
        let among = |texts: &Option<Vec<String>>, text: &str| {
            texts.as_ref().is_none_or(|texts| texts.iter().any(|one| one == text))
        };
        self.known.iter().find(|entry| {
            entry.property == key.property.says
                && among(&entry.about, key.property.about)
                && among(&entry.manner, &key.manner)
        })
    }
}
