//! The request line: its three words, and what is no request line.
//!
//! Where the target leads is `target`'s work.

use crate::fault::{Fault, Seeded};
use crate::head;
use crate::request::Refused;

/// A request line, taken apart.
#[derive(Debug)]
pub(crate) struct RequestLine {
    /// As it was sent.
    pub(crate) method: String,
    /// As it was sent.
    pub(crate) target: String,
    /// Of HTTP/1.
    pub(crate) minor: u8,
    /// The whole line, if a fault lets it travel on untouched.
    pub(crate) untouched: Option<String>,
}

const BAD_REQUEST: Refused = Refused(400);

impl RequestLine {
    /// Reads the line, without its end.
    pub(crate) fn parse(line: &[u8], fault: Seeded) -> Result<RequestLine, Refused> {
        let line = std::str::from_utf8(line).map_err(|_| BAD_REQUEST)?;
        let has_cr = line.contains('\r');
        let tolerated = (fault == Fault::KeepCrInRequestLine && has_cr)
            || (fault == Fault::KeepLineWhitespace && !has_cr && strict(line).is_none());
        let words = if tolerated { lenient(line) } else { strict(line) };
        let (method, target, version) = match words {
            Some(words) => words,
            None if fault == Fault::AcceptAnyVersion => {
                let (method, target) = line.split_once(' ').ok_or(BAD_REQUEST)?;
                (method, target, "")
            }
            None => return Err(BAD_REQUEST),
        };
        let printable = |octet: u8| octet.is_ascii_graphic() || octet >= 0x80 || tolerated;
        if !head::is_token(method.as_bytes()) || target.is_empty() || !target.bytes().all(printable) {
            return Err(BAD_REQUEST);
        }
        Ok(RequestLine {
            method: method.to_owned(),
            target: target.to_owned(),
            minor: minor(version, fault)?,
            untouched: tolerated.then(|| line.to_owned()),
        })
    }
}

/// RFC 9112 §3: one SP between the words, and none in them.
fn strict(line: &str) -> Option<(&str, &str, &str)> {
    let mut words = line.split(' ');
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some(method), Some(target), Some(version), None) => Some((method, target, version)),
        _ => None,
    }
    .filter(|(_, target, _)| !target.contains(|c: char| c.is_ascii_whitespace()))
}

/// The first word, the last one, and whatever stands between them.
fn lenient(line: &str) -> Option<(&str, &str, &str)> {
    let (method, rest) = line.split_once(|c: char| c.is_ascii_whitespace())?;
    let (target, version) = rest.trim_ascii_end().rsplit_once(|c: char| c.is_ascii_whitespace())?;
    Some((method, target.trim_ascii(), version))
}

/// RFC 9110 §6.2: a higher minor version is treated like the highest that we know.
fn minor(version: &str, fault: Seeded) -> Result<u8, Refused> {
    if fault == Fault::AcceptAnyVersion && version != "HTTP/1.0" {
        return Ok(1);
    }
    match version.strip_prefix("HTTP/").map(str::as_bytes) {
        Some([b'1', b'.', minor]) if minor.is_ascii_digit() => {
            let minor = minor - b'0';
            if minor > 1 && fault == Fault::RefuseHigherMinor {
                return Err(Refused(505));
            }
            Ok(minor)
        }
        Some([major, b'.', minor]) if major.is_ascii_digit() && minor.is_ascii_digit() => Err(Refused(505)),
        _ => Err(BAD_REQUEST),
    }
}
