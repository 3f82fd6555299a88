//! What the head of a request says about its content: read, refused if it is in doubt, and written
//! anew.
//!
//! The content itself is `body`'s work. What leaves here sound has one framing field at most, in
//! its plainest form.

use crate::body::{self, Framing};
use crate::fault::{Fault, Seeded};
use crate::head::{Fields, Sender, trimmed};
use crate::options;
use crate::request::Refused;

/// How the content of a request is framed. Its framing fields are replaced by what is true on the
/// next hop.
pub(crate) fn settle(fields: &mut Fields, method: &str, fault: Seeded) -> Result<Framing, Refused> {
    let bodiless = ["GET", "HEAD", "DELETE", "OPTIONS"].contains(&method);
    if fault == Fault::DropContentByMethod && bodiless {
        fields.remove("content-length");
        fields.remove("transfer-encoding");
        return Ok(Framing::None);
    }
    if let Some(framing) = misread_coding(fields, fault).or_else(|| misread_length(fields, fault)) {
        return Ok(framing);
    }
    match sound(fields, fault) {
        Err(_) if fault == Fault::UpgradeSkipsFraming && fields.has("upgrade") => Ok(Framing::None),
        settled => settled,
    }
}

fn sound(fields: &mut Fields, fault: Seeded) -> Result<Framing, Refused> {
    let coding = fields.joined("transfer-encoding");
    let codings: Vec<&[u8]> = options::members(&coding).collect();
    // RFC 9112 §6.1: below chunked stands a coding that is not understood here.
    if codings.last().is_some_and(|last| is_chunked(last)) && !codings.iter().all(|one| is_chunked(one)) {
        return Err(Refused(501));
    }
    let framing = body::framing(fields, Sender::Client, fault).ok_or(Refused(400))?;
    match framing {
        Framing::Length(length) => replace(fields, "Content-Length", &length.to_string()),
        Framing::Chunked => replace(fields, "Transfer-Encoding", "chunked"),
        Framing::None | Framing::UntilClose => {}
    }
    Ok(framing)
}

/// What a fault makes of Transfer-Encoding. `None`: nothing; the sound reading follows.
fn misread_coding(fields: &mut Fields, fault: Seeded) -> Option<Framing> {
    if !fields.has("transfer-encoding") {
        return None;
    }
    let coding = fields.joined("transfer-encoding").to_ascii_lowercase();
    let last = options::members(&coding).last();
    let plain = coding == b"chunked";
    if fault == Fault::CompareCodingExactly && fields.joined("transfer-encoding") != b"chunked" {
        return Some(Framing::None);
    }
    if fault == Fault::AcceptOtherFinalCoding && last != Some(b"chunked") {
        return Some(Framing::None);
    }
    if fault == Fault::ReadChunkedAnywhere && !plain && coding.windows(7).any(|part| part == b"chunked") {
        return Some(Framing::Chunked);
    }
    if fault == Fault::DropOtherCodings && !plain && last == Some(b"chunked") {
        replace(fields, "Transfer-Encoding", "chunked");
        return Some(Framing::Chunked);
    }
    None
}

/// What a fault makes of Content-Length. `None`: nothing; the sound reading follows.
fn misread_length(fields: &mut Fields, fault: Seeded) -> Option<Framing> {
    if !fields.has("content-length") || fields.has("transfer-encoding") {
        return None;
    }
    let value = fields.joined("content-length");
    if fault == Fault::ReadLengthLoosely {
        let digits = trimmed(&value);
        let digits = digits.strip_prefix(b"+").or(digits.strip_prefix(b"-")).unwrap_or(digits);
        let end = digits.iter().take_while(|octet| octet.is_ascii_digit()).count();
        return Some(Framing::Length(wrapped(&digits[..end])));
    }
    let members: Vec<&[u8]> = options::members(&value).collect();
    if fault == Fault::LastLengthWins && members.len() > 1 {
        return Some(Framing::Length(wrapped(members.last()?)));
    }
    if fault == Fault::KeepRepeatedLength && members.iter().all(|member| *member == members[0]) {
        return Some(Framing::Length(wrapped(members.first()?)));
    }
    let length = if fault == Fault::LengthWraps {
        wrapped(&value)
    } else if fault == Fault::LengthWrapsAt32Bits {
        wrapped(&value) & u64::from(u32::MAX)
    } else if fault == Fault::LengthReadsTwentyDigits {
        wrapped(&value[..value.len().min(20)])
    } else {
        return None;
    };
    replace(fields, "Content-Length", &length.to_string());
    Some(Framing::Length(length))
}

/// A number as it comes out where nobody looks for an overflow.
fn wrapped(digits: &[u8]) -> u64 {
    let digit = |octet: &u8| u64::from(octet.wrapping_sub(b'0'));
    digits.iter().fold(0_u64, |value, octet| value.wrapping_mul(10).wrapping_add(digit(octet)))
}

fn is_chunked(coding: &[u8]) -> bool {
    coding.eq_ignore_ascii_case(b"chunked")
}

fn replace(fields: &mut Fields, name: &str, value: &str) {
    fields.remove(name);
    fields.push(name, value);
}
