//! `either`: which branch is taken, and what that means.

use rstest::rstest;

use super::*;

const EITHER: &str = "either {
    outcome \"refused\" {
        client receives-response {
            status in=\"400..=599\"
        }
    }
    outcome \"closed\" verdict=\"observed\" {
        client sees-end
    }
    outcome \"passed on\" verdict=\"violation\" {
        origin receives-request
    }
}";

#[rstest]
#[case::first("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", 0)]
#[case::its_checks_do_not_hold(OK, 2)]
fn a_branch_is_taken_when_its_first_line_holds_with_all_its_checks(
    #[case] response: &str,
    #[case] branch: usize,
) {
    let row = row(EITHER);
    let catalogue = catalogue();
    let mut judge = Judge::new(&row, &catalogue, names());
    let tape = Tape::default().client(0).got(0, response).origin(1).got(1, GET);
    assert!(judge.ready(&row.scenario.steps[0], &tape.recording()));
    assert_eq!(judge.settle(&row.scenario.steps[0], &tape.recording(), false), Flow::Branch(branch));
}

#[rstest]
#[case::pass(Tape::default().client(0).got(0, "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"), Verdict::Pass, None)]
#[case::observed(Tape::default().client(0).fin(0), Verdict::Observed, Some("closed"))]
#[case::violation(Tape::default().client(0).origin(1).got(1, GET), Verdict::Fail, Some("passed on"))]
#[case::none(Tape::default().client(0), Verdict::Fail, None)]
#[case::none_any_more(Tape::default().client(0).got(0, OK), Verdict::Fail, None)]
fn an_outcome_has_its_meaning(#[case] tape: Tape, #[case] verdict: Verdict, #[case] outcome: Option<&str>) {
    let judgement = judge(EITHER, tape.late(0));
    assert_eq!((judgement.verdict, judgement.outcome.as_deref()), (verdict, outcome));
}

#[rstest]
#[case("must", Verdict::Fail)]
#[case("should", Verdict::Warn)]
#[case("may", Verdict::Observed)]
fn the_rule_says_how_grave_a_violation_is(#[case] rule: &str, #[case] verdict: Verdict) {
    let steps = EITHER.replacen('{', &format!("covers=\"{rule}\" {{"), 1);
    let judgement = judge(&steps, Tape::default().client(0).origin(1).got(1, GET).over(0));
    assert_eq!((judgement.verdict, judgement.outcome.as_deref()), (verdict, Some("passed on")));
    assert_eq!(judgement.findings[0].expected, "refused, or closed");
    assert_eq!(judgement.findings[0].came, "passed on");
}

#[test]
fn without_an_outcome_the_finding_says_what_each_role_saw() {
    let judgement = judge(EITHER, Tape::default().client(0).got(0, "HTTP/1.1 2").late(0));
    let finding = &judgement.findings[0];
    assert_eq!(finding.expected, "one of: refused; closed; passed on");
    assert_eq!(finding.came, "the client saw `HTTP/1.1 2`; the origin has no connection");
}

#[test]
fn the_steps_of_the_branch_are_judged_like_any_others() {
    let judgement = judge(EITHER, Tape::default().client(0).origin(1).got(1, GET).over(0).over(3));
    assert_eq!(judgement.turns.len(), 1, "the request was taken: {:?}", judgement.turns);
}

const SILENT: &str = "either {
    outcome \"closed\" {
        client sees-end
    }
    outcome \"silent\" verdict=\"observed\" {
        client receives-nothing for=\"5ms\"
    }
}";

#[rstest]
#[case::time_is_over(Tape::default().client(0).late(0), Some("silent"), Verdict::Observed)]
#[case::something_came(Tape::default().client(0).got(0, "x").over(0), None, Verdict::Fail)]
#[case::an_end_came(Tape::default().client(0).fin(0).over(0), None, Verdict::Pass)]
fn silence_is_an_outcome_once_its_time_is_over(
    #[case] tape: Tape,
    #[case] outcome: Option<&str>,
    #[case] verdict: Verdict,
) {
    let judgement = judge(SILENT, tape);
    assert_eq!((judgement.outcome.as_deref(), judgement.verdict), (outcome, verdict));
}

#[test]
fn a_branch_that_is_not_taken_captures_nothing() {
    let steps = "either {
    outcome \"one\" {
        client receives-response {
            field \"A\" capture=\"a\"
            field \"B\"
        }
    }
    outcome \"two\" {
        client receives-response {
            field \"C\" capture=\"a\"
        }
    }
}
client receives-bytes \"{a}\"";
    let tape = Tape::default().client(0).got(0, "HTTP/1.1 204 N\r\nA: 1\r\nC: 3\r\n\r\n3");
    assert_eq!(judge(steps, tape.over(0).over(2).over(3)).verdict, Verdict::Pass);
}
