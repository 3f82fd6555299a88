//! What a gateway owes: from a message that one side sends to what must be true of it on the other side.
//!
//! It is written from the rules, for the harness alone, and shares no code with any proxy. It claims
//! nothing where the rules leave a choice.

mod answer;
mod request;

pub use answer::{answer, gate, interim, switch};
pub use request::{asks, offers_websocket, request};

use super::{case::Field, property::Property};
use crate::scenario::{FieldTest, Section, Template, Test};

/// Heads beyond this may be refused, with 4xx or 502 (RFC 9110 §5.4): deployed limits for one line or for
/// all of them begin at 4 KiB.
const USUAL_HEAD: usize = 3800;

/// What is owed of one message.
#[derive(Clone, Debug, Default)]
pub struct Owed {
    /// Why the target may well refuse it, if it may.
    pub refusable: Option<&'static str>,
    /// What must be true of it when it crosses.
    pub claims: Vec<Claim>,
}

/// One thing that must be true of a message that crosses.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The property that it is an instance of.
    pub property: Property,
    /// What is looked at.
    pub test: Test,
    /// It vouches for the message, so that absences mean something.
    pub control: bool,
}

impl Owed {
    fn claim(&mut self, property: Property, test: Test) {
        self.claims.push(Claim { property, test, control: false });
    }

    /// The header has this field, which vouches for the message.
    fn control(&mut self, property: Property, name: &str, test: FieldTest) {
        let name = Template::literal(name);
        let test = Test::Field { section: Section::Header, name, tests: vec![test], capture: None };
        self.claims.push(Claim { property, test, control: true });
    }

    /// The header has no such field.
    fn absent(&mut self, property: Property, name: &str) {
        self.claim(property, Test::NoField { section: Section::Header, name: Template::literal(name) });
    }

    /// The header field passes these tests.
    fn field(&mut self, property: Property, name: &str, tests: Vec<FieldTest>) {
        let name = Template::literal(name);
        self.claim(property, Test::Field { section: Section::Header, name, tests, capture: None });
    }

    /// A list field has no such member.
    fn no_member(&mut self, property: Property, name: &str, member: &str) {
        let (name, token) = (Template::literal(name), Template::literal(member));
        self.claim(property, Test::NoToken { name, token });
    }

    /// The header has no field but these, and those that other claims name.
    fn nothing_else(&mut self, property: Property, allowed: &[&str]) {
        self.claim(
            property,
            Test::NoOtherField(allowed.iter().map(|name| Template::literal(name)).collect()),
        );
    }
}

/// What an origin adds to an answer of which something has to be absent, so that absences mean something.
#[must_use]
pub fn voucher() -> Field {
    Field::new("X-End", "kept")
}

/// The names in `fields`, each once, in the letters and the order of their first lines.
fn names(fields: &[Field]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for field in fields {
        if !names.iter().any(|name| field.is(name)) {
            names.push(&field.name);
        }
    }
    names
}

/// The values of all lines of one name, as one (RFC 9110 §5.3).
fn joined(fields: &[Field], name: &str) -> Vec<u8> {
    let values: Vec<&[u8]> =
        fields.iter().filter(|field| field.is(name)).map(|field| field.value.as_slice()).collect();
    values.join(&b", "[..]).trim_ascii().to_vec()
}

/// The field is as its lines in `fields` say.
fn equals(fields: &[Field], name: &str) -> FieldTest {
    let value = joined(fields, name);
    let lines: Vec<&Field> = fields.iter().filter(|field| field.is(name)).collect();
    // Empty members mean nothing in a list (RFC 9110 §5.6.1.2), and several lines are one.
    let has_empty = lines.len() > 1 && lines.iter().any(|line| line.value.is_empty());
    match std::str::from_utf8(&value) {
        Ok(text) if has_empty => FieldTest::Tokens(Template::literal(text)),
        Err(_) if has_empty => FieldTest::Present,
        Ok(text) => FieldTest::Equals(Template::literal(text)),
        Err(_) => FieldTest::EqualsOctets(value),
    }
}

/// What is special about a field, so that findings about different things are told apart.
fn kind(name: &str, value: &[u8], lines: usize) -> &'static str {
    const LOOK_ALIKES: [&str; 8] = [
        "keep-alive-",
        "connection-",
        "upgrade-",
        "te-",
        "transfer-encoding-",
        "proxy-connection-",
        "x-connection",
        "content-length-",
    ];
    let lower = name.to_ascii_lowercase();
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
    if name.contains('_') {
        "a name with an underscore"
    } else if !name.bytes().all(plain) {
        "a name with other characters than letters, digits and hyphens"
    } else if LOOK_ALIKES.iter().any(|begin| lower.starts_with(begin)) {
        "a name that looks like that of a field for one hop"
    } else if lines > 1 {
        "several lines"
    } else if value.is_empty() {
        "an empty value"
    } else if value.contains(&b'\t') {
        "a value with a tab"
    } else if value.len() > 200 {
        "a long value"
    } else {
        ""
    }
}
