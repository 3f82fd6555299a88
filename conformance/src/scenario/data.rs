//! Octets to send or expect, with names that are filled in when a scenario is played.

use std::collections::BTreeMap;

use crate::wire::{Opcode, WebSocketMessage, accept_of, frame, with_noise};

/// Names and what they stand for in one exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings(pub BTreeMap<String, String>);

impl Bindings {
    /// Stands for something where the target makes frames anew. No scenario can use this name, but a
    /// stored transcript keeps it.
    const REFRAMED: &str = "(frames are made anew)";

    /// Says that the target does not carry octets: it takes WebSocket frames apart and makes them anew.
    pub fn set_reframed(&mut self) {
        self.0.insert(Self::REFRAMED.to_owned(), String::new());
    }

    /// Whether that was said.
    #[must_use]
    pub fn is_reframed(&self) -> bool {
        self.0.contains_key(Self::REFRAMED)
    }

    /// What a target writes anew in each run stands behind these texts; kept like [`Self::set_reframed`].
    const VARYING: &str = "(differs from run to run)";

    /// Says behind which texts something stands that differs from run to run.
    pub fn set_varying(&mut self, texts: &[String]) {
        if !texts.is_empty() {
            self.0.insert(Self::VARYING.to_owned(), texts.join("\n"));
        }
    }

    /// Those texts.
    pub fn varying(&self) -> impl Iterator<Item = &str> {
        self.0.get(Self::VARYING).into_iter().flat_map(|texts| texts.split('\n'))
    }

    /// What a target adds of its own; kept like [`Self::set_reframed`].
    const ADDED: [&str; 2] = ["(added to requests)", "(added to responses)"];

    /// Says which fields the target adds to requests, and which to responses.
    pub fn set_added(&mut self, requests: &[String], responses: &[String]) {
        for (name, fields) in Self::ADDED.into_iter().zip([requests, responses]) {
            if !fields.is_empty() {
                self.0.insert(name.to_owned(), fields.join("\n"));
            }
        }
    }

    /// The fields that the target adds to requests, or to responses.
    pub fn added(&self, to_responses: bool) -> impl Iterator<Item = &str> {
        self.0.get(Self::ADDED[usize::from(to_responses)]).into_iter().flat_map(|names| names.split('\n'))
    }

    /// The names for an origin that received `key` as Sec-WebSocket-Key: its `{accept}` answers that one,
    /// which is the client's own unless the target made a handshake of its own.
    #[must_use]
    pub fn answering(&self, key: &str) -> Self {
        let mut names = self.clone();
        names.0.insert("accept".to_owned(), accept_of(key));
        names
    }
}

/// A name that nothing stands for yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is known under the name `{0}`")]
pub struct UnboundName(pub String);

/// Text with `{names}` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Name(String),
    AcceptOf(String),
}

impl Template {
    /// Text that stands for itself, braces included.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self(if text.is_empty() { Vec::new() } else { vec![Part::Literal(text.to_owned())] })
    }

    /// Reads `{name}`, `{accept-of name}`, `{{` and `}}`. The error says what is wrong.
    ///
    /// # Errors
    ///
    /// When a brace has no partner or encloses no name.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let tail = &rest[at..];
            if tail.starts_with("{{") || tail.starts_with("}}") {
                literal.push_str(&tail[..1]);
                rest = &tail[2..];
                continue;
            }
            let inner = tail.strip_prefix('{').and_then(|tail| tail.split_once('}'));
            let Some((inner, after)) = inner else {
                return Err("a single brace; write it twice to mean itself");
            };
            parts.push(Part::Literal(std::mem::take(&mut literal)));
            let name = inner.strip_prefix("accept-of ").unwrap_or(inner).trim().to_owned();
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                return Err("a name is made of letters, digits and hyphens");
            }
            parts.push(if inner.starts_with("accept-of ") { Part::AcceptOf(name) } else { Part::Name(name) });
            rest = after;
        }
        literal.push_str(rest);
        parts.push(Part::Literal(literal));
        parts.retain(|part| *part != Part::Literal(String::new()));
        Ok(Self(parts))
    }

    /// The text that it was read from.
    pub(super) fn source(&self) -> String {
        let source = |part: &Part| match part {
            Part::Literal(text) => text.replace('{', "{{").replace('}', "}}"),
            Part::Name(name) => format!("{{{name}}}"),
            Part::AcceptOf(name) => format!("{{accept-of {name}}}"),
        };
        self.0.iter().map(source).collect()
    }

    /// The names that it needs.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Name(name) | Part::AcceptOf(name) => Some(name.as_str()),
        })
    }

    /// The text with every name filled in.
    ///
    /// # Errors
    ///
    /// When nothing is bound to a name.
    pub fn fill(&self, bindings: &Bindings) -> Result<String, UnboundName> {
        let mut text = String::new();
        for part in &self.0 {
            let value = |name: &String| bindings.0.get(name).ok_or_else(|| UnboundName(name.clone()));
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Name(name) => text.push_str(value(name)?),
                Part::AcceptOf(name) => text.push_str(&accept_of(value(name)?)),
            }
        }
        Ok(text)
    }
}

