//! The wire exchange of both roles, with times, as lines of text.

use std::fmt::Write;

use sha1::{Digest, Sha1};

use crate::{
    judge::{Excerpt, Turn, TurnKind, Verdict},
    scenario::{Listening, Role},
    transcript::{ConnId, Ending, Event, What},
    wire::escape,
};

/// At most so many lines of one write or read.
const LINES: usize = 12;
/// At most so many columns of one line.
const COLUMNS: usize = 100;

/// Renders `events`, one line for each line of text on the wire.
#[must_use]
pub fn render_exchange(events: &[Event]) -> String {
    let mut text = String::new();
    let mut roles: Vec<(ConnId, Role)> = Vec::new();
    for event in events {
        if let (Some(conn), What::Opened { role, .. }) = (event.conn, &event.what) {
            roles.push((conn, *role));
        }
        let role =
            event.conn.and_then(|conn| roles.iter().find(|(id, _)| *id == conn)).map(|(_, role)| *role);
        text += &render_event(event, role);
    }
    text
}

/// Renders one event of a connection of `role`; nothing for what only the judge acts upon.
#[must_use]
pub fn render_event(event: &Event, role: Option<Role>) -> String {
    let mut text = String::new();
    let side = match (role, event.conn) {
        (Some(role), Some(conn)) => format!("{role} #{}", conn.0),
        _ => String::new(),
    };
    let at = format!("{:>10.3} ms", event.since_start().as_secs_f64() * 1000.0);
    let (arrow, body) = describe(&event.what);
    for (number, line) in body.iter().enumerate() {
        let (at, side, arrow) = if number == 0 { (at.as_str(), side.as_str(), arrow) } else { ("", "", "") };
        let _ = writeln!(text, "{at:>13}  {side:<10} {arrow:<2} {line}");
    }
    text
}

/// Renders a conversation: what each step made or took, without times, so that two runs compare.
#[must_use]
pub fn render_turns(turns: &[Turn]) -> String {
    let mut text = String::new();
    for turn in turns {
        let name = if turn.name.is_empty() { String::new() } else { format!(" {}", turn.name) };
        let side = format!("{}{name}", turn.role);
        let (arrow, body) = match &turn.kind {
            TurnKind::Sent(excerpt) => ("->", excerpt_lines(excerpt)),
            TurnKind::Received(excerpt) => ("<-", excerpt_lines(excerpt)),
            TurnKind::StartedSending(octets) => ("->", vec![format!("begins to write {octets} octets")]),
            TurnKind::Part => ("<-", vec!["a part of what was sent".to_owned()]),
            TurnKind::Accepted => ("", vec!["is dialled".to_owned()]),
            TurnKind::Ended(Ending::Fin) => ("<-", vec!["FIN".to_owned()]),
            TurnKind::Ended(Ending::Reset) => ("<-", vec!["RST".to_owned()]),
            TurnKind::Over => ("<-", vec!["the end".to_owned()]),
            TurnKind::StoppedReading => ("", vec!["stops reading".to_owned()]),
            TurnKind::ReadsOn => ("", vec!["reads on".to_owned()]),
            TurnKind::HeldBack => ("", vec!["is held back, as expected".to_owned()]),
            TurnKind::HalfClosed => ("->", vec!["FIN".to_owned()]),
            TurnKind::Closed => ("->", vec!["closes".to_owned()]),
            TurnKind::Reset => ("->", vec!["RST".to_owned()]),
            TurnKind::Silence => ("", vec!["hears nothing, as expected".to_owned()]),
            TurnKind::Missing(what) => ("", vec![format!("misses what it waited for: {what}")]),
        };
        for (number, line) in body.iter().enumerate() {
            let (side, arrow) = if number == 0 { (side.as_str(), arrow) } else { ("", "") };
            let _ = writeln!(text, "{side:<14} {arrow:<2} {line}");
        }
    }
    text
}

/// What a row came to in one line: `id: verdict (outcome) #digits`. The digits stand for the
/// conversation: other words on the wire, other digits.
#[must_use]
pub fn headline(id: &str, verdict: Verdict, outcome: Option<&str>, turns: &[Turn]) -> String {
    let outcome = outcome.map(|name| format!(" ({name})")).unwrap_or_default();
    let digest = Sha1::digest(render_turns(turns));
    let digits: String = digest[..4].iter().map(|octet| format!("{octet:02x}")).collect();
    format!("{id}: {}{outcome} #{digits}", verdict.name())
}

fn excerpt_lines(excerpt: &Excerpt) -> Vec<String> {
    let mut shown = lines(&excerpt.octets.0);
    if excerpt.total > excerpt.octets.0.len() {
        shown.truncate(2);
        shown.push(format!("... {} octets in all", excerpt.total));
    }
    shown
}

fn describe(what: &What) -> (&'static str, Vec<String>) {
    let one = |text: &str| vec![text.to_owned()];
    match what {
        What::Opened { role: Role::Client, .. } => ("", one("connects to the target")),
        What::Opened { role: Role::Origin, .. } => ("", one("is dialled by the target")),
        What::Refused { why, .. } => ("", vec![format!("client could not connect: {why}")]),
        What::Sent(octets) => ("->", lines(&octets.0)),
        What::Received(octets) => ("<-", lines(&octets.0)),
        What::SentNoise(octets) => ("->", vec![format!("... {octets} octets of noise")]),
        What::ReceivedNoise { octets, .. } => ("<-", vec![format!("... {octets} octets of noise")]),
        What::SentAll => ("", one("has written all of it")),
        What::HeldBack(octets) => ("", vec![format!("is held back after {octets} octets")]),
        What::StoppedReading => ("", one("stops reading")),
        What::ReadsOn => ("", one("reads on")),
        What::Ended(Ending::Fin) => ("<-", one("FIN")),
        What::Ended(Ending::Reset) => ("<-", one("RST")),
        What::HalfClosed => ("->", one("FIN")),
        What::Closed => ("->", one("closes")),
        What::Reset => ("->", one("RST")),
        What::WriteFailed(why) => ("", vec![format!("could not write: {why}")]),
        What::WriteStalled => ("", one("could not write: the other side does not read")),
        What::Flooded => ("", one("stopped reading after 3 MiB")),
        What::Closing => ("", one("--- every step is over; both roles end their side ---")),
        What::TargetGone => ("", one("--- the target's process ended ---")),
        What::Listens(Listening::Takes) => ("", one("--- the origin takes connections ---")),
        What::Listens(Listening::Refuses) => ("", one("--- the origin refuses connections ---")),
        What::Listens(Listening::Ignores) => ("", one("--- the origin ignores connections ---")),
        What::TargetMemory(octets) => {
            ("", vec![format!("--- the target holds {octets} octets of memory ---")])
        }
        What::Began(_) | What::Over { .. } => ("", Vec::new()),
    }
}

fn lines(octets: &[u8]) -> Vec<String> {
    let all: Vec<&[u8]> = octets.split_inclusive(|&octet| octet == b'\n').collect();
    let mut lines: Vec<String> = all
        .iter()
        .take(LINES)
        .map(|line| {
            let mut text = escape(line);
            if text.len() > COLUMNS {
                // The escaped form is ASCII, so any column is a boundary.
                text.truncate(COLUMNS);
                text.push_str("...");
            }
            text
        })
        .collect();
    if all.len() > LINES {
        lines.push(format!("... {} octets in all", octets.len()));
    }
    lines
}
