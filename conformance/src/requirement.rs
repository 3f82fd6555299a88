//! Requirements: one rule each, with its source, and what breaking it does to a run.
//!
//! The severity of a broken rule comes from here and never from the author of a scenario. Families
//! tell what kind of harm is done, exemptions which rules no scenario can show.

mod exemption;
mod family;

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

pub use exemption::{Because, EXEMPTIONS, Exemption, ExemptionError, Exemptions};
pub use family::Family;

/// The stable name of a requirement, such as `9110-7.6.1-a`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct RequirementId(pub String);

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How strongly the source puts a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// RFC 2119 MUST.
    #[serde(rename = "MUST")]
    Must,
    /// RFC 2119 MUST NOT.
    #[serde(rename = "MUST NOT")]
    MustNot,
    /// RFC 2119 SHOULD.
    #[serde(rename = "SHOULD")]
    Should,
    /// RFC 2119 SHOULD NOT.
    #[serde(rename = "SHOULD NOT")]
    ShouldNot,
    /// RFC 2119 MAY.
    #[serde(rename = "MAY")]
    May,
    /// Said in prose, without a keyword.
    #[serde(rename = "informative")]
    Informative,
    /// Said by the nginx page, and claimed by a target that offers the route.
    #[serde(rename = "documented")]
    Documented,
    /// An engineering consequence of other rules.
    #[serde(rename = "derived")]
    Derived,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Must => "MUST",
            Self::MustNot => "MUST NOT",
            Self::Should => "SHOULD",
            Self::ShouldNot => "SHOULD NOT",
            Self::May => "MAY",
            Self::Informative => "informative",
            Self::Documented => "documented",
            Self::Derived => "derived",
        })
    }
}

/// Whom the source binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Binding {
    /// A role that a gateway plays on that hop.
    Direct,
    /// A forward proxy; it applies to a gateway by analogy.
    ProxyOnly,
    /// The endpoints of the upgraded protocol, which a gateway must not break.
    Endpoint,
    /// Whoever claims the documented feature.
    Product,
    /// Nobody in words.
    Derived,
}

/// How much rides on a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Octets lost, altered or smuggled, or a tunnel where none may be.
    Vital,
    /// Interoperation suffers.
    Important,
    /// Good to know.
    Informational,
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vital => "vital",
            Self::Important => "important",
            Self::Informational => "informational",
        })
    }
}

/// What a broken requirement does to a verdict, from mild to grave.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Recorded and published.
    Observed,
    /// Shown, and no failure.
    Warn,
    /// Could not be judged: something before it did not hold.
    Inconclusive,
    /// A violation.
    Fail,
}

/// One rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its stable name.
    pub id: RequirementId,
    /// The document that says it.
    pub source: String,
    /// Where in that document.
    pub section: String,
    /// How strongly.
    pub level: Level,
    /// To whom.
    pub binding: Binding,
    /// How much rides on it.
    pub priority: Priority,
    /// The folder of behaviours that it belongs to.
    pub area: String,
    /// What goes wrong when it is broken.
    pub family: Family,
    /// The rule in one sentence of our own.
    pub summary: String,
    /// What a user loses when it is broken, in one sentence.
    pub hazard: String,
    /// Where the rule can be read in more than one way, and what we accept.
    #[serde(default)]
    pub reading: Option<String>,
    /// Breaking it loses, alters or smuggles octets, whatever the keyword says.
    #[serde(default)]
    pub loss: bool,
}

impl Requirement {
    /// What breaking this rule does to a verdict.
    #[must_use]
    pub fn severity(&self) -> Severity {
        if self.loss {
            return Severity::Fail;
        }
        match (self.level, self.binding) {
            (Level::Must | Level::MustNot, Binding::ProxyOnly) => Severity::Warn,
            (Level::Must | Level::MustNot | Level::Documented, _) => Severity::Fail,
            (Level::Should | Level::ShouldNot, _) => Severity::Warn,
            (Level::Derived, _) if self.priority == Priority::Vital => Severity::Fail,
            (Level::Derived, _) => Severity::Warn,
            (Level::May | Level::Informative, _) => Severity::Observed,
        }
    }

    /// `RFC 9110 §7.6.1`, or the document and its section by name.
    #[must_use]
    pub fn citation(&self) -> String {
        if self.source.starts_with("RFC") {
            format!("{} §{}", self.source, self.section)
        } else {
            format!("{}, {}", self.source, self.section)
        }
    }
}

/// All rules, by id.
#[derive(Clone, Debug, Default)]
pub struct Catalogue(pub BTreeMap<RequirementId, Requirement>);

/// Why a catalogue could not be read. The author of the requirement file erred.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The folder or a file in it cannot be read.
    #[error("cannot read requirements from {}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not the TOML that it should be.
    #[error("{} is not a requirements file", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        source: Box<toml::de::Error>,
    },
    /// Two entries share one id.
    #[error("requirement {id} is defined twice, the second time in {}", path.display())]
    Twice {
        /// The id.
        id: RequirementId,
        /// The file with the second entry.
        path: PathBuf,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    requirement: Vec<Requirement>,
}

impl Catalogue {
    /// Reads every `*.toml` in `folder` but the exemptions.
    ///
    /// # Errors
    ///
    /// When the folder or a file cannot be read or understood, or an id stands twice.
    pub fn load(folder: &Path) -> Result<Self, CatalogueError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| CatalogueError::Unreadable { path, source }
        };
        let mut catalogue = Self::default();
        let mut paths = fs::read_dir(folder)
            .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>())
            .map_err(unreadable(folder))?;
        paths.retain(|path| path.extension().is_some_and(|suffix| suffix == "toml"));
        paths.retain(|path| !path.ends_with(EXEMPTIONS));
        paths.sort();
        for path in paths {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            catalogue.add(&text, &path)?;
        }
        Ok(catalogue)
    }

    fn add(&mut self, text: &str, path: &Path) -> Result<(), CatalogueError> {
        let file: File = toml::from_str(text).map_err(|source| CatalogueError::Malformed {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        for requirement in file.requirement {
            let id = requirement.id.clone();
            if self.0.insert(id.clone(), requirement).is_some() {
                return Err(CatalogueError::Twice { id, path: path.to_owned() });
            }
        }
        Ok(())
    }

    /// The rule with this id.
    #[must_use]
    pub fn get(&self, id: &RequirementId) -> Option<&Requirement> {
        self.0.get(id)
    }
}

#[cfg(test)]
mod tests;
