//! Runs: lanes that play rows against a target, one at a time each, and the results in order.
//!
//! The only place that sees the whole line from scenario to report.

mod canary;
mod lane;
mod play;
mod run;

pub use lane::{Lane, Shared};
pub use play::{Place, PlayError, Played, Scene, bindings, play};
pub use run::{Interrupt, Launch, Plan, Progress, RowResult, RunError, run};

#[cfg(test)]
mod tests;
