//! Which requests are not forwarded at all, and why.
//!
//! hyper has already refused what is no HTTP; this module owns what is, but
//! must not pass. It never looks at Upgrade: asking for one is no offence.

use hyper::{
    HeaderMap, Method, Version,
    header::{self, HeaderName},
    http::{HeaderValue, request},
};

use crate::fields::{self, PSEUDONYM};

/// How often a request may pass this program before that is called a loop.
const MAX_PASSES: usize = 8;

static MAX_FORWARDS: HeaderName = HeaderName::from_static("max-forwards");

/// Why a request ends here.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum NotAdmitted {
    #[error("CONNECT is not offered")]
    Connect,
    #[error("no Host")]
    NoHost,
    #[error("more than one Host")]
    SeveralHosts,
    #[error("Host is not valid")]
    InvalidHost,
    #[error("the request target is not valid")]
    InvalidTarget,
    #[error("a transfer coding other than chunked")]
    UnknownCoding,
    #[error("the request came here too often")]
    Loop,
    #[error("Max-Forwards is used up")]
    LastHop,
    #[error("TRACE is not answered")]
    Trace,
}

/// Whom a request addresses: the host that `$host` stands for.
pub(crate) fn admit(head: &mut request::Parts) -> Result<String, NotAdmitted> {
    // RFC 9110 §9.3.6: a gateway has no business with CONNECT.
    if head.method == Method::CONNECT {
        return Err(NotAdmitted::Connect);
    }
    let host = host(head)?;
    // RFC 9112 §6.1: hyper undoes chunked, and nothing else.
    let codings = fields::members(&head.headers, &header::TRANSFER_ENCODING);
    if codings.enumerate().any(|(index, coding)| index > 0 || !is_chunked(coding)) {
        return Err(NotAdmitted::UnknownCoding);
    }
    // RFC 9110 §7.6: never to ourselves without end.
    if passes(&head.headers) >= MAX_PASSES {
        return Err(NotAdmitted::Loop);
    }
    count_down(head)?;
    Ok(host)
}

/// RFC 9112 §3.2: exactly one valid Host, unless HTTP/1.0 knew none.
/// RFC 9112 §3.2.2: an authority in the target overrules it.
fn host(head: &request::Parts) -> Result<String, NotAdmitted> {
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => return Err(NotAdmitted::SeveralHosts),
        (Some(host), None) => host.to_str().map_err(|_| NotAdmitted::InvalidHost)?,
        (None, _) if head.version == Version::HTTP_10 => "",
        (None, _) => return Err(NotAdmitted::NoHost),
    };
    if !is_host_and_port(host) {
        return Err(NotAdmitted::InvalidHost);
    }
    let host = match head.uri.authority() {
        // RFC 9112 §3.2.4: the asterisk is for OPTIONS alone.
        None if head.uri.path() == "*" && head.method != Method::OPTIONS => {
            return Err(NotAdmitted::InvalidTarget);
        }
        None => host,
        // RFC 9112 §3.2.3: a bare authority is for CONNECT alone.
        Some(_) if head.uri.scheme().is_none() => return Err(NotAdmitted::InvalidTarget),
        Some(authority) if is_host_and_port(authority.as_str()) => authority.as_str(),
        Some(_) => return Err(NotAdmitted::InvalidTarget),
    };
    // nginx's `$host` has no port and no capitals.
    let end = match host.rfind(':') {
        Some(colon) if !host[colon..].contains(']') => colon,
        _ => host.len(),
    };
    Ok(host[..end].to_ascii_lowercase())
}

/// RFC 3986 §3.2.2, without user information: RFC 9110 §4.2.4 has none.
fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) if address.parse::<std::net::Ipv6Addr>().is_ok() => ("", port),
        Some(_) => return false,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port_is_valid = match port.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() <= 5,
        None => port.is_empty(),
    };
    let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(&byte);
    port_is_valid && host.bytes().all(is_host_byte)
}

/// RFC 9110 §7.6.2: OPTIONS and TRACE carry the number of hops they have left.
fn count_down(head: &mut request::Parts) -> Result<(), NotAdmitted> {
    if head.method != Method::OPTIONS && head.method != Method::TRACE {
        return Ok(());
    }
    let left = head.headers.get(&MAX_FORWARDS).and_then(|value| value.to_str().ok());
    match left.and_then(|value| value.parse::<u64>().ok()) {
        None => Ok(()),
        Some(0) if head.method == Method::OPTIONS => Err(NotAdmitted::LastHop),
        Some(0) => Err(NotAdmitted::Trace),
        Some(left) => {
            head.headers.insert(MAX_FORWARDS.clone(), HeaderValue::from(left - 1));
            Ok(())
        }
    }
}

fn passes(headers: &HeaderMap) -> usize {
    let is_ours =
        |member: &&[u8]| member.split(u8::is_ascii_whitespace).any(|word| word == PSEUDONYM.as_bytes());
    fields::members(headers, &header::VIA).filter(is_ours).count()
}

fn is_chunked(coding: &[u8]) -> bool {
    coding.eq_ignore_ascii_case(b"chunked")
}

#[cfg(test)]
mod tests {
    use hyper::Request;
    use rstest::rstest;

    use super::*;

    fn asked(method: &str, target: &str, fields: &[(&str, &str)]) -> Result<String, NotAdmitted> {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        admit(&mut request.body(()).unwrap().into_parts().0)
    }

    #[rstest]
    #[case::name("example.org", Ok("example.org"))]
    #[case::port_and_capitals("Example.ORG:8080", Ok("example.org"))]
    #[case::address("127.0.0.1:80", Ok("127.0.0.1"))]
    #[case::six("[::1]:80", Ok("[::1]"))]
    #[case::six_without_port("[::1]", Ok("[::1]"))]
    #[case::empty("", Ok(""))]
    #[case::empty_port("a:", Ok("a"))]
    #[case::path("a/b", Err(NotAdmitted::InvalidHost))]
    #[case::user("a@b", Err(NotAdmitted::InvalidHost))]
    #[case::blank("a b", Err(NotAdmitted::InvalidHost))]
    #[case::no_port("a:b", Err(NotAdmitted::InvalidHost))]
    #[case::two_ports("a:1:2", Err(NotAdmitted::InvalidHost))]
    #[case::no_address("[::g]", Err(NotAdmitted::InvalidHost))]
    fn host_is_a_host(#[case] host: &str, #[case] expected: Result<&str, NotAdmitted>) {
        assert_eq!(asked("GET", "/", &[("host", host)]), expected.map(String::from));
    }

    #[rstest]
    #[case::absolute("GET", "http://Other:1/", Ok("other"))]
    #[case::user("GET", "http://u@other/", Err(NotAdmitted::InvalidTarget))]
    #[case::authority("GET", "other:80", Err(NotAdmitted::InvalidTarget))]
    #[case::asterisk("GET", "*", Err(NotAdmitted::InvalidTarget))]
    #[case::asterisk_for_options("OPTIONS", "*", Ok("a"))]
    fn the_target_has_a_form(
        #[case] method: &str,
        #[case] target: &str,
        #[case] expected: Result<&str, NotAdmitted>,
    ) {
        assert_eq!(asked(method, target, &[("host", "a")]), expected.map(String::from));
    }

    #[test]
    fn a_request_that_comes_back_too_often_is_a_loop() {
        let via = ["1.1 hopspec-reference"; MAX_PASSES].join(", ");
        assert_eq!(asked("GET", "/", &[("host", "a"), ("via", &via)]), Err(NotAdmitted::Loop));
    }
}
