//! Where targets are installed to that do not come as packages of the system.

use std::{
    env,
    path::{Path, PathBuf},
};

/// One folder for all of them: `HOPSPEC_CACHE` if that is set, or a folder of the user's cache.
#[must_use]
pub fn cache_folder() -> PathBuf {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("HOPSPEC_CACHE")
        .or_else(|| named("XDG_CACHE_HOME").map(|cache| cache.join("hopspec")))
        .or_else(|| named("HOME").map(|home| home.join(".cache/hopspec")))
        .map(|folder| std::path::absolute(&folder).unwrap_or(folder))
        .unwrap_or_else(|| Path::new("/var/cache/hopspec").to_owned())
}
