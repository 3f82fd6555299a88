//! Runs that are ended early: what was over is reported, and nothing stays behind.

mod support;

use rstest::rstest;
use rustix::process::Signal;
use support::{PLAIN, ROUTES, Suite, column};

/// Longer than any test waits.
const ENDLESS: &str = r#"
title "Nothing comes"
why "Someone has to be in the middle of something."
covers "rule-must"
routes "plain" "explicit" "mapped"

client sends (head)"""
    GET {path} HTTP/1.1
    Host: {authority}
    """
origin receives-request
client receives-nothing for="600s"
"#;

/// Two rows that end at once, three that do not, and two that nobody comes to.
fn suite(example: &str, args: &[&str]) -> Suite {
    let suite = Suite::empty();
    suite.write("scenarios/hops/a-quick.kdl", PLAIN);
    suite.write("scenarios/hops/b-endless.kdl", ENDLESS);
    suite.write("scenarios/hops/c-never-reached.kdl", PLAIN);
    suite.target(example, args, &ROUTES);
    suite
}

const RUN: [&str; 5] = ["run", "--target-file", "target.toml", "--report", "json=report.json"];

#[rstest]
fn what_was_over_is_reported(
    #[values(Signal::INT, Signal::TERM)] signal: Signal,
    #[values("1", "3")] jobs: &str,
) {
    let suite = suite("faulty", &[]);
    let mut run = suite.start(&[&RUN[..], &["--jobs", jobs]].concat());
    run.until(2, "hops/a-quick:");
    run.signal(signal);
    let run = run.finish();
    run.ends(4, &["interrupted: 5 not played"]);
    suite.nothing_is_left();
    let report = suite.report();
    assert_eq!(report["summary"]["interrupted"], true);
    assert_eq!(report["summary"]["not_played"], 5);
    assert_eq!(report["summary"]["exit_code"], 4);
    assert_eq!(column(&report, "id"), ["hops/a-quick:get", "hops/a-quick:options"]);
    assert_eq!(column(&report, "verdict"), ["pass", "pass"]);
}

#[test]
fn a_violation_that_was_over_outweighs_the_interruption() {
    let suite = suite("faulty", &["--fault", "keep-nominated-fields"]);
    suite.write("scenarios/hops/a-quick.kdl", support::NOMINATED);
    let mut run = suite.start(&[&RUN[..], &["--jobs", "1"]].concat());
    run.until(2, "hops/a-quick:");
    run.signal(Signal::INT);
    run.finish().ends(1, &["not conformant: 2 unexpected, 5 not played"]);
    assert_eq!(suite.report()["summary"]["interrupted"], true);
}

#[test]
fn a_target_that_ignores_its_signal_is_gone_as_well() {
    let suite = suite("hollow", &["stubborn"]);
    let mut run = suite.start(&[&RUN[..], &["--jobs", "3", "--timeout-scale", "0.2"]].concat());
    run.until(2, "hops/a-quick:");
    run.signal(Signal::INT);
    run.finish().ends(4, &["interrupted"]);
    suite.nothing_is_left();
}

#[test]
fn a_run_that_waits_for_its_target_ends_at_once() {
    let suite = suite("hollow", &["never-listens"]);
    // Once the target runs our handlers are there, and hours would pass before we gave it up.
    let run = suite.start(&[&RUN[..], &["--timeout-scale", "1000"]].concat());
    while suite.left_behind().iter().all(|left| !left.contains("never-listens")) {
        std::thread::yield_now();
    }
    run.signal(Signal::TERM);
    run.finish().ends(4, &["interrupted: 7 not played"]);
    suite.nothing_is_left();
    assert_eq!(suite.report()["summary"]["not_played"], 7);
}

#[test]
fn a_run_that_is_killed_takes_its_targets_with_it() {
    let suite = suite("faulty", &[]);
    let mut run = suite.start(&[&RUN[..], &["--jobs", "3"]].concat());
    run.until(2, "hops/a-quick:");
    assert!(suite.left_behind().iter().any(|line| line.contains("--listen")), "targets run");
    run.signal(Signal::KILL);
    assert_eq!(run.finish().code, None);
    // The targets' folders stay: nobody is left to remove them.
    suite.no_process_is_left();
}
