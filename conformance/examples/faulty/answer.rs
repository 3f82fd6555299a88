//! The response as it goes to the client, and the answers that are the proxy's own.
//!
//! Heads only: content is `body`'s work, and what follows a head is decided elsewhere.

use crate::body::Framing;
use crate::date;
use crate::fault::{Fault, Seeded};
use crate::forward;
use crate::head::Fields;
use crate::options;
use crate::request::Ask;
use crate::response::Response;
use crate::spoil;

/// An answer of our own. The connection is closed behind it unless `stays`.
pub(crate) fn own(mut status: u16, stays: bool, fault: Seeded) -> Vec<u8> {
    let mut fields = Fields::default();
    if fault == Fault::ProxyStatusWithAnotherStatus && status == 502 {
        status = 500;
        fields.push("Proxy-Status", "faulty; error=http_protocol_error");
    }
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        414 => "URI Too Long",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "Error",
    };
    if status == 405 {
        fields.push("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    }
    fields.push("Date", date::now());
    fields.push("Content-Length", "0");
    if !stays && fault != Fault::OwnCloseNotAnnounced {
        fields.push("Connection", "close");
    }
    let mut answer = fields.behind(format!("HTTP/1.1 {status} {reason}").as_bytes());
    if fault == Fault::OwnErrorExceedsItsLength {
        answer.extend_from_slice(reason.as_bytes());
    }
    answer
}

/// The head of a 1xx that is not 101.
pub(crate) fn interim(response: &Response, fault: Seeded) -> Vec<u8> {
    let mut fields = options::end_to_end_response(&response.fields, response.status, fault);
    // RFC 9110 §8.6, RFC 9112 §6.1: a 1xx has no content to describe.
    if fault != Fault::InterimKeepsFraming {
        fields.remove("content-length");
        fields.remove("transfer-encoding");
    }
    fields.behind(&status_line(response, fault))
}

/// The head that opens the tunnel.
pub(crate) fn switch(response: &Response, fault: Seeded) -> Vec<u8> {
    let mut fields = options::end_to_end_response(&response.fields, response.status, fault);
    // RFC 9110 §8.6, RFC 9112 §6.1: neither has a meaning in a 101.
    if fault != Fault::Relay101ContentLength {
        fields.remove("content-length");
    }
    if fault != Fault::Relay101TransferEncoding {
        fields.remove("transfer-encoding");
    }
    drop_private(&mut fields, fault);
    spoil_accept(&mut fields, fault);
    spoil_agreement(&mut fields, fault);
    if response.fields.has("upgrade") {
        fields.push("Upgrade", protocols(response, fault));
        if fault == Fault::DuplicateUpgradeOn101 {
            fields.push("Upgrade", response.fields.joined("upgrade"));
        }
    }
    let optionless = !options::has_option(&response.fields, "upgrade");
    let lost = fault == Fault::Relay101WithoutConnection && optionless;
    if fault != Fault::Drop101Option && !lost {
        add_connection(&mut fields, response, vec!["upgrade"], fault);
    }
    fields.behind(&status_line(response, fault))
}

/// What a 101 switches to, in one line.
fn protocols(response: &Response, fault: Seeded) -> Vec<u8> {
    let joined = response.fields.joined("upgrade");
    let mut protocols: Vec<&[u8]> = options::members(&joined).collect();
    if fault == Fault::FirstProtocolOf101Only {
        protocols.truncate(1);
    }
    if fault == Fault::ReverseProtocolsOf101 {
        protocols.reverse();
    }
    protocols.join(&b", "[..])
}

/// The head of an answer. `closes` says that the connection ends behind it, `unchunks` that the
/// client cannot read chunks.
pub(crate) fn answer(response: &Response, ask: &Ask, closes: bool, unchunks: bool, fault: Seeded) -> Vec<u8> {
    let mut fields = options::end_to_end_response(&response.fields, response.status, fault);
    frame(&mut fields, response, unchunks, fault);
    drop_private(&mut fields, fault);
    if fault == Fault::OwnServerAndDate {
        for (name, own) in [("Server", "faulty"), ("Date", "Thu, 01 Jan 1970 00:00:00 GMT")] {
            fields.remove(name);
            fields.push(name, own);
        }
    }
    // RFC 9110 §6.6.1: what is forwarded says when it was received, at the latest.
    if !fields.has("date") && fault != Fault::NoDate {
        fields.push("Date", date::now());
    }
    spoil::answer(&mut fields, fault);
    if fault == Fault::MergeSetCookie && fields.has("set-cookie") {
        let merged = fields.joined("set-cookie");
        fields.remove("set-cookie");
        fields.push("Set-Cookie", merged);
    }
    if ask.passed.is_some() {
        spoil_refusal(&mut fields, fault);
    }
    let mut said = Vec::new();
    let upgrade = response.fields.joined("upgrade");
    // RFC 9110 §7.8, §15.5.22: a 426 has to name what it requires.
    if response.status == 426 && !upgrade.is_empty() && fault != Fault::Drop426Upgrade {
        fields.push("Upgrade", upgrade);
        if fault != Fault::Drop426Option {
            said.push("upgrade");
        }
    } else if fault == Fault::LoneUpgradeInResponse && response.fields.has("upgrade") {
        fields.push("Upgrade", upgrade);
    }
    if closes && fault != Fault::CloseNotAnnounced {
        said.push("close");
    }
    add_connection(&mut fields, response, said, fault);
    fields.behind(&status_line(response, fault))
}

fn status_line(response: &Response, fault: Seeded) -> Vec<u8> {
    let mut version = "HTTP/1.1";
    let kept = fault == Fault::RelayOriginVersion
        || fault == Fault::RelayAnyVersion
        || (fault == Fault::Accept101InHttp10 && response.status == 101);
    if kept {
        version = &response.version;
    }
    let mut status = response.status;
    if fault == Fault::AlterStatus && status == 403 {
        status = 404;
    }
    let known = matches!(status, 100 | 101 | 200..=206 | 300..=308 | 400..=417 | 421 | 422 | 426 | 500..=505);
    if fault == Fault::UnknownStatusBecomesX00 && !known {
        status -= status % 100;
    }
    let mut line = format!("{version} {status} ").into_bytes();
    if fault == Fault::NoSpaceForEmptyReason && response.reason.is_empty() {
        line.pop();
    }
    line.extend_from_slice(&response.reason);
    line
}

/// Leaves only those framing fields that are true on this hop.
fn frame(fields: &mut Fields, response: &Response, unchunks: bool, fault: Seeded) {
    // RFC 9110 §8.6, RFC 9112 §6.1.
    let bare = (response.status == 204 && fault != Fault::KeepFramingOf204) || response.status < 200;
    // RFC 9112 §6.3: Transfer-Encoding overrides Content-Length, which must not travel on.
    let overridden = response.fields.has("transfer-encoding") && fault != Fault::KeepLengthBesideChunked;
    if bare || overridden {
        fields.remove("content-length");
    }
    if bare || unchunks {
        fields.remove("transfer-encoding");
    }
    if let Framing::Length(length) = response.framing {
        let lines = fields.all("content-length").count();
        let repeated = lines > 1 || fields.joined("content-length").contains(&b',');
        if repeated && fault != Fault::KeepRepeatedResponseLength {
            fields.remove("content-length");
            fields.push("Content-Length", length.to_string());
        }
    }
}

fn add_connection(fields: &mut Fields, response: &Response, said: Vec<&str>, fault: Seeded) {
    let mut options: Vec<Vec<u8>> = said.into_iter().map(Into::into).collect();
    if fault == Fault::RelayResponseConnectionOptions {
        let ours: [&[u8]; 3] = [b"upgrade", b"close", b"keep-alive"];
        let mut private = options::options(&response.fields);
        private.retain(|option| !ours.iter().any(|other| option.eq_ignore_ascii_case(other)));
        options.extend(private);
    }
    if !options.is_empty() {
        fields.push("Connection", options.join(&b", "[..]));
    }
}

fn drop_private(fields: &mut Fields, fault: Seeded) {
    if fault == Fault::DropResponseFields {
        let private = |name: &str| name.to_ascii_lowercase().starts_with("x-");
        fields.0.retain(|field| !private(&field.name));
    }
}

/// What a fault makes of the Sec-WebSocket-Accept of a 101.
fn spoil_accept(fields: &mut Fields, fault: Seeded) {
    let accept = fields.0.iter().position(|field| field.is("sec-websocket-accept"));
    let Some(accept) = accept else { return };
    if fault == Fault::AcceptDropped {
        fields.0.remove(accept);
    } else if fault == Fault::AcceptAltered {
        fields.0[accept].value.make_ascii_lowercase();
    } else if fault == Fault::AcceptDuplicated {
        fields.0.insert(accept, fields.0[accept].clone());
    }
}

/// What a fault makes of the subprotocol and the extensions that a 101 has selected.
fn spoil_agreement(fields: &mut Fields, fault: Seeded) {
    if fault == Fault::SubprotocolDropped {
        fields.remove("sec-websocket-protocol");
    }
    if fault == Fault::SubprotocolDuplicated {
        let chosen = fields.joined("sec-websocket-protocol");
        if !chosen.is_empty() {
            fields.push("Sec-WebSocket-Protocol", chosen);
        }
    }
    if fault == Fault::ExtensionsDropped {
        fields.remove("sec-websocket-extensions");
    }
    if fault == Fault::ExtensionsInvented && !fields.has("sec-websocket-extensions") {
        fields.push("Sec-WebSocket-Extensions", "permessage-deflate");
    }
    if fault == Fault::ExtensionParametersOf101Dropped {
        for field in fields.0.iter_mut().filter(|field| field.is("sec-websocket-extensions")) {
            field.value = forward::without_parameters(&field.value);
        }
    }
}

/// What a fault makes of the fields of an answer that refuses an Upgrade.
fn spoil_refusal(fields: &mut Fields, fault: Seeded) {
    if fault == Fault::DropRefusalFields {
        for name in ["www-authenticate", "location", "sec-websocket-version"] {
            fields.remove(name);
        }
    }
    if fault == Fault::AcceptOnRefusal {
        fields.push("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
