//! Where two targets put different things on the wire in the same rows, grouped by kind of difference.
//!
//! It says what is different, and never who is right: that is explained by whoever looked at it.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Report, RowReport};
use crate::{
    judge::{Turn, TurnKind, Verdict},
    requirement::RequirementId,
    scenario::Role,
    transcript::Ending,
    wire::{Fields, Kind, Message, Progress, escape, read_message},
};

/// What two targets do differently in the rows that apply to both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Rows that came to something else: for those the scenario's own rule says who is right.
    pub judged: BTreeMap<Judged, BTreeSet<String>>,
    /// Other rows, by what is different on the wire. A row stands with each kind that it shows.
    pub on_the_wire: BTreeMap<String, BTreeSet<String>>,
}

/// A scenario and what it came to, in front of either target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Judged {
    /// The scenario.
    pub scenario: String,
    /// In front of the first target.
    pub one: (Verdict, Option<String>),
    /// In front of the second target.
    pub other: (Verdict, Option<String>),
    /// The rules that were broken, or those that leave the choice.
    pub rules: Vec<RequirementId>,
}

/// Compares two runs.
#[must_use]
pub fn differ(left: &Report, right: &Report) -> Differences {
    let (one, other) = (&*left.target.name, &*right.target.name);
    let others: BTreeMap<&str, &RowReport> = right.rows.iter().map(|row| (&*row.id, row)).collect();
    let mut found = Differences::default();
    for row in left.rows.iter().filter(|row| row.verdict != Verdict::NotApplicable) {
        let Some(peer) = others.get(&*row.id).filter(|peer| peer.verdict != Verdict::NotApplicable) else {
            continue;
        };
        if (row.verdict, &row.outcome) == (peer.verdict, &peer.outcome) {
            for what in turn_differences(&row.turns, &peer.turns, one, other) {
                found.on_the_wire.entry(what).or_default().insert(row.id.clone());
            }
        } else {
            found.judged.entry(judged(row, peer)).or_default().insert(row.id.clone());
        }
    }
    found
}

fn judged(row: &RowReport, peer: &RowReport) -> Judged {
    let broken = row.findings.iter().chain(&peer.findings).map(|finding| finding.requirement.clone());
    let mut rules: Vec<RequirementId> = broken.collect::<BTreeSet<_>>().into_iter().collect();
    if rules.is_empty() {
        rules.extend(row.covers.first().map(|rule| rule.id.clone()));
    }
    Judged {
        scenario: row.scenario().to_owned(),
        one: (row.verdict, row.outcome.clone()),
        other: (peer.verdict, peer.outcome.clone()),
        rules,
    }
}

/// What the two targets are called.
#[derive(Clone, Copy)]
struct Names<'a> {
    one: &'a str,
    other: &'a str,
}

/// What is different on the wire in two plays of one row, in front of the targets `one` and `other`.
#[must_use]
pub fn turn_differences(left: &[Turn], right: &[Turn], one: &str, other: &str) -> BTreeSet<String> {
    let names = Names { one, other };
    let mut found = BTreeSet::new();
    let mut others: BTreeMap<_, &Turn> = BTreeMap::new();
    for turn in right {
        others.entry((turn.step.0, side(turn))).or_insert(turn);
    }
    for turn in left.iter().filter(|turn| is_the_targets(turn)) {
        let key = (turn.step.0, side(turn));
        let Some(other) = others.get(&key).filter(|other| is_the_targets(other)) else {
            found.insert(format!(
                "{}: {} at {} / not at {}",
                side(turn),
                sight(turn),
                names.one,
                names.other
            ));
            return found;
        };
        if let (Some(one), Some(other)) = (message(turn), message(other))
            && one.head.status() == other.head.status()
        {
            compare(turn.role, &one, &other, names, &mut found);
            continue;
        }
        let (one, other) = (sight(turn), sight(other));
        if one != other {
            found.insert(format!("{}: {one} at {} / {other} at {}", side(turn), names.one, names.other));
            return found;
        }
    }
    let missing = right
        .iter()
        .filter(|turn| is_the_targets(turn))
        .find(|turn| !left.iter().any(|other| (other.step, side(other)) == (turn.step, side(turn))));
    if let Some(turn) = missing {
        found.insert(format!("{}: {} at {} / not at {}", side(turn), sight(turn), names.other, names.one));
    }
    found
}

/// Whether the target made the turn, and not we.
fn is_the_targets(turn: &Turn) -> bool {
    matches!(
        turn.kind,
        TurnKind::Received(_) | TurnKind::Ended(_) | TurnKind::Over | TurnKind::Part | TurnKind::Missing(_)
    )
}

