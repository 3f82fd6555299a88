//! The content of a message, carried from one connection to the other.
//!
//! It reads the framing of what comes and writes the framing of what goes; content is never
//! looked at. `step` does what can be done with the octets at hand, `run` waits for more.

use crate::chunk;
use crate::fault::{Fault, Seeded};
use crate::head::{self, Field, Fields, Sender};
use crate::options;
use crate::response::Response;
use crate::wire::{End, Sink, Source};

/// The longest chunk-size line or trailer section that is read.
const LONGEST_LINE: usize = 16 * 1024;

/// What a content in chunks mostly ends with.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// How a message says where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is no content.
    None,
    /// RFC 9112 §6.2.
    Length(u64),
    /// RFC 9112 §7.1.
    Chunked,
    /// The connection ends.
    UntilClose,
}

/// One content under way.
#[derive(Debug)]
pub(crate) struct Body {
    state: State,
    /// Whether it travels on in chunks.
    chunks: bool,
    /// Whether its octets are spoilt on the way.
    altered: bool,
    /// The trailers that end here, because Connection names them.
    nominated: Vec<Vec<u8>>,
    /// What is done wrong with it.
    fault: Seeded,
}

/// Where in its content a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Counted(u64),
    ChunkSize,
    ChunkData(u64),
    ChunkEnd,
    Trailers,
    UntilClose,
    /// Only a fault leaves chunks unread.
    Unread,
    Complete,
}

/// Why a content did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Its framing is broken.
    Malformed,
    /// The sender ended too early.
    Short,
    /// The receiver is gone.
    ReceiverGone,
}

impl Body {
    /// A content in that framing, that travels on in chunks or as it is.
    pub(crate) fn new(framing: Framing, chunks: bool, altered: bool) -> Body {
        let state = match framing {
            Framing::None | Framing::Length(0) => State::Complete,
            Framing::Length(length) => State::Counted(length),
            Framing::Chunked => State::ChunkSize,
            Framing::UntilClose => State::UntilClose,
        };
        let chunks = chunks && framing == Framing::Chunked;
        Body { state, chunks, altered, nominated: Vec::new(), fault: Seeded(None) }
    }

    /// The content of a request.
    pub(crate) fn of_request(framing: Framing, fault: Seeded) -> Body {
        let altered = fault == Fault::AlterRequestBody;
        let chunks = fault != Fault::UnchunkSilently;
        let mut body = Body { fault, ..Body::new(framing, chunks, altered) };
        if fault == Fault::PassChunksUnread && body.chunks {
            body.state = State::Unread;
            body.chunks = false;
        }
        body
    }

    /// The content of `response`, that travels on in chunks or as it is.
    pub(crate) fn of_response(response: &Response, chunks: bool, fault: Seeded) -> Body {
        let altered = (fault == Fault::AlterRefusalBody && response.status >= 300)
            || (fault == Fault::IgnoreNoTransform
                && response.fields.joined("cache-control").eq_ignore_ascii_case(b"no-transform"));
        let nominated = options::options(&response.fields);
        Body { nominated, fault, ..Body::new(response.framing, chunks, altered) }
    }

    /// Whether the last octet has been read.
    pub(crate) fn is_complete(&self) -> bool {
        self.state == State::Complete
    }

    /// Carries the whole content, waiting as long as it takes.
    pub(crate) async fn run(&mut self, from: &mut Source, to: &mut Sink) -> Result<(), Lost> {
        loop {
            let stepped = self.step(from, to).or_else(|lost| self.mend(lost, to));
            if self.is_complete() && self.fault == Fault::RelayExcessOctets {
                to.push(&from.take_all());
            }
            to.flush().await.map_err(|_| Lost::ReceiverGone)?;
            stepped?;
            if self.is_complete() {
                return Ok(());
            }
            match from.end {
                None => from.fill().await,
                Some(end) if self.state == State::UntilClose && self.is_ended_by(end) => {
                    self.state = State::Complete;
                }
                Some(_) if self.fault == Fault::CompleteUnfinishedContent => self.make_up(to),
                Some(_) => {
                    self.mend(Lost::Short, to)?;
                }
            }
        }
    }

