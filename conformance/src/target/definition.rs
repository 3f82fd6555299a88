//! Target definitions: the TOML that says how a proxy is started and what it offers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::process::Signal;
use serde::Deserialize;

use super::install::Step;
use crate::scenario::{Capability, Route};

/// How to start a proxy, and what it claims to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Definition {
    /// The name that `--target` takes.
    pub name: String,
    /// The program: a name on the search path, a path, or `@CACHE@/` and a path.
    pub program: PathBuf,
    /// The steps that get it, in order; none where it comes from elsewhere.
    #[serde(default)]
    pub install: Vec<Step>,
    /// One line that says how to get it where there are no steps, or by other means.
    #[serde(default)]
    pub hint: Option<String>,
    /// Its arguments, with the blanks of [`Blanks`](super::Blanks) filled in.
    #[serde(default)]
    pub args: Vec<String>,
    /// Environment variables, filled in like arguments.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Files that it needs, filled in like arguments and written to `@DIR@`.
    #[serde(default)]
    pub files: Vec<TemplateFile>,
    /// Empty folders that it needs below `@DIR@`.
    #[serde(default)]
    pub folders: Vec<PathBuf>,
    /// Files below `@DIR@` that it logs to, beside what it prints.
    #[serde(default)]
    pub logs: Vec<PathBuf>,
    /// As whom it runs when it is started by root: `@DIR@` belongs to that user. It changes its user itself.
    #[serde(default)]
    pub user: Option<String>,
    /// It detaches itself: the program that was started ends, and others go on.
    #[serde(default)]
    pub daemon: bool,
    /// How many seconds it may take to become ready, if more than usual.
    #[serde(default)]
    pub ready_within: Option<u16>,
    /// How it tells its version.
    #[serde(default)]
    pub version: Option<VersionProbe>,
    /// What it offers.
    pub offers: Offer,
    /// Why it does not offer the other routes and capabilities, each by its name.
    #[serde(default)]
    pub without: BTreeMap<String, String>,
    /// The file of its known deviations, relative to the definition.
    #[serde(default = "expected")]
    pub expectations: PathBuf,
    /// The signal that asks it to end.
    #[serde(default)]
    pub stop: Stop,
    /// How it takes its configuration anew, for `--mode reload`.
    #[serde(default)]
    pub reload: Option<Reload>,
    /// Texts that make a line of its log a failure of its own.
    #[serde(default)]
    pub fails_on_log: Vec<String>,
    /// Texts behind which it writes something else in each run, such as `X-Request-Id: `: reports leave
    /// that out, up to the end of the line, so that two runs compare.
    #[serde(default)]
    pub varying: Vec<String>,
    /// Fields that it adds of its own.
    #[serde(default)]
    pub adds: Added,
    /// Our own program: it starts the target as `hopspec hold`, so that it ends when we are killed.
    #[serde(skip)]
    pub starter: Option<PathBuf>,
    /// The folder that template files are read from.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Where its steps install it to.
    #[serde(skip)]
    pub cache: PathBuf,
}

fn expected() -> PathBuf {
    "expected.toml".into()
}

/// A file for the target.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TemplateFile {
    /// The template, relative to the definition.
    pub template: PathBuf,
    /// Its name below `@DIR@`.
    pub name: PathBuf,
}

/// How a version is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VersionProbe {
    /// Arguments that make the program print it.
    pub args: Vec<String>,
    /// The text right before it.
    pub after: String,
}

/// Names of fields that a target adds of its own, beside those that the rules want of any gateway.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Added {
    /// To requests.
    #[serde(default)]
    pub requests: Vec<String>,
    /// To responses.
    #[serde(default)]
    pub responses: Vec<String>,
}

/// What a target offers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Offer {
    /// A path prefix for each route.
    pub routes: BTreeMap<Route, String>,
    /// What it claims.
    #[serde(default)]
    pub capabilities: BTreeSet<Capability>,
}

impl Offer {
    /// Of a target without a definition: everywhere as the route `mapped`.
    #[must_use]
    pub fn by_contract() -> Self {
        Self {
            routes: [(Route::Mapped, "/".to_owned())].into(),
            capabilities: Capability::UNCONFIGURED.into(),
        }
    }

    /// Every capability, and every route below its own name.
    #[must_use]
    pub fn everything() -> Self {
        let prefix = |route: Route| (route, format!("/{route}/"));
        Self { routes: Route::ALL.map(prefix).into(), capabilities: Capability::ALL.into() }
    }
}

/// The signal that asks a target to end at once.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Stop {
    /// SIGTERM.
    #[default]
    Term,
    /// SIGINT.
    Int,
    /// SIGQUIT.
    Quit,
}

impl Stop {
    pub(super) fn signal(self) -> Signal {
        match self {
            Stop::Term => Signal::TERM,
            Stop::Int => Signal::INT,
            Stop::Quit => Signal::QUIT,
        }
    }
}

/// How a target takes its configuration anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Reload {
    /// By SIGHUP, while it goes on serving.
    #[serde(rename = "HUP")]
    Hup,
    /// By SIGUSR1, while it goes on serving.
    #[serde(rename = "USR1")]
    Usr1,
    /// By SIGUSR2, while it goes on serving.
    #[serde(rename = "USR2")]
    Usr2,
    /// By ending and starting again.
    #[serde(rename = "restart")]
    Restart,
}

