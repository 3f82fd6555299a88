//! The content of a message, carried from one connection to the other.
//!
//! It reads the framing of what comes and writes the framing of what goes; content is never
//! looked at. `step` does what can be done with the octets at hand, `run` waits for more.

use crate::chunk;
use crate::fault::{Fault, Seeded};
use crate::head::{self, Fields, Sender};
use crate::options;
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
    /// How its chunks are misread.
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
        Body { state, chunks, altered, fault: Seeded(None) }
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

    /// Whether the last octet has been read.
    pub(crate) fn is_complete(&self) -> bool {
        self.state == State::Complete
    }

    /// Carries the whole content, waiting as long as it takes.
    pub(crate) async fn run(&mut self, from: &mut Source, to: &mut Sink) -> Result<(), Lost> {
        loop {
            self.step(from, to)?;
            to.flush().await.map_err(|_| Lost::ReceiverGone)?;
            if self.is_complete() {
                return Ok(());
            }
            match from.end {
                None => from.fill().await,
                Some(End::Fin) if self.state == State::UntilClose => self.state = State::Complete,
                Some(_) if self.fault == Fault::CompleteUnfinishedContent => self.make_up(to),
                Some(_) => return Err(Lost::Short),
            }
        }
    }

    /// Writes what is missing.
    fn make_up(&mut self, to: &mut Sink) {
        if let State::Counted(left) | State::ChunkData(left) = self.state {
            self.content(&vec![0; usize::try_from(left).unwrap_or(usize::MAX)], to);
        }
        if self.chunks {
            to.push(b"0\r\n\r\n");
        }
        self.state = State::Complete;
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
            to.push(&kept.behind(b"0"));
        }
        Ok(true)
    }
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
        digits.then(|| text.parse::<u64>().ok()).flatten()
    });
    let first = lengths.next().flatten()?;
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
