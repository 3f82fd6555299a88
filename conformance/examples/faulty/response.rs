//! A response as the origin sent it.
//!
//! It reads, and says what cannot be read; whether a 101 is acceptable is `gate`'s question.

use crate::body::{self, Framing};
use crate::fault::{Fault, Seeded};
use crate::head::{self, Fields, Raw, Sender};

/// The head of a response.
#[derive(Debug)]
pub(crate) struct Response {
    /// 100 to 999.
    pub(crate) status: u16,
    /// What follows the status, perhaps nothing.
    pub(crate) reason: Vec<u8>,
    /// The version that it came in, such as `HTTP/1.1`.
    pub(crate) version: String,
    /// Whether that is HTTP/1.0.
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
        let mut lines = head::lines(&raw.octets);
        if fault == Fault::KeepResponseControlOctets {
            lines = lines_by_crlf(&raw.octets);
        }
        let start = lines.first().ok_or(Garbage)?;
        let version = version(start, fault).ok_or(Garbage)?;
        let is_http10 = version == "HTTP/1.0";
        // RFC 9112 §4: the space stays even where the reason is empty; many leave it out.
        let mut words = start[9..].splitn(2, |octet| *octet == b' ');
        let (status, reason) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let status = self::status(status, fault).ok_or(Garbage)?;
        let odd = fault == Fault::RefuseOddReasons && status == 200 && reason != b"OK";
        if odd || reason.iter().any(|octet| matches!(octet, 0 | b'\r')) {
            return Err(Garbage);
        }
        let mut fields = Fields::parse(&lines[1..], Sender::Origin, fault).map_err(|_| Garbage)?;
        if fault == Fault::LengthOverridesChunked && fields.has("content-length") {
            fields.remove("transfer-encoding");
        }
        // RFC 9112 §6.1: chunks in HTTP/1.0 cannot be trusted.
        if is_http10 && fields.has("transfer-encoding") && fault != Fault::TrustHttp10Chunks {
            return Err(Garbage);
        }
        // RFC 9112 §6.3: these end with their head, whatever their fields say.
        let ends = matches!(status, 204 | 304) || method == "HEAD";
        let mut framing = if status < 200 || ends && fault != Fault::ContentBehindEveryHead {
            Framing::None
        } else {
            body::framing(&fields, Sender::Origin, fault).ok_or(Garbage)?
        };
        if fault == Fault::RefuseChunked && framing == Framing::Chunked {
            return Err(Garbage);
        }
        if fault == Fault::NoLengthMeansNoContent && framing == Framing::UntilClose {
            fields.push("Content-Length", "0");
            framing = Framing::None;
        }
        let reason = reason.to_vec();
        Ok(Response { status, reason, version, is_http10, fields, framing, reads: raw.reads })
    }
}

/// The lines of a head as who does not take a lone LF for their end would see them.
fn lines_by_crlf(head: &[u8]) -> Vec<&[u8]> {
    let mut ends = head.windows(2).enumerate().filter(|(_, two)| two == b"\r\n").map(|(at, _)| at);
    let mut start = 0;
    std::iter::from_fn(|| {
        let end = ends.next()?;
        let line = &head[start..end];
        start = end + 2;
        Some(line)
    })
    .take_while(|line| !line.is_empty())
    .collect()
}

/// The version in front of a status line: one of HTTP/1, without a fault.
fn version(line: &[u8], fault: Seeded) -> Option<String> {
    let [b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b' ', ..] = line else {
        return None;
    };
    let known = *major == b'1' || fault == Fault::RelayAnyVersion;
    let digits = major.is_ascii_digit() && minor.is_ascii_digit();
    (known && digits).then(|| String::from_utf8_lossy(&line[..8]).into_owned())
}

/// RFC 9112 §4: three digits. Those from 600 on mean nothing, and are the client's to judge.
fn status(word: &[u8], fault: Seeded) -> Option<u16> {
    let digits = word.iter().all(u8::is_ascii_digit);
    let status = std::str::from_utf8(word).ok()?.parse().ok().filter(|_| digits);
    if fault == Fault::InvalidStatusBecomes200 && status.is_none_or(|status| !(100..600).contains(&status)) {
        return Some(200);
    }
    status.filter(|status| word.len() == 3 && *status >= 100)
}
