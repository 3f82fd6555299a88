//! The judge: a pure function of a scenario and what was recorded.
//!
//! The runner asks it while a scenario is played, to know when a wait is over; the same code
//! judges a stored transcript again. It never waits and never touches a connection.

mod check;
mod compare;
mod look;
mod messages;
mod nevers;
mod notes;
mod redact;
mod replay;
mod turns;
mod verdict;
mod walk;

pub use redact::Redaction;
pub use replay::judge_transcript;
pub use verdict::{Excerpt, Finding, Judgement, Turn, TurnKind, Verdict};
pub use walk::{Flow, Judge};

#[cfg(test)]
mod tests;
