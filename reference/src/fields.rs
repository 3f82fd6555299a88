//! Which fields end at this hop, in either direction, and which it adds.

use hyper::header::{self, HeaderName};
use hyper::{HeaderMap, Version, http::HeaderValue};

/// Removed from every message, named by Connection or not. RFC 9110 §7.6.1.
static HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::TE,
    // Trailers are dropped here (RFC 9110 §6.5.1), so none may be announced.
    header::TRAILER,
    // hyper frames each hop's message anew.
    header::TRANSFER_ENCODING,
    // Statement 1 of the page: what the client says does not travel by itself.
    header::UPGRADE,
    // RFC 7540 §3.2.1: went with h2c, which RFC 9113 §3.1 retired.
    HeaderName::from_static("http2-settings"),
];

/// Kept even if Connection names them: without these the next hop would see
/// another message, or another server's. RFC 8470 §5.1 asks it of Early-Data.
static PROTECTED: [HeaderName; 4] =
    [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, HeaderName::from_static("early-data")];

/// Removes what was meant for this hop only: the sender's Connection names
/// it, and some fields are hop-by-hop by their nature (RFC 9110 §7.6.1); and
/// those that end here for another reason.
pub(crate) fn remove_hop_by_hop(fields: &mut HeaderMap, others: &[HeaderName]) {
    let options: Vec<&[u8]> = members(fields, &header::CONNECTION).collect();
    let is_named = |name: &HeaderName| {
        options.iter().any(|option| option.eq_ignore_ascii_case(name.as_str().as_bytes()))
    };
    // Most messages have none of them, so they are looked through and not searched.
    let ends_here = |name: &&HeaderName| {
        HOP_BY_HOP.contains(name) || others.contains(name) || !PROTECTED.contains(name) && is_named(name)
    };
    let found: Vec<HeaderName> = fields.keys().filter(ends_here).cloned().collect();
    for name in found {
        fields.remove(name);
    }
}

/// Writes the Connection that a message leaves with. Only options that speak
/// of the connection itself may leave (RFC 9110 §7.6.1), each once, and
/// `upgrade` must if an Upgrade does (§7.8).
pub(crate) fn settle_connection(fields: &mut HeaderMap) {
    let (mut upgrade, mut close) = (fields.contains_key(header::UPGRADE), false);
    for option in members(fields, &header::CONNECTION) {
        upgrade |= option.eq_ignore_ascii_case(b"upgrade");
        close |= option.eq_ignore_ascii_case(b"close");
    }
    let value = match (upgrade, close) {
        (false, false) => return drop(fields.remove(header::CONNECTION)),
        (true, false) => "upgrade",
        (false, true) => "close",
        (true, true) => "upgrade, close",
    };
    fields.insert(header::CONNECTION, HeaderValue::from_static(value));
}

/// Signs a request, behind those it has passed before. RFC 9110 §7.6.3.
pub(crate) fn append_via(fields: &mut HeaderMap, received: Version) {
    let is_old = received == Version::HTTP_10;
    let value = if is_old { "1.0 hopspec-reference" } else { "1.1 hopspec-reference" };
    fields.append(header::VIA, HeaderValue::from_static(value));
}

/// Whether Connection has this option, on whichever line.
pub(crate) fn has_option(fields: &HeaderMap, option: &str) -> bool {
    members(fields, &header::CONNECTION).any(|member| member.eq_ignore_ascii_case(option.as_bytes()))
}

/// The members of a list field over all its lines, without the empty ones,
/// which a recipient has to overlook. RFC 9110 §5.6.1.2.
pub(crate) fn members<'a>(
    fields: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let lines = fields.get_all(name).into_iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    lines.map(<[u8]>::trim_ascii).filter(|member| !member.is_empty())
}

#[cfg(test)]
mod tests;