    /// Writes what is missing.
    pub(crate) fn make_up(&mut self, to: &mut Sink) {
        if let State::Counted(left) | State::ChunkData(left) = self.state {
            self.content(&vec![0; usize::try_from(left).unwrap_or(usize::MAX)], to);
        }
        if self.chunks {
            to.push(b"0\r\n\r\n");
        }
        self.state = State::Complete;
    }

    /// RFC 9112 §8: a reset is an error, and no end of a content.
    fn is_ended_by(&self, end: End) -> bool {
        end == End::Fin || self.fault == Fault::ResetEndsContent
    }

    /// Makes a content that is lost look complete, if a fault wants it.
    fn mend(&mut self, lost: Lost, to: &mut Sink) -> Result<(), Lost> {
        match self.state {
            State::Counted(left) if self.fault == Fault::PadShortContent => {
                to.push(&vec![0; usize::try_from(left).unwrap_or_default()]);
            }
            _ if self.chunks && self.fault == Fault::CompleteBrokenChunks => to.push(b"0\r\n\r\n"),
            _ => return Err(lost),
        }
        self.state = State::Complete;
        Ok(())
    }

    /// Carries what has come so far.
    pub(crate) fn step(&mut self, from: &mut Source, to: &mut Sink) -> Result<(), Lost> {
        while let Some(next) = self.advance(from, to)? {
            self.state = next;
        }
        Ok(())
    }

    /// One element of the framing; `None` if more octets are needed for it.
    fn advance(&mut self, from: &mut Source, to: &mut Sink) -> Result<Option<State>, Lost> {
        Ok(match self.state {
            State::Complete => None,
            State::UntilClose if from.buf.is_empty() => None,
            State::UntilClose => {
                self.content(&from.take_all(), to);
                Some(State::UntilClose)
            }
            State::Counted(left) => self.counted(left, from, to).map(|left| match left {
                0 => State::Complete,
                left => State::Counted(left),
            }),
            State::ChunkData(left) => self.counted(left, from, to).map(|left| match left {
                0 => State::ChunkEnd,
                left => State::ChunkData(left),
            }),
            State::ChunkSize => match line(from)? {
                Some(line) => Some(match chunk::size(&line, self.fault)? {
                    0 => State::Trailers,
                    size => State::ChunkData(size),
                }),
                None => None,
            },
            State::ChunkEnd => match line(from)? {
                Some(line) if line.is_empty() => Some(State::ChunkSize),
                Some(_) => return Err(Lost::Malformed),
                None => None,
            },
            State::Trailers => self.trailers(from, to)?.then_some(State::Complete),
            State::Unread => {
                let end = from.buf.windows(LAST_CHUNK.len()).position(|part| part == LAST_CHUNK);
                end.map(|end| {
                    to.push(&from.take(end + LAST_CHUNK.len()));
                    State::Complete
                })
            }
        })
    }

    /// Carries at most `left` octets and says how many are left.
    fn counted(&mut self, left: u64, from: &mut Source, to: &mut Sink) -> Option<u64> {
        let count = left.min(from.buf.len() as u64);
        if count == 0 {
            return None;
        }
        let piece = from.take(usize::try_from(count).unwrap_or(usize::MAX));
        self.content(&piece, to);
        Some(left - count)
    }

    fn content(&self, piece: &[u8], to: &mut Sink) {
        if self.chunks {
            to.push(format!("{:x}\r\n", piece.len()).as_bytes());
        }
        if self.altered {
            let spoilt: Vec<u8> = piece.iter().map(|octet| octet ^ 1).collect();
            to.push(&spoilt);
        } else if self.fault == Fault::BlankCrInContent {
            let blank = |octet: &u8| if *octet == b'\r' { b' ' } else { *octet };
            to.push(&piece.iter().map(blank).collect::<Vec<_>>());
        } else {
            to.push(piece);
        }
        if self.chunks {
            to.push(b"\r\n");
        }
    }

