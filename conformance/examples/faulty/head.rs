//! The head of a message: its start line and its fields, read octet by octet.
//!
//! Fields keep their order, their letter case and their repetitions. What a field means is not
//! known here.

use crate::fault::{Fault, Seeded};
use crate::wire::Source;

/// The longest head that is read, in octets.
const LONGEST_HEAD: usize = 64 * 1024;

/// One field line.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// As it was spelt.
    pub(crate) name: String,
    /// Without the whitespace around it.
    pub(crate) value: Vec<u8>,
}

/// The field lines of a head, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub(crate) Vec<Field>);

/// A whole head as it came.
#[derive(Debug)]
pub(crate) struct Raw {
    /// Its octets, blank line included.
    pub(crate) octets: Vec<u8>,
    /// How many reads it took, what came with it included.
    pub(crate) reads: usize,
}

/// Why no head came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The connection ended before its first octet.
    Ended,
    /// The connection ended within the head.
    Truncated,
    /// It is longer than we read.
    TooLong,
    /// It begins with what begins no message.
    NotHttp,
}

/// A field section that is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Malformed;

/// Whose head it is: requests are judged more strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// RFC 9112 §5.1: whitespace before the colon is an error in a request.
    Client,
    /// The same whitespace is removed from a response.
    Origin,
}

impl Fields {
    /// The values of all lines of that name, in order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter(move |field| field.is(name)).map(|field| field.value.as_slice())
    }

    /// Whether a line of that name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|field| field.is(name))
    }

    /// The values of all lines of that name as one list.
    pub(crate) fn joined(&self, name: &str) -> Vec<u8> {
        self.all(name).collect::<Vec<_>>().join(&b", "[..])
    }

    /// Removes all lines of that name.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|field| !field.is(name));
    }

    /// Adds a line at the end.
    pub(crate) fn push(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.0.push(Field { name: name.to_owned(), value: value.into() });
    }

    /// The head as it travels.
    pub(crate) fn behind(&self, start_line: &[u8]) -> Vec<u8> {
        let mut head = [start_line, b"\r\n"].concat();
        for field in &self.0 {
            head.extend_from_slice(field.name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(&field.value);
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }

    /// Reads field lines.
    pub(crate) fn parse(lines: &[&[u8]], sender: Sender, fault: Seeded) -> Result<Fields, Malformed> {
        let mut fields = Fields::default();
        for &(mut line) in lines {
            let folded = sender == Sender::Origin && matches!(line, [b' ' | b'\t', ..]);
            if folded && fault == Fault::KeepFoldedLines {
                let last = fields.0.last_mut().ok_or(Malformed)?;
                last.value.extend([b"\r\n", line].concat());
                continue;
            }
            if folded && fault == Fault::FoldBecomesALine {
                line = trimmed(line);
            }
            let Some(colon) = line.iter().position(|octet| *octet == b':') else {
                if fault == Fault::AcceptLineWithoutColon && sender == Sender::Client {
                    continue;
                }
                return Err(Malformed);
            };
            let mut name = &line[..colon];
            if sender == Sender::Origin || fault == Fault::AcceptSpaceBeforeColon {
                name = name.trim_ascii_end();
            }
            let value = trimmed(&line[colon + 1..]);
            let control = value.iter().any(|octet| matches!(octet, 0 | b'\r'));
            let controlled = control && !(sender == Sender::Origin && fault == Fault::KeepControlOctets);
            // A folded line begins with whitespace, and so fails as a name.
            if !is_token(name) || controlled {
                return Err(Malformed);
            }
            if sender == Sender::Origin && fault == Fault::KeepSpaceBeforeColon {
                name = &line[..colon];
            }
            fields.push(&String::from_utf8_lossy(name), value);
        }
        Ok(fields)
    }
}

impl Field {
    /// Whether this is a line of that name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Waits for a whole head and takes it.
pub(crate) async fn read(source: &mut Source, sender: Sender) -> Result<Raw, Missing> {
    loop {
        // RFC 9112 §2.2: an empty line before a request line is ignored.
        if sender == Sender::Client {
            let blank = source.buf.iter().take_while(|o| matches!(o, b'\r' | b'\n'));
            let blank = blank.count();
            source.take(blank);
        }
        if let Some(end) = end_of_head(&source.buf) {
            if end > LONGEST_HEAD {
                return Err(Missing::TooLong);
            }
            let reads = source.reads;
            let octets = source.take(end);
            return Ok(Raw { octets, reads });
        }
        if !could_begin(&source.buf, sender) {
            return Err(Missing::NotHttp);
        }
        if source.buf.len() > LONGEST_HEAD {
            return Err(Missing::TooLong);
        }
        match source.end {
            Some(_) if source.buf.is_empty() => return Err(Missing::Ended),
            Some(_) => return Err(Missing::Truncated),
            None => source.fill().await,
        }
    }
}

/// Whether a head may begin so; there is no need to wait for more if not.
fn could_begin(octets: &[u8], sender: Sender) -> bool {
    match sender {
        Sender::Client => octets.first().is_none_or(|octet| is_token(&[*octet])),
        Sender::Origin => b"HTTP/".iter().zip(octets).all(|(known, octet)| known == octet),
    }
}

/// The lines of a head without their ends, and without the blank one.
pub(crate) fn lines(head: &[u8]) -> Vec<&[u8]> {
    head.split(|octet| *octet == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .take_while(|line| !line.is_empty())
        .collect()
}

/// How many octets the head at the beginning of `octets` has, if it is complete.
pub(crate) fn end_of_head(octets: &[u8]) -> Option<usize> {
    let mut start = 0;
    loop {
        let length = octets[start..].iter().position(|octet| *octet == b'\n')? + 1;
        if matches!(&octets[start..start + length], b"\n" | b"\r\n") {
            return Some(start + length);
        }
        start += length;
    }
}

/// `octets` without SP and HTAB around them.
pub(crate) fn trimmed(octets: &[u8]) -> &[u8] {
    let blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let start = octets.iter().take_while(|octet| blank(octet)).count();
    let rest = &octets[start..];
    let end = rest.iter().rev().take_while(|octet| blank(octet)).count();
    &rest[..rest.len() - end]
}

/// RFC 9110 §5.6.2.
pub(crate) fn is_token(octets: &[u8]) -> bool {
    let allowed = |octet: &u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(octet);
    !octets.is_empty() && octets.iter().all(allowed)
}
