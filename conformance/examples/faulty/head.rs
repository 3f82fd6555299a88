//! The head of a message: its start line and its fields, read octet by octet.
//!
//! Fields keep their order, their letter case and their repetitions. What a field means is not
//! known here.

use crate::fault::{Fault, Seeded};
use crate::wire::{End, Source};

/// The longest head that is read, in octets.
const LONGEST_HEAD: usize = 256 * 1024;

/// The same of an origin, whose head is answered for with a 502.
const LONGEST_ANSWER_HEAD: usize = 64 * 1024;

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

/// Whether NUL and CR in a value are let through, which only faults do.
fn keeps_control(sender: Sender, fault: Seeded) -> bool {
    match sender {
        Sender::Client => fault == Fault::KeepControlOctets,
        Sender::Origin => fault == Fault::KeepResponseControlOctets,
    }
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

    /// Whether `Upgrade` and `Connection` are spelt exactly so, as far as they are there.
    pub(crate) fn spell_an_upgrade_canonically(&self) -> bool {
        ["Upgrade", "Connection"]
            .iter()
            .all(|name| self.0.iter().filter(|field| field.is(name)).all(|field| field.name == *name))
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
            if sender == Sender::Client && fields.fold(line, fault) {
                continue;
            }
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
            if fault == Fault::AcceptIndentedLine && fields.0.is_empty() {
                name = name.trim_ascii_start();
            }
            let mut value = trimmed(&line[colon + 1..]);
            let control = value.iter().position(|octet| matches!(octet, 0 | b'\r'));
            if fault == Fault::CutAtControlOctet {
                value = &value[..control.unwrap_or(value.len())];
            } else if control.is_some() && !keeps_control(sender, fault) {
                return Err(Malformed);
            }
            if !is_token(name) && !tolerates(name, fault) {
                return Err(Malformed);
            }
            let padded = line[colon + 1..] != [b" ", value].concat();
            if padded && fault == Fault::DropPaddedFields && sender == Sender::Client {
                continue;
            }
            if sender == Sender::Origin && fault == Fault::KeepSpaceBeforeColon {
                name = &line[..colon];
            }
            fields.push(&String::from_utf8_lossy(name), value);
        }
        fields.misread_names(fault);
        Ok(fields)
    }

    /// What faults do with a line that goes on with the field before it (RFC 9112 §5.2). Without
    /// them it is read for itself, and fails, because no name begins with whitespace.
    fn fold(&mut self, line: &[u8], fault: Seeded) -> bool {
        let (Some(b' ' | b'\t'), Some(field)) = (line.first(), self.0.last_mut()) else {
            return false;
        };
        if fault == Fault::KeepObsFold {
            field.value.extend_from_slice(b"\r\n");
            field.value.extend_from_slice(line);
        }
        fault == Fault::KeepObsFold || fault == Fault::CutObsFold
    }

    /// What faults do with names that are not as most are.
    fn misread_names(&mut self, fault: Seeded) {
        if fault == Fault::DropUnderscoreNames {
            self.0.retain(|field| !field.name.contains('_'));
        }
        for field in &mut self.0 {
            if fault == Fault::HyphenForOddSigns {
                field.name = field.name.replace(['_', '.'], "-");
            }
            if fault == Fault::OverlookUnderscores {
                let bare = |name: &str| name.replace(['_', '-'], "");
                let known = ["Transfer-Encoding", "Content-Length", "Upgrade", "Connection"];
                let meant = known.iter().find(|name| bare(name).eq_ignore_ascii_case(&bare(&field.name)));
                if let Some(meant) = meant {
                    field.name = (*meant).to_owned();
                }
            }
        }
    }
}

/// Whether a fault lets pass what is no name.
fn tolerates(name: &[u8], fault: Seeded) -> bool {
    (name.contains(&b'@') && fault == Fault::AcceptOddNames)
        || (name.contains(&b'\r') && fault == Fault::KeepCrInName)
}

impl Field {
    /// Whether this is a line of that name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Waits for a whole head and takes it.
pub(crate) async fn read(source: &mut Source, sender: Sender, fault: Seeded) -> Result<Raw, Missing> {
    let longest = if sender == Sender::Origin { LONGEST_ANSWER_HEAD } else { LONGEST_HEAD };
    loop {
        // RFC 9112 §2.2: an empty line before a request line is ignored.
        if sender == Sender::Client && fault != Fault::RefuseEmptyLine {
            let blank = source.buf.iter().take_while(|o| matches!(o, b'\r' | b'\n'));
            let blank = blank.count();
            source.take(blank);
        }
        if let Some(end) = end_of_head(&source.buf) {
            if end > longest {
                return Err(Missing::TooLong);
            }
            let reads = source.reads;
            let octets = source.take(end);
            return Ok(Raw { octets, reads });
        }
        if sender == Sender::Client
            && let Some(end) = end_by_fault(source, fault)
        {
            return Ok(Raw { octets: source.take(end), reads: 1 });
        }
        if !could_begin(&source.buf, sender) {
            return Err(Missing::NotHttp);
        }
        if source.buf.len() > longest {
            return Err(Missing::TooLong);
        }
        match source.end {
            Some(_) if source.buf.is_empty() => return Err(Missing::Ended),
            Some(_) => return Err(Missing::Truncated),
            None => source.fill().await,
        }
    }
}

/// Where a fault sees the end of a head that has not come.
fn end_by_fault(source: &Source, fault: Seeded) -> Option<usize> {
    let last_line = source.buf.iter().rposition(|octet| *octet == b'\n').map(|at| at + 1);
    let has_host = || lines(&source.buf[..last_line.unwrap_or(0)]).iter().any(|l| l.starts_with(b"Host:"));
    if fault == Fault::ForwardUnfinishedHead && has_host() {
        return last_line;
    }
    (fault == Fault::FinCompletesHead && source.end == Some(End::Fin)).then_some(last_line).flatten()
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

/// Whether a line of a head ends in LF alone.
pub(crate) fn has_bare_lf(head: &[u8]) -> bool {
    let mut ends = head.iter().enumerate().filter(|(_, octet)| **octet == b'\n');
    ends.any(|(at, _)| at == 0 || head[at - 1] != b'\r')
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