impl Reload {
    /// The signal that does it, unless the target is started anew.
    pub(crate) fn signal(self) -> Option<Signal> {
        match self {
            Reload::Hup => Some(Signal::HUP),
            Reload::Usr1 => Some(Signal::USR1),
            Reload::Usr2 => Some(Signal::USR2),
            Reload::Restart => None,
        }
    }
}

/// Why a definition cannot be used. Its author erred.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The definition or a template of it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not the TOML that it should be.
    #[error("{} is not a target definition", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        source: Box<toml::de::Error>,
    },
    /// A part of it makes no sense.
    #[error("{}: {what}", path.display())]
    Senseless {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl Definition {
    /// Reads `path`.
    ///
    /// # Errors
    ///
    /// When it cannot be read or understood.
    pub fn load(path: &Path) -> Result<Self, DefinitionError> {
        let text = fs::read_to_string(path)
            .map_err(|source| DefinitionError::Unreadable { path: path.to_owned(), source })?;
        let mut definition: Self = toml::from_str(&text).map_err(|source| DefinitionError::Malformed {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        // Never empty: that is the folder of a definition that was not read from a file.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        definition.folder = folder.unwrap_or(Path::new(".")).to_owned();
        definition.cache = super::cache_folder().join(&definition.name);
        definition.sensible().map_err(|what| DefinitionError::Senseless { path: path.to_owned(), what })?;
        Ok(definition)
    }

    /// Any program that keeps the contract: `--listen ADDR --upstream ADDR`, everywhere as `mapped`.
    #[must_use]
    pub fn by_contract(program: PathBuf) -> Self {
        let name = program.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        Self {
            name,
            program,
            install: Vec::new(),
            hint: None,
            args: ["--listen", "@LISTEN@", "--upstream", "@ORIGIN@"].map(str::to_owned).into(),
            env: BTreeMap::new(),
            files: Vec::new(),
            folders: Vec::new(),
            logs: Vec::new(),
            user: None,
            daemon: false,
            ready_within: None,
            version: None,
            offers: Offer::by_contract(),
            without: BTreeMap::new(),
            expectations: expected(),
            stop: Stop::Term,
            reload: Some(Reload::Restart),
            fails_on_log: Vec::new(),
            varying: Vec::new(),
            adds: Added::default(),
            starter: None,
            folder: PathBuf::new(),
            cache: PathBuf::new(),
        }
    }

    /// How to get it, in one line.
    #[must_use]
    pub fn how_to_get_it(&self) -> String {
        match (&self.hint, self.install.is_empty()) {
            (Some(hint), _) => hint.clone(),
            (None, false) => format!("cargo xtask targets install {}", self.name),
            (None, true) => "its definition does not say how to get it".to_owned(),
        }
    }

    /// How long it may take to become ready, given how long that usually may take.
    #[must_use]
    pub fn ready_within(&self, usual: Duration) -> Duration {
        self.ready_within.map_or(usual, |seconds| usual.max(Duration::from_secs(seconds.into())))
    }

    /// The routes and capabilities that it neither offers nor gives a reason for.
    #[must_use]
    pub fn unexplained(&self) -> Vec<&'static str> {
        let routes = Route::ALL.into_iter().filter(|route| !self.offers.routes.contains_key(route));
        let capabilities = Capability::ALL.into_iter().filter(|one| !self.offers.capabilities.contains(one));
        let missing = routes.map(Route::name).chain(capabilities.map(Capability::name));
        missing.filter(|name| !self.without.contains_key(*name)).collect()
    }

    fn sensible(&self) -> Result<(), String> {
        if self.offers.routes.is_empty() {
            return Err("it offers no route".to_owned());
        }
        for (route, prefix) in &self.offers.routes {
            if !prefix.starts_with('/') || !prefix.ends_with('/') {
                return Err(format!("the prefix of route `{route}` begins and ends with a slash"));
            }
        }
        for (name, reason) in &self.without {
            let offered = match (Route::named(name), Capability::named(name)) {
                (Some(route), _) => self.offers.routes.contains_key(&route),
                (_, Some(capability)) => self.offers.capabilities.contains(&capability),
                (None, None) => return Err(format!("`without` names no route or capability: `{name}`")),
            };
            if offered {
                return Err(format!("it offers `{name}`, and says why it does not"));
            }
            if reason.trim().is_empty() {
                return Err(format!("`without` gives no reason for `{name}`"));
            }
        }
        if self.varying.iter().any(|text| text.is_empty() || text.contains(['\r', '\n'])) {
            return Err("a text of `varying` is empty, or more than a line".to_owned());
        }
        let templates = self.template_texts()?;
        // A mark that makes no sense is one for every route.
        self.marked(&templates, Route::Plain)?;
        let texts = self.args.iter().chain(self.env.values());
        if !texts.chain(&templates).any(|text| text.contains("@LISTEN")) {
            return Err("nothing tells the target where to listen: no @LISTEN@ or @LISTEN_PORT@".to_owned());
        }
        Ok(())
    }

    pub(super) fn template_texts(&self) -> Result<Vec<String>, String> {
        let read = |file: &TemplateFile| {
            let path = self.folder.join(&file.template);
            fs::read_to_string(&path)
                .map_err(|error| format!("cannot read its template {}: {error}", path.display()))
        };
        self.files.iter().map(read).collect()
    }
}