fn side(turn: &Turn) -> Role {
    turn.role
}

fn message(turn: &Turn) -> Option<Message> {
    let TurnKind::Received(excerpt) = &turn.kind else { return None };
    let octets = &excerpt.octets.0;
    // Chunks are taken off what is kept, and of a long content there is only the beginning: whatever
    // follows the head is content.
    let head = match turn.role {
        Role::Origin => Kind::RequestHead,
        Role::Client => Kind::Response { head_only: true },
    };
    let Progress::Whole(message) = read_message(octets, true, head) else { return None };
    let body = octets[message.octets..].to_vec();
    Some(Message { body, ..*message })
}

/// The status in what looks like the beginning of a response.
fn status(octets: &[u8]) -> Option<String> {
    let line = octets.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    line.iter().all(u8::is_ascii_digit).then(|| escape(line))
}

/// Whether this looks like the beginning of a request.
fn has_request_line(octets: &[u8]) -> bool {
    let line = octets.split(|&octet| octet == b'\n').next().unwrap_or_default().trim_ascii_end();
    let mut parts = line.rsplit(|&octet| octet == b' ');
    parts.next().is_some_and(|version| version.starts_with(b"HTTP/1.")) && parts.count() == 2
}

/// What a turn is, without what it holds.
fn sight(turn: &Turn) -> String {
    match &turn.kind {
        TurnKind::Received(excerpt) => match message(turn).map(|message| (message.head.status(), message)) {
            Some((Some(status), _)) => format!("{status}"),
            Some((None, _)) if turn.role == Role::Origin => "a request".to_owned(),
            // A head that is longer than what is kept of it.
            None if turn.role == Role::Origin && has_request_line(&excerpt.octets.0) => {
                "a request".to_owned()
            }
            _ => {
                let octets = &excerpt.octets.0;
                let shown = || format!("octets `{}`", escape(&octets[..octets.len().min(24)]));
                status(octets).unwrap_or_else(shown)
            }
        },
        TurnKind::Ended(Ending::Fin) => "FIN".to_owned(),
        TurnKind::Ended(Ending::Reset) => "RST".to_owned(),
        TurnKind::Over => "the end".to_owned(),
        TurnKind::Part => "a part".to_owned(),
        _ => "nothing in time".to_owned(),
    }
}

/// Two messages with the same status, or two requests.
fn compare(role: Role, one: &Message, other: &Message, names: Names<'_>, found: &mut BTreeSet<String>) {
    let kind = match role {
        Role::Origin => "request",
        Role::Client => "response",
    };
    let words =
        if role == Role::Origin { ["method", "target", "version"] } else { ["version", "status", "reason"] };
    for (at, word) in words.into_iter().enumerate() {
        let (mine, theirs) = (&one.head.start[at], &other.head.start[at]);
        if mine != theirs {
            let (mine, theirs) = (escape(mine), escape(theirs));
            // A target may be long and different in every row.
            let shown = if word == "version" { format!(": {mine} / {theirs}") } else { String::new() };
            found.insert(format!("{kind}: another {word} at {} / {}{shown}", names.one, names.other));
        }
    }
    let both = names_of(&one.head.fields).into_iter().chain(names_of(&other.head.fields));
    for name in both.collect::<BTreeSet<_>>() {
        let (mine, theirs) = (values(&one.head.fields, &name), values(&other.head.fields, &name));
        let what = match (mine.is_empty(), theirs.is_empty()) {
            (false, true) => format!("only at {}", names.one),
            (true, false) => format!("only at {}", names.other),
            _ if mine == theirs => continue,
            _ if mine.concat().eq_ignore_ascii_case(&theirs.concat()) => "in other letters".to_owned(),
            _ if mine.join(&b", "[..]) == theirs.join(&b", "[..]) => "in other lines".to_owned(),
            _ => "with another value".to_owned(),
        };
        found.insert(format!("{kind}: field {name} {what}"));
    }
    if one.body != other.body {
        found.insert(format!("{kind}: another content at {} / {}", names.one, names.other));
    }
}

fn names_of(fields: &Fields) -> BTreeSet<String> {
    fields.0.iter().map(|field| escape(&field.name.to_ascii_lowercase())).collect()
}

fn values(fields: &Fields, name: &str) -> Vec<Vec<u8>> {
    fields
        .0
        .iter()
        .filter(|field| escape(&field.name.to_ascii_lowercase()) == name)
        .map(|field| field.value.clone())
        .collect()
}
