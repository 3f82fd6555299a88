//! What faults do to the content of a request before any of it is forwarded.
//!
//! A sound proxy has no part in this: it forwards a content as it comes.

use crate::body::Framing;
use crate::fault::{Fault, Seeded};
use crate::head::{self, Fields, Sender};
use crate::request::Request;
use crate::wire::Source;

/// What ends a content in chunks, before its trailers.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n";

/// Looks ahead in the content of `request`.
pub(crate) async fn spoil(request: &mut Request, source: &mut Source, fault: Seeded) {
    if fault == Fault::MergeTrailers && request.framing == Framing::Chunked {
        let trailers = trailers(source).await;
        request.fields.0.extend(trailers.0);
    }
    if fault == Fault::RestIsContent && request.framing == Framing::None && !source.buf.is_empty() {
        let length = source.buf.len();
        request.framing = Framing::Length(length as u64);
        request.fields.push("Content-Length", length.to_string());
    }
}

/// The trailers of the content that comes next; none of it is taken.
async fn trailers(source: &mut Source) -> Fields {
    loop {
        let last = source.buf.windows(LAST_CHUNK.len()).position(|part| part == LAST_CHUNK);
        let section = last.map(|at| &source.buf[at + LAST_CHUNK.len()..]);
        if let Some((section, end)) = section.and_then(|rest| head::end_of_head(rest).map(|end| (rest, end)))
        {
            let lines = head::lines(&section[..end]);
            return Fields::parse(&lines, Sender::Client, Seeded(None)).unwrap_or_default();
        }
        if source.end.is_some() {
            return Fields::default();
        }
        source.fill().await;
    }
}
