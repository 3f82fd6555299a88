//! Who asked for an upgrade, and whether a 101 is an answer to that.
//!
//! It owns both ends of the bargain: the offer in a request, and the check of
//! the switch that the origin wants to make. The bytes after that are
//! `tunnel.rs`'s.

use hyper::http::{HeaderValue, request, response};
use hyper::{HeaderMap, StatusCode, Version, header, header::HeaderName};

use crate::{fields, refusal::Refusal};

/// The protocols that a client offers to switch to, if it offers any. In the
/// request an Upgrade stays only if it is such an offer, so `$http_upgrade`
/// is empty unless the client really asked.
pub(crate) fn settle_offer(head: &mut request::Parts) -> Option<HeaderValue> {
    // Most requests ask for nothing, and need none of this.
    if !head.headers.contains_key(header::UPGRADE) {
        return None;
    }
    // RFC 9110 §7.8: in an HTTP/1.0 request, Upgrade means nothing. §7.6.1:
    // without its connection option, the field got here by accident.
    let counts = head.version == Version::HTTP_11 && fields::has_option(&head.headers, "upgrade");
    let members = fields::members(&head.headers, &header::UPGRADE);
    let offered: Vec<_> = members.filter(|member| counts && may_be_offered(member)).collect();
    let offer = HeaderValue::from_bytes(&offered.join(&b", "[..])).ok().filter(|offer| !offer.is_empty());
    match &offer {
        Some(offer) => head.headers.insert(header::UPGRADE, offer.clone()),
        None => head.headers.remove(header::UPGRADE),
    };
    offer
}

/// Statement 4 of the page: a tunnel is set up if, and only if, the origin
/// answered 101 and the client had asked for it.
///
/// `sent` is the Upgrade that the request went upstream with. The result is
/// the Upgrade to answer the client with.
pub(crate) fn check_switch(
    offer: Option<&HeaderValue>,
    sent: Option<&HeaderValue>,
    answer: &response::Parts,
    request_is_complete: bool,
) -> Result<HeaderValue, Refusal> {
    let refuse = |why| Err(Refusal::new(StatusCode::BAD_GATEWAY, why));
    let (Some(offer), Some(sent)) = (offer, sent) else {
        return refuse("the origin switched protocols unasked");
    };
    // RFC 9110 §7.8: who sends Upgrade sends its connection option as well.
    if answer.version != Version::HTTP_11 || !fields::has_option(&answer.headers, "upgrade") {
        return refuse("the origin's 101 is not HTTP/1.1 with the upgrade option");
    }
    // RFC 9110 §7.8: it says to what it switches, and only to what was offered.
    let chosen: Vec<_> = fields::members(&answer.headers, &header::UPGRADE).collect();
    let is_in = |list: &HeaderValue, one: &[u8]| {
        list.as_bytes().split(|byte| *byte == b',').any(|other| is_same(other.trim_ascii(), one))
    };
    if chosen.is_empty() || !chosen.iter().all(|one| is_in(offer, one) && is_in(sent, one)) {
        return refuse("the origin switched to a protocol that was not offered");
    }
    // RFC 9110 §7.8: the new protocol begins behind the request, so what is
    // left of its body would be taken for the tunnel's first bytes.
    if !request_is_complete {
        return refuse("the origin switched before the request was complete");
    }
    let joined = HeaderValue::from_bytes(&chosen.join(&b", "[..]));
    joined.or(refuse("the origin's Upgrade is not valid"))
}

/// Turns the fields of a checked 101 into those the client gets.
pub(crate) fn rewrite_switch(headers: &mut HeaderMap, protocol: HeaderValue) {
    fields::remove_hop_by_hop(headers, &[]);
    // RFC 9110 §8.6, RFC 9112 §6.1: a 101 has no content to frame.
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::UPGRADE, protocol);
    fields::settle_connection(headers);
}

/// A protocol by its grammar, and not HTTP/2 in disguise: RFC 9113 §3.1 made
/// h2c obsolete, and an origin that took it would speak unseen.
fn may_be_offered(member: &[u8]) -> bool {
    let (name, version) = split(member);
    // The grammar of a field name is the token's: RFC 9110 §5.1, §5.6.2.
    let is_token = |text: &[u8]| HeaderName::from_bytes(text).is_ok();
    let is_http2 = name.eq_ignore_ascii_case(b"h2c") || name.eq_ignore_ascii_case(b"h2");
    is_token(name) && version.is_none_or(is_token) && !is_http2
}

/// RFC 9110 §7.8: names compare without regard to case; versions are exact.
fn is_same(left: &[u8], right: &[u8]) -> bool {
    let (left, right) = (split(left), split(right));
    left.0.eq_ignore_ascii_case(right.0) && left.1 == right.1
}

fn split(member: &[u8]) -> (&[u8], Option<&[u8]>) {
    match member.iter().position(|byte| *byte == b'/') {
        Some(slash) => (&member[..slash], Some(&member[slash + 1..])),
        None => (member, None),
    }
}

#[cfg(test)]
mod tests;
