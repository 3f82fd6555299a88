//! Octets as they stand on the wire: a tolerant message reader and a reversible way to print them.
//!
//! Nothing here knows of scenarios, roles or verdicts, and nothing refuses odd input: a broken
//! proxy must be recorded exactly as it behaved.

mod escape;
mod message;
mod noise;
mod websocket;

pub use escape::{escape, unescape};
pub use message::{Field, Fields, Framing, Head, Kind, Message, Progress, read_message, tokens};
pub use noise::{Noise, equal, with_noise};
pub use websocket::{Opcode, WebSocketMessage, accept_of, frame};
