//! Targets that are no proxies: they get no pass, the run ends soon, and nothing stays behind.

mod support;

use std::{
    fs,
    time::{Duration, Instant},
};

use rstest::rstest;
use support::{PLAIN, ROUTES, SPARED, Suite, column, repository};

/// More than any of these takes on a busy machine.
const SOON: Duration = Duration::from_secs(240);

/// Octets of address space, in KiB: far less than a flood brings in the time that it is given.
const LITTLE: &str = "524288";

/// Runs everything that the repository holds against a hollow target, with little memory.
fn run(suite: &Suite, args: &str) -> support::Finished {
    let scenarios = repository().display();
    let started = Instant::now();
    let run = suite.shell(&format!(
        "ulimit -v {LITTLE}; exec hopspec run --suite '{scenarios}' --target-file target.toml --report json=report.json {args}"
    ));
    let run = run.finish();
    assert!(started.elapsed() < SOON, "took {:?}", started.elapsed());
    suite.nothing_is_left();
    assert_eq!(run.out, "");
    run
}

#[rstest]
#[case("drop", "without asking the origin")]
#[case("reset", "the target reset the connection without asking the origin")]
#[case("silent", "the request did not reach the origin in time")]
#[case("always-200", "the target answered `HTTP/1.1 200 OK` without asking the origin")]
#[case("echo", "which is no HTTP without asking the origin")]
#[case("garbage", "which is no HTTP without asking the origin")]
#[case("flood", "which is no HTTP without asking the origin")]
#[case("flood-body", "the target sent more than 3 MiB without asking the origin")]
#[case("never-listens", "the connection was refused")]
#[case(
    "exit-at-once",
    "the target exited with status 1 before it was ready; it printed:\n  | hollow: exits at once"
)]
#[case("exit-at-third-request", "the target exited with status 3 before it was ready")]
fn what_does_not_forward_is_not_judged(#[case] mode: &str, #[case] why: &str) {
    let suite = Suite::empty();
    suite.target("hollow", &[mode], &ROUTES);
    let run = run(&suite, "--timeout-scale 0.1");
    run.ends(3, &["error: the target ", why]);
    assert!(!run.err.contains("pass "), "{}", run.err);
    let report = suite.report();
    assert_eq!(report["summary"]["exit_code"], 3);
    for (id, verdict) in column(&report, "id").iter().zip(column(&report, "verdict")) {
        assert_eq!(verdict, "target-down", "{id}");
    }
}

/// The harness's own exchanges are let through, so that every row is played and judged.
#[rstest]
#[case("drop")]
#[case("reset")]
#[case("silent")]
#[case("always-200")]
#[case("echo")]
#[case("garbage")]
#[case("flood")]
#[case("flood-body")]
fn no_row_passes_on_what_is_hollow_only_where_it_is_judged(#[case] mode: &str) {
    let suite = Suite::empty();
    suite.target("hollow", &[mode, "--spare", SPARED], &ROUTES);
    run(&suite, "--timeout-scale 0.05 --quiet").ends(1, &["not conformant"]);
    let report = suite.report();
    for (id, verdict) in column(&report, "id").iter().zip(column(&report, "verdict")) {
        assert!(!["pass", "observed"].contains(&verdict.as_str()), "{id}: {verdict}");
    }
}

/// It writes for as long as anybody reads: what is kept of that has a size, and says so.
#[test]
fn a_flood_is_cut_and_every_report_says_so() {
    let suite = Suite::small();
    suite.target("hollow", &["flood-body", "--spare", SPARED], &ROUTES);
    let formats = ["json", "junit", "tap", "markdown"];
    let reports = formats.map(|format| format!("--report={format}=report.{format}"));
    const PAGE: &str = "pages/index.html";
    let html = "--report=html=pages".to_owned();
    let args: Vec<&str> = reports.iter().chain([&html]).map(String::as_str).collect();
    // What was on the wire is shown as far as it was kept, and behind it why nothing more was read.
    suite.run(&args).ends(1, &["client #0     stopped reading after 3 MiB"]);
    for file in formats.map(|format| format!("report.{format}")).iter().map(String::as_str).chain([PAGE]) {
        let text = fs::read_to_string(suite.path(file)).unwrap();
        // No more than this of the megabytes that were read is kept, in each of the rows.
        let kept = text.matches('.').count();
        assert!(kept < 4 * (36 << 10), "{file} holds {kept} dots");
        if ["report.json", PAGE].contains(&file) {
            assert!(kept > 30 << 10 && text.contains("\"flooded\""), "{file} does not say so");
        }
    }
    suite.nothing_is_left();
}

#[rstest]
#[case("relay")]
#[case("stubborn")]
fn what_only_carries_octets_is_not_conformant_and_is_gone_at_the_end(#[case] mode: &str) {
    let suite = Suite::empty();
    suite.target("hollow", &[mode], &ROUTES);
    run(&suite, "--timeout-scale 0.1 --quiet").ends(1, &["not conformant"]);
    let report = suite.report();
    for (id, verdict) in column(&report, "id").iter().zip(column(&report, "verdict")) {
        // Whatever is about fields of a hop fails on a target that knows of none.
        assert!(!id.starts_with("hop-by-hop/nominated-request") || verdict != "pass", "{id}");
    }
}

#[test]
fn a_target_that_dies_is_down_and_the_run_goes_on_with_a_fresh_one() {
    let suite = Suite::of(&PLAIN.replace(
        "row \"get\" method=\"GET\"",
        "row \"a\" method=\"A\"; row \"b\" method=\"B\"; row \"c\" method=\"C\"; row \"d\" method=\"D\"; row \"e\" method=\"E\"",
    ));
    // One exchange shows that it is ready and one tries its only route, so the third is the row's.
    suite.target("hollow", &["exit-at-third-request"], &["mapped"]);
    suite.run(&["--jobs", "1"]).ends(1, &["not conformant: 6 unexpected", "TARGET-DOWN hops/one:a"]);
    suite.nothing_is_left();
    let report = suite.report();
    assert_eq!(column(&report, "verdict"), ["target-down"; 6]);
    let dead = "the target exited with status 3";
    let notes = column(&report, "note");
    assert_eq!(notes[..5], [dead; 5]);
    assert_eq!(notes[5], "not played: 5 rows in a row took the target down");
    // The later ones die only at the exchange that proves them alive: their row was played.
    for row in &report["rows"].as_array().unwrap()[1..5] {
        assert_eq!(row["findings"].as_array().map(Vec::len), Some(0), "{row}");
    }
}
