//! The suite, read once.

use std::{path::Path, sync::OnceLock};

use hopspec::scenario::Library;

/// Every scenario and requirement.
pub(crate) fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        // This file is part of several crates, whose folders are not the same.
        let folders =
            Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("scenarios"));
        let mut folders = folders.filter(|folder| folder.join("requirements").is_dir());
        Library::load(&folders.next().expect("the suite is above")).expect("the suite has no mistakes")
    })
}
