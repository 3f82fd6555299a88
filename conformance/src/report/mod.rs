//! Reports: the JSON is the one source, and everything that people read is rendered from it.
//!
//! Only `timing` differs between two runs of the same suite against the same target.

mod build;
mod console;
mod differ;
mod draft;
mod exchange;
mod expectation;
mod explained;
mod failure;
mod json;
mod matrix;
mod model;
mod published;

pub use build::{About, build};
pub use console::{Console, render_summary};
pub use differ::{Differences, Judged, differ};
pub use draft::{Draft, Readers, draft};
pub use exchange::{headline, render_exchange, render_turns};
pub use expectation::{Expectation, ExpectationError, Expectations};
pub use explained::{ExplanationError, Explanations};
pub use failure::render_failure;
pub use json::{WriteError, schema, write_json, write_whole};
pub use matrix::{Matrix, TargetCounts, matrix_markdown};
pub use model::*;
pub use published::{Published, PublishedRow, PublishedTarget, publish};

#[cfg(test)]
mod tests;
