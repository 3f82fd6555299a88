//! Whether a message is as a scenario says.

use super::look::quote;
use crate::{
    scenario::{Bindings, Check, FieldTest, Section, StatusWanted, Template, Test, UnboundName},
    wire::{Fields, Message, escape, tokens},
};

/// What was expected and what came, in words.
pub(super) struct Mismatch {
    pub(super) expected: String,
    pub(super) came: String,
}

/// Holds one check against a message. `None`: it is as it should be. `all`: every check of that message.
pub(super) fn check(
    check: &Check,
    all: &[Check],
    message: &Message,
    from_client: bool,
    names: &mut Bindings,
) -> Result<Option<Mismatch>, UnboundName> {
    let head = &message.head;
    let mismatch = |expected: String, came: String| Ok(Some(Mismatch { expected, came }));
    match &check.test {
        Test::Method(wanted) => word("method", wanted, &head.start[0], names),
        Test::Target(wanted) => word("target", wanted, &head.start[1], names),
        Test::Version(wanted) => {
            // The version stands last in a request line and first in a status line.
            let at = if head.start[0].starts_with(b"HTTP/") { 0 } else { 2 };
            let version = head.start[at].strip_prefix(b"HTTP/").unwrap_or(&head.start[at]);
            word("HTTP version", wanted, version, names)
        }
        Test::Reason(wanted) => word("reason phrase", wanted, &head.start[2], names),
        Test::Status(wanted) => {
            let mut expected = Vec::new();
            for wanted in wanted {
                let (text, holds) = match wanted {
                    StatusWanted::Exactly(text) => {
                        let text = text.fill(names)?;
                        let holds = head.start[1] == text.as_bytes();
                        (text, holds)
                    }
                    StatusWanted::In(range) => {
                        let text = format!("{}..={}", range.start(), range.end());
                        (text, head.status().is_some_and(|status| range.contains(&status)))
                    }
                };
                if holds {
                    return Ok(None);
                }
                expected.push(text);
            }
            mismatch(
                format!("status {}", shown(&expected.join(" or "))),
                format!("status {}", quote(&head.start[1])),
            )
        }
        Test::Field { section, name, tests, capture } => {
            let (name, fields) = (name.fill(names)?, fields(message, *section));
            for test in tests {
                if let Some(mismatch) = field(&name, test, fields, names)? {
                    return Ok(Some(mismatch.within(*section)));
                }
            }
            if let Some(capture) = capture {
                let value = String::from_utf8_lossy(&joined(fields, &name)).into_owned();
                names.0.insert(capture.clone(), value);
            }
            Ok(None)
        }
        Test::NoField { section, name } => {
            let (name, fields) = (name.fill(names)?, fields(message, *section));
            let mismatch = fields
                .all(&name)
                .next()
                .map(|_| Mismatch { expected: format!("no field `{name}`"), came: lines(fields, &name) });
            Ok(mismatch.map(|mismatch| mismatch.within(*section)))
        }
        Test::NoToken { name, token } => {
            let (name, token) = (name.fill(names)?, token.fill(names)?);
            let fields = &head.fields;
            if fields.members(&name).iter().any(|member| member.eq_ignore_ascii_case(token.as_bytes())) {
                return mismatch(format!("no member `{}` in `{name}`", shown(&token)), lines(fields, &name));
            }
            Ok(None)
        }
        Test::NoOtherField(allowed) => {
            let mut known: Vec<String> =
                allowed.iter().map(|name| name.fill(names)).collect::<Result<_, _>>()?;
            let expected = format!("no field but those named here and `{}`", shown(&known.join("`, `")));
            for check in all {
                known.extend(named(check).map(|name| name.fill(names)).transpose()?);
            }
            known.extend(names.added(!from_client).map(str::to_owned));
            let other = head.fields.0.iter().find(|field| !known.iter().any(|name| field.is(name)));
            match other {
                Some(field) => {
                    mismatch(expected, quote(&[&field.name[..], b": ", &field.value[..]].concat()))
                }
                None => Ok(None),
            }
        }
        Test::Body(data) => {
            let wanted = data.octets(names, from_client)?;
            if message.body == wanted {
                return Ok(None);
            }
            mismatch(
                format!("{} octets of content: {}", wanted.len(), quote(&wanted)),
                format!("{} octets: {}", message.body.len(), quote(&message.body)),
            )
        }
    }
}

/// The header field that a check is about.
fn named(check: &Check) -> Option<&Template> {
    match &check.test {
        Test::Field { section: Section::Header, name, .. }
        | Test::NoField { section: Section::Header, name }
        | Test::NoToken { name, .. } => Some(name),
        _ => None,
    }
}

