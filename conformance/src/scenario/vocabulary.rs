//! The words of the scenario language, each list once: the parser, its "did you mean" and the
//! test of the documentation read them here.
//!
//! What a word means is not said here; the parser and `scenarios/FORMAT.md` do.

use super::model::{Capability, Route};

/// What may stand at the top of a scenario file.
pub(super) const LINES: [&str; 14] = [
    "title", "why", "covers", "routes", "needs", "catches", "slow", "matrix", "setup", "client", "origin",
    "either", "together", "never",
];
/// What may stand where steps are nested.
pub(super) const STEPS: [&str; 5] = ["client", "origin", "either", "together", "setup"];
/// What a client does or awaits.
pub(super) const CLIENT: [&str; 17] = [
    "connects",
    "sends",
    "receives-response",
    "receives-interim",
    "receives-bytes",
    "receives-nothing",
    "sees-close",
    "sees-reset",
    "sees-end",
    "half-closes",
    "closes",
    "resets",
    "starts-sending",
    "is-held-back",
    "stops-reading",
    "reads-on",
    "receives-part-of",
];
/// What an origin does or awaits.
pub(super) const ORIGIN: [&str; 20] = [
    "accepts",
    "sends",
    "receives-request",
    "receives-head",
    "receives-bytes",
    "receives-nothing",
    "sees-close",
    "sees-reset",
    "sees-end",
    "half-closes",
    "closes",
    "resets",
    "starts-sending",
    "is-held-back",
    "stops-reading",
    "reads-on",
    "receives-part-of",
    "takes-connections",
    "refuses-connections",
    "ignores-connections",
];
/// What a `never` looks for at the client.
pub(super) const CLIENT_SIGHTS: [&str; 2] = ["receives-bytes", "receives-more"];
/// What a `never` looks for at the origin.
pub(super) const ORIGIN_SIGHTS: [&str; 4] =
    ["accepts", "receives-bytes", "receives-more", "receives-request"];
/// What can be said of a message.
pub(super) const CHECKS: [&str; 13] = [
    "method",
    "target",
    "version",
    "status",
    "reason",
    "field",
    "control",
    "no-field",
    "no-token",
    "no-other-field",
    "body",
    "trailer",
    "no-trailer",
];
/// How the lines of one field are compared.
pub(super) const FIELD_TESTS: [&str; 7] =
    ["equals", "equals-i", "count", "token", "tokens", "begins", "within"];
/// Kinds of octets.
pub(super) const OCTETS: [&str; 10] = [
    "head",
    "lines",
    "hex",
    "noise",
    "every-octet",
    "ws-text",
    "ws-binary",
    "ws-ping",
    "ws-pong",
    "ws-close",
];
/// What a branch of an `either` means.
pub(super) const OUTCOMES: [&str; 3] = ["pass", "observed", "violation"];
/// On which connection a request is expected.
pub(super) const CONNECTIONS: [&str; 3] = ["any", "same", "new"];
/// Names that stand for something in every scenario.
pub(super) const BUILT_IN: [&str; 7] = ["path", "authority", "origin", "key", "accept", "route", "nonce"];

/// Words of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What they are words for.
    pub kind: &'static str,
    /// The words.
    pub words: Vec<&'static str>,
}

/// Every word that the parser knows, by kind.
#[must_use]
pub fn vocabulary() -> Vec<Words> {
    let of = |kind, words: &[&'static str]| Words { kind, words: words.to_vec() };
    vec![
        of("line", &LINES),
        of("client step", &CLIENT),
        of("origin step", &ORIGIN),
        of("sight at the client", &CLIENT_SIGHTS),
        of("sight at the origin", &ORIGIN_SIGHTS),
        of("check", &CHECKS),
        of("field test", &FIELD_TESTS),
        of("kind of octets", &OCTETS),
        of("outcome", &OUTCOMES),
        of("connection", &CONNECTIONS),
        of("built-in name", &BUILT_IN),
        Words { kind: "route", words: Route::ALL.map(Route::name).to_vec() },
        Words { kind: "capability", words: Capability::ALL.map(Capability::name).to_vec() },
    ]
}
