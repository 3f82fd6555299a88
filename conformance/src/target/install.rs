//! Gets a target with the ordinary package clients, and undoes that.
//!
//! Everything goes below the target's own cache folder, apart from packages of the system; which of
//! those were not there before is written down, so that only they are removed again.

mod apt;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::{Deserialize, Serialize};

use super::{blanks::fill_cache, definition::Definition};

/// One step that gets a part of a target. Packages are pinned to a version, as their client writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Debian packages, installed for the whole system: `nginx-light=1.22.1-*`.
    Apt(Vec<String>),
    /// Python packages, each a line of a requirements file, in a virtual environment of the target's own;
    /// `@CACHE@/site-packages` is where they are.
    Pip(Vec<String>),
    /// Node packages, below `@CACHE@/node_modules`.
    Npm(Vec<String>),
    /// A command in the definition's folder, with `@CACHE@` filled in: something of ours is built.
    Run(Vec<String>),
}

/// Why a target could not be installed or removed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// A step's program is not here.
    #[error("{step}: there is no `{program}` here")]
    NoClient {
        /// The step.
        step: String,
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A step's program failed: the registry did not answer or has no such package, or a build broke.
    #[error("{step}: `{program}` ended with {status}; it printed:{tail}\n(all of it: {})", log.display())]
    Failed {
        /// The step.
        step: String,
        /// The program.
        program: String,
        /// How it ended.
        status: String,
        /// Its last lines.
        tail: String,
        /// Where the rest is.
        log: PathBuf,
    },
    /// The cache folder cannot be written or removed.
    #[error("cannot write to {}", path.display())]
    Cache {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What an installation left behind, so that it can be undone.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Receipt {
    /// The steps as they were taken.
    steps: Vec<Step>,
    /// Packages of the system that were not there before.
    #[serde(default)]
    packages: Vec<String>,
}

const RECEIPT: &str = "receipt.json";
const LOG: &str = "install.log";

/// Whether the steps of `definition`, as they are now, have all been taken.
#[must_use]
pub fn is_installed_by_steps(definition: &Definition) -> bool {
    receipt(&definition.cache).is_some_and(|receipt| receipt.steps == definition.install)
}

/// Takes every step of `definition`, and tells `say` of each before it begins. Whatever an earlier
/// version of the steps left in the cache folder goes first.
///
/// # Errors
///
/// When a client is missing or fails. What was installed up to there stays noted for [`remove`].
pub fn install(definition: &Definition, say: &dyn Fn(&str)) -> Result<(), InstallError> {
    let cache = &definition.cache;
    let mut done = Receipt { packages: receipt(cache).unwrap_or_default().packages, ..Receipt::default() };
    clear(cache)?;
    fs::create_dir_all(cache).map_err(|source| in_cache(cache, source))?;
    for step in &definition.install {
        say(&step.to_string());
        let shell = Shell { step, log: cache.join(LOG), folder: definition.folder.clone() };
        match step {
            Step::Apt(packages) => {
                let new = apt::not_yet_installed(&shell, packages)?;
                // Written down first: an installation that breaks off can still be undone.
                done.packages
                    .extend(new.into_iter().filter(|name| !done.packages.contains(name)).collect::<Vec<_>>());
                write(cache, &done)?;
                apt::install(&shell, packages)?;
            }
            Step::Pip(packages) => pip(&shell, cache, packages)?,
            Step::Npm(packages) => {
                let options = ["install", "--no-audit", "--no-fund", "--no-save", "--save-exact", "--prefix"];
                shell.run(
                    "npm",
                    options
                        .map(str::to_owned)
                        .into_iter()
                        .chain([cache.display().to_string()])
                        .chain(packages.iter().cloned()),
                )?;
            }
            Step::Run(words) => {
                let mut words = words.iter().map(|word| fill_cache(word, cache));
                shell.run(&words.next().unwrap_or_default(), words)?;
            }
        }
        done.steps.push(step.clone());
    }
    write(cache, &done)
}

/// Removes what [`install`] brought for `definition`. Packages that one of `others` needs as well are
/// left to it.
///
/// # Errors
///
/// When a client fails, or the cache folder cannot be removed.
pub fn remove(
    definition: &Definition,
    others: &[Definition],
    say: &dyn Fn(&str),
) -> Result<(), InstallError> {
    let cache = &definition.cache;
    let Some(mine) = receipt(cache) else { return clear(cache) };
    if !mine.packages.is_empty() {
        let shares = |other: &&Definition| {
            let same = |step: &Step| matches!(step, Step::Apt(_)) && definition.install.contains(step);
            other.name != definition.name && other.install.iter().any(same) && receipt(&other.cache).is_some()
        };
        if let Some(heir) = others.iter().find(shares) {
            let mut theirs = receipt(&heir.cache).unwrap_or_default();
            theirs.packages.extend(mine.packages);
            write(&heir.cache, &theirs)?;
        } else {
            let step = Step::Apt(mine.packages);
            say(&format!("remove {step}"));
            apt::remove(&Shell { step: &step, log: cache.join(LOG), folder: cache.clone() })?;
        }
    }
    clear(cache)
}

/// Into a virtual environment, so that nothing of the system's Python changes.
fn pip(shell: &Shell<'_>, cache: &Path, packages: &[String]) -> Result<(), InstallError> {
    let venv = cache.join("venv");
    let requirements = cache.join("requirements.txt");
    fs::write(&requirements, packages.join("\n")).map_err(|source| in_cache(&requirements, source))?;
    shell.run("python3", ["-m".to_owned(), "venv".to_owned(), venv.display().to_string()])?;
    let options =
        ["install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--requirement"];
    let words = options.map(str::to_owned).into_iter().chain([requirements.display().to_string()]);
    shell.run(&venv.join("bin/pip").display().to_string(), words)?;
    // The folder has Python's version in its name, which a definition cannot know.
    let link = cache.join("site-packages");
    let find = || -> io::Result<()> {
        for entry in fs::read_dir(venv.join("lib"))? {
            let packages = entry?.path().join("site-packages");
            if packages.is_dir() {
                return std::os::unix::fs::symlink(packages, &link);
            }
        }
        Err(io::Error::new(io::ErrorKind::NotFound, "the virtual environment has no site-packages"))
    };
    find().map_err(|source| in_cache(&link, source))
}

/// Runs the programs of one step, and keeps what they print.
struct Shell<'a> {
    step: &'a Step,
    log: PathBuf,
    folder: PathBuf,
}

impl Shell<'_> {
    /// Runs `program` to its end; the result is what it printed on standard output.
    fn run(&self, program: &str, words: impl IntoIterator<Item = String>) -> Result<String, InstallError> {
        let mut command = Command::new(program);
        command.args(words).current_dir(&self.folder).stdin(Stdio::null());
        let output = command.output().map_err(|source| InstallError::NoClient {
            step: self.step.to_string(),
            program: program.to_owned(),
            source,
        })?;
        let printed = [&output.stdout[..], &output.stderr].concat();
        let append = || -> io::Result<()> {
            use io::Write;
            let mut log = fs::File::options().append(true).create(true).open(&self.log)?;
            writeln!(log, "$ {command:?}")?;
            log.write_all(&printed)
        };
        append().map_err(|source| in_cache(&self.log, source))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let text = String::from_utf8_lossy(&printed);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let tail = lines[lines.len().saturating_sub(10)..].iter();
        Err(InstallError::Failed {
            step: self.step.to_string(),
            program: program.to_owned(),
            status: output.status.to_string(),
            tail: tail.map(|line| format!("\n  | {}", crate::wire::escape(line.as_bytes()))).collect(),
            log: self.log.clone(),
        })
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (client, words) = match self {
            Self::Apt(words) => ("apt", words),
            Self::Pip(words) => ("pip", words),
            Self::Npm(words) => ("npm", words),
            Self::Run(words) => ("run", words),
        };
        // A hash is for the client, and too long to read.
        let words = words.iter().map(|word| word.split(" --hash").next().unwrap_or_default());
        write!(f, "{client} {}", words.collect::<Vec<_>>().join(" "))
    }
}

fn receipt(cache: &Path) -> Option<Receipt> {
    serde_json::from_str(&fs::read_to_string(cache.join(RECEIPT)).ok()?).ok()
}

fn write(cache: &Path, receipt: &Receipt) -> Result<(), InstallError> {
    let path = cache.join(RECEIPT);
    let text = serde_json::to_string_pretty(receipt).unwrap_or_default();
    fs::write(&path, text).map_err(|source| in_cache(&path, source))
}

fn clear(cache: &Path) -> Result<(), InstallError> {
    match fs::remove_dir_all(cache) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(in_cache(cache, error)),
        _ => Ok(()),
    }
}

fn in_cache(path: &Path, source: io::Error) -> InstallError {
    InstallError::Cache { path: path.to_owned(), source }
}
