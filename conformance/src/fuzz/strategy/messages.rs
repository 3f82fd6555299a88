//! Targets, statuses, content and the cuts of writes.

use std::ops::Range;

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    prop_oneof,
    sample::select,
    strategy::BoxedStrategy,
};

use crate::fuzz::case::{Content, Cuts, Field};

/// Where a message is cut into writes: most often nowhere.
pub(super) fn cuts() -> BoxedStrategy<Cuts> {
    prop_oneof![
        4 => Just(Cuts::default()),
        1 => vec(any::<u16>(), 1..4).prop_map(Cuts),
    ]
    .boxed()
}

/// Octets of all kinds: text, anything, and what looks like HTTP.
pub(super) fn octets(size: Range<usize>) -> BoxedStrategy<Vec<u8>> {
    let most = size.end.max(2) - 1;
    let least = size.start;
    let text = vec(prop_oneof![6 => b'a'..=b'z', 1 => Just(b' ')], least..size.end.min(40).max(least + 1));
    let looks = select(vec![
        &b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"0\r\n\r\n",
        b"\r\n",
        b"\x00",
        b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
    ])
    .prop_map(move |octets| octets[..octets.len().min(most.max(1))].to_vec());
    let long = (any::<u8>(), least..size.end).prop_map(|(start, length)| {
        (0..length).map(|at| (usize::from(start) + at * 7 + at / 256) as u8).collect()
    });
    prop_oneof![
        5 => text,
        2 => vec(any::<u8>(), least..size.end.min(300).max(least + 1)),
        1 => looks,
        2 => long,
    ]
    .boxed()
}

/// No content, or content in either framing.
pub(super) fn content(size: Range<usize>) -> BoxedStrategy<Content> {
    let extension = prop_oneof![6 => Just(""), 1 => select(vec![";a", ";a=b", ";a=\"b;c\""])];
    let trailer = ("X-Trailer-[AB]", "[a-z0-9]{1,8}").prop_map(|(name, value)| Field::new(name, value));
    let trailers = prop_oneof![4 => Just(Vec::new()), 1 => vec(trailer, 1..3)];
    let chunk = octets(1..(size.end / 3).max(2));
    let chunked = (vec(chunk, 0..4), extension, trailers).prop_map(|(chunks, extension, trailers)| {
        Content::Chunked { chunks, extension: extension.to_owned(), trailers }
    });
    prop_oneof![
        1 => Just(Content::None),
        3 => octets(size).prop_map(Content::Counted),
        3 => chunked,
    ]
    .boxed()
}

/// A final status.
pub(super) fn status() -> BoxedStrategy<u16> {
    let common = vec![200, 201, 202, 203, 204, 206, 301, 302, 303, 304, 307, 308];
    let errors = vec![400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 418, 422, 425, 428, 429, 451];
    let others = vec![500, 501, 502, 503, 504, 505, 507, 511, 299, 399, 499, 599];
    prop_oneof![select(common), select(errors), select(others)].boxed()
}

/// What follows an exchange's own path: more path, and a query.
pub(super) fn suffix() -> BoxedStrategy<String> {
    // Legal in a segment (RFC 3986 §3.3), with octets in percent encoding that stand for no controls.
    let segment = prop_oneof![
        6 => "[a-z0-9._~!$&'()*+,;=:@-]{1,10}",
        2 => "([a-z]|%2[0-9A-F]|%[4-7][0-9a-e]|%c3%a9){1,5}",
        1 => Just(String::new()),
        1 => select(vec![".", ".."]).prop_map(str::to_owned),
    ];
    let query = prop_oneof![2 => Just(String::new()), 1 => r"\?[a-zA-Z0-9._~!$&'()*+,;=:@/?%-]{0,1}[a-zA-Z0-9=&/?]{0,30}"];
    let query = query.prop_map(|query| query.replace('%', "%25"));
    let long = (100..3000usize).prop_map(|length| format!("/{}", "a".repeat(length)));
    let path = vec(segment, 0..4)
        .prop_map(|segments| segments.iter().map(|one| format!("/{one}")).collect::<String>());
    (prop_oneof![8 => path, 1 => long], query).prop_map(|(path, query)| path + &query).boxed()
}
