//! What must not be seen at any time.

use rstest::rstest;

use super::*;

fn with(never: &str) -> String {
    format!("client receives-response\nnever \"n\" {{\n    {never}\n}}")
}

fn answered() -> Tape {
    Tape::default().client(0).got(0, OK)
}

#[rstest]
#[case::not_dialled("origin accepts", answered().over(0), None)]
#[case::dialled("origin accepts", answered().over(0).origin(1), Some("a connection to the origin"))]
#[case::dialled_before("origin accepts", answered().origin(1).fin(1).over(0), Some("a connection to the origin"))]
#[case::another_exchange("origin accepts", answered().origin(1).got(1, "GET /hop-2 HTTP/1.1\r\n\r\n").over(0), None)]
#[case::other_octets("origin receives-bytes \"probe\"", answered().origin(1).got(1, "prone").over(0), None)]
#[case::octets(
    "origin receives-bytes \"probe\"", answered().origin(1).got(1, "a probe").over(0), Some("`probe` at the origin")
)]
#[case::octets_in_two_reads(
    "origin receives-bytes \"probe\"", answered().over(0).origin(1).got(1, "a pro").got(1, "be"), Some("`probe` at the origin")
)]
#[case::octets_that_a_step_took("client receives-bytes \"200 OK\"", answered().over(0), Some("`200 OK` at the client"))]
#[case::octets_at_the_other_role("origin receives-bytes \"200 OK\"", answered().over(0), None)]
#[case::no_more("client receives-more", answered().over(0).fin(0), None)]
#[case::more("client receives-more", answered().over(0).got(0, "x"), Some("`x`"))]
#[case::more_at_once("client receives-more", answered().got(0, "x").over(0), Some("`x`"))]
#[case::more_at_the_other_role("origin receives-more", answered().over(0).got(0, "x"), None)]
#[case::no_second_request("origin receives-request", answered().over(0).origin(1).got(1, "tail"), None)]
#[case::second_request(
    "origin receives-request", answered().over(0).origin(1).got(1, "GET / HTTP/1.1\r\n"), Some("`GET / HTTP/1.1\\r\\n`")
)]
fn each_sight_is_looked_for_to_the_very_end(
    #[case] never: &str,
    #[case] tape: Tape,
    #[case] came: Option<&str>,
) {
    let judgement = judge(&with(never), tape);
    let expected: Vec<(Severity, &str)> = came.map(|came| (Severity::Fail, came)).into_iter().collect();
    assert_eq!(findings(&judgement), expected);
}

#[test]
fn a_never_is_judged_by_its_own_rule() {
    let steps = "client receives-response\nnever \"n\" covers=\"should\" {\n    client receives-more\n}";
    let judgement = judge(steps, answered().over(0).got(0, "x"));
    assert_eq!(judgement.verdict, Verdict::Warn);
    assert_eq!((judgement.findings[0].line, &judgement.findings[0].expected[..]), (6, "never: n"));
}

#[rstest]
#[case::more("client receives-more", Verdict::Inconclusive)]
#[case::request("origin receives-request", Verdict::Inconclusive)]
#[case::octets("client receives-bytes \"HTTP\"", Verdict::Fail)]
#[case::dialled("origin accepts", Verdict::Fail)]
fn what_no_step_took_proves_nothing_when_the_timeline_ended_early(
    #[case] never: &str,
    #[case] verdict: Verdict,
) {
    let steps = format!("setup {{\n    client receives-interim\n}}\n{}", with(never));
    let tape = answered().origin(1).got(1, GET).over(0);
    assert_eq!(judge(&steps, tape).verdict, verdict);
}

#[rstest]
#[case::carries_any_octets(false, b"\x88\x02\x03\xe8", true)]
#[case::makes_frames_anew(true, b"\x88\x02\x03\xe8", false)]
#[case::not_the_end_alone(true, b"\x81\x01x\x88\x02\x03\xe8", true)]
#[case::a_message(true, b"\x81\x01x", true)]
fn a_closing_frame_of_a_target_that_makes_frames_anew_is_an_end(
    #[case] reframed: bool,
    #[case] rest: &[u8],
    #[case] is_more: bool,
) {
    let row = row(&with("client receives-more"));
    let mut names = names();
    if reframed {
        names.set_reframed();
    }
    let catalogue = catalogue();
    let mut judge = Judge::new(&row, &catalogue, names);
    let recording = answered().got(0, rest).fin(0).recording();
    judge.settle(&row.scenario.steps[0], &recording, false);
    let judgement = judge.finish(&recording);
    assert_eq!(!judgement.findings.is_empty(), is_more, "{:?}", judgement.findings);
}
