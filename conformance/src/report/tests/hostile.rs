//! Octets of a target that would confuse a terminal or a reader, in everything that is rendered.

use std::net::SocketAddr;

use rstest::rstest;

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
    let report = reported();
    let text = render_json(&report);
    assert!(text.chars().all(|c| c == '\n' || !c.is_ascii_control() || c == '\x7f'), "{text:?}");
    let read: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(read, report);
    let mut without_log = serde_json::to_value(&read).unwrap();
    without_log["timing"]["rows"]["a/one"]["log"] = serde_json::Value::Null;
    // The log is text of the target's own, escaped when it is shown; the rest came over the wire.
    assert!(is_harmless(&without_log.to_string()), "{without_log}");
}

/// Words that a reader of one format would take for its own.
const MARKS: &str = "]]> <script> ::error::x %0A `````` # TODO | \u{202e}\x1b]0;t\x07 \u{ffff} & \" '";

/// A report in which every text that is not ours alone holds the hostile octets and the marks.
fn all_hostile(standing: Standing, verdict: Verdict) -> Report {
    let mut report = reported();
    let text = format!("{MARKS} {}", String::from_utf8_lossy(HOSTILE));
    report.target.name = text.clone();
    report.target.version = Some(text.clone());
    let row = &mut report.rows[0];
    (row.standing, row.verdict) = (standing, verdict);
    row.note = Some(text.clone());
    row.outcome = Some(text.clone());
    row.known = Some(Known {
        verdict: Verdict::Warn,
        reason: text.clone(),
        link: Some(text.clone()),
        unpublished: false,
        varies: false,
    });
    row.findings[0].came = text;
    report
}

#[rstest]
#[case::failed(Standing::Unexpected, Verdict::Fail)]
#[case::another_verdict(Standing::Unmet, Verdict::Fail)]
#[case::known(Standing::Known, Verdict::Fail)]
#[case::warned(Standing::Fine, Verdict::Warn)]
#[case::skipped(Standing::Fine, Verdict::NotApplicable)]
#[case::broken(Standing::Fine, Verdict::HarnessError)]
fn no_format_holds_what_could_confuse_its_reader(#[case] standing: Standing, #[case] verdict: Verdict) {
    let report = all_hostile(standing, verdict);
    let rendered = [
        render_junit(&report),
        render_markdown(&report),
        render_tap(&report),
        render_annotations(&report, str::to_owned),
        render_comparison(&reported(), &report, &compare(&reported(), &report)),
    ];
    for text in &rendered {
        let harmless = |c: char| c == '\n' || (!c.is_control() && c != '\u{202e}' && c != '\u{ffff}');
        assert!(text.chars().all(harmless), "{text:?}");
    }
    let [junit, markdown, tap, github, _] = rendered;
    // The XML is read back by a parser, which refuses what is not well-formed.
    let read = quick_junit::Report::deserialize_from_str(&junit).unwrap();
    assert_eq!((read.tests, read.test_suites.len()), (1, 1), "{junit}");
    assert!(!junit.contains("<script>"), "{junit}");
    let outside: String = markdown.split("```````").step_by(2).collect();
    assert!(!outside.contains("<script>") && !outside.contains("`"), "{markdown}");
    // A directive is ours or is none, and a line is one of the few that TAP knows.
    for line in
        tap.lines().filter(|line| line.contains(" ok ") || line.starts_with("ok") || line.starts_with("not"))
    {
        assert!(line.matches(" # ").count() <= 1, "{tap}");
    }
    // A command stands at the beginning of a line, and its properties end with the first two colons.
    for line in github.lines() {
        let (head, _) = line[2..].split_once("::").unwrap();
        let (command, properties) = head.split_once(' ').unwrap();
        assert!(line.starts_with("::") && ["error", "warning"].contains(&command), "{github}");
        let names: Vec<&str> = properties.split(',').filter_map(|pair| pair.split('=').next()).collect();
        assert_eq!(names, ["file", "line", "title"], "{github}");
    }
    assert!(github.lines().count() <= 1, "{github}");
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
