//! The two roles that we play: they open, write, read and close, and record all of it.
//!
//! Readers run from the moment that a connection exists, so nothing that arrives is missed.
//! Roles never judge, and a target's misbehaviour is never an error here.

mod origin;
mod reading;
mod stage;
mod writing;

pub use origin::OriginListener;
pub use stage::{Stage, Watcher};
pub use writing::Pace;

#[cfg(test)]
mod tests;
