//! The judge: a pure function of a scenario and what was recorded.
//!
//! The runner asks it while a scenario is played, to know when a wait is over; the same code
//! judges a stored transcript again. It never waits and never touches a connection.

mod check;
mod walk;
mod look;
mod redact;
mod verdict;

pub use walk::{Flow, Judge, judge_transcript};
pub use redact::Redaction;
pub use verdict::{Excerpt, Finding, Judgement, Turn, TurnKind, Verdict};

#[cfg(test)]
mod tests;
