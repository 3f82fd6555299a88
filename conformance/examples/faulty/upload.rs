//! The request on its way to the origin, while its answer is awaited.
//!
//! It knows nothing of answers: it sends what there is, and holds what the client sends ahead.

use crate::body::{Body, Lost};
use crate::wire::{End, Sink, Source};
use std::future::pending;

/// How many octets are held for a client that does not wait for its answer.
const HELD: usize = 256 * 1024;

/// What becomes of a client that goes ahead of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ahead {
    /// What it sends is held.
    Hold,
    /// Only a fault does this: what it sends goes on at once.
    Leak,
    /// Only a fault does this: its FIN is taken for its end.
    Abort,
}

/// Why there is no answer to relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The client is to be told.
    Status(u16),
    /// The client is gone.
    ClientGone,
    /// The origin's connection ended before the first octet of an answer.
    NoAnswer,
    /// What came is not HTTP.
    Garbage,
}

/// Sends what there is of the request, then holds what the client sends ahead. It ends only if
/// the request cannot be completed.
pub(crate) async fn upload(body: &mut Body, from: &mut Source, to: &mut Sink, ahead: Ahead) -> Failure {
    // What was sent before, and interrupted, goes first even if the content is complete.
    let sent = match to.flush().await {
        Ok(()) => body.run(from, to).await,
        Err(_) => Err(Lost::ReceiverGone),
    };
    match sent {
        Ok(()) => {}
        Err(Lost::Malformed) => return Failure::Status(400),
        Err(Lost::Short) => return Failure::ClientGone,
        // An origin may answer, and close, without reading on.
        Err(Lost::ReceiverGone) => return pending().await,
    }
    loop {
        if ahead == Ahead::Leak && body.is_complete() {
            to.push(&from.take_all());
            let _ = to.flush().await;
        }
        match from.end {
            Some(End::Reset) => return Failure::ClientGone,
            Some(End::Fin) if ahead == Ahead::Abort => return Failure::ClientGone,
            Some(End::Fin) => return pending().await,
            None if from.buf.len() >= HELD => return pending().await,
            None => from.fill().await,
        }
    }
}
