//! A tolerant reader of HTTP/1 messages.
//!
//! It takes apart whatever a proxy sent, right or wrong, and keeps the raw octets beside what it
//! understood. It never repairs and never refuses: only octets that cannot be the start of any
//! message are called [`Progress::NotHttp`], so that a wait can end at once.

/// Which message is expected on a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request, as the origin reads it.
    Request,
    /// The head of a request, whatever follows it.
    RequestHead,
    /// A response, as the client reads it; `head_only` for an answer to HEAD (RFC 9112 §6.3).
    Response {
        /// The response ends at its blank line whatever its fields say.
        head_only: bool,
    },
}

/// How the end of a message's content was found (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is no content.
    None,
    /// As many octets as Content-Length says.
    Length(u64),
    /// Chunked transfer coding.
    Chunked,
    /// Until the connection ends.
    UntilClose,
}

/// One field line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name as sent.
    pub name: Vec<u8>,
    /// The value without surrounding whitespace (RFC 9110 §5.5).
    pub value: Vec<u8>,
}

impl Field {
    /// Whether this line has the name, letter case aside (RFC 9110 §5.1).
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// The lines of one section, header or trailer, in the order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<Field>);

impl Fields {
    /// All lines with this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Field> + 'a {
        self.0.iter().filter(move |field| field.is(name))
    }

    /// The members of all lines with this name, as one list (RFC 9110 §5.3, §5.6.1).
    #[must_use]
    pub fn members(&self, name: &str) -> Vec<Vec<u8>> {
        self.all(name).flat_map(|field| tokens(&field.value)).collect()
    }
}

/// Start line and field lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The three words of the start line; fewer when it had fewer.
    pub start: [Vec<u8>; 3],
    /// The header section.
    pub fields: Fields,
}

impl Head {
    /// The status code of a response, if it is a number.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        number(&self.start[1])?.try_into().ok()
    }
}

/// A message with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Start line and fields.
    pub head: Head,
    /// Content, with the chunked coding taken off.
    pub body: Vec<u8>,
    /// The trailer section of a chunked message (RFC 9112 §7.1.2).
    pub trailers: Fields,
    /// How its end was found.
    pub framing: Framing,
    /// Octets of its head, the blank line included.
    pub head_octets: usize,
    /// Octets that it took on the stream.
    pub octets: usize,
}

/// How far a stream has come towards a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More octets may complete it.
    Partial,
    /// All of it is there.
    Whole(Box<Message>),
    /// No octet that follows can make this a message.
    NotHttp,
    /// The head is there, and the content breaks its own framing.
    Broken(Box<Message>),
}

/// The comma-separated members of a value, trimmed, empty ones left out (RFC 9110 §5.6.1.2).
pub fn tokens(value: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    value
        .split(|&octet| octet == b',')
        .map(|member| member.trim_ascii().to_vec())
        .filter(|member| !member.is_empty())
}

/// Reads one message from the start of `octets`. `ended`: nothing more will come.
#[must_use]
pub fn read_message(octets: &[u8], ended: bool, kind: Kind) -> Progress {
    if cannot_start(octets, kind) {
        return Progress::NotHttp;
    }
    let Some((head, at)) = read_head(octets) else {
        return Progress::Partial;
    };
    let framing = framing(&head, kind);
    let rest = &octets[at..];
    let message = |body: Vec<u8>, taken: usize| {
        let trailers = Fields::default();
        Box::new(Message { head: head.clone(), body, trailers, framing, head_octets: at, octets: at + taken })
    };
    match framing {
        Framing::None => Progress::Whole(message(Vec::new(), 0)),
        Framing::Length(length) => match usize::try_from(length) {
            Ok(length) if rest.len() >= length => Progress::Whole(message(rest[..length].to_vec(), length)),
            _ => Progress::Partial,
        },
        Framing::UntilClose if ended => Progress::Whole(message(rest.to_vec(), rest.len())),
        Framing::UntilClose => Progress::Partial,
        Framing::Chunked => match read_chunks(rest) {
            Chunks::Partial => Progress::Partial,
            Chunks::Whole { body, trailers, taken } => {
                Progress::Whole(Box::new(Message { trailers, ..*message(body, taken) }))
            }
            Chunks::Broken { taken } => Progress::Broken(message(Vec::new(), taken)),
        },
    }
}

/// Decides early, so that garbage ends a wait at once and not at its deadline.
fn cannot_start(octets: &[u8], kind: Kind) -> bool {
    match kind {
        Kind::Response { .. } => {
            let seen = octets.len().min(5);
            octets[..seen] != b"HTTP/"[..seen]
        }
        Kind::Request | Kind::RequestHead => {
            let line = octets.split(|&octet| octet == b'\n').next().unwrap_or_default();
            let whole = line.len() < octets.len();
            let graphic = line.iter().all(|&octet| octet == b'\r' || (0x20..0x7f).contains(&octet));
            // A bare method and target would be a line of HTTP/0.9, which no gateway sends.
            let versioned = line.split(|&octet| octet == b' ').any(|word| word.starts_with(b"HTTP/"));
            !graphic || (whole && !versioned)
        }
    }
}

