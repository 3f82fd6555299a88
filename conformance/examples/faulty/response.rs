//! A response as the origin sent it.
//!
//! It reads, and says what cannot be read; whether a 101 is acceptable is `gate`'s question.

use crate::body::{self, Framing};
use crate::fault::Seeded;
use crate::head::{self, Fields, Raw, Sender};

/// The head of a response.
#[derive(Debug)]
pub(crate) struct Response {
    /// 100 to 999.
    pub(crate) status: u16,
    /// What follows the status, perhaps nothing.
    pub(crate) reason: Vec<u8>,
    /// Whether it came as HTTP/1.0.
    pub(crate) is_http10: bool,
    /// All its fields.
    pub(crate) fields: Fields,
    /// How its content is framed.
    pub(crate) framing: Framing,
    /// How many reads its head took.
    pub(crate) reads: usize,
}

/// An answer that is not HTTP/1.x.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Garbage;

impl Response {
    /// Reads the head of an answer to a request with `method`.
    pub(crate) fn parse(raw: &Raw, method: &str, fault: Seeded) -> Result<Response, Garbage> {
        let lines = head::lines(&raw.octets);
        let start = lines.first().ok_or(Garbage)?;
        let is_http10 = match start.get(..9) {
            Some(b"HTTP/1.0 ") => true,
            Some([b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor, b' ']) => {
                if !minor.is_ascii_digit() {
                    return Err(Garbage);
                }
                false
            }
            _ => return Err(Garbage),
        };
        let status = digits(start.get(9..12)).ok_or(Garbage)?;
        // RFC 9112 §4: the space stays even where the reason is empty; many leave it out.
        let reason = match start.get(12..) {
            Some([b' ', reason @ ..]) => reason.to_vec(),
            Some([]) => Vec::new(),
            _ => return Err(Garbage),
        };
        let broken = |octet: &u8| matches!(octet, 0 | b'\r');
        if status < 100 || reason.iter().any(broken) {
            return Err(Garbage);
        }
        let fields = Fields::parse(&lines[1..], Sender::Origin, fault).map_err(|_| Garbage)?;
        // RFC 9112 §6.1: chunks in HTTP/1.0 cannot be trusted.
        if is_http10 && fields.has("transfer-encoding") {
            return Err(Garbage);
        }
        // RFC 9112 §6.3: these end with their head, whatever their fields say.
        let framing = if status < 200 || matches!(status, 204 | 304) || method == "HEAD" {
            Framing::None
        } else {
            body::framing(&fields, Sender::Origin, fault).ok_or(Garbage)?
        };
        Ok(Response { status, reason, is_http10, fields, framing, reads: raw.reads })
    }
}

fn digits(octets: Option<&[u8]>) -> Option<u16> {
    let octets = octets.filter(|octets| octets.iter().all(u8::is_ascii_digit))?;
    std::str::from_utf8(octets).ok()?.parse().ok()
}
