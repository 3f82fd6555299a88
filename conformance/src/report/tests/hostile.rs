//! Octets of a target that would confuse a terminal or a reader, in everything that is rendered.

use std::net::SocketAddr;

use super::*;
use crate::{
    judge::judge_transcript,
    scenario::{Bindings, StepId},
    transcript::{ConnId, Event, Octets, What},
};

const HOSTILE: &[u8] =
    b"\x1b[31m\x1b]0;title\x07\0\xff\x9b2J\x7f\r\x08\xe2\x80\xae<script>alert(1)</script>\xc2\x9b\nnew line";

/// A target that writes them wherever it can: in its answer and in its log.
fn hostile() -> RowResult {
    let field: Vec<u8> = HOSTILE.iter().copied().filter(|octet| *octet != b'\n').collect();
    let mut answer = b"HTTP/1.1 200 ".to_vec();
    answer.extend(&field);
    answer.extend(b"\r\nX-End: ");
    answer.extend(&field);
    answer.extend(b"\r\nContent-Length: 0\r\n\r\n");
    answer.extend(HOSTILE);
    let what = [
        What::Opened { role: crate::scenario::Role::Client, name: String::new() },
        What::Received(Octets(answer)),
        What::Over { step: StepId(0), late: false },
    ];
    let events = what.into_iter().enumerate().map(|(at, what)| {
        let conn = (!matches!(what, What::Over { .. })).then_some(ConnId(0));
        Event { at: at as u64, conn, what }
    });
    let row = row("a/one");
    let bindings = Bindings::default().0;
    let transcript = Transcript {
        scenario: "a/one".to_owned(),
        route: Route::Mapped,
        row: None,
        bindings,
        events: events.collect(),
    };
    let text = String::from_utf8_lossy(HOSTILE).into_owned();
    RowResult {
        judgement: judge_transcript(&row, &catalogue(), &transcript),
        row,
        note: None,
        log: Some(text),
        transcript: Some(transcript),
        micros: 1,
    }
}

fn reported() -> Report {
    build(&about(), &[hostile()], &catalogue(), &Expectations::default())
}

/// What our own words and excerpts are made of, besides printable ASCII.
fn is_harmless(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || c == ' ' || c.is_ascii_graphic() || "§…".contains(c))
}

#[test]
fn a_failure_block_holds_nothing_but_printable_text() {
    let report = reported();
    let (row, timing) = (&report.rows[0], report.timing.rows.get("a/one"));
    assert_eq!(row.verdict, Verdict::Fail);
    let source = hostile().row.scenario.source.clone();
    for source in [Some(&source), None] {
        let text = render_failure(row, timing, source, false);
        assert!(is_harmless(&text), "{text:?}");
        assert!(text.contains("\\x1b[31m") && text.contains("\\xff"), "{text}");
        // A line of the target's making could be taken for one of ours.
        assert!(!text.lines().any(|line| line.starts_with("new line")), "{text}");
    }
}

#[test]
fn an_exchange_holds_nothing_but_printable_text() {
    let text = render_exchange(&hostile().transcript.unwrap().events);
    assert!(is_harmless(&text), "{text:?}");
    assert!(text.contains("\\x00\\xff\\x9b2J\\x7f"), "{text}");
}

#[test]
fn a_json_report_holds_octets_in_their_escaped_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let report = reported();
    write_json(&report, &path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.chars().all(|c| c == '\n' || !c.is_ascii_control() || c == '\x7f'), "{text:?}");
    let read: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(read, report);
    let mut without_log = serde_json::to_value(&read).unwrap();
    without_log["timing"]["rows"]["a/one"]["log"] = serde_json::Value::Null;
    // The log is text of the target's own, escaped when it is shown; the rest came over the wire.
    assert!(is_harmless(&without_log.to_string()), "{without_log}");
}

#[test]
fn addresses_of_a_run_do_not_reach_what_two_runs_compare() {
    let address = SocketAddr::from(([127, 9, 9, 9], 4321)).to_string();
    let mut hostile = hostile();
    let transcript = hostile.transcript.as_mut().unwrap();
    transcript.bindings.insert("authority".to_owned(), address.clone());
    let answer = format!("HTTP/1.1 200 {address}\r\nX-End: {address}\r\nContent-Length: 0\r\n\r\n");
    transcript.events[1].what = What::Received(Octets(answer.into_bytes()));
    hostile.judgement = judge_transcript(&hostile.row, &catalogue(), transcript);
    let report = build(&about(), &[hostile], &catalogue(), &Expectations::default());
    let rows = serde_json::to_string(&report.rows).unwrap();
    assert!(!rows.contains("4321"), "{rows}");
    assert!(rows.contains("{authority}"), "{rows}");
}
