//! Field lines: names of every kind, values of any legal octets, and lists in all their spellings.

use std::ops::Range;

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    prop_oneof,
    sample::select,
    strategy::BoxedStrategy,
};

use crate::fuzz::case::Field;

/// Names that mean nothing to a gateway.
const PLAIN: [&str; 12] = [
    "X-One",
    "X-Two",
    "X-Three",
    "Accept",
    "Accept-Language",
    "Referer",
    "Authorization",
    "Cookie",
    "Origin",
    "X-Request-Tag",
    "Content-Language",
    "Sec-WebSocket-Protocol",
];

/// Names that look like those of fields for one hop.
const LOOK_ALIKES: [&str; 10] = [
    "Keep-Alive-For",
    "Connection-Id",
    "X-Connection",
    "Upgrade-Insecure-Requests",
    "Upgrade-To",
    "TE-X",
    "Transfer-Encoding-X",
    "Proxy-Connection-Id",
    "Content-Length-X",
    "X-Keep-Alive",
];

/// Fields that are only ever nominated.
const HOP: [&str; 4] = ["X-Hop-A", "X-Hop-B", "X-Hop-C", "X-Hop-D"];

/// Names in answers that mean nothing to a gateway.
const ANSWER: [&str; 8] = [
    "X-One",
    "X-Two",
    "ETag",
    "Content-Language",
    "X-Frame-Options",
    "Vary",
    "Content-Type",
    "Cache-Control",
];

/// Whether a field's name is one of a few, or made up.
pub(in crate::fuzz) fn pooled(name: &str) -> bool {
    let pools = [&PLAIN[..], &LOOK_ALIKES, &HOP, &ANSWER].concat();
    !name.starts_with('x')
        || pools.iter().any(|one| one.eq_ignore_ascii_case(name))
        || name.starts_with("x-forwarded")
}

/// Of these a message has one line at most.
const SINGLE: [&str; 6] = ["Authorization", "Content-Type", "Cookie", "ETag", "Origin", "Referer"];

/// Leaves out further lines of fields that have only one.
fn legal(fields: Vec<Field>) -> Vec<Field> {
    let mut kept: Vec<Field> = Vec::new();
    for field in fields {
        let is_single = SINGLE.iter().any(|name| field.is(name));
        if !(is_single && kept.iter().any(|other| other.is(&field.name))) {
            kept.push(field);
        }
    }
    kept
}

/// Whitespace in front of a value and behind it (RFC 9112 §5.1).
fn spaces() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop_oneof![
        6 => Just((" ", "")),
        1 => select(vec![("", ""), ("  ", ""), ("\t", ""), (" ", " "), (" ", "\t"), ("\t ", " \t")]),
    ]
}

fn line(
    name: impl Strategy<Value = String> + 'static,
    value: impl Strategy<Value = Vec<u8>> + 'static,
) -> BoxedStrategy<Field> {
    let field = |(name, value, (before, after))| Field { name, value, before, after };
    (name, value, spaces()).prop_map(field).boxed()
}

fn one_of(names: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    select(names.to_vec()).prop_map(str::to_owned)
}

fn word() -> impl Strategy<Value = Vec<u8>> {
    "[a-zA-Z0-9][a-zA-Z0-9/;=._-]{0,14}".prop_map(String::into_bytes)
}

/// A few fields that cross any gateway.
pub(super) fn simple_fields(count: Range<usize>) -> BoxedStrategy<Vec<Field>> {
    vec(line(one_of(&PLAIN[..5]), word()), count).prop_map(legal).boxed()
}

/// Values of any legal octets (RFC 9110 §5.5).
fn value() -> BoxedStrategy<Vec<u8>> {
    let visible = "[!-~]([!-~ \t]{0,30}[!-~])?".prop_map(String::into_bytes);
    let latin = vec(prop_oneof![3 => 0x21..=0x7eu8, 2 => 0x80..=0xffu8], 1..20);
    let long = (any::<u8>(), 200..3000usize).prop_map(|(start, length)| {
        (0..length).map(|at| b'a' + (usize::from(start) + at) as u8 % 26).collect()
    });
    prop_oneof![
        6 => word(),
        4 => visible,
        2 => latin,
        1 => Just(Vec::new()),
        1 => long,
        1 => select(vec![&b"a, b"[..], b"\"quoted, text\"", b"a,,b", b"{name}", b"a:b:c"]).prop_map(<[u8]>::to_vec),
    ]
    .boxed()
}

/// End-to-end fields: any name, any value, several lines of one name.
pub(super) fn end_to_end(count: Range<usize>) -> BoxedStrategy<Vec<Field>> {
    // An `x` in front, so that none is a field with a meaning.
    let odd = "x[0-9A-Za-z.!#$%&'*+^`|~-]{0,12}";
    let names = prop_oneof![
        6 => one_of(&["X-One", "X-Two", "X-Three", "X-Request-Tag", "Content-Language"]),
        2 => one_of(&LOOK_ALIKES),
        1 => odd,
        1 => one_of(&["X_One", "x_two"]),
    ];
    vec(line(names, value()), count).boxed()
}

