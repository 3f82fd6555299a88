//! From what the user wrote behind `--target` to a definition.

use std::{
    env, fs, io,
    path::{self, Path, PathBuf},
};

use super::definition::{Definition, DefinitionError};

/// Why there is no target. The user erred, or the program is not installed.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The definition cannot be used.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// It is known, and its program is not here.
    #[error("{name} is not installed: there is no program `{}`; to get it: {how}", program.display())]
    NotInstalled {
        /// The target.
        name: String,
        /// The program that it needs.
        program: PathBuf,
        /// How to get it.
        how: String,
    },
    /// There is neither a definition nor a program of that name.
    #[error("there is no target `{name}`: known are {known}; or give the path of a program")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A path that is no program.
    #[error("{} cannot be run: {why}", path.display())]
    NotRunnable {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// The names of the targets that have a definition below `folder`.
#[must_use]
pub fn known_targets(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("target.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// Finds what `word` means: a known name, a program that has a known name, or any program.
///
/// # Errors
///
/// When there is no such target, its definition is broken, or its program is not here.
pub fn find_target(word: &str, folder: &Path) -> Result<Definition, FindError> {
    let path = Path::new(word);
    let is_path = word.contains('/');
    let stem = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let known = known_targets(folder);
    if known.contains(&stem) {
        let mut definition = Definition::load(&folder.join(&stem).join("target.toml"))?;
        if is_path {
            runnable(path)?;
            definition.program = absolute(path)?;
        }
        return installed(definition);
    }
    if !is_path && !path.exists() {
        return Err(FindError::Unknown { name: word.to_owned(), known: known.join(", ") });
    }
    runnable(path)?;
    Ok(Definition::by_contract(absolute(path)?))
}

/// Resolves the program of a definition.
///
/// # Errors
///
/// When it is not installed.
pub fn installed(mut definition: Definition) -> Result<Definition, FindError> {
    if let Ok(below) = definition.program.strip_prefix("@CACHE@") {
        definition.program = definition.cache.join(below);
    }
    let program = if definition.program.components().count() > 1 {
        let path = definition.folder.join(&definition.program);
        if path.is_file() { Some(absolute(&path)?) } else { None }
    } else {
        search(&definition.program)
    };
    match program {
        Some(program) => {
            definition.program = program;
            Ok(definition)
        }
        None => Err(FindError::NotInstalled {
            how: definition.how_to_get_it(),
            name: definition.name,
            program: definition.program,
        }),
    }
}

/// Looks beside our own program first, where cargo puts the reference, then on the search path.
fn search(program: &Path) -> Option<PathBuf> {
    let own = env::current_exe().ok().and_then(|own| own.parent().map(Path::to_owned));
    // Debian keeps servers where an ordinary user's search path does not look.
    let system = ["/usr/local/sbin", "/usr/sbin"].map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    own.into_iter()
        .chain(env::split_paths(&path))
        .chain(system)
        .map(|folder| folder.join(program))
        .find(|candidate| runnable(candidate).is_ok())
}

/// A target is started in a folder of its own. Links stay: some programs go by the name they are called.
fn absolute(path: &Path) -> Result<PathBuf, FindError> {
    path::absolute(path).map_err(|error| not_runnable(path, &error))
}

fn runnable(path: &Path) -> Result<(), FindError> {
    let about = fs::metadata(path).map_err(|error| not_runnable(path, &error))?;
    let refused = |why: &str| Err(FindError::NotRunnable { path: path.to_owned(), why: why.to_owned() });
    if !about.is_file() {
        return refused("it is not a file");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if about.permissions().mode() & 0o111 == 0 {
            return refused("it is not executable");
        }
    }
    Ok(())
}

fn not_runnable(path: &Path, error: &io::Error) -> FindError {
    FindError::NotRunnable { path: path.to_owned(), why: error.to_string() }
}
