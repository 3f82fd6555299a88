//! What a verdict means beside its expectation, and the exit code of a run.

use rstest::rstest;

use super::*;
use crate::exit;

#[rstest]
#[case(Verdict::Pass, None, Standing::Fine, exit::CONFORMANT)]
#[case(Verdict::Observed, None, Standing::Fine, exit::CONFORMANT)]
#[case(Verdict::Warn, None, Standing::Fine, exit::CONFORMANT)]
#[case(Verdict::NotApplicable, None, Standing::Fine, exit::CONFORMANT)]
#[case(Verdict::Fail, None, Standing::Unexpected, exit::VIOLATION)]
#[case(Verdict::TargetDown, None, Standing::Unexpected, exit::VIOLATION)]
#[case(Verdict::Inconclusive, None, Standing::Fine, exit::INCONCLUSIVE)]
#[case(Verdict::HarnessError, None, Standing::Fine, exit::OUR_FAULT)]
#[case(Verdict::Fail, Some(Verdict::Fail), Standing::Known, exit::CONFORMANT)]
#[case(Verdict::TargetDown, Some(Verdict::TargetDown), Standing::Known, exit::CONFORMANT)]
#[case(Verdict::Inconclusive, Some(Verdict::Inconclusive), Standing::Known, exit::CONFORMANT)]
#[case(Verdict::Observed, Some(Verdict::Observed), Standing::Known, exit::CONFORMANT)]
#[case(Verdict::Pass, Some(Verdict::Fail), Standing::Unmet, exit::VIOLATION)]
#[case(Verdict::Warn, Some(Verdict::Fail), Standing::Unmet, exit::VIOLATION)]
#[case(Verdict::TargetDown, Some(Verdict::Fail), Standing::Unmet, exit::VIOLATION)]
#[case(Verdict::Inconclusive, Some(Verdict::Fail), Standing::Unmet, exit::VIOLATION)]
#[case(Verdict::HarnessError, Some(Verdict::Fail), Standing::Unmet, exit::OUR_FAULT)]
fn a_verdict_stands_beside_its_expectation(
    #[case] verdict: Verdict,
    #[case] expected: Option<Verdict>,
    #[case] standing: Standing,
    #[case] exit_code: u8,
) {
    let report = build(&about(), &[result("a/one", verdict)], &catalogue(), &expecting(expected));
    assert_eq!((report.rows[0].standing, report.summary.exit_code), (standing, exit_code));
    assert_eq!(report.rows[0].known.as_ref().map(|known| known.verdict), expected);
}

#[rstest]
#[case::our_fault_first(&[Verdict::Fail, Verdict::HarnessError, Verdict::Inconclusive], true, exit::OUR_FAULT)]
#[case::then_violations(&[Verdict::Inconclusive, Verdict::Pass, Verdict::Fail], true, exit::VIOLATION)]
#[case::then_what_is_open(&[Verdict::Pass, Verdict::Inconclusive, Verdict::Warn], false, exit::INCONCLUSIVE)]
#[case::or_an_interruption(&[Verdict::Pass], true, exit::INCONCLUSIVE)]
#[case::interrupted_before_the_first(&[], true, exit::INCONCLUSIVE)]
#[case::otherwise_conformant(&[Verdict::Pass, Verdict::Warn, Verdict::Observed, Verdict::NotApplicable], false, exit::CONFORMANT)]
fn the_gravest_trouble_of_a_run_is_its_exit_code(
    #[case] verdicts: &[Verdict],
    #[case] interrupted: bool,
    #[case] exit_code: u8,
) {
    let results: Vec<RowResult> = verdicts.iter().map(|verdict| result("a/one", *verdict)).collect();
    let about = About { interrupted, ..about() };
    let report = build(&about, &results, &catalogue(), &Expectations::default());
    assert_eq!(report.summary.exit_code, exit_code);
}

#[test]
fn rows_are_counted_by_verdict_and_by_standing() {
    let results = [
        result("a/one", Verdict::Pass),
        result("a/two", Verdict::Fail),
        result("a/three", Verdict::Fail),
        result("b/one", Verdict::Inconclusive),
    ];
    let summary = build(&about(), &results, &catalogue(), &Expectations::default()).summary;
    assert_eq!(summary.verdicts, [(Verdict::Pass, 1), (Verdict::Fail, 2), (Verdict::Inconclusive, 1)].into());
    assert_eq!((summary.unexpected, summary.unmet), (2, 0));
}

#[rstest]
#[case(Verdict::Fail, None, true)]
#[case(Verdict::Fail, Some(Verdict::Fail), false)]
#[case(Verdict::Pass, Some(Verdict::Fail), true)]
#[case(Verdict::Inconclusive, None, true)]
#[case(Verdict::HarnessError, None, true)]
#[case(Verdict::Pass, None, false)]
#[case(Verdict::Observed, None, false)]
fn what_a_person_should_look_at_is_noteworthy(
    #[case] verdict: Verdict,
    #[case] expected: Option<Verdict>,
    #[case] noteworthy: bool,
) {
    let report = build(&about(), &[result("a/one", verdict)], &catalogue(), &expecting(expected));
    assert_eq!(report.rows[0].noteworthy(), noteworthy);
}

#[test]
fn only_timing_holds_what_differs_from_run_to_run() {
    let slower = RowResult { micros: 99, ..result("a/one", Verdict::Fail) };
    let one = build(&about(), &[result("a/one", Verdict::Fail)], &catalogue(), &Expectations::default());
    let later = About { started: SystemTime::now(), took: Duration::from_secs(9), lanes: 1, ..about() };
    let mut other = build(&later, &[slower], &catalogue(), &Expectations::default());
    assert_ne!(one, other);
    other.timing = one.timing.clone();
    assert_eq!(one, other);
}
