//! Exemptions: rules that no scenario can show, each with its class and its reason.
//!
//! Whether a scenario covers an exempt rule after all, the library finds out.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Catalogue, RequirementId};

/// The name of the file, which stands among the requirements.
pub const EXEMPTIONS: &str = "exemptions.toml";

/// What keeps a rule from being shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// It is about a hop that speaks TLS.
    NeedsTls,
    /// It is about a client that speaks HTTP/2 or HTTP/3.
    NeedsHttp2,
    /// It is about the choice among several upstreams.
    NeedsSeveralUpstreams,
    /// It is about a configuration that none of the routes has.
    NeedsConfiguration,
    /// Neither the client nor the origin can see it.
    NotObservable,
    /// It binds a client or an origin, and leaves a proxy nothing to do.
    EndpointOnly,
}

impl Because {
    /// Its word in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NeedsTls => "needs-tls",
            Self::NeedsHttp2 => "needs-http2",
            Self::NeedsSeveralUpstreams => "needs-several-upstreams",
            Self::NeedsConfiguration => "needs-configuration",
            Self::NotObservable => "not-observable",
            Self::EndpointOnly => "endpoint-only",
        }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why some rules have no scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// The rules.
    pub ids: Vec<RequirementId>,
    /// The class.
    pub because: Because,
    /// One sentence.
    pub reason: String,
}

/// All exemptions, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Exemptions(pub Vec<Exemption>);

/// Why the exemptions cannot be used. The author of the file erred.
#[derive(Debug, thiserror::Error)]
pub enum ExemptionError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not the TOML that it should be.
    #[error("{} is not an exemption file", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        source: Box<toml::de::Error>,
    },
    /// An entry is about nothing.
    #[error("{}: an entry names no requirement", path.display())]
    NoIds {
        /// The file.
        path: PathBuf,
    },
    /// An entry without a reason says nothing.
    #[error("{}: the entry for {id} gives no reason", path.display())]
    NoReason {
        /// The file.
        path: PathBuf,
        /// Its first requirement.
        id: RequirementId,
    },
    /// There is no such rule.
    #[error("{}: there is no requirement {id}", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// What was named.
        id: RequirementId,
    },
    /// Two reasons for one rule.
    #[error("{}: {id} is exempt twice", path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// The rule.
        id: RequirementId,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    exempt: Vec<Exemption>,
}

impl Exemptions {
    /// Reads the exemptions from the rules of `catalogue`; without a file there are none.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or understood, or an entry does not hold.
    pub fn load(path: &Path, catalogue: &Catalogue) -> Result<Self, ExemptionError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(ExemptionError::Unreadable { path: path.to_owned(), source }),
        };
        let file: File = toml::from_str(&text).map_err(|source| ExemptionError::Malformed {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let mut exemptions = Self::default();
        for exemption in file.exempt {
            exemptions.add(exemption, path, catalogue)?;
        }
        Ok(exemptions)
    }

    fn add(
        &mut self,
        exemption: Exemption,
        path: &Path,
        catalogue: &Catalogue,
    ) -> Result<(), ExemptionError> {
        let path = path.to_owned();
        let Some(first) = exemption.ids.first() else {
            return Err(ExemptionError::NoIds { path });
        };
        if exemption.reason.trim().is_empty() {
            return Err(ExemptionError::NoReason { path, id: first.clone() });
        }
        for (at, id) in exemption.ids.iter().enumerate() {
            if catalogue.get(id).is_none() {
                return Err(ExemptionError::Unknown { path, id: id.clone() });
            }
            if self.of(id).is_some() || exemption.ids[..at].contains(id) {
                return Err(ExemptionError::Twice { path, id: id.clone() });
            }
        }
        self.0.push(exemption);
        Ok(())
    }

    /// Why this rule is exempt, if it is.
    #[must_use]
    pub fn of(&self, id: &RequirementId) -> Option<&Exemption> {
        self.0.iter().find(|exemption| exemption.ids.contains(id))
    }
}
