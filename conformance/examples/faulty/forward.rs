//! The request as it goes to the origin.
//!
//! It takes the client's request and makes the next hop's; it never touches a connection.

use std::sync::{Mutex, PoisonError};

use crate::fault::{Fault, Seeded};
use crate::head::{Field, Fields};
use crate::options;
use crate::request::{Ask, Request, Route};
use crate::rewritten;
use crate::spoil;

/// The head of the forwarded request. `authority` is the origin's, for clients that named none.
pub(crate) fn head(request: &Request, ask: &Ask, authority: &str, fault: Seeded) -> Vec<u8> {
    let mut fields = end_to_end(request, fault);
    // RFC 9110 §10.1.1: HTTP/1.0 knows no expectation; there is none to pass on.
    if request.is_http10 {
        fields.remove("expect");
    }
    spoil::request(&mut fields, ask, fault);
    // RFC 9112 §3.2: HTTP/1.0 may do without Host, the HTTP/1.1 request made of it may not.
    if request.is_http10 && !fields.has("host") && fault != Fault::NoHostForHttp10 {
        fields.push("Host", authority);
    }
    if fault == Fault::DropEmptyHost && fields.joined("host").is_empty() {
        fields.remove("host");
    }
    if fault == Fault::OtherHostForHandshakes && ask.passed.is_some() {
        fields.remove("host");
        fields.push("Host", authority);
    }
    spoil_host(&mut fields, authority, fault);
    if fault == Fault::AddMaxForwards {
        fields.push("Max-Forwards", "10");
    }
    if fault == Fault::FieldsOfTheLastRequest {
        add_the_last(&mut fields);
    }
    count_down(&mut fields, request, fault);
    if fault == Fault::UpgradeContentUnframed && ask.passed.is_some() {
        fields.remove("content-length");
        fields.remove("transfer-encoding");
    }
    add_via(&mut fields, request, fault);
    for value in upgrade_lines(request, ask, fault) {
        fields.push("Upgrade", value);
    }
    if let Some(value) = connection(request, ask, fault) {
        fields.push("Connection", value);
    }
    let head = fields.behind(&start_line(request, fault));
    if request.has_bare_lf && fault == Fault::KeepBareLf {
        return head.into_iter().filter(|octet| *octet != b'\r').collect();
    }
    head
}

/// What only a fault does: the fields of the request before this one, whoever sent it.
fn add_the_last(fields: &mut Fields) {
    static LAST: Mutex<Vec<(String, Vec<u8>)>> = Mutex::new(Vec::new());
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let private = fields.0.iter().filter(|field| field.name.to_ascii_lowercase().starts_with("x-"));
    let own: Vec<(String, Vec<u8>)> =
        private.map(|field| (field.name.clone(), field.value.clone())).collect();
    for (name, value) in std::mem::replace(&mut *last, own) {
        fields.push(&name, value);
    }
}

/// Whether the forwarded request is the last on its connection to the origin.
pub(crate) fn says_close(request: &Request, ask: &Ask, fault: Seeded) -> bool {
    connection(request, ask, fault).is_some_and(|value| value.eq_ignore_ascii_case(b"close"))
}

/// Only a fault does this: the head goes as HTTP/1.0.
pub(crate) fn make_old(head: &mut [u8]) {
    if let Some(end) = head.iter().position(|octet| *octet == b'\r') {
        head[end - 1] = b'0';
    }
}

fn start_line(request: &Request, fault: Seeded) -> Vec<u8> {
    if let Some(line) = &request.untouched {
        return line.clone().into_bytes();
    }
    let mut method = request.method.clone();
    if fault == Fault::UppercaseMethod {
        method.make_ascii_uppercase();
    }
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"];
    if fault == Fault::UnknownMethodIsGet && !known.contains(&method.as_str()) {
        method = "GET".to_owned();
    }
    let target = rewritten::target(&request.target, fault);
    // RFC 9112 §2.3, RFC 9110 §2.5: a hop has a version of its own.
    let mut version = "HTTP/1.1".to_owned();
    if fault == Fault::UpstreamHttp10 {
        version = "HTTP/1.0".to_owned();
    }
    if fault == Fault::CopyClientVersion && request.is_http10 {
        version = "HTTP/1.0".to_owned();
    }
    if fault == Fault::CopyHigherMinor && request.minor > 1 {
        version = format!("HTTP/1.{}", request.minor);
    }
    format!("{method} {target} {version}").into_bytes()
}

