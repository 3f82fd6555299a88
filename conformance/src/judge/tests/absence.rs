//! When nothing can be concluded: absences without a control, and what only prepares.

use rstest::rstest;

use super::*;

const ABSENCE: &str =
    "origin receives-request {\n    no-field \"X-Hop\"\n    control \"X-End\" equals=\"kept\"\n}";

fn request(fields: &str) -> Tape {
    Tape::default().origin(0).got(0, format!("GET /hop-1 HTTP/1.1\r\n{fields}\r\n"))
}

#[rstest]
#[case::control_holds("X-End: kept\r\n", Verdict::Pass)]
#[case::field_is_there("X-End: kept\r\nX-Hop: one\r\n", Verdict::Fail)]
#[case::control_is_missing("", Verdict::Inconclusive)]
#[case::control_differs("X-End: lost\r\n", Verdict::Inconclusive)]
#[case::field_is_there_without_control("x-hop: one\r\n", Verdict::Fail)]
fn an_absence_counts_only_with_its_control(#[case] fields: &str, #[case] verdict: Verdict) {
    assert_eq!(judge(ABSENCE, request(fields).over(0)).verdict, verdict);
}

#[test]
fn absences_in_a_message_that_never_came_prove_nothing() {
    let judgement = judge(ABSENCE, Tape::default().client(0).late(0));
    assert_eq!(findings(&judgement), [(Severity::Inconclusive, "nothing in time")]);
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
}

#[test]
fn a_presence_in_a_message_that_never_came_is_broken() {
    let steps = ABSENCE.replace("no-field \"X-Hop\"", "no-field \"X-Hop\"\n    field \"Host\"");
    assert_eq!(judge(&steps, Tape::default().late(0)).verdict, Verdict::Fail);
}

#[rstest]
#[case::nothing_came(Tape::default().client(0).late(0))]
#[case::another_status(Tape::default().client(0).got(0, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n").over(0))]
#[case::no_http(Tape::default().client(0).got(0, "hello").over(0))]
fn what_only_prepares_is_inconclusive(#[case] tape: Tape) {
    let steps = "setup {\n    client receives-response {\n        status \"200\"\n    }\n}\nclient sees-end";
    let judgement = judge(steps, tape);
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert_eq!(judgement.findings.len(), 1);
}

#[rstest]
#[case("must", Verdict::Fail)]
#[case("should", Verdict::Warn)]
#[case("may", Verdict::Observed)]
fn the_rule_of_a_step_says_how_grave_it_is(#[case] rule: &str, #[case] verdict: Verdict) {
    let steps = format!("client sees-end covers=\"{rule}\"");
    let judgement = judge(&steps, Tape::default().client(0).late(0));
    assert_eq!((judgement.verdict, &judgement.findings[0].requirement.0[..]), (verdict, rule));
}

#[test]
fn the_rule_of_a_check_goes_before_that_of_its_step() {
    let steps =
        "client receives-response covers=\"should\" {\n    field \"A\" covers=\"may\"\n    field \"B\"\n}";
    let judgement = judge(steps, Tape::default().client(0).got(0, OK).over(0));
    let found: Vec<(&str, Severity)> =
        judgement.findings.iter().map(|finding| (&finding.requirement.0[..], finding.severity)).collect();
    assert_eq!(found, [("may", Severity::Observed), ("should", Severity::Warn)]);
    assert_eq!(judgement.verdict, Verdict::Warn);
}

#[test]
fn the_gravest_finding_is_the_verdict() {
    let steps = "client receives-response {\n    field \"A\" covers=\"should\"\n    control \"B\"\n    field \"C\"\n}";
    let judgement = judge(steps, Tape::default().client(0).got(0, OK).over(0));
    assert_eq!(judgement.findings.len(), 3);
    assert_eq!(judgement.verdict, Verdict::Fail);
    let judgement =
        judge(&steps.replace("    field \"C\"\n", ""), Tape::default().client(0).got(0, OK).over(0));
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
}

#[test]
fn after_another_status_nothing_more_is_judged() {
    let steps =
        "client receives-response {\n    status \"200\"\n    body \"no\"\n}\nclient receives-bytes \"x\"";
    let row = row(steps);
    let catalogue = catalogue();
    let tape = Tape::default().client(0).got(0, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
    let mut judge = Judge::new(&row, &catalogue, names());
    assert_eq!(judge.settle(&row.scenario.steps[0], &tape.recording(), false), Flow::Stop);
    let judgement = judge.finish(&tape.recording());
    assert_eq!(findings(&judgement), [(Severity::Fail, "status `404`")]);
}
