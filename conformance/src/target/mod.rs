//! Targets: what a proxy under test is, how it is got and started, and how it ends.
//!
//! A definition is data (`conformance/targets/<name>/target.toml`, or a file of the user's own);
//! nothing here knows any proxy by name.

mod address;
mod blanks;
mod cache;
mod definition;
mod find;
mod group;
mod install;
mod log;
mod process;
mod snippet;
mod user;
mod version;

pub use address::Addresses;
pub use blanks::Blanks;
pub use cache::cache_folder;
pub use definition::{Definition, DefinitionError, Offer, Reload, Stop, TemplateFile, VersionProbe};
pub use find::{FindError, find_target, installed, known_targets};
pub use group::Usage;
pub use install::{InstallError, Step, install, is_installed_by_steps, remove};
pub use process::{Process, StartError, Started};
pub use version::{Version, version};
