//! What happened in one exchange, and nothing about whether it should have.
//!
//! Roles append to a [`Recording`]; waits and the judge read it. A [`Transcript`] is the same
//! thing at rest, and can be judged again.

mod event;
mod recording;

pub use event::{ConnId, Ending, Event, Octets, Transcript, What};
pub use recording::{Bulk, Conn, Recording, Stretch};

#[cfg(test)]
mod tests;