/// A run of octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it stands.
    Text(Template),
    /// Lines that end in CRLF, without a blank line.
    Lines(Template),
    /// Lines that end in CRLF, and a blank line: the head of a message.
    Head(Template),
    /// Octets in hexadecimal.
    Hex(Vec<u8>),
    /// So many octets that no compressor or resend could guess, the same in every run.
    Noise(usize),
    /// Each of the 256 octet values in turn, so many times over.
    EveryOctet(usize),
    /// One WebSocket frame; masked when a client sends or an origin expects it.
    Frame(Opcode, Template),
}

/// Octets to send or expect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data(pub Vec<Piece>);

/// Octets with every name filled in: in memory, or too many for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// These octets.
    Octets(Vec<u8>),
    /// So many octets of the noise, from its beginning.
    Noise(usize),
}

impl Run {
    /// Noise beyond this is never held in memory.
    pub const BULK: usize = 1 << 20;

    /// How many octets it is.
    #[must_use]
    pub fn length(&self) -> usize {
        match self {
            Self::Octets(octets) => octets.len(),
            Self::Noise(size) => *size,
        }
    }
}

/// A fixed mask keeps runs identical; RFC 6455 §5.3 asks endpoints, not test data, for randomness.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

impl Data {
    /// The octets, bulk included. `from_client`: they travel from the client's side, so frames are
    /// masked.
    ///
    /// # Errors
    ///
    /// When nothing is bound to a name.
    pub fn runs(&self, bindings: &Bindings, from_client: bool) -> Result<Vec<Run>, UnboundName> {
        let mut runs = Vec::new();
        let is_bulk = |piece: &Piece| matches!(piece, Piece::Noise(size) if *size > Run::BULK);
        for pieces in self.0.chunk_by(|one, other| !is_bulk(one) && !is_bulk(other)) {
            runs.push(match pieces {
                [Piece::Noise(size)] if *size > Run::BULK => Run::Noise(*size),
                _ => Run::Octets(octets(pieces, bindings, from_client)?),
            });
        }
        Ok(runs)
    }

    /// How many octets of it are never held in memory.
    #[must_use]
    pub fn bulk(&self) -> usize {
        let sizes = self.0.iter().map(|piece| match piece {
            Piece::Noise(size) if *size > Run::BULK => *size,
            _ => 0,
        });
        sizes.sum()
    }

    /// The octets, all of them in memory.
    ///
    /// # Errors
    ///
    /// When nothing is bound to a name.
    pub fn octets(&self, bindings: &Bindings, from_client: bool) -> Result<Vec<u8>, UnboundName> {
        octets(&self.0, bindings, from_client)
    }

    /// The messages that it is, if it is frames and nothing else.
    ///
    /// # Errors
    ///
    /// When nothing is bound to a name.
    pub fn messages(&self, bindings: &Bindings) -> Result<Option<Vec<WebSocketMessage>>, UnboundName> {
        let mut messages = Vec::new();
        for piece in &self.0 {
            let Piece::Frame(opcode, payload) = piece else { return Ok(None) };
            messages
                .push(WebSocketMessage { opcode: *opcode, payload: payload.fill(bindings)?.into_bytes() });
        }
        Ok(Some(messages))
    }

