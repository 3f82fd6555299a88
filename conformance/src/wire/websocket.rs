//! The little of WebSocket that a scenario needs: the accept value and single frames.
//!
//! It never keeps a conversation; endpoints that do are other people's libraries.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha1::{Digest, Sha1};

/// The value that a server derives from `Sec-WebSocket-Key` (RFC 6455 §4.2.2).
#[must_use]
pub fn accept_of(key: &str) -> String {
    let mut sha = Sha1::new();
    sha.update(key.as_bytes());
    sha.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode(sha.finalize())
}

/// What a frame carries (RFC 6455 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// Text message.
    Text = 1,
    /// Binary message.
    Binary = 2,
    /// Closing handshake.
    Close = 8,
    /// Ping.
    Ping = 9,
    /// Pong.
    Pong = 10,
}

/// What one side says to the other, in one frame or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSocketMessage {
    /// Its kind.
    pub opcode: Opcode,
    /// What it says.
    pub payload: Vec<u8>,
}

/// One final frame. `mask` is what a client must use and a server must not (RFC 6455 §5.3).
#[must_use]
pub fn frame(opcode: Opcode, payload: &[u8], mask: Option<[u8; 4]>) -> Vec<u8> {
    let mut octets = vec![0x80 | opcode as u8];
    let masked = if mask.is_some() { 0x80 } else { 0 };
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short @ 0..=125), _) => octets.push(masked | short),
        (_, Ok(medium)) => {
            octets.push(masked | 126);
            octets.extend(medium.to_be_bytes());
        }
        _ => {
            octets.push(masked | 127);
            octets.extend((payload.len() as u64).to_be_bytes());
        }
    }
    match mask {
        None => octets.extend(payload),
        Some(key) => {
            octets.extend(key);
            octets.extend(payload.iter().zip(key.iter().cycle()).map(|(p, k)| p ^ k));
        }
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_matches_the_published_example() {
        // RFC 6455 §1.3 gives this pair.
        assert_eq!(accept_of("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn frames_match_the_published_examples() {
        // RFC 6455 §5.7.
        assert_eq!(frame(Opcode::Text, b"Hello", None), b"\x81\x05Hello");
        assert_eq!(
            frame(Opcode::Text, b"Hello", Some([0x37, 0xfa, 0x21, 0x3d])),
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
        );
        assert_eq!(&frame(Opcode::Binary, &[0; 256], None)[..4], b"\x82\x7e\x01\x00");
        assert_eq!(&frame(Opcode::Binary, &[0; 65536], None)[..10], b"\x82\x7f\0\0\0\0\0\x01\0\0");
    }
}
