//! Which requests are not forwarded at all, and why.
//!
//! hyper has already refused what is no HTTP; this module owns what is, but
//! could mean one thing to this hop and another to the next.

use std::net::Ipv6Addr;

use hyper::http::{HeaderValue, request, uri::Authority};
use hyper::{Method, StatusCode, Version, header};

use crate::{fields, refusal::Refusal};

/// Lets a request pass. The result is the host that it addresses: `$host`.
pub(crate) fn admit(head: &mut request::Parts) -> Result<String, Refusal> {
    // RFC 9110 §9.3.6: a gateway has no business with CONNECT.
    if head.method == Method::CONNECT {
        return Err(Refusal::new(StatusCode::NOT_IMPLEMENTED, "CONNECT is not offered"));
    }
    let host = host(head)?;
    // RFC 9112 §6.1: hyper undoes chunked, and nothing else.
    let mut codings = fields::members(&head.headers, &header::TRANSFER_ENCODING);
    let is_other = codings.next().is_some_and(|coding| !coding.eq_ignore_ascii_case(b"chunked"));
    if is_other || codings.next().is_some() {
        return Err(Refusal::new(StatusCode::NOT_IMPLEMENTED, "a transfer coding other than chunked"));
    }
    drop(codings);
    count_down(head)?;
    Ok(host)
}

/// RFC 9112 §3.2: exactly one valid Host, unless HTTP/1.0 knew none; an
/// authority in the target overrules it (§3.2.2).
fn host(head: &request::Parts) -> Result<String, Refusal> {
    let refusal = |why| Refusal::new(StatusCode::BAD_REQUEST, why);
    let mut lines = head.headers.get_all(header::HOST).iter();
    let host = match (lines.next(), lines.next()) {
        (Some(host), None) => host.to_str().ok().and_then(host_of).ok_or(refusal("Host is not valid"))?,
        (None, _) if head.version == Version::HTTP_10 => String::new(),
        (None, _) => return Err(refusal("no Host")),
        (Some(_), Some(_)) => return Err(refusal("more than one Host")),
    };
    let target = match (head.uri.scheme(), head.uri.authority()) {
        // RFC 9112 §3.2.4: the asterisk is for OPTIONS alone.
        (_, None) if head.uri.path() == "*" && head.method != Method::OPTIONS => None,
        (_, None) => Some(host),
        (Some(_), Some(authority)) => host_of(authority.as_str()),
        // RFC 9112 §3.2.3: a bare authority is for CONNECT alone.
        (None, Some(_)) => None,
    };
    target.ok_or(refusal("the request target is not valid"))
}

/// The host of a valid `host[:port]` (RFC 3986 §3.2.2), as nginx's `$host` is:
/// without the port, and in lower case. It has no user information, which
/// RFC 9110 §4.2.4 does not let through.
fn host_of(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    let authority: Authority = text.parse().ok()?;
    let host = authority.host();
    // With user information, the text does not begin with its host.
    let port = text.strip_prefix(host)?;
    let has_no_port = port.is_empty();
    let has_port = port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    let literal = host.strip_prefix('[').map(|rest| rest.trim_end_matches(']').parse::<Ipv6Addr>());
    let is_valid = (has_no_port || has_port) && literal.is_none_or(|address| address.is_ok());
    is_valid.then(|| host.to_ascii_lowercase())
}

/// RFC 9110 §7.6.2: OPTIONS and TRACE carry the number of hops they have left.
/// With none left, this proxy is who is asked, and it answers no TRACE.
fn count_down(head: &mut request::Parts) -> Result<(), Refusal> {
    if head.method != Method::OPTIONS && head.method != Method::TRACE {
        return Ok(());
    }
    let left =
        head.headers.get(header::MAX_FORWARDS).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match left {
        Some(0) if head.method == Method::OPTIONS => {
            Err(Refusal::new(StatusCode::OK, "this is the last hop"))
        }
        Some(0) => Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "TRACE is not answered")),
        Some(left) => {
            head.headers.insert(header::MAX_FORWARDS, HeaderValue::from(left - 1));
            Ok(())
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