    /// The trailer section, if it has come whole.
    fn trailers(&self, from: &mut Source, to: &mut Sink) -> Result<bool, Lost> {
        let Some(end) = head::end_of_head(&from.buf) else {
            return if from.buf.len() > LONGEST_LINE { Err(Lost::Malformed) } else { Ok(false) };
        };
        let section = from.take(end);
        let none = Seeded(None);
        let trailers =
            Fields::parse(&head::lines(&section), Sender::Client, none).map_err(|_| Lost::Malformed)?;
        if self.chunks {
            // RFC 9110 §6.5.1: nothing that frames or routes may come in a trailer.
            let mut kept = options::end_to_end_request(&trailers, none);
            for name in ["content-length", "transfer-encoding", "host", "trailer"] {
                kept.remove(name);
            }
            // RFC 9110 §7.6.1: Connection names fields of either section.
            if self.fault != Fault::KeepNominatedTrailers {
                let named = |field: &Field| {
                    self.nominated.iter().any(|name| name.eq_ignore_ascii_case(field.name.as_bytes()))
                };
                kept.0.retain(|field| !named(field));
            }
            if self.fault == Fault::DropTrailers {
                kept.0.clear();
            }
            to.push(&kept.behind(b"0"));
        }
        Ok(true)
    }
}

/// The trailer lines of the chunked content that `from` is about to bring, for a fault that cannot
/// wait for them.
pub(crate) async fn trailers_ahead(from: &mut Source) -> Vec<u8> {
    while !from.buf.ends_with(b"\r\n\r\n") && from.end.is_none() {
        from.fill().await;
    }
    let last_chunk = from.buf.windows(5).rposition(|window| window == b"\r\n0\r\n");
    let section = last_chunk.map_or(&b""[..], |at| &from.buf[at + 5..]);
    section.strip_suffix(b"\r\n").unwrap_or_default().to_vec()
}

/// RFC 9112 §6.3, without what depends on the start line. `None` is a framing that cannot be
/// read safely.
pub(crate) fn framing(fields: &Fields, sender: Sender, fault: Seeded) -> Option<Framing> {
    let length = fields.joined("content-length");
    if fields.has("transfer-encoding") {
        let both = fields.has("content-length") && sender == Sender::Client;
        if both && fault != Fault::AcceptLengthWithChunked {
            return None;
        }
        let codings = fields.joined("transfer-encoding");
        let codings: Vec<&[u8]> = options::members(&codings).collect();
        let chunked = codings.iter().filter(|c| c.eq_ignore_ascii_case(b"chunked"));
        return match (chunked.count(), codings.last()) {
            (1, Some(last)) if last.eq_ignore_ascii_case(b"chunked") => Some(Framing::Chunked),
            (0, Some(_)) if sender == Sender::Origin => Some(Framing::UntilClose),
            _ => None,
        };
    }
    if !fields.has("content-length") {
        return Some(match sender {
            Sender::Client => Framing::None,
            Sender::Origin => Framing::UntilClose,
        });
    }
    // A client that sends a list probes for smuggling; origins are known to repeat themselves.
    if sender == Sender::Client && length.contains(&b',') {
        return None;
    }
    let mut lengths = length.split(|octet| *octet == b',').map(|member| {
        let member = head::trimmed(member);
        let digits = !member.is_empty() && member.iter().all(u8::is_ascii_digit);
        let text = std::str::from_utf8(member).ok()?;
        if digits && fault == Fault::LengthModulo && sender == Sender::Origin {
            let digit = |octet: u8| u64::from(octet - b'0');
            return Some(
                text.bytes().fold(0, |sum: u64, octet| sum.wrapping_mul(10).wrapping_add(digit(octet))),
            );
        }
        digits.then(|| text.parse::<u64>().ok()).flatten()
    });
    let first = lengths.next().flatten();
    if first.is_none() && fault == Fault::AcceptInvalidLength && sender == Sender::Origin {
        return Some(Framing::UntilClose);
    }
    let first = first?;
    if fault == Fault::FirstLengthWins && sender == Sender::Origin {
        return Some(Framing::Length(first));
    }
    lengths.all(|other| other == Some(first)).then_some(Framing::Length(first))
}

/// Takes one line, if it has come whole.
fn line(from: &mut Source) -> Result<Option<Vec<u8>>, Lost> {
    match from.buf.iter().position(|octet| *octet == b'\n') {
        Some(end) => {
            let line = from.take(end + 1);
            let line = line.strip_suffix(b"\r\n").ok_or(Lost::Malformed)?;
            Ok(Some(line.to_vec()))
        }
        None if from.buf.len() > LONGEST_LINE => Err(Lost::Malformed),
        None => Ok(None),
    }
}
