//! What faults do to the octets of a tunnel.
//!
//! Without a fault both directions give back what they were given. Whole octets only: when they
//! travel, and how the tunnel ends, is the tunnel's own work.

use crate::fault::{Fault, Seeded};
use crate::frames;
use crate::head;
use crate::response::Response;

/// After how many octets a truncating fault goes deaf.
const TRUNCATED_AT: u64 = 64 * 1024;

/// Behind how many octets a fault loses one.
const LATE: u64 = 4 * 1024 * 1024;

/// The octets from the client to the origin.
#[derive(Debug)]
pub(crate) struct Upward {
    fault: Seeded,
    seen: u64,
    last: u8,
}

/// The octets from the origin to the client.
#[derive(Debug)]
pub(crate) struct Downward {
    fault: Seeded,
    seen: u64,
    limit: u64,
    chunked: bool,
}

impl Upward {
    /// The beginning of a tunnel.
    pub(crate) fn new(fault: Seeded) -> Upward {
        Upward { fault, seen: 0, last: 0 }
    }

    /// What becomes of `octets`.
    pub(crate) fn carry(&mut self, mut octets: Vec<u8>) -> Vec<u8> {
        let fault = self.fault;
        if fault == Fault::FlipOctet {
            for octet in octets.iter_mut().filter(|octet| **octet == 0xFF) {
                *octet = 0xFE;
            }
        }
        if fault == Fault::NormaliseCrlf {
            octets = self.with_crlf(&octets);
        }
        if fault == Fault::TruncateAt64kUp {
            octets.truncate(left(TRUNCATED_AT, self.seen));
        }
        if fault == Fault::OneDirectionOnlyDown {
            octets.clear();
        }
        octets = frames::spoilt(octets, fault);
        let carried = octets.len() as u64;
        lose_late(&mut octets, self.seen, fault);
        self.seen += carried;
        octets
    }

    fn with_crlf(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut mended = Vec::with_capacity(octets.len());
        for octet in octets {
            if *octet == b'\n' && self.last != b'\r' {
                mended.push(b'\r');
            }
            mended.push(*octet);
            self.last = *octet;
        }
        mended
    }
}

impl Downward {
    /// The beginning of a tunnel that `response` opened, if any did.
    pub(crate) fn new(response: Option<&Response>, fault: Seeded) -> Downward {
        let mut limit = u64::MAX;
        let mut chunked = false;
        if let Some(response) = response {
            if fault == Fault::LengthLimitsTheTunnel {
                let length = response.fields.joined("content-length");
                let length = std::str::from_utf8(&length).ok();
                limit = length.and_then(|l| l.parse().ok()).unwrap_or(limit);
            }
            if fault == Fault::ChunkTheTunnel {
                chunked = response.fields.has("transfer-encoding");
            }
        }
        if fault == Fault::TruncateAt64kDown {
            limit = TRUNCATED_AT;
        }
        Downward { fault, seen: 0, limit, chunked }
    }

    /// What becomes of `octets`.
    pub(crate) fn carry(&mut self, mut octets: Vec<u8>) -> Vec<u8> {
        let fault = self.fault;
        if fault == Fault::StopAtNul {
            octets.retain(|octet| *octet != 0);
        }
        if fault == Fault::LossyUtf8 {
            octets = String::from_utf8_lossy(&octets).into_owned().into_bytes();
        }
        if fault == Fault::HttpInTunnelDown && octets.starts_with(b"HTTP/") {
            octets = with_other_connection(&octets);
        }
        if fault == Fault::OneDirectionOnlyUp {
            octets.clear();
        }
        octets = frames::spoilt(octets, fault);
        if fault == Fault::ChunkEndEndsTunnel
            && let Some(at) = memchr::memmem::find(&octets, b"0\r\n\r\n")
        {
            self.limit = self.seen + at as u64 + 5;
        }
        octets.truncate(left(self.limit, self.seen));
        let carried = octets.len() as u64;
        lose_late(&mut octets, self.seen, fault);
        self.seen += carried;
        if self.chunked && !octets.is_empty() {
            octets = [format!("{:x}\r\n", octets.len()).as_bytes(), &octets, b"\r\n"].concat();
        }
        octets
    }

    /// What is added behind the last octet.
    pub(crate) fn end(&self) -> &'static [u8] {
        if self.chunked { b"0\r\n\r\n" } else { b"" }
    }
}

fn lose_late(octets: &mut Vec<u8>, seen: u64, fault: Seeded) {
    let at = LATE.checked_sub(seen).and_then(|at| usize::try_from(at).ok());
    if fault == Fault::LoseAnOctetLate
        && let Some(at) = at.filter(|at| *at < octets.len())
    {
        octets.remove(at);
    }
}

fn left(limit: u64, seen: u64) -> usize {
    usize::try_from(limit.saturating_sub(seen)).unwrap_or(usize::MAX)
}

/// The HTTP response in `octets` as an eager proxy would rewrite it.
fn with_other_connection(octets: &[u8]) -> Vec<u8> {
    let end = head::end_of_head(octets).unwrap_or(octets.len());
    let mut rewritten = Vec::new();
    for (number, line) in octets[..end].split_inclusive(|o| *o == b'\n').enumerate() {
        if !line.to_ascii_lowercase().starts_with(b"connection:") {
            rewritten.extend_from_slice(line);
        }
        if number == 0 {
            rewritten.extend_from_slice(b"Connection: close\r\n");
        }
    }
    rewritten.extend_from_slice(&octets[end..]);
    rewritten
}
