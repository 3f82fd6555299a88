//! The line in front of a chunk.

use crate::body::Lost;
use crate::fault::{Fault, Seeded};

/// The size that a line gives for the chunk behind it. What stands behind a semicolon is passed
/// over: RFC 9112 §7.1.1.
pub(crate) fn size(line: &[u8], fault: Seeded) -> Result<u64, Lost> {
    let end = line.iter().position(|octet| *octet == b';').unwrap_or(line.len());
    if fault == Fault::RefuseChunkExtensions && end < line.len() {
        return Err(Lost::Malformed);
    }
    // A bare CR ends a line to some.
    if line.contains(&b'\r') {
        return Err(Lost::Malformed);
    }
    // Blanks may stand behind the number, and never in front of it.
    let blanks = line[..end].iter().rev().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    let digits = &line[..end - blanks];
    if let Some(size) = misread(digits, fault) {
        return Ok(size);
    }
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(digits).ok().filter(|_| is_number);
    text.and_then(|text| u64::from_str_radix(text, 16).ok()).ok_or(Lost::Malformed)
}

/// What a fault makes of a size. `None`: nothing; the sound reading follows.
fn misread(digits: &[u8], fault: Seeded) -> Option<u64> {
    if fault == Fault::ReadChunkSizeLoosely {
        let digits = digits.trim_ascii_start();
        let digits = digits.strip_prefix(b"+").or(digits.strip_prefix(b"-")).unwrap_or(digits);
        let digits = digits.strip_prefix(b"0x").unwrap_or(digits);
        let end = digits.iter().take_while(|octet| octet.is_ascii_hexdigit()).count();
        return Some(wrapped(&digits[..end]));
    }
    if fault == Fault::ChunkSizeWraps {
        return Some(wrapped(digits));
    }
    if fault == Fault::ChunkSizeWrapsAt32Bits {
        return Some(wrapped(digits) & u64::from(u32::MAX));
    }
    if fault == Fault::ChunkSizeReadsSixteenDigits {
        return Some(wrapped(&digits[..digits.len().min(16)]));
    }
    None
}

/// A number as it comes out where nobody looks for an overflow.
fn wrapped(digits: &[u8]) -> u64 {
    let digit = |octet: &u8| u64::from(char::from(*octet).to_digit(16).unwrap_or_default());
    digits.iter().fold(0_u64, |value, octet| value.wrapping_mul(16).wrapping_add(digit(octet)))
}