/// A list in one of its spellings: separators, empty members, letters.
fn list(
    members: impl Strategy<Value = String> + 'static,
    count: Range<usize>,
) -> impl Strategy<Value = Vec<u8>> {
    let separators = select(vec![",", ", ", ", ", " ,", ",\t", " , ", ",,", ", ,"]);
    let letters = 0..4u8;
    vec((members, separators, letters), count).prop_map(|members| {
        let mut list = String::new();
        for (at, (member, separator, letters)) in members.into_iter().enumerate() {
            list += if at > 0 { separator } else { "" };
            list += &match letters {
                0 => member.to_ascii_lowercase(),
                1 => member.to_ascii_uppercase(),
                _ => member,
            };
        }
        list.into_bytes()
    })
}

/// Connection in any spelling, on several lines, and the fields that it nominates or does not.
pub(super) fn connection() -> BoxedStrategy<Vec<Field>> {
    let options = prop_oneof![
        5 => one_of(&HOP),
        1 => one_of(&["x-absent", "keep-alive", "X-One", "close"]),
    ];
    let connection = line(Just("Connection".to_owned()), list(options, 1..5));
    let others = prop_oneof![3 => line(one_of(&HOP), word()), 1 => line(one_of(&PLAIN[..3]), word())];
    // Whether a field stands in front of the line that nominates it makes a difference to some.
    vec(prop_oneof![2 => connection, 3 => others], 1..7).boxed()
}

/// Fields for one hop, and those that look like them.
pub(super) fn hop_by_hop() -> BoxedStrategy<Vec<Field>> {
    let fixed = |name: &'static str, value: &'static str| line(Just(name.to_owned()), Just(value.into()));
    let hop = prop_oneof![
        fixed("Keep-Alive", "timeout=77"),
        fixed("Proxy-Connection", "keep-alive"),
        fixed("TE", "trailers, x-fuzz;q=0.5"),
        fixed("HTTP2-Settings", "AAMAAABkAAQAAP__"),
        fixed("Connection", "Keep-Alive"),
        fixed("Connection", "HTTP2-Settings, TE"),
        fixed("Connection", "Proxy-Connection"),
    ];
    vec(prop_oneof![3 => hop, 2 => line(one_of(&LOOK_ALIKES), word())], 1..6).boxed()
}

/// Upgrade and Connection as clients write them, and as none should.
pub(super) fn upgrade_values(any_token: bool) -> BoxedStrategy<Vec<Field>> {
    let token = prop_oneof![
        3 => Just("websocket".to_owned()),
        1 => one_of(&["foo", "foo/1", "foo/2.1", "bar", "x-chat/7", "a!b"]),
    ];
    let tokens: BoxedStrategy<Vec<u8>> = if any_token {
        prop_oneof![3 => list(token, 1..4).boxed(), 1 => Just(Vec::new()).boxed()].boxed()
    } else {
        select(vec!["websocket", "WebSocket", ""]).prop_map(|text| text.as_bytes().to_vec()).boxed()
    };
    let lines = if any_token { 1..3 } else { 1..2 };
    let upgrades = vec(line(one_of(&["Upgrade", "upgrade", "UPGRADE"]), tokens), lines);
    let option =
        prop_oneof![4 => Just("Upgrade".to_owned()), 1 => one_of(&["keep-alive", "X-Hop-A", "x-absent"])];
    let connection = vec(line(Just("Connection".to_owned()), list(option, 1..4)), 0..3);
    let others = prop_oneof![
        3 => Just(Vec::new()),
        1 => vec(line(one_of(&["X-Hop-A", "X-One", "Origin"]), word()), 1..3),
    ];
    (upgrades, connection, others)
        .prop_map(|(upgrades, connection, others)| legal([others, connection, upgrades].concat()))
        .boxed()
}

/// Fields of an answer: for one hop, cookies, and any others.
pub(super) fn answer_fields() -> BoxedStrategy<Vec<Field>> {
    let fixed = |name: &'static str, value: &'static str| line(Just(name.to_owned()), Just(value.into()));
    let any = prop_oneof![
        1 => fixed("Keep-Alive", "timeout=77"),
        1 => fixed("Proxy-Connection", "keep-alive"),
        2 => line(Just("Set-Cookie".to_owned()), "[a-z]{1,4}=[a-z0-9]{1,6}(; Path=/)?".prop_map(String::into_bytes)),
        3 => line(one_of(&ANSWER), word()),
        1 => line(one_of(&LOOK_ALIKES), word()),
    ];
    vec(any, 0..6).prop_map(legal).boxed()
}

/// Fields of a 101, beside those that make it one.
pub(super) fn switch_fields() -> BoxedStrategy<Vec<Field>> {
    let any = prop_oneof![
        2 => line(one_of(&["X-One", "X-Two", "X-Hop-A"]), word()),
        1 => line(Just("Set-Cookie".to_owned()), "[a-z]{1,4}=[a-z0-9]{1,6}".prop_map(String::into_bytes)),
    ];
    vec(any, 0..4).boxed()
}
