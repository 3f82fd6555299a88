//! What leaves this hop instead of what came in, for either kind of message.
//!
//! It owns the order of the steps; what is hop-by-hop is `fields.rs`'s, and
//! the head of a 101 is `upgrade.rs`'s.

use std::net::IpAddr;

use hyper::body::{Body, Incoming};
use hyper::header::{self, HeaderName};
use hyper::http::{HeaderValue, request, response};
use hyper::{HeaderMap, Request, StatusCode, Uri, Version};

use crate::config::{Facts, Location, Value};
use crate::{fields, refusal::Refusal};

/// What else of a request ends here.
static OF_REQUESTS: [HeaderName; 2] = [
    // The expectation, which hyper meets with a 100 of its own.
    header::EXPECT,
    // RFC 9110 §11.7.2: credentials for a proxy that asked for them.
    header::PROXY_AUTHORIZATION,
];

/// What the origin gets instead of what the client sent. The fields are
/// taken out of `head`; nothing needs them there any more.
pub(crate) fn rewrite_request(
    location: &Location,
    head: &mut request::Parts,
    body: &Incoming,
    host: &str,
    remote: IpAddr,
) -> Request<()> {
    let facts = Facts { fields: &head.headers, host, proxy_host: &location.proxy_host, remote };
    // Configured values may use fields that are about to be removed.
    let configured: Vec<_> = location.fields.iter().filter_map(|field| configure(field, &facts)).collect();
    let mut headers = std::mem::take(&mut head.headers);
    // Statement 1 of the page: Upgrade and Connection end here by default …
    fields::remove_hop_by_hop(&mut headers, &OF_REQUESTS);
    // Statement 2: the configuration passes them on explicitly.
    set_configured(&mut headers, location, configured);
    fields::settle_connection(&mut headers);
    fields::append_via(&mut headers, head.version);
    // hyper would send a GET without its body if the length is not known.
    if !body.is_end_stream() && body.size_hint().exact().is_none() {
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    let mut request = Request::new(());
    *request.method_mut() = head.method.clone();
    // RFC 9112 §3.2.1: path and query, as they were written.
    *request.uri_mut() = head.uri.path_and_query().cloned().map(Uri::from).unwrap_or_default();
    // Statement 5 of the page: HTTP/1.1, whatever the client spoke.
    *request.version_mut() = Version::HTTP_11;
    *request.headers_mut() = headers;
    request
}

/// The value of a `proxy_set_header`; one that turned out empty omits its field.
fn configure<'a>(
    (name, value): &'a (HeaderName, Value),
    facts: &Facts<'_>,
) -> Option<(&'a HeaderName, HeaderValue)> {
    let value = value.of(facts);
    // RFC 9112 §3.2: Host alone is sent even if it is empty.
    (!value.is_empty() || name == header::HOST).then_some((name, value))
}

/// Applies `proxy_set_header`: what is configured stands alone.
fn set_configured(headers: &mut HeaderMap, location: &Location, configured: Vec<(&HeaderName, HeaderValue)>) {
    for (name, _) in &location.fields {
        headers.remove(name);
    }
    for (name, value) in configured {
        headers.append(name, value);
    }
}

/// What the client gets of an ordinary answer's head.
pub(crate) fn rewrite_answer(answer: &mut response::Parts, body: &Incoming) -> Result<(), Refusal> {
    let refuse = |why| Err(Refusal::new(StatusCode::BAD_GATEWAY, why));
    // RFC 9110 §15: there is no class above 5.
    if answer.status.as_u16() >= 600 {
        return refuse("the origin answered with a status that does not exist");
    }
    let headers = &mut answer.headers;
    if headers.contains_key(header::TRANSFER_ENCODING) {
        let mut codings = fields::members(headers, &header::TRANSFER_ENCODING);
        if codings.any(|coding| !coding.eq_ignore_ascii_case(b"chunked")) {
            return refuse("the origin used a transfer coding other than chunked");
        }
        drop(codings);
        // RFC 9112 §6.3: it overrides Content-Length, which must not survive to
        // frame the message on the next hop.
        headers.remove(header::CONTENT_LENGTH);
    } else if !is_written_once(headers)
        && let Some(length) = body.size_hint().exact().filter(|length| *length > 0)
    {
        // RFC 9110 §8.6: repeated equal lengths become one.
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    // RFC 9110 §7.8: a 426 has to say what is wanted; from any other answer
    // the advertisement goes, for it spoke of the origin's own connection.
    let is_required = answer.status == StatusCode::UPGRADE_REQUIRED;
    let wanted = headers.get(header::UPGRADE).filter(|_| is_required).cloned();
    fields::remove_hop_by_hop(headers, &[]);
    if let Some(wanted) = wanted {
        headers.insert(header::UPGRADE, wanted);
        fields::settle_connection(headers);
    }
    Ok(())
}

/// Whether the length is said once, and without zeros in front.
fn is_written_once(headers: &HeaderMap) -> bool {
    let mut lengths = fields::members(headers, &header::CONTENT_LENGTH);
    lengths.next().is_some_and(|length| !length.starts_with(b"0")) && lengths.next().is_none()
}
