//! What is owed of a request.

use super::{Owed, USUAL_HEAD, equals, joined, kind, names};
use crate::{
    fuzz::{
        case::{Case, Content, Field, Request, members},
        octets::plain,
        property::*,
    },
    scenario::{FieldTest, Route, Template, Test},
    wire::escape,
};

/// What is made anew for each hop, by whoever sends the message there.
const FRAMING: [&str; 5] = ["Host", "Connection", "Content-Length", "Transfer-Encoding", "Via"];

/// Whether a request asks for an upgrade: Upgrade names a protocol, and Connection says that it does
/// (RFC 9110 §7.8).
#[must_use]
pub fn asks(request: &Request) -> bool {
    let option =
        members(&request.fields, "Connection").iter().any(|one| one.eq_ignore_ascii_case(b"upgrade"));
    option && !members(&request.fields, "Upgrade").is_empty()
}

/// Whether WebSocket is on offer, so that its handshake fields are there (RFC 6455 §4.1).
#[must_use]
pub fn offers_websocket(request: &Request) -> bool {
    members(&request.fields, "Upgrade").iter().any(|one| one.eq_ignore_ascii_case(b"websocket"))
}

/// What is owed of the request with this number, counted from 0.
#[must_use]
pub fn request(case: &Case, number: usize) -> Owed {
    let request = &case.exchanges[number].request;
    let mut owed = Owed { refusable: refusable(request), ..Owed::default() };
    owed.claim(METHOD.about(method(&request.method)), Test::Method(Template::literal(&request.method)));
    let target = format!("{{path}}/{number}{}", request.suffix.replace('{', "{{").replace('}', "}}"));
    let target = Template::parse(&target).expect("braces have partners");
    owed.claim(TARGET.about(suffix(&request.suffix)), Test::Target(target));
    owed.claim(VERSION, Test::Version(Template::literal("1.1")));
    owed.field(ONE_HOST, "Host", vec![FieldTest::Count(1)]);
    owed.control(ONE_HOST, "Host", FieldTest::Present);
    let options = members(&request.fields, "Connection");
    for name in names(&request.fields) {
        field(&mut owed, request, &options, name);
    }
    for option in &options {
        let own = ["close", "keep-alive", "upgrade", "te"];
        let text = escape(option);
        if !own.iter().any(|own| text.eq_ignore_ascii_case(own)) {
            owed.no_member(OPTION_STAYS, "Connection", &text);
        }
    }
    upgrade(&mut owed, case.route, request);
    if !matches!(request.content, Content::None) {
        owed.claim(REQUEST_CONTENT, Test::Body(plain(&request.content.octets())));
    }
    let is_open = |name: &str| request.fields.iter().any(|field| field.is(name));
    let mut allowed = FRAMING.to_vec();
    for name in names(request.content.trailers()).into_iter().filter(|name| !is_open(name)) {
        owed.absent(REQUEST_TRAILERS, name);
        allowed.push("Trailer");
    }
    allowed.extend(["Upgrade", "Keep-Alive"].into_iter().filter(|name| is_open(name)));
    if offers_websocket(request) {
        allowed.extend(["Sec-WebSocket-Key", "Sec-WebSocket-Version"]);
    }
    owed.nothing_else(REQUEST_ADDED, &allowed);
    owed
}

/// What is owed of the lines of one name.
fn field(owed: &mut Owed, request: &Request, options: &[Vec<u8>], name: &str) {
    let nominated = options.iter().any(|option| option.eq_ignore_ascii_case(name.as_bytes()));
    let value = joined(&request.fields, name);
    match &*name.to_ascii_lowercase() {
        "connection" | "upgrade" => {}
        "proxy-connection" => owed.absent(PROXY_CONNECTION, name),
        "http2-settings" => owed.absent(HTTP2_SETTINGS, name),
        // Of their own these may well be sent, so the client's members are looked for.
        "keep-alive" | "te" => {
            let property = if name.eq_ignore_ascii_case("te") { TE } else { KEEP_ALIVE };
            for member in members(&request.fields, name).iter().filter(|member| *member != b"trailers") {
                owed.no_member(property, name, &escape(member));
            }
        }
        _ if nominated => owed.absent(NOMINATED, name),
        _ => {
            let lines = request.fields.iter().filter(|field| field.is(name)).count();
            let property = match () {
                () if !value.is_ascii() => REQUEST_LATIN,
                () if lines > 1 => REQUEST_LINES,
                () => REQUEST_FIELD,
            };
            owed.field(property.about(kind(name, &value, lines)), name, vec![equals(&request.fields, name)]);
        }
    }
}

/// What is owed of Upgrade, which depends on the route.
fn upgrade(owed: &mut Owed, route: Route, request: &Request) {
    if !request.fields.iter().any(|field| field.is("Upgrade")) {
        return;
    }
    let offered = members(&request.fields, "Upgrade");
    if route == Route::Plain {
        owed.absent(UPGRADE_STAYS, "Upgrade");
    } else if offered.is_empty() {
        // Empty members are odd, and what to make of them is not said; nothing at all is an empty value.
        let fields = request.fields.iter().filter(|field| field.is("Upgrade"));
        let is_space = |field: &&Field| (field.before, field.after) != (" ", "");
        let about = if fields.clone().any(|field| is_space(&field)) { "but whitespace" } else { "" };
        if fields.clone().all(|field| field.value.is_empty()) {
            owed.absent(EMPTY_UPGRADE.about(about), "Upgrade");
        }
    } else if asks(request) {
        let about = offer(request);
        let list = Template::literal(&escape(&offered.join(&b", "[..])));
        owed.field(UPGRADE_TRAVELS.about(about), "Upgrade", vec![FieldTest::Tokens(list)]);
        // Whoever says it twice may be repeated.
        let options = members(&request.fields, "Connection");
        if options.iter().filter(|option| option.eq_ignore_ascii_case(b"upgrade")).count() == 1 {
            let option = FieldTest::Token(Template::literal("upgrade"));
            owed.field(UPGRADE_OPTION.about(about), "Connection", vec![option]);
        }
    }
}

/// What is special about an offer of protocols.
pub(super) fn offer(request: &Request) -> &'static str {
    let fields: Vec<&Field> = request.fields.iter().filter(|field| field.is("Upgrade")).collect();
    let is_empty = |member: &[u8]| member.trim_ascii().is_empty();
    if fields.iter().any(|field| field.value.split(|octet| *octet == b',').any(is_empty)) {
        "an offer with empty members"
    } else if fields.len() > 1 {
        "an offer on several lines"
    } else if members(&request.fields, "Upgrade").len() > 1 {
        "several protocols on offer"
    } else {
        ""
    }
}

fn refusable(request: &Request) -> Option<&'static str> {
    let lines = request.fields.iter().map(|field| field.name.len() + field.value.len() + 8);
    if request.suffix.len() + request.method.len() + lines.sum::<usize>() > USUAL_HEAD {
        return Some("its head is long");
    }
    if request.fields.len() > 60 {
        return Some("it has many fields");
    }
    None
}

fn method(method: &str) -> &'static str {
    const KNOWN: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT"];
    if KNOWN.contains(&method) { "" } else { "a method that is not common" }
}

fn suffix(suffix: &str) -> &'static str {
    let path = suffix.split('?').next().unwrap_or_default();
    if path.contains("//") {
        "an empty segment"
    } else if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        "a dot segment"
    } else if suffix.contains('%') {
        "octets in percent encoding"
    } else if suffix.is_empty() {
        ""
    } else {
        "characters of all kinds"
    }
}
