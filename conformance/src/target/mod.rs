//! Targets: what a proxy under test is, how it is started, and how it ends.
//!
//! A definition is data (`conformance/targets/<name>/target.toml`, or a file of the user's own);
//! nothing here knows any proxy by name.

mod address;
mod definition;
mod find;
mod memory;
mod process;

pub use address::Addresses;
pub use definition::{Blanks, Definition, DefinitionError, Offer, Reload, Stop, TemplateFile, VersionProbe};
pub use find::{FindError, find_target, installed, known_targets};
pub use process::{Process, StartError, Started};
