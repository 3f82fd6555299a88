//! Target definitions: the TOML that says how a proxy is started and what it offers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::scenario::{Capability, Route};

/// How to start a proxy, and what it claims to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Definition {
    /// The name that `--target` takes.
    pub name: String,
    /// The program: a name on the search path, or a path.
    pub program: PathBuf,
    /// One line that says how to get it.
    pub install: String,
    /// Its arguments; `@LISTEN@`, `@LISTEN_PORT@`, `@LISTEN_HOST@`, `@ORIGIN@`, `@ORIGIN_PORT@`, `@DIR@` and `@USER@` are filled in.
    #[serde(default)]
    pub args: Vec<String>,
    /// Environment variables, filled in like arguments.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Files that it needs, filled in like arguments and written to `@DIR@`.
    #[serde(default)]
    pub files: Vec<TemplateFile>,
    /// How it tells its version.
    #[serde(default)]
    pub version: Option<VersionProbe>,
    /// What it offers.
    pub offers: Offer,
    /// The signal that asks it to end.
    #[serde(default)]
    pub stop: Stop,
    /// How it takes its configuration anew, for `--mode reload`.
    #[serde(default)]
    pub reload: Option<Reload>,
    /// Texts that make a line of its log a failure of its own.
    #[serde(default)]
    pub fails_on_log: Vec<String>,
    /// Our own program: it starts the target as `hopspec hold`, so that it ends when we are killed.
    #[serde(skip)]
    pub starter: Option<PathBuf>,
    /// The folder that template files are read from.
    #[serde(skip)]
    pub folder: PathBuf,
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

/// How a target takes its configuration anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Reload {
    /// By SIGHUP, while it goes on serving.
    #[serde(rename = "HUP")]
    Hup,
    /// By ending and starting again.
    #[serde(rename = "restart")]
    Restart,
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
            install: "give the path of a program that takes --listen ADDR --upstream ADDR".to_owned(),
            args: ["--listen", "@LISTEN@", "--upstream", "@ORIGIN@"].map(str::to_owned).into(),
            env: BTreeMap::new(),
            files: Vec::new(),
            version: None,
            offers: Offer::by_contract(),
            stop: Stop::Term,
            reload: Some(Reload::Restart),
            fails_on_log: Vec::new(),
            starter: None,
            folder: PathBuf::new(),
        }
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
        let texts = self.args.iter().chain(self.env.values());
        if !texts.chain(&self.template_texts()?).any(|text| text.contains("@LISTEN")) {
            return Err("nothing tells the target where to listen: no @LISTEN@ or @LISTEN_PORT@".to_owned());
        }
        Ok(())
    }

    fn template_texts(&self) -> Result<Vec<String>, String> {
        let read = |file: &TemplateFile| {
            let path = self.folder.join(&file.template);
            fs::read_to_string(&path)
                .map_err(|error| format!("cannot read its template {}: {error}", path.display()))
        };
        self.files.iter().map(read).collect()
    }

    /// Writes its files below `dir` and fills in what they and the arguments leave open.
    ///
    /// # Errors
    ///
    /// When a template cannot be read or a file cannot be written.
    pub fn lay_out(&self, blanks: &Blanks<'_>) -> Result<(), DefinitionError> {
        for file in &self.files {
            let template = self.folder.join(&file.template);
            let text = fs::read_to_string(&template)
                .map_err(|source| DefinitionError::Unreadable { path: template, source })?;
            let path = blanks.dir.join(&file.name);
            let written = path
                .parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| fs::write(&path, blanks.fill(&text)));
            written.map_err(|source| DefinitionError::Unreadable { path, source })?;
        }
        Ok(())
    }
}

/// What is known only once a lane exists.
#[derive(Clone, Copy, Debug)]
pub struct Blanks<'a> {
    /// Where the target listens.
    pub listen: SocketAddr,
    /// Where the origin listens.
    pub origin: SocketAddr,
    /// The lane's own folder.
    pub dir: &'a Path,
}

impl Blanks<'_> {
    /// `text` with every blank filled in.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        text.replace("@LISTEN@", &self.listen.to_string())
            .replace("@LISTEN_PORT@", &self.listen.port().to_string())
            .replace("@LISTEN_HOST@", &self.listen.ip().to_string())
            .replace("@ORIGIN@", &self.origin.to_string())
            .replace("@ORIGIN_PORT@", &self.origin.port().to_string())
            .replace("@ORIGIN_HOST@", &self.origin.ip().to_string())
            .replace("@DIR@", &self.dir.display().to_string())
            .replace("@USER@", &user)
    }
}