/// Start line and fields, and the offset behind the blank line.
fn read_head(octets: &[u8]) -> Option<(Head, usize)> {
    let mut at = 0;
    let mut lines = Vec::new();
    loop {
        let end = at + memchr::memchr(b'\n', &octets[at..])?;
        let line = octets[at..end].strip_suffix(b"\r").unwrap_or(&octets[at..end]);
        at = end + 1;
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let mut lines = lines.into_iter();
    let mut words = lines.next().unwrap_or_default().splitn(3, |&octet| octet == b' ');
    let mut word = || words.next().unwrap_or_default().to_vec();
    let start = [word(), word(), word()];
    let fields = Fields(lines.map(field).collect());
    Some((Head { start, fields }, at))
}

/// A line without its end, of a header or a trailer section.
fn field(line: &[u8]) -> Field {
    let (name, value) = match memchr::memchr(b':', line) {
        Some(colon) => (&line[..colon], &line[colon + 1..]),
        None => (line, &b""[..]),
    };
    Field { name: name.to_vec(), value: value.trim_ascii().to_vec() }
}

/// RFC 9112 §6.3, with the reading that a careful recipient takes of what is ambiguous.
fn framing(head: &Head, kind: Kind) -> Framing {
    if kind == Kind::RequestHead {
        return Framing::None;
    }
    if let Kind::Response { head_only } = kind {
        let status = head.status().unwrap_or_default();
        if head_only || matches!(status, 100..=199 | 204 | 304) {
            return Framing::None;
        }
    }
    let codings = head.fields.members("Transfer-Encoding");
    let is_chunked = |coding: &Vec<u8>| coding.eq_ignore_ascii_case(b"chunked");
    match kind {
        // Where chunked is not the last coding of a response, only its end delimits it.
        Kind::Response { .. } if !codings.is_empty() => {
            let chunked = codings.last().is_some_and(is_chunked);
            return if chunked { Framing::Chunked } else { Framing::UntilClose };
        }
        _ if codings.iter().any(is_chunked) => return Framing::Chunked,
        _ => {}
    }
    let length = head.fields.all("Content-Length").find_map(|field| number(&field.value));
    match (length, kind) {
        (Some(0), _) | (None, Kind::Request | Kind::RequestHead) => Framing::None,
        (Some(length), _) => Framing::Length(length),
        (None, Kind::Response { .. }) => Framing::UntilClose,
    }
}

fn number(text: &[u8]) -> Option<u64> {
    digits_only(text, 10)?.parse().ok()
}

/// Rust reads `+5` as a number, HTTP does not.
fn digits_only(text: &[u8], radix: u32) -> Option<&str> {
    let digits = text.iter().all(|&octet| char::from(octet).is_digit(radix));
    std::str::from_utf8(text).ok().filter(|_| digits)
}

enum Chunks {
    Partial,
    Whole { body: Vec<u8>, trailers: Fields, taken: usize },
    Broken { taken: usize },
}

/// RFC 9112 §7.1; extensions are passed over.
fn read_chunks(octets: &[u8]) -> Chunks {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let Some(end) = memchr::memchr(b'\n', &octets[at..]) else {
            return Chunks::Partial;
        };
        let line = octets[at..at + end].trim_ascii();
        let digits = line.split(|&octet| octet == b';').next().unwrap_or_default().trim_ascii();
        let size = digits_only(digits, 16).and_then(|d| usize::from_str_radix(d, 16).ok());
        let Some(size) = size.filter(|size| *size < usize::MAX / 2) else {
            return Chunks::Broken { taken: at };
        };
        at += end + 1;
        if size == 0 {
            break;
        }
        if octets.len() < at + size + 2 {
            return Chunks::Partial;
        }
        body.extend(&octets[at..at + size]);
        at += size;
        match &octets[at..at + 2] {
            b"\r\n" => at += 2,
            [b'\n', _] => at += 1,
            _ => return Chunks::Broken { taken: at },
        }
    }
    let mut trailers = Fields::default();
    loop {
        let Some(end) = memchr::memchr(b'\n', &octets[at..]) else {
            return Chunks::Partial;
        };
        let line = &octets[at..at + end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        at += end + 1;
        if line.is_empty() {
            return Chunks::Whole { body, trailers, taken: at };
        }
        trailers.0.push(field(line));
    }
}

#[cfg(test)]
mod tests;
