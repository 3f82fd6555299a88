//! What findings are grouped by: the property that does not hold, and in which manner.

use std::{collections::BTreeMap, fmt};

use super::{
    property::{self, Property},
    script::Script,
};
use crate::{
    judge::{Finding, Verdict},
    requirement::Severity,
    runner::RowResult,
};

/// A kind of finding: all of its instances are one thing to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// What does not hold.
    pub property: Property,
    /// What is seen instead, without the values of one case.
    pub manner: String,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.property, self.manner)
    }
}

/// What was seen of a kind of finding in one play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How grave it is, as its rule says.
    pub severity: Severity,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
}

/// Every kind of finding in a play, each once.
#[must_use]
pub fn keys(script: &Script, result: &RowResult) -> BTreeMap<Key, Seen> {
    if result.judgement.verdict == Verdict::TargetDown {
        let key = Key { property: property::ALIVE, manner: "it goes down".to_owned() };
        let came = result.note.clone().unwrap_or_default();
        let expected = "the target to serve on".to_owned();
        return [(key, Seen { severity: Severity::Fail, expected, came })].into();
    }
    let mut keys = BTreeMap::new();
    let mut another_message = false;
    for finding in &result.judgement.findings {
        let property = script.property(finding.span[0]);
        let Finding { severity, expected, came, .. } = finding.clone();
        // What else is said of a message with another status is about something else.
        if another_message && !expected.starts_with("never: ") {
            continue;
        }
        another_message |= expected.starts_with("status ");
        keys.entry(Key { property, manner: manner(finding) }).or_insert(Seen { severity, expected, came });
    }
    keys
}

/// What was seen instead, in words that are the same in each case.
fn manner(finding: &Finding) -> String {
    let Finding { expected, came, .. } = finding;
    let has = |text: &str| came.contains(text);
    let said = if has("process ended") {
        "the process ends"
    } else if has("nothing in time") || came.ends_with("saw nothing") {
        "nothing comes in time"
    } else if has("refused the connection") {
        "the connection is refused"
    } else if let Some(status) = status(came) {
        return format!("{status} comes instead");
    } else if expected.starts_with("no ") || expected.starts_with("never: ") {
        "it crosses"
    } else if came.starts_with("no field") {
        "it is gone"
    } else if has("a reset (RST)") {
        "the connection is reset"
    } else if has("the end of the connection (FIN)") {
        "the connection ends"
    } else if has("chunks are broken") {
        "its chunks are broken"
    } else if has("are no HTTP") {
        "octets come that are no HTTP"
    } else {
        "it differs"
    };
    said.to_owned()
}

/// The status in `status `404`` or in a quoted status line.
fn status(came: &str) -> Option<&str> {
    let behind = |mark: &str| came.split_once(mark).map(|(_, rest)| rest);
    let status = behind("status `").or_else(|| behind("status "))?;
    let status = status.get(..3)?;
    status.bytes().all(|octet| octet.is_ascii_digit()).then_some(status)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::requirement::RequirementId;

    #[rstest]
    #[case("a request at the origin", "nothing in time", "nothing comes in time")]
    #[case("one of: it is relayed; it is replaced", "the client saw nothing", "nothing comes in time")]
    #[case("a request at the origin", "nothing: the target's process ended", "the process ends")]
    #[case("a response at the client", "the target refused the connection: x", "the connection is refused")]
    #[case("status 200", "status `502`", "502 comes instead")]
    #[case("an interim response at the client", "a response with status 200", "200 comes instead")]
    #[case("no field `X-Hop-A`", "`X-Hop-A: x`", "it crosses")]
    #[case("no member `x` in `Connection`", "`Connection: x`", "it crosses")]
    #[case("never: more", "`x`", "it crosses")]
    #[case("`X-One: a`", "no field `X-One`", "it is gone")]
    #[case("`X-One: a`", "`X-One: b`", "it differs")]
    #[case("a response at the client", "a reset (RST)", "the connection is reset")]
    #[case("these octets", "3 of 9 octets, then the end of the connection (FIN)", "the connection ends")]
    #[case("a response at the client", "octets that are no HTTP: `x`", "octets come that are no HTTP")]
    #[case("a response at the client", "a message whose chunks are broken: `x`", "its chunks are broken")]
    fn a_manner_has_nothing_of_one_case(#[case] expected: &str, #[case] came: &str, #[case] said: &str) {
        let finding = Finding {
            severity: Severity::Fail,
            requirement: RequirementId("fwd-a".to_owned()),
            line: 1,
            span: [0, 0],
            expected: expected.to_owned(),
            came: came.to_owned(),
        };
        assert_eq!(manner(&finding), said);
    }
}
