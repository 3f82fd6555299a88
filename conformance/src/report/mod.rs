//! Reports: the JSON is the one source, and everything that people read is rendered from it.
//!
//! Only `timing` differs between two runs of the same suite against the same target.

mod build;
mod compare;
mod console;
mod differ;
mod draft;
mod exchange;
mod expectation;
mod explained;
mod failure;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod matrix;
mod model;
mod outcome;
mod plain;
mod published;
mod read;
mod tally;
mod tap;

pub use build::{About, build};
pub use compare::{Change, Comparison, compare, render_comparison};
pub use console::{Console, View, render_summary};
pub use differ::{Differences, Judged, differ, turn_differences};
pub use draft::{Draft, Readers, draft};
pub use exchange::{headline, render_event, render_exchange, render_turns};
pub use expectation::{Expectation, ExpectationError, Expectations};
pub use explained::{ExplanationError, Explanations};
pub use failure::render_failure;
pub use github::render_annotations;
pub use html::render_html;
pub use json::{WriteError, render_json, schema, write_whole};
pub use junit::render_junit;
pub use markdown::render_markdown;
pub use matrix::{Matrix, TargetCounts, matrix_markdown};
pub use model::*;
pub use plain::{one_line, plain};
pub use published::{Published, PublishedRow, PublishedTarget, publish};
pub use read::{ReadError, read_report};
pub use tap::render_tap;

#[cfg(test)]
mod tests;
