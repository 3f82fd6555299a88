//! What is owed of an answer, of an interim response and of a 101.

use super::{
    Owed, USUAL_HEAD, equals, joined, kind, names,
    request::{asks, offer},
    voucher,
};
use crate::{
    fuzz::{
        case::{Content, Exchange, Field, Last, Protocol, Request, SwitchHead, members},
        octets::plain,
        property::*,
    },
    scenario::{FieldTest, StatusWanted, Template, Test},
    wire::{escape, tokens},
};

/// What is made anew for each hop, or added by whoever passes an answer on (RFC 9110 §6.6.1, §7.6.3).
const FRAMING: [&str; 6] = ["Connection", "Content-Length", "Transfer-Encoding", "Via", "Date", "Keep-Alive"];

/// What is owed of a final answer.
#[must_use]
pub fn answer(request: &Request, status: u16, lines: &[Field], content: &Content) -> Owed {
    let length: usize = lines.iter().map(|line| line.name.len() + line.value.len() + 8).sum();
    let refusable = (length > USUAL_HEAD).then_some("its head is long");
    let mut owed = Owed { refusable, ..Owed::default() };
    owed.claim(ANSWER_CROSSES, Test::Status(vec![exactly(status)]));
    let vouches = voucher();
    owed.control(ANSWER_CROSSES, &vouches.name, equals(std::slice::from_ref(&vouches), &vouches.name));
    // What describes a content may go where there is none (RFC 9110 §15.4.5).
    let describes = |line: &&Field| status == 304 && line.name.to_ascii_lowercase().starts_with("content-");
    let kept: Vec<Field> = lines.iter().filter(|line| !describes(line)).cloned().collect();
    fields(&mut owed, &kept, ANSWER_FIELD, ANSWER_NOMINATED);
    let has_content = request.method != "HEAD" && !matches!(status, 204 | 304);
    let wanted = if has_content { content.octets() } else { Vec::new() };
    owed.claim(ANSWER_CONTENT.about(framing(content)), Test::Body(plain(&wanted)));
    let mut allowed = FRAMING.to_vec();
    allowed.extend(lines.iter().filter(describes).map(|line| line.name.as_str()));
    for name in names(content.trailers()).into_iter().filter(|name| !lines.iter().any(|one| one.is(name))) {
        owed.absent(ANSWER_TRAILERS, name);
        allowed.push("Trailer");
    }
    owed.nothing_else(ANSWER_ADDED, &allowed);
    owed
}

/// What is owed of an interim response.
#[must_use]
pub fn interim(status: u16, lines: &[Field]) -> Owed {
    let mut owed = Owed::default();
    owed.claim(INTERIM, Test::Status(vec![exactly(status)]));
    fields(&mut owed, lines, ANSWER_FIELD.about("of an interim response"), ANSWER_NOMINATED);
    owed
}

/// What is owed of a 101 that opens a tunnel.
#[must_use]
pub fn switch(request: &Request, head: &SwitchHead, lines: &[Field], websocket: bool) -> Owed {
    let mut owed = Owed::default();
    owed.claim(SWITCH_CROSSES.about(offer(request)), Test::Status(vec![exactly(101)]));
    let vouches = voucher();
    owed.control(SWITCH_CROSSES, &vouches.name, equals(std::slice::from_ref(&vouches), &vouches.name));
    if let Some(protocol) = members(&request.fields, "Upgrade").first() {
        let named = vec![FieldTest::Tokens(Template::literal(&escape(protocol)))];
        owed.field(SWITCH_PROTOCOL, "Upgrade", named);
    }
    let option = vec![FieldTest::Token(Template::literal("upgrade"))];
    owed.field(SWITCH_OPTION, "Connection", option);
    if websocket {
        let accept = Template::parse("{accept}").expect("a name");
        owed.field(SWITCH_FIELD, "Sec-WebSocket-Accept", vec![FieldTest::Equals(accept)]);
    }
    let options: Vec<Field> =
        head.connection.iter().map(|line| Field::new("Connection", line.as_str())).collect();
    let all: Vec<Field> = options.into_iter().chain(lines.iter().cloned()).collect();
    fields(&mut owed, &all, SWITCH_FIELD, SWITCH_NOMINATED);
    owed
}

/// What is owed of the fields of any response.
fn fields(owed: &mut Owed, lines: &[Field], end_to_end: Property, nominated: Property) {
    let options = members(lines, "Connection");
    for name in names(lines) {
        let value = joined(lines, name);
        match &*name.to_ascii_lowercase() {
            "connection" | "upgrade" => {}
            "proxy-connection" => owed.absent(ANSWER_PROXY_CONNECTION, name),
            "keep-alive" => {
                for member in members(lines, name) {
                    owed.no_member(ANSWER_KEEP_ALIVE, name, &escape(&member));
                }
            }
            _ if options.iter().any(|option| option.eq_ignore_ascii_case(name.as_bytes())) => {
                owed.absent(nominated, name);
            }
            "set-cookie" => {
                let cookies = lines.iter().filter(|line| line.is(name));
                let cookies = cookies.map(|line| Template::literal(&escape(&line.value))).collect();
                owed.field(ANSWER_COOKIES, name, vec![FieldTest::Lines(cookies)]);
            }
            _ => {
                let count = lines.iter().filter(|line| line.is(name)).count();
                let about = match (end_to_end.about, kind(name, &value, count)) {
                    ("", _) if !value.is_ascii() => "octets beyond ASCII",
                    ("", kind) => kind,
                    (about, _) => about,
                };
                owed.field(end_to_end.about(about), name, vec![equals(lines, name)]);
            }
        }
    }
    for option in options {
        let own = ["close", "keep-alive", "upgrade"];
        let text = escape(&option);
        if !own.iter().any(|own| text.eq_ignore_ascii_case(own)) {
            owed.no_member(ANSWER_OPTION_STAYS, "Connection", &text);
        }
    }
}

fn exactly(status: u16) -> StatusWanted {
    StatusWanted::Exactly(Template::literal(&status.to_string()))
}

fn framing(content: &Content) -> &'static str {
    match content {
        Content::None => "",
        Content::Counted(_) => "counted",
        Content::Chunked { .. } => "chunked",
        Content::UntilClose(_) => "until the connection ends",
    }
}

/// Why the 101 of an exchange opens no tunnel, if it does not.
#[must_use]
pub fn gate(exchange: &Exchange) -> Option<Property> {
    let Last::Switch { head, .. } = &exchange.answer.last else { return None };
    match &head.protocol {
        _ if !asks(&exchange.request) => Some(UNASKED_SWITCH),
        Protocol::NotOffered => Some(OTHER_PROTOCOL),
        Protocol::Unnamed => Some(UNNAMED_PROTOCOL),
        _ if !has_option(head) => Some(NO_OPTION),
        _ => None,
    }
}

/// Whether a 101 has its option (RFC 9110 §7.8).
fn has_option(head: &SwitchHead) -> bool {
    let mut options = head.connection.iter().flat_map(|line| tokens(line.as_bytes()));
    options.any(|option| option.eq_ignore_ascii_case(b"upgrade"))
}
