//! What a person reads: a failure block, a summary, an exchange; and the schema of the JSON.

use rstest::rstest;

use super::*;
use crate::{
    exit,
    judge::judge_transcript,
    scenario::{Role, StepId},
    transcript::{ConnId, Ending, Event, Octets, What},
};

fn octets(text: &str) -> Octets {
    Octets(text.as_bytes().to_vec())
}

/// A row in which the answer lacks a field, with everything that was on the wire.
pub(super) fn failed() -> RowResult {
    let client = Some(ConnId(0));
    let origin = Some(ConnId(1));
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let events = [
        (0, None, What::Began(StepId(0))),
        (120, client, What::Opened { role: Role::Client, name: String::new() }),
        (150, client, What::Sent(octets("GET /hop-1 HTTP/1.1\r\nHost: h\r\n\r\n"))),
        (400, origin, What::Opened { role: Role::Origin, name: String::new() }),
        (450, origin, What::Received(octets("GET /hop-1 HTTP/1.1\r\nHost: h\r\n\r\n"))),
        (500, origin, What::Sent(octets(answer))),
        (1_234, client, What::Received(octets(answer))),
        (1_300, None, What::Over { step: StepId(0), late: false }),
        (1_301, None, What::Closing),
        (1_302, client, What::HalfClosed),
        (1_400, client, What::Ended(Ending::Fin)),
        (1_500, origin, What::Ended(Ending::Reset)),
    ];
    let transcript = Transcript {
        scenario: "a/one".to_owned(),
        route: Route::Mapped,
        row: None,
        bindings: [("nonce".to_owned(), "hop-1".to_owned())].into(),
        events: events.into_iter().map(|(at, conn, what)| Event { at, conn, what }).collect(),
    };
    let row = row("a/one");
    let judgement = judge_transcript(&row, &catalogue(), &transcript);
    RowResult { row, judgement, note: None, log: None, transcript: Some(transcript), micros: 1600 }
}

#[test]
fn a_failure_shows_line_rule_wire_and_rerun() {
    let result = failed();
    let report = build(&about(), std::slice::from_ref(&result), &catalogue(), &Expectations::default());
    let source = Some(&result.row.scenario.source);
    let text = render_failure(&report.rows[0], report.timing.rows.get("a/one"), source, false);
    insta::assert_snapshot!(text);
}

#[test]
fn a_target_that_went_down_shows_what_it_printed() {
    let down = RowResult {
        note: Some("the target ended by signal 6".to_owned()),
        log: Some("starting\npanic: index out of range".to_owned()),
        ..result("a/one", Verdict::TargetDown)
    };
    let report = build(&about(), &[down], &catalogue(), &expecting(Some(Verdict::Fail)));
    insta::assert_snapshot!(render_failure(&report.rows[0], report.timing.rows.get("a/one"), None, false));
}

#[test]
fn a_summary_counts_by_area() {
    let results = [
        result("gate/one", Verdict::Pass),
        result("gate/two", Verdict::Fail),
        result("tunnel/one", Verdict::Pass),
        result("tunnel/two", Verdict::Inconclusive),
        result("tunnel/three", Verdict::NotApplicable),
    ];
    let report = build(&About { not_played: 2, ..about() }, &results, &catalogue(), &Expectations::default());
    let plain = anstream::adapter::strip_str(&render_summary(&report)).to_string();
    insta::assert_snapshot!(plain);
}

#[rstest]
#[case(&[Verdict::Pass], false, "conformant")]
#[case(&[Verdict::Fail], false, "not conformant: 1 unexpected")]
#[case(&[Verdict::Inconclusive], false, "inconclusive: 1 inconclusive")]
#[case(&[Verdict::Pass], true, "interrupted")]
#[case(&[Verdict::HarnessError], false, "harness error")]
fn a_summary_ends_in_one_word_for_it_all(
    #[case] verdicts: &[Verdict],
    #[case] interrupted: bool,
    #[case] word: &str,
) {
    let results: Vec<RowResult> = verdicts.iter().map(|verdict| result("a/one", *verdict)).collect();
    let about = About { interrupted, ..about() };
    let report = build(&about, &results, &catalogue(), &Expectations::default());
    let text = render_summary(&report);
    assert!(text.trim_end().ends_with(&format!("; {word}")), "{text}");
    assert!(exit::CONFORMANT != report.summary.exit_code || word == "conformant");
}

#[test]
fn the_wire_of_a_row_that_passed_is_not_reported() {
    for (verdict, reported) in
        [(Verdict::Pass, false), (Verdict::Observed, false), (Verdict::Warn, true), (Verdict::Fail, true)]
    {
        let mut result = failed();
        result.judgement.verdict = verdict;
        let report = build(&about(), &[result], &catalogue(), &Expectations::default());
        assert_eq!(!report.timing.rows["a/one"].events.is_empty(), reported, "{verdict:?}");
    }
}

#[test]
fn long_runs_of_octets_are_cut() {
    let long = What::Received(Octets(vec![b'x'; 1 << 20]));
    let text = render_exchange(&[Event { at: 0, conn: Some(ConnId(0)), what: long }]);
    assert!(text.len() < 200, "{} columns", text.len());
    let lines = What::Received(octets(&"line\r\n".repeat(1000)));
    let text = render_exchange(&[Event { at: 0, conn: Some(ConnId(0)), what: lines }]);
    assert_eq!(text.lines().count(), 13);
    assert!(text.trim_end().ends_with("... 6000 octets in all"));
}

#[test]
fn the_schema_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/report.json");
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == schema(),
        "conformance/schema/report.json is out of date; refresh it with `cargo xtask schema`"
    );
}
