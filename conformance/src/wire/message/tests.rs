//! The tolerant reader by tables and by laws: what it takes apart, and where it gives up.

mod content;
mod heads;
mod laws;

use super::*;

const RESPONSE: Kind = Kind::Response { head_only: false };
const TO_HEAD: Kind = Kind::Response { head_only: true };

/// Reads while the stream goes on; a message has to be there.
fn whole(octets: &[u8], kind: Kind) -> Message {
    match read_message(octets, false, kind) {
        Progress::Whole(message) => *message,
        other => panic!("{other:?}"),
    }
}

/// Names and values, for tables.
fn pairs(fields: &Fields) -> Vec<(&str, &str)> {
    let text = |octets| std::str::from_utf8(octets).unwrap();
    fields.0.iter().map(|field| (text(&field.name), text(&field.value))).collect()
}