/// RFC 9110 §7.6.2: one hop less for OPTIONS and TRACE.
fn count_down(fields: &mut Fields, request: &Request, fault: Seeded) {
    let Some(left) = request.hops_left().filter(|_| fault != Fault::KeepMaxForwards) else { return };
    fields.remove("max-forwards");
    if fault != Fault::DropMaxForwards {
        fields.push("Max-Forwards", left.saturating_sub(1).to_string());
    }
}

/// RFC 9110 §7.6.1: everything else crosses as it came.
fn end_to_end(request: &Request, fault: Seeded) -> Fields {
    let mut fields = options::end_to_end_request(&request.fields, fault);
    if fault == Fault::DropEndToEndFields {
        fields.0.retain(|field| !is_private(field));
    }
    if fault == Fault::DropDuplicateFields {
        let mut seen: Vec<String> = Vec::new();
        fields.0.retain(|field| {
            let first = !seen.iter().any(|name| field.is(name));
            seen.push(field.name.clone());
            first
        });
    }
    if fault == Fault::ReorderDuplicateFields {
        reverse_same_named(&mut fields);
    }
    if fault == Fault::AlterFieldValue {
        for field in &mut fields.0 {
            if ["cookie", "authorization", "sec-websocket-key"].iter().any(|name| field.is(name)) {
                field.value.make_ascii_lowercase();
            }
        }
    }
    for field in &mut fields.0 {
        if fault == Fault::AsciiOnlyValues {
            field.value.iter_mut().filter(|octet| !octet.is_ascii()).for_each(|octet| *octet = b'?');
        }
        if fault == Fault::RecodeValues {
            field.value = field.value.iter().copied().map(char::from).collect::<String>().into_bytes();
        }
        if fault == Fault::Utf8OnlyValues {
            field.value = String::from_utf8_lossy(&field.value).into_owned().into_bytes();
        }
    }
    if fault == Fault::DropHandshakeFields {
        fields.remove("sec-websocket-protocol");
        fields.remove("sec-websocket-extensions");
    }
    if fault == Fault::DropExtensionParameters {
        for field in fields.0.iter_mut().filter(|field| field.is("sec-websocket-extensions")) {
            field.value = without_parameters(&field.value);
        }
    }
    if fault == Fault::FirstExtensionLineOnly {
        let mut first = true;
        fields.0.retain(|field| !field.is("sec-websocket-extensions") || std::mem::take(&mut first));
    }
    if fault == Fault::DuplicateWebsocketKey {
        let key = fields.0.iter().position(|field| field.is("sec-websocket-key"));
        if let Some(key) = key {
            fields.0.insert(key, fields.0[key].clone());
        }
    }
    fields
}

/// What faults make of Host.
fn spoil_host(fields: &mut Fields, authority: &str, fault: Seeded) {
    if fault == Fault::OwnHost || fault == Fault::BlankHost {
        fields.remove("host");
        fields.push("Host", if fault == Fault::OwnHost { authority } else { "" });
    }
    if fault == Fault::SecondHost {
        fields.push("Host", authority);
    }
}

/// RFC 9110 §7.6.3: a gateway adds itself to what it forwards inward.
fn add_via(fields: &mut Fields, request: &Request, fault: Seeded) {
    if fault == Fault::NoVia {
        return;
    }
    if fault == Fault::ReplaceVia {
        fields.remove("via");
    }
    let received = if request.is_http10 { "1.0" } else { "1.1" };
    fields.push("Via", format!("{received} faulty"));
}

