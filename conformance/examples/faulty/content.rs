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
    if fault == Fault::TrailersSwallowTheNextRequest
        && request.framing == Framing::Chunked
        && !trailers(source).await.0.is_empty()
        && let Some(end) = end_of_trailers(&source.buf)
    {
        source.buf.truncate(end);
    }
    if fault == Fault::RestIsContent && request.framing == Framing::None && !source.buf.is_empty() {
        let length = source.buf.len();
        request.framing = Framing::Length(length as u64);
        request.fields.push("Content-Length", length.to_string());
    }
}

/// Where the trailers of a content in chunks begin, if it is there up to them.
fn begin_of_trailers(octets: &[u8]) -> Option<usize> {
    let last = octets.windows(LAST_CHUNK.len()).position(|part| part == LAST_CHUNK)?;
    Some(last + LAST_CHUNK.len())
}

/// Where they end.
fn end_of_trailers(octets: &[u8]) -> Option<usize> {
    let begin = begin_of_trailers(octets)?;
    Some(begin + head::end_of_head(&octets[begin..])?)
}

/// The trailers of the content that comes next; none of it is taken.
async fn trailers(source: &mut Source) -> Fields {
    loop {
        if let (Some(begin), Some(end)) = (begin_of_trailers(&source.buf), end_of_trailers(&source.buf)) {
            let lines = head::lines(&source.buf[begin..end]);
            return Fields::parse(&lines, Sender::Client, Seeded(None)).unwrap_or_default();
        }
        if source.end.is_some() {
            return Fields::default();
        }
        source.fill().await;
    }
}
