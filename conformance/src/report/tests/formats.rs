//! One run in every format: a row of each kind.

use quick_junit::TestCaseStatus;
use rstest::rstest;

use super::{shown::failed, *};

fn report() -> Report {
    let results = [
        RowResult { row: row("gate/failed"), ..failed() },
        result("gate/known", Verdict::Fail),
        result("gate/passed", Verdict::Pass),
        RowResult {
            row: row("tunnel/down"),
            note: Some("the target exited".to_owned()),
            ..result("", Verdict::TargetDown)
        },
        RowResult::not_applicable(&row("tunnel/elsewhere"), "it offers no route `plain`".to_owned()),
        result("tunnel/open", Verdict::Inconclusive),
        result("tunnel/unmet", Verdict::Pass),
        RowResult { row: row("tunnel/warned"), ..failed() },
    ];
    let mut report = build(&about(), &results, &catalogue(), &Expectations::default());
    let mut known = |at: usize, standing| {
        report.rows[at].standing = standing;
        report.rows[at].known = Some(Known {
            verdict: Verdict::Fail,
            reason: "It is so, see #7.".to_owned(),
            link: None,
            unpublished: false,
            varies: false,
        });
    };
    known(1, Standing::Known);
    known(6, Standing::Unmet);
    (report.rows[7].verdict, report.rows[7].standing) = (Verdict::Warn, Standing::Fine);
    report
}

fn annotations(report: &Report) -> String {
    render_annotations(report, |file| format!("suite/{file}"))
}

#[rstest]
#[case("junit", render_junit)]
#[case("markdown", render_markdown)]
#[case("tap", render_tap)]
#[case("github", annotations)]
fn a_run_in_every_format(#[case] format: &str, #[case] render: fn(&Report) -> String) {
    insta::with_settings!({ snapshot_suffix => format }, {
        insta::assert_snapshot!(render(&report()));
    });
}

/// Counts that CI systems act upon; the rest of the file is read back without a loss.
#[test]
fn junit_tells_failures_errors_and_what_was_skipped_apart() {
    let read = quick_junit::Report::deserialize_from_str(&render_junit(&report())).unwrap();
    assert_eq!((read.tests, read.failures, read.errors), (8, 3, 1));
    let cases = read.test_suites.iter().flat_map(|suite| &suite.test_cases);
    let skipped = cases.filter(|case| matches!(case.status, TestCaseStatus::Skipped { .. })).count();
    assert_eq!((skipped, read.test_suites.len()), (2, 2));
}

#[test]
fn an_empty_run_can_be_rendered() {
    let report = build(&about(), &[], &catalogue(), &Expectations::default());
    assert!(render_junit(&report).contains("tests=\"0\""));
    assert_eq!(render_tap(&report), "TAP version 14\n1..0\n");
    assert!(render_markdown(&report).contains("0 rows: conformant."));
    assert_eq!(render_annotations(&report, str::to_owned), "");
}