/// The Upgrade lines sent: the client's protocols as one line, where the route passes them.
fn upgrade_lines(request: &Request, ask: &Ask, fault: Seeded) -> Vec<Vec<u8>> {
    let lone = ask.has_field && !ask.has_option;
    if fault == Fault::ForwardLoneUpgrade && lone && ask.route == Route::Plain {
        return vec![request.fields.joined("upgrade")];
    }
    let Some(offered) = &ask.passed else {
        if fault == Fault::SendEmptyUpgrade && ask.route != Route::Plain {
            return vec![Vec::new()];
        }
        return Vec::new();
    };
    if fault == Fault::NominationRemovesUpgrade {
        return Vec::new();
    }
    let mut value = offered.clone();
    if fault == Fault::UnquoteUpgrade {
        value.retain(|octet| *octet != b'"');
    }
    if fault == Fault::RewriteUpgradeValue {
        value = b"websocket".to_vec();
    }
    if fault == Fault::LowercaseUpgradeValue {
        value.make_ascii_lowercase();
    }
    let mut lines: Vec<&[u8]> = request.fields.all("upgrade").collect();
    if fault == Fault::FirstUpgradeLineOnly {
        value = lines[0].to_vec();
    }
    if fault == Fault::ReverseUpgradeLines {
        lines.reverse();
        value = lines.join(&b", "[..]);
    }
    if fault == Fault::DuplicateUpgradeField {
        return vec![value.clone(), value];
    }
    vec![value]
}

/// The Connection sent, if any.
fn connection(request: &Request, ask: &Ask, fault: Seeded) -> Option<Vec<u8>> {
    let mut sent: Option<Vec<u8>> = route_connection(request, ask, fault).map(Into::into);
    if fault == Fault::MissingConnectionOption && ask.passed.is_some() {
        sent = None;
    }
    if fault == Fault::DuplicateConnectionOption && ask.passed.is_some() {
        sent = Some(b"upgrade, upgrade".to_vec());
    }
    if fault == Fault::CopyConnectionVerbatim && ask.passed.is_some() {
        sent = Some(request.fields.joined("connection"));
    }
    if fault == Fault::RelayConnectionOptions {
        let ours: [&[u8]; 3] = [b"upgrade", b"close", b"keep-alive"];
        let mut private = options::options(&request.fields);
        private.retain(|option| !ours.iter().any(|other| option.eq_ignore_ascii_case(other)));
        let all: Vec<Vec<u8>> = sent.into_iter().chain(private).collect();
        sent = (!all.is_empty()).then(|| all.join(&b", "[..]));
    }
    sent
}

/// What the configuration of the route says about Connection.
fn route_connection(request: &Request, ask: &Ask, fault: Seeded) -> Option<&'static str> {
    match ask.route {
        Route::Plain if fault == Fault::CloseByDefault => Some("close"),
        Route::Plain => ask.passed.is_some().then_some("upgrade"),
        Route::Explicit => Some("upgrade"),
        Route::Mapped | Route::Timed if ask.passed.is_some() => {
            if fault == Fault::MapPresentToClose {
                return Some("close");
            }
            Some("upgrade")
        }
        Route::Mapped | Route::Timed => {
            let blank = upgrade_is_blank(&request.fields);
            if fault == Fault::MapAbsentToUpgrade && !ask.has_field {
                return Some("upgrade");
            }
            if fault == Fault::MapEmptyToUpgrade && ask.has_field && blank {
                return Some("upgrade");
            }
            if fault == Fault::MapSendsKeepAlive {
                return Some("keep-alive");
            }
            if fault == Fault::MapSendsNoConnection {
                return None;
            }
            Some("close")
        }
    }
}

/// The extensions of a list, without what is said of each.
pub(crate) fn without_parameters(list: &[u8]) -> Vec<u8> {
    let name = |member: &[u8]| member.split(|octet| *octet == b';').next().unwrap_or(member).to_vec();
    options::members(list).map(name).collect::<Vec<_>>().join(&b", "[..])
}

fn upgrade_is_blank(fields: &Fields) -> bool {
    options::members(&fields.joined("upgrade")).next().is_none()
}

fn is_private(field: &Field) -> bool {
    field.name.as_bytes().get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"x-"))
}

fn reverse_same_named(fields: &mut Fields) {
    let before = fields.0.clone();
    for (place, field) in fields.0.iter_mut().enumerate() {
        let same = |other: &&Field| other.is(&field.name);
        let earlier = before[..place].iter().filter(same).count();
        let mirrored = before.iter().rev().filter(same).nth(earlier);
        if let Some(mirrored) = mirrored {
            field.value = mirrored.value.clone();
        }
    }
}
