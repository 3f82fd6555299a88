//! Whom a request is for: its Host, and the four forms of a target.
//!
//! It settles both before anything is forwarded; the framing of a request is not known here.

use crate::fault::{Fault, Seeded};
use crate::head::Field;
use crate::request::{Refused, Request};

const BAD_REQUEST: Refused = Refused(400);

impl Request {
    /// RFC 9112 §3.2: exactly one Host, except that HTTP/1.0 may do without.
    pub(crate) fn check_host(&self, fault: Seeded) -> Result<(), Refused> {
        let hosts: Vec<&[u8]> = self.fields.all("host").collect();
        if hosts.is_empty() && !self.is_http10 && fault != Fault::AcceptMissingHost {
            return Err(BAD_REQUEST);
        }
        if hosts.len() > 1 && fault != Fault::AcceptSecondHost {
            return Err(BAD_REQUEST);
        }
        if !hosts.iter().all(|host| is_authority(host)) && fault != Fault::AcceptInvalidHost {
            return Err(BAD_REQUEST);
        }
        if fault == Fault::RefuseUnusualHost && hosts.iter().any(|host| is_unusual(host)) {
            return Err(BAD_REQUEST);
        }
        Ok(())
    }

    /// RFC 9112 §3.2.2: the authority of an absolute target takes the place of Host.
    pub(crate) fn settle_target(&mut self, fault: Seeded) -> Result<(), Refused> {
        // RFC 9112 §3.2.4: the asterisk is for OPTIONS alone.
        let asterisk = self.target == "*" && self.method == "OPTIONS";
        let as_it_is = self.method == "CONNECT" || self.target.starts_with('/') || asterisk;
        if as_it_is || fault == Fault::AcceptAnyTarget {
            return Ok(());
        }
        let scheme = self.target.get(..7).ok_or(BAD_REQUEST)?;
        if !scheme.eq_ignore_ascii_case("http://") || fault == Fault::RefuseAbsoluteTarget {
            return Err(BAD_REQUEST);
        }
        let rest = &self.target[7..];
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let authority = rest[..end].to_owned();
        if authority.is_empty() || !is_authority(authority.as_bytes()) {
            return Err(BAD_REQUEST);
        }
        if fault == Fault::AbsoluteTargetTravels {
            return Ok(());
        }
        self.target = match &rest[end..] {
            "" if self.method == "OPTIONS" => "*".to_owned(),
            path if path.starts_with('/') => path.to_owned(),
            query => format!("/{query}"),
        };
        if fault != Fault::HostOverrulesTarget {
            self.fields.remove("host");
            let host = Field { name: "Host".to_owned(), value: authority.into_bytes() };
            self.fields.0.insert(0, host);
        }
        Ok(())
    }

    /// RFC 9110 §7.6.2: how many hops OPTIONS and TRACE have left, if they say so.
    pub(crate) fn hops_left(&self) -> Option<u64> {
        let counts = self.method == "OPTIONS" || self.method == "TRACE";
        let value = self.fields.all("max-forwards").next().filter(|_| counts)?;
        std::str::from_utf8(value).ok()?.parse().ok()
    }
}

/// RFC 3986 §3.2.2: a name or an address, and perhaps a port. It may be empty.
fn is_authority(text: &[u8]) -> bool {
    let (host, port) = match text.iter().position(|octet| *octet == b']') {
        Some(end) => text.split_at(end + 1),
        None => text.split_at(text.iter().position(|octet| *octet == b':').unwrap_or(text.len())),
    };
    let literal = host.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    let is_host = match literal {
        Some(address) => address.iter().all(|octet| octet.is_ascii_hexdigit() || b":.".contains(octet)),
        None => is_name(host),
    };
    let digits = port.strip_prefix(b":").unwrap_or(port);
    is_host && digits.iter().all(u8::is_ascii_digit) && (digits.is_empty() || digits.len() < port.len())
}

fn is_name(host: &[u8]) -> bool {
    let allowed = |octet: &u8| octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(octet);
    let mut escapes = host.split(|octet| *octet == b'%').skip(1);
    host.iter().all(allowed)
        && escapes.all(|rest| rest.len() >= 2 && rest[..2].iter().all(u8::is_ascii_hexdigit))
}

/// Everything but small letters, digits, dots and hyphens, with or without a port.
fn is_unusual(host: &[u8]) -> bool {
    let usual = |octet: &u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b".-:".contains(octet);
    host.is_empty() || host.ends_with(b":") || host.ends_with(b".") || !host.iter().all(usual)
}