    /// The names that it needs.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) | Piece::Lines(text) | Piece::Head(text) | Piece::Frame(_, text) => {
                    Some(text.names())
                }
                Piece::Hex(_) | Piece::Noise(_) | Piece::EveryOctet(_) => None,
            })
            .flatten()
    }
}

fn octets(pieces: &[Piece], bindings: &Bindings, from_client: bool) -> Result<Vec<u8>, UnboundName> {
    let mut octets = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => octets.extend(text.fill(bindings)?.bytes()),
            Piece::Lines(text) => octets.extend(lines(&text.fill(bindings)?)),
            Piece::Head(text) => {
                octets.extend(lines(&text.fill(bindings)?));
                octets.extend(b"\r\n");
            }
            Piece::Hex(bytes) => octets.extend(bytes),
            Piece::Noise(size) => with_noise(*size, |noise| octets.extend(noise)),
            Piece::EveryOctet(times) => {
                for _ in 0..*times {
                    octets.extend(0..=u8::MAX);
                }
            }
            Piece::Frame(opcode, payload) => {
                let payload = payload.fill(bindings)?;
                octets.extend(frame(*opcode, payload.as_bytes(), from_client.then_some(MASK)));
            }
        }
    }
    Ok(octets)
}

fn lines(text: &str) -> Vec<u8> {
    let mut octets = text.replace('\n', "\r\n").into_bytes();
    if !octets.is_empty() {
        octets.extend(b"\r\n");
    }
    octets
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn bindings() -> Bindings {
        Bindings(
            [("path".to_owned(), "/x".to_owned()), ("key".to_owned(), "dGhlIHNhbXBsZSBub25jZQ==".to_owned())]
                .into(),
        )
    }

    #[rstest]
    #[case("GET {path} HTTP", "GET /x HTTP")]
    #[case("{{literal}}", "{literal}")]
    #[case("{accept-of key}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")]
    #[case("", "")]
    fn names_are_filled_in(#[case] text: &str, #[case] filled: &str) {
        assert_eq!(Template::parse(text).unwrap().fill(&bindings()).unwrap(), filled);
    }

    #[rstest]
    #[case("{")]
    #[case("}")]
    #[case("{}")]
    #[case("{a b}")]
    fn a_lone_brace_is_an_error(#[case] text: &str) {
        assert!(Template::parse(text).is_err());
    }

    #[test]
    fn an_unknown_name_is_reported() {
        let template = Template::parse("{nope}").unwrap();
        assert_eq!(template.fill(&bindings()), Err(UnboundName("nope".to_owned())));
    }

    #[test]
    fn a_head_ends_in_a_blank_line() {
        let data = Data(vec![Piece::Head(Template::parse("GET {path} HTTP/1.1\nHost: h").unwrap())]);
        assert_eq!(data.octets(&bindings(), true).unwrap(), b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    #[test]
    fn only_bulk_stays_out_of_memory() {
        let text = || Piece::Text(Template::parse("x").unwrap());
        let data = Data(vec![text(), Piece::Noise(2), Piece::Noise(Run::BULK + 1), text(), text()]);
        let runs = data.runs(&bindings(), true).unwrap();
        let start = with_noise(2, |noise| [b"x", noise].concat());
        assert_eq!(runs, [Run::Octets(start), Run::Noise(Run::BULK + 1), Run::Octets(b"xx".to_vec())]);
        assert_eq!(runs.iter().map(Run::length).sum::<usize>(), Run::BULK + 6);
    }

    #[test]
    fn only_the_client_masks_its_frames() {
        let data = Data(vec![Piece::Frame(Opcode::Text, Template::parse("hi").unwrap())]);
        assert_eq!(data.octets(&bindings(), false).unwrap(), b"\x81\x02hi");
        assert_eq!(data.octets(&bindings(), true).unwrap()[1], 0x82);
    }
}
