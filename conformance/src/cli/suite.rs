//! Where the scenarios and target definitions are.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::failure::Failure;
use crate::{exit, requirement::Catalogue, scenario::Library};

/// The folder of a suite.
pub(super) struct Suite(PathBuf);

impl Suite {
    /// The folder that was named, or the first one upwards from here that holds a suite.
    pub(super) fn find(named: Option<&Path>) -> Result<Self, Failure> {
        let holds = |folder: &Path| folder.join("scenarios/requirements").is_dir();
        if let Some(named) = named {
            return if holds(named) {
                Ok(Self(named.to_owned()))
            } else {
                Err(Failure::plain(
                    exit::USAGE,
                    format!("{} holds no scenarios/requirements", named.display()),
                ))
            };
        }
        let here = env::current_dir().map_err(|error| Failure::ours(&error))?;
        match here.ancestors().find(|folder| holds(folder)) {
            // A path below the current folder reads better than an absolute one.
            Some(folder) if folder == here => Ok(Self(PathBuf::from("."))),
            Some(folder) => Ok(Self(folder.to_owned())),
            None => Err(Failure::plain(
                exit::USAGE,
                "there is no scenarios/ here or above; name its folder with --suite",
            )),
        }
    }

    pub(super) fn scenarios(&self) -> PathBuf {
        let folder = self.0.join("scenarios");
        folder.strip_prefix(".").map_or_else(|_| folder.clone(), Path::to_owned)
    }

    pub(super) fn targets(&self) -> PathBuf {
        self.0.join("conformance/targets")
    }

    /// The published results of this version of the suite.
    pub(super) fn results(&self) -> PathBuf {
        self.0.join("conformance/results").join(env!("CARGO_PKG_VERSION"))
    }

    pub(super) fn readme(&self) -> PathBuf {
        self.0.join("README.md")
    }

    /// The rules alone, for whoever plays none of the scenarios.
    pub(super) fn catalogue(&self) -> Result<Catalogue, Failure> {
        let catalogue = Catalogue::load(&self.scenarios().join("requirements"));
        catalogue.map_err(|error| Failure::usage(&error))
    }

    pub(super) fn library(&self) -> Result<Library, Failure> {
        Ok(Library::load(&self.scenarios())?)
    }
}
