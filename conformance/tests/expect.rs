//! Expectation files: which versions they speak of, and how they are brought up to date.

mod support;

use rstest::rstest;
use support::{ROUTES, Suite, column};

/// The small suite, in front of the faulty proxy with that fault.
fn suite(fault: &str) -> Suite {
    let suite = Suite::small();
    let args: &[&str] = if fault.is_empty() { &[] } else { &["--fault", fault] };
    suite.target("faulty", args, &ROUTES);
    let text = std::fs::read_to_string(suite.path("target.toml")).expect("the definition");
    let probe = "version = { args = [\"--list\"], after = \"\" }";
    let text = text.replace("[offers]\n", &format!("{probe}\n[offers]\n"));
    suite.write("target.toml", &text);
    suite
}

const EXPECT: [&str; 3] = ["expect", "--target-file", "target.toml"];

fn expectations(suite: &Suite) -> String {
    std::fs::read_to_string(suite.path("expected.toml")).expect("the expectation file")
}

#[test]
fn a_new_deviation_is_written_and_wants_a_reason() {
    let suite = suite("keep-nominated-fields");
    let told = suite.hopspec(&EXPECT);
    assert_eq!((told.code, &*told.out), (Some(1), "is new: hops/nominated:*\n"), "{}", told.err);
    assert!(!suite.path("expected.toml").exists(), "nothing was to be written");

    suite.hopspec(&[&EXPECT[..], &["--update"]].concat()).ends(0, &[]);
    let text = expectations(&suite);
    assert_eq!(text, "[[expect]]\nrows = [\"hops/nominated:*\"]\nverdict = \"fail\"\nreason = \"\"\n");
    for run in [suite.hopspec(&["check", "expected.toml"]), suite.run(&["--quiet"])] {
        run.ends(2, &["expected.toml: the entry for `hops/nominated:*` gives no reason"]);
    }
    // It can be brought up to date again before that.
    suite.hopspec(&[&EXPECT[..], &["--update"]].concat()).ends(0, &[]);
    assert_eq!(expectations(&suite), text);

    suite.write("expected.toml", &text.replace("\"\"", "\"It keeps what Connection names.\""));
    suite.run(&["--quiet"]).ends(0, &["conformant: 2 known deviations"]);
    let told = suite.hopspec(&EXPECT);
    assert_eq!((told.code, &*told.out), (Some(0), "./expected.toml holds\n"), "{}", told.err);
    suite.nothing_is_left();
}

#[test]
fn what_no_longer_holds_goes_and_what_was_written_stays() {
    let suite = suite("keep-nominated-fields");
    let head = "# What is known.\n\n# A note of its own.\n[[expect]]\nrows = [\"hops/nominated:*\"] # all of them\nverdict = \"fail\"\nreason = \"It keeps them.\"\n";
    let gone = "\n[[expect]]\nrows = [\"hops/plain:get\"]\nverdict = \"fail\"\nreason = \"It fails.\"\n";
    suite.write("expected.toml", &format!("{head}{gone}"));
    suite.run(&["--quiet"]).ends(1, &["hops/plain:get"]);
    let told = suite.hopspec(&[&EXPECT[..], &["--update"]].concat());
    assert!(told.out.starts_with("no longer holds: hops/plain:get\n"), "{}", told.out);
    assert_eq!(expectations(&suite), head);
}

#[test]
fn of_a_pattern_that_holds_in_part_the_part_stays() {
    let suite = suite("keep-nominated-fields");
    let entry =
        "[[expect]]\nrows = [\"hops/*\", \"hops/*:get\"]\nverdict = \"fail\"\nreason = \"It keeps them.\"\n";
    suite.write("expected.toml", entry);
    suite.hopspec(&[&EXPECT[..], &["--update"]].concat()).ends(0, &[]);
    let rows = "rows = [\"hops/nominated:plain\", \"hops/nominated:mapped\"]";
    assert!(expectations(&suite).contains(rows), "{}", expectations(&suite));
}

/// The faulty proxy's list of faults begins with a word that is no version, so one is put in front.
fn with_version(suite: &Suite, version: &str) {
    let text = std::fs::read_to_string(suite.path("target.toml")).expect("the definition");
    let script = format!("#!/bin/sh\n[ \"$1\" = --list ] && echo v{version} && exit\nexec ./faulty \"$@\"\n");
    suite.write("proxy", &script.replace("./faulty", &suite.path("faulty").display().to_string()));
    use std::os::unix::fs::PermissionsExt;
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(suite.path("proxy"), executable).expect("our own file");
    let program = |name| format!("program = {:?}", suite.path(name));
    suite.write("target.toml", &text.replace(&program("faulty"), &program("proxy")));
}

#[rstest]
#[case::in_the_range("from = \"1.2\"\nuntil = \"1.10\"", 0)]
#[case::from_this_on("from = \"1.9\"", 0)]
#[case::not_yet("from = \"1.9.1\"", 1)]
#[case::no_longer("until = \"1.9\"", 1)]
fn an_entry_may_speak_of_some_versions_only(#[case] range: &str, #[case] code: i32) {
    let suite = suite("keep-nominated-fields");
    with_version(&suite, "1.9");
    let entry =
        "[[expect]]\nrows = [\"hops/nominated:*\"]\nverdict = \"fail\"\nreason = \"It keeps them.\"\n";
    suite.write("expected.toml", &format!("{entry}{range}\n"));
    suite.run(&["--quiet"]).ends(code, &["faulty (1.9)"]);
    let standing = if code == 0 { "known" } else { "unexpected" };
    let standings = column(&suite.report(), "standing");
    assert_eq!(standings, [standing, standing, "fine", "fine"]);
}

#[test]
fn what_changed_is_said_of_this_version_on_where_others_read_the_file() {
    let suite = suite("");
    with_version(&suite, "1.9");
    let text = std::fs::read_to_string(suite.path("target.toml")).expect("the definition");
    suite.write("target.toml", &format!("expectations = \"shared/expected.toml\"\n{text}"));
    let entry =
        "[[expect]]\nrows = [\"hops/nominated:*\"]\nverdict = \"fail\"\nreason = \"It keeps them.\"\n";
    let other = text.replace("name = \"faulty\"", "name = \"other\"");
    let other = format!("expectations = \"../../../shared/expected.toml\"\n{other}");
    suite.write("conformance/targets/other/target.toml", &other);
    suite.write("shared/expected.toml", entry);
    suite.hopspec(&[&EXPECT[..], &["--update"]].concat()).ends(0, &[]);
    let text = std::fs::read_to_string(suite.path("shared/expected.toml")).expect("the file");
    assert_eq!(text, format!("{entry}until = \"1.9\"\n"));
    suite.run(&["--quiet"]).ends(0, &["conformant"]);
}

#[rstest]
#[case::no_version("from = \"latest\"", "the entry for `hops/plain`: `latest` is no version")]
#[case::never("from = \"2\"\nuntil = \"1\"", "holds from 2 until 1, which is never")]
#[case::unknown_key("since = \"2\"", "unknown field `since`")]
fn an_entry_with_a_mistake_is_refused(#[case] line: &str, #[case] message: &str) {
    let suite = suite("");
    let entry = "[[expect]]\nrows = [\"hops/plain\"]\nverdict = \"fail\"\nreason = \"why\"\n";
    suite.write("expected.toml", &format!("{entry}{line}\n"));
    suite.hopspec(&["check", "expected.toml"]).ends(2, &["expected.toml", message]);
    suite.hopspec(&EXPECT).ends(2, &["expected.toml", message]);
}
