//! What both roles send: the octets of a case's messages, cut into writes.

use super::{
    case::{Case, Exchange, Field, Last, Protocol, Request, members},
    model,
    octets::Message,
};
use crate::scenario::Data;

/// The request with this number, and what the client writes right behind it.
pub(super) fn request(case: &Case, number: usize) -> Vec<Data> {
    let Exchange { request, answer } = &case.exchanges[number];
    let mut message = Message::default();
    message.push(&request.method);
    message.push(" ");
    message.name("path");
    message.push(format!("/{number}{} HTTP/1.1\r\nHost: ", request.suffix));
    message.name("authority");
    message.push("\r\n");
    request.fields.iter().for_each(|field| message.field(field));
    if model::offers_websocket(request) {
        message.push("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
        message.name("key");
        message.push("\r\n");
    }
    message.content(&request.content, false);
    if let Last::Switch { tunnel, .. } = &answer.last {
        message.push(&tunnel.early);
    }
    message.writes(&request.cuts)
}

/// An interim response.
pub(super) fn interim(status: u16, fields: &[Field]) -> Vec<Data> {
    let mut message = Message::default();
    message.push(format!("HTTP/1.1 {status} {}\r\n", reason(status)));
    fields.iter().for_each(|field| message.field(field));
    message.push("\r\n");
    message.writes(&Default::default())
}

/// The answer that ends an exchange, and what the origin writes right behind a 101. `voucher`: one field
/// more.
pub(super) fn last(exchange: &Exchange, voucher: Option<&Field>) -> Vec<Data> {
    let mut message = Message::default();
    match &exchange.answer.last {
        Last::Final { status, fields, content, cuts } => {
            let bare = exchange.request.method == "HEAD" || matches!(status, 204 | 304);
            message.push(format!("HTTP/1.1 {status} {}\r\n", reason(*status)));
            fields.iter().chain(voucher).for_each(|field| message.field(field));
            message.content(content, bare);
            message.writes(cuts)
        }
        Last::Switch { head, fields, cuts, tunnel } => {
            message.push(format!("HTTP/1.1 101 {}\r\n", head.reason));
            for line in &head.connection {
                message.push(format!("Connection: {line}\r\n"));
            }
            let offered = first_offered(&exchange.request);
            let named = match &head.protocol {
                Protocol::Offered if !offered.is_empty() => Some(offered),
                Protocol::OtherLetters if !offered.is_empty() => Some(other_letters(&offered)),
                Protocol::Unnamed => None,
                _ => Some(b"not-on-offer/7".to_vec()),
            };
            if let Some(named) = named {
                message.field(&Field::new("Upgrade", named));
            }
            if accepts_websocket(&exchange.request) {
                message.push("Sec-WebSocket-Accept: ");
                message.name("accept");
                message.push("\r\n");
            }
            fields.iter().chain(voucher).for_each(|field| message.field(field));
            message.push("\r\n");
            message.push(&tunnel.glued);
            message.writes(cuts)
        }
    }
}

/// Whether a 101 to this request is one to a WebSocket handshake.
pub(super) fn accepts_websocket(request: &Request) -> bool {
    model::asks(request) && first_offered(request).eq_ignore_ascii_case(b"websocket")
}

fn first_offered(request: &Request) -> Vec<u8> {
    members(&request.fields, "Upgrade").into_iter().next().unwrap_or_default()
}

/// Small letters for capital ones and the reverse.
fn other_letters(octets: &[u8]) -> Vec<u8> {
    let swap = |octet: &u8| if octet.is_ascii_alphabetic() { octet ^ 0x20 } else { *octet };
    octets.iter().map(swap).collect()
}

fn reason(status: u16) -> &'static str {
    match status {
        102 => "Processing",
        103 => "Early Hints",
        200 => "OK",
        204 => "No Content",
        304 => "Not Modified",
        404 => "Not Found",
        _ => "Some Reason",
    }
}