impl Mismatch {
    /// Names the section, if it is not the one that everybody thinks of.
    fn within(self, section: Section) -> Self {
        match section {
            Section::Header => self,
            Section::Trailer => {
                let place = |told: String| format!("{told} in the trailer section");
                Mismatch { expected: place(self.expected), came: place(self.came) }
            }
        }
    }
}

fn fields(message: &Message, section: Section) -> &Fields {
    match section {
        Section::Header => &message.head.fields,
        Section::Trailer => &message.trailers,
    }
}

fn word(
    what: &str,
    wanted: &Template,
    came: &[u8],
    names: &Bindings,
) -> Result<Option<Mismatch>, UnboundName> {
    let wanted = wanted.fill(names)?;
    Ok((came != wanted.as_bytes()).then(|| Mismatch {
        expected: format!("{what} `{}`", shown(&wanted)),
        came: format!("{what} {}", quote(came)),
    }))
}

fn field(
    name: &str,
    test: &FieldTest,
    fields: &Fields,
    names: &Bindings,
) -> Result<Option<Mismatch>, UnboundName> {
    let count = fields.all(name).count();
    let value = joined(fields, name);
    let members = fields.members(name);
    let (holds, expected) = match test {
        FieldTest::Present => (count > 0, format!("a field `{name}`")),
        FieldTest::Count(wanted) => (count == *wanted, format!("{wanted} line(s) of `{name}`")),
        FieldTest::Equals(wanted) => {
            let wanted = wanted.fill(names)?;
            (count > 0 && value == wanted.as_bytes(), format!("`{name}: {}`", shown(&wanted)))
        }
        FieldTest::EqualsOctets(wanted) => {
            (count > 0 && value == *wanted, format!("`{name}: {}`", escape(wanted)))
        }
        FieldTest::EqualsIgnoringCase(wanted) => {
            let wanted = wanted.fill(names)?;
            (
                count > 0 && value.eq_ignore_ascii_case(wanted.as_bytes()),
                format!("`{name}: {}` in any case", shown(&wanted)),
            )
        }
        FieldTest::Token(wanted) => {
            let wanted = wanted.fill(names)?;
            let times =
                members.iter().filter(|member| member.eq_ignore_ascii_case(wanted.as_bytes())).count();
            (times == 1, format!("the member `{}` once in `{name}`", shown(&wanted)))
        }
        FieldTest::Tokens(wanted) => {
            let wanted = wanted.fill(names)?;
            let list: Vec<Vec<u8>> = tokens(wanted.as_bytes()).collect();
            let holds = list.len() == members.len()
                && list.iter().zip(&members).all(|(a, b)| a.eq_ignore_ascii_case(b));
            (holds, format!("the list `{}` in `{name}`", shown(&wanted)))
        }
        FieldTest::Begins(wanted) => {
            let wanted = wanted.fill(names)?;
            let list: Vec<Vec<u8>> = tokens(wanted.as_bytes()).collect();
            let holds = members.len() >= list.len()
                && list.iter().zip(&members).all(|(a, b)| a.eq_ignore_ascii_case(b));
            (holds, format!("`{name}` to begin with `{wanted}`"))
        }
        FieldTest::Within(wanted) => {
            let wanted = wanted.fill(names)?;
            let allowed: Vec<Vec<u8>> = tokens(wanted.as_bytes()).collect();
            let known = |member: &Vec<u8>| allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(member));
            (members.iter().all(known), format!("no member of `{name}` other than `{}`", shown(&wanted)))
        }
        FieldTest::Lines(wanted) => {
            let wanted = wanted.iter().map(|line| line.fill(names)).collect::<Result<Vec<_>, _>>()?;
            let holds = count == wanted.len()
                && fields.all(name).zip(&wanted).all(|(line, wanted)| line.value == wanted.as_bytes());
            (holds, format!("the lines of `{name}`: {}", shown(&wanted.join(" | "))))
        }
    };
    Ok((!holds).then(|| Mismatch { expected, came: lines(fields, name) }))
}

/// What a name stood for may have come from the target.
fn shown(filled: &str) -> String {
    escape(filled.as_bytes())
}

/// Several lines mean one list (RFC 9110 §5.3).
fn joined(fields: &Fields, name: &str) -> Vec<u8> {
    fields.all(name).map(|field| field.value.as_slice()).collect::<Vec<_>>().join(&b", "[..])
}

fn lines(fields: &Fields, name: &str) -> String {
    let lines: Vec<String> =
        fields.all(name).map(|field| quote(&[&field.name[..], b": ", &field.value[..]].concat())).collect();
    match lines.len() {
        0 => format!("no field `{name}`"),
        _ => lines.join(" | "),
    }
}
