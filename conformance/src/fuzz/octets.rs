//! Octets with names between them, cut into writes, as data of the scenario language.

use super::case::{Content, Cuts, Field};
use crate::scenario::{Data, Piece, Template};

/// The octets of one message: literal ones, and names that stand for others.
#[derive(Clone, Debug, Default)]
pub(super) struct Message(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Literal(Vec<u8>),
    Name(&'static str),
}

impl Message {
    pub(super) fn push(&mut self, octets: impl AsRef<[u8]>) {
        match self.0.last_mut() {
            Some(Part::Literal(literal)) => literal.extend(octets.as_ref()),
            _ => self.0.push(Part::Literal(octets.as_ref().to_vec())),
        }
    }

    pub(super) fn name(&mut self, name: &'static str) {
        self.0.push(Part::Name(name));
    }

    pub(super) fn field(&mut self, field: &Field) {
        self.push(&field.name);
        self.push(":");
        self.push(field.before);
        self.push(&field.value);
        self.push(field.after);
        self.push("\r\n");
    }

    /// Ends the head, and adds content with its framing. `bare`: only the framing fields of it.
    pub(super) fn content(&mut self, content: &Content, bare: bool) {
        match content {
            Content::None | Content::UntilClose(_) => {}
            Content::Counted(octets) => self.push(format!("Content-Length: {}\r\n", octets.len())),
            Content::Chunked { .. } => self.push("Transfer-Encoding: chunked\r\n"),
        }
        self.push("\r\n");
        if bare {
            return;
        }
        match content {
            Content::None => {}
            Content::Counted(octets) | Content::UntilClose(octets) => self.push(octets),
            Content::Chunked { chunks, extension, trailers } => {
                for chunk in chunks {
                    self.push(format!("{:x}{extension}\r\n", chunk.len()));
                    self.push(chunk);
                    self.push("\r\n");
                }
                self.push("0\r\n");
                trailers.iter().for_each(|trailer| self.field(trailer));
                self.push("\r\n");
            }
        }
    }

    /// The writes that it is cut into.
    pub(super) fn writes(self, cuts: &Cuts) -> Vec<Data> {
        let length: usize = self.0.iter().map(Part::length).sum();
        let mut places: Vec<usize> =
            cuts.0.iter().map(|cut| usize::from(*cut) % length.max(1)).filter(|place| *place > 0).collect();
        places.sort_unstable();
        places.dedup();
        let (mut writes, mut at) = (vec![Vec::new()], 0);
        for part in self.0 {
            let Part::Literal(mut rest) = part else {
                writes.last_mut().expect("never empty").push(part);
                continue;
            };
            while let Some(place) = places.first().copied().filter(|place| *place < at + rest.len()) {
                places.remove(0);
                let behind = rest.split_off(place - at);
                at = place;
                writes.last_mut().expect("never empty").push(Part::Literal(rest));
                writes.push(Vec::new());
                rest = behind;
            }
            at += rest.len();
            writes.last_mut().expect("never empty").push(Part::Literal(rest));
        }
        writes.into_iter().map(data).filter(|data| !data.0.is_empty()).collect()
    }
}

impl Part {
    fn length(&self) -> usize {
        match self {
            Self::Literal(octets) => octets.len(),
            Self::Name(_) => 0,
        }
    }
}

/// Octets without names, which may be none.
pub(super) fn plain(octets: &[u8]) -> Data {
    if octets.is_empty() {
        return Data(vec![Piece::Text(Template::literal(""))]);
    }
    data(vec![Part::Literal(octets.to_vec())])
}

/// Text as far as it is text that a person can read, and hexadecimal digits where it is not.
fn data(parts: Vec<Part>) -> Data {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Name(name) => text.push_str(&format!("{{{name}}}")),
            Part::Literal(octets) => {
                for run in octets.chunk_by(|one, other| is_text(*one) == is_text(*other)) {
                    if is_text(run[0]) {
                        let run = String::from_utf8_lossy(run);
                        text.push_str(&run.replace('{', "{{").replace('}', "}}"));
                    } else {
                        pieces.extend(text_piece(&mut text));
                        pieces.push(Piece::Hex(run.to_vec()));
                    }
                }
            }
        }
    }
    pieces.extend(text_piece(&mut text));
    Data(pieces)
}

fn is_text(octet: u8) -> bool {
    matches!(octet, b'\t' | b'\r' | b'\n' | 0x20..=0x7e)
}

/// A whole head reads better as its lines.
fn text_piece(text: &mut String) -> Vec<Piece> {
    let text = std::mem::take(text);
    let template = |text: &str| Template::parse(text).expect("braces have partners");
    match text.split_once("\r\n\r\n") {
        _ if text.is_empty() => Vec::new(),
        Some((head, rest)) if is_lines(head) => {
            let mut pieces = vec![Piece::Head(template(&head.replace("\r\n", "\n")))];
            pieces.extend((!rest.is_empty()).then(|| Piece::Text(template(rest))));
            pieces
        }
        _ => vec![Piece::Text(template(&text))],
    }
}

/// Whether each line can stand alone: no line end that is not CRLF, and no whitespace at an edge.
fn is_lines(head: &str) -> bool {
    let mut lines = head.split("\r\n");
    !head.is_empty()
        && lines.all(|line| !line.contains(['\r', '\n', '\t']) && line == line.trim() && !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Bindings;

    fn message() -> Message {
        let mut message = Message::default();
        message.push("GET ");
        message.name("path");
        message.push(" HTTP/1.1\r\n");
        message.field(&Field::new("X-{a}", b"caf\xe9".to_vec()));
        message.content(&Content::Counted(b"ok".to_vec()), false);
        message
    }

    #[test]
    fn any_cuts_leave_the_octets_as_they_are() {
        let names = Bindings([("path".to_owned(), "/x".to_owned())].into());
        for cuts in [vec![], vec![1], vec![0, 5, 5, 9, 60_000], (0..200).collect()] {
            let writes = message().writes(&Cuts(cuts));
            let octets: Vec<u8> = writes
                .iter()
                .flat_map(|data| data.octets(&names, true).expect("the name is bound"))
                .collect();
            assert_eq!(octets, b"GET /x HTTP/1.1\r\nX-{a}: caf\xe9\r\nContent-Length: 2\r\n\r\nok");
        }
    }

    #[test]
    fn a_whole_head_of_text_is_its_lines() {
        let mut message = Message::default();
        message.push("GET / HTTP/1.1\r\nHost: h\r\n\r\nok");
        let [Data(pieces)] = &message.writes(&Cuts::default())[..] else { panic!("one write") };
        assert!(matches!(&pieces[..], [Piece::Head(_), Piece::Text(_)]));
    }
}
