//! All scenario files of a folder, their requirements, and the rows that they expand to.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    diagnostic::{Diagnostic, Source},
    lint::lint,
    model::{Row, Scenario, ScenarioId},
    parse::parse_scenario,
};
use crate::requirement::{
    Catalogue, CatalogueError, EXEMPTIONS, Exemption, ExemptionError, Exemptions, RequirementId,
};

/// A folder of scenarios.
#[derive(Debug)]
pub struct Library {
    /// Every scenario, in the order of their ids.
    pub scenarios: Vec<Arc<Scenario>>,
    /// The rules that they cover.
    pub catalogue: Catalogue,
    /// The rules that no scenario can cover.
    pub exemptions: Exemptions,
}

/// What the suite does about a rule.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'a> {
    /// Some scenario covers it.
    Covered,
    /// None can.
    Exempt(&'a Exemption),
    /// None does.
    Open,
}

/// Why a library could not be read. The author of a scenario or a requirement erred.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A folder or file cannot be read.
    #[error("cannot read scenarios from {}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The requirements cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The exemptions cannot be read, or one does not hold.
    #[error(transparent)]
    Exemptions(#[from] ExemptionError),
    /// What a scenario shows can be shown.
    #[error("{}: {id} is covered by {scenario}, so it is not exempt", path.display())]
    NotExempt {
        /// The exemption file.
        path: PathBuf,
        /// The rule.
        id: RequirementId,
        /// The first scenario that covers it.
        scenario: ScenarioId,
    },
    /// Files with mistakes in them.
    #[error("{}", .0.iter().map(|mistake| mistake.render(false)).collect::<Vec<_>>().join("\n\n"))]
    Mistakes(Vec<Diagnostic>),
    /// Two files have one id.
    #[error("{} and {} are one scenario id", first.display(), second.display())]
    Twice {
        /// The one.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A file's path cannot be an id.
    #[error("{} is no scenario id: use lower-case letters, digits and hyphens, in one folder", path.display())]
    BadName {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to play.
    #[error("there is no scenario in {}", .0.display())]
    Empty(PathBuf),
}

impl Library {
    /// Reads every `*.kdl` below `folder` and the requirements in `folder/requirements`.
    ///
    /// # Errors
    ///
    /// When something cannot be read, or with every mistake that the files hold.
    pub fn load(folder: &Path) -> Result<Self, LibraryError> {
        let catalogue = Catalogue::load(&folder.join("requirements"))?;
        let exempt = folder.join("requirements").join(EXEMPTIONS);
        let exemptions = Exemptions::load(&exempt, &catalogue)?;
        let scenarios = read(folder, &catalogue)?;
        if scenarios.is_empty() {
            return Err(LibraryError::Empty(folder.to_owned()));
        }
        let library = Self { scenarios, catalogue, exemptions };
        for id in library.exemptions.0.iter().flat_map(|exemption| &exemption.ids) {
            if let Some(scenario) = library.covering(id).next() {
                let (id, scenario) = (id.clone(), scenario.id.clone());
                return Err(LibraryError::NotExempt { path: exempt, id, scenario });
            }
        }
        Ok(library)
    }

    /// Takes in every `*.kdl` below `folder` as well, which covers the same rules.
    ///
    /// # Errors
    ///
    /// As [`Self::load`]; also when an id is there already.
    pub fn add(&mut self, folder: &Path) -> Result<(), LibraryError> {
        let scenarios = read(folder, &self.catalogue)?;
        if scenarios.is_empty() {
            return Err(LibraryError::Empty(folder.to_owned()));
        }
        for scenario in scenarios {
            if let Some(first) = self.scenario(&scenario.id.0) {
                let path = |scenario: &Scenario| scenario.source.path.clone();
                return Err(LibraryError::Twice { first: path(first), second: path(&scenario) });
            }
            self.scenarios.push(scenario);
        }
        self.scenarios.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(())
    }

    /// The scenarios that cover this rule.
    pub fn covering(&self, id: &RequirementId) -> impl Iterator<Item = &Arc<Scenario>> {
        self.scenarios.iter().filter(move |scenario| scenario.covers.iter().any(|covers| covers.value == *id))
    }

    /// Whether this rule is covered, exempt, or neither.
    #[must_use]
    pub fn standing(&self, id: &RequirementId) -> Standing<'_> {
        match self.exemptions.of(id) {
            Some(exemption) => Standing::Exempt(exemption),
            None if self.covering(id).next().is_some() => Standing::Covered,
            None => Standing::Open,
        }
    }

    /// Every row, in the order of scenario, route and matrix.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        self.scenarios.iter().flat_map(rows_of).collect()
    }

    /// The scenario with this id.
    #[must_use]
    pub fn scenario(&self, id: &str) -> Option<&Arc<Scenario>> {
        self.scenarios.iter().find(|scenario| scenario.id.0 == id)
    }
}

/// Every scenario below `folder`, without mistakes, in the order of their ids.
fn read(folder: &Path, catalogue: &Catalogue) -> Result<Vec<Arc<Scenario>>, LibraryError> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    let mut seen: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in &paths {
        // Some file systems do not tell letter case apart.
        let id = scenario_id(folder, path)?.0.to_ascii_lowercase();
        if let Some(first) = seen.insert(id, path.clone()) {
            return Err(LibraryError::Twice { first, second: path.clone() });
        }
    }
    let mut mistakes = Vec::new();
    let mut scenarios = Vec::new();
    for path in paths {
        let id = scenario_id(folder, &path)?;
        if id.0.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(LibraryError::BadName { path });
        }
        let text = fs::read_to_string(&path)
            .map_err(|source| LibraryError::Unreadable { path: path.clone(), source })?;
        match parse_scenario(id, Arc::new(Source { path, text })) {
            Ok(scenario) => {
                mistakes.extend(lint(&scenario, catalogue));
                scenarios.push(Arc::new(scenario));
            }
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(scenarios) } else { Err(LibraryError::Mistakes(mistakes)) }
}

fn rows_of(scenario: &Arc<Scenario>) -> Vec<Row> {
    let matrix: Vec<Option<usize>> = match scenario.matrix.len() {
        0 => vec![None],
        rows => (0..rows).map(Some).collect(),
    };
    let row = |route| matrix.iter().map(move |&matrix| Row { scenario: Arc::clone(scenario), route, matrix });
    scenario.routes.iter().flat_map(|&route| row(route)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), LibraryError> {
    let unreadable = |source| LibraryError::Unreadable { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|suffix| suffix == "kdl") {
            paths.push(path);
        }
    }
    Ok(())
}

fn scenario_id(folder: &Path, path: &Path) -> Result<ScenarioId, LibraryError> {
    let bad = || LibraryError::BadName { path: path.to_owned() };
    let below = path.strip_prefix(folder).map_err(|_| bad())?.with_extension("");
    let id = below.to_str().ok_or_else(bad)?.replace('\\', "/");
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if id.split('/').count() != 2 || !id.split('/').all(word) {
        return Err(bad());
    }
    Ok(ScenarioId(id))
}
