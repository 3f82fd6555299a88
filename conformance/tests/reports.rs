//! Reports on disk: rendered at the end of a run or later, compared, and read by another version.

mod support;

use std::fs;

use rstest::rstest;
use support::{Finished, ROUTES, Suite, json};

/// A run of the small suite against the faulty proxy, with its report in `NAME.json`.
fn run(suite: &Suite, name: &str, args: &[&str]) -> Finished {
    let report = format!("json={name}.json");
    suite.hopspec(&[&["run", "--target-file", "target.toml", "--report", &report], args].concat())
}

fn leaky() -> Suite {
    let suite = Suite::small();
    suite.target("faulty", &["--fault", "keep-nominated-fields"], &ROUTES);
    suite
}

fn text(suite: &Suite, name: &str) -> String {
    fs::read_to_string(suite.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[rstest]
#[case("junit")]
#[case("markdown")]
#[case("tap")]
fn a_run_and_a_later_rendering_of_its_json_say_the_same(#[case] format: &str) {
    let suite = leaky();
    run(&suite, "run", &["--report", &format!("{format}=at-once")]).ends(1, &[]);
    suite.hopspec(&["report", "run.json", &format!("--{format}"), "later"]).ends(0, &[]);
    assert_eq!(text(&suite, "later"), text(&suite, "at-once"));
    let printed = suite.hopspec(&["report", "run.json", &format!("--{format}"), "-"]);
    assert_eq!(printed.out, text(&suite, "later"));
}

#[test]
fn every_format_can_be_had_in_one_call() {
    let suite = leaky();
    run(&suite, "run", &[]).ends(1, &[]);
    suite
        .hopspec(&["report", "run.json", "--junit", "a.xml", "--markdown", "a.md", "--tap", "a.tap"])
        .ends(0, &[]);
    for (file, begins) in [("a.xml", "<?xml"), ("a.md", "## hopspec "), ("a.tap", "TAP version 14\n1..4\n")] {
        assert!(text(&suite, file).starts_with(begins), "{file}");
    }
}

#[test]
fn pages_for_a_browser_are_written_to_a_folder() {
    let suite = leaky();
    run(&suite, "run", &["--report", "html=at/once"]).ends(1, &[]);
    suite.hopspec(&["report", "run.json", "--html", "later"]).ends(0, &[]);
    assert_eq!(text(&suite, "later/index.html"), text(&suite, "at/once/index.html"));
    suite.hopspec(&["report", "run.json", "run.json", "--html", "both"]).ends(0, &[]);
    let pages = fs::read_dir(suite.path("both")).expect("a folder").count();
    assert_eq!(pages, 3, "a page for each report, and one in front of them");
    suite.hopspec(&["report", "run.json", "run.json", "--tap", "-"]).ends(2, &["only HTML sets several"]);
    suite.hopspec(&["report", "run.json", "--html", "run.json/x"]).ends(5, &["cannot write to run.json/x"]);
}

#[test]
fn a_job_on_github_is_told_what_to_mark() {
    let suite = leaky();
    let run = "GITHUB_ACTIONS=true GITHUB_WORKSPACE=$PWD exec hopspec run --quiet --target-file target.toml";
    let done = suite.shell(run).finish();
    done.ends(1, &[]);
    let commands: Vec<&str> = done.out.lines().collect();
    assert_eq!(commands.len(), 2, "{}", done.out);
    for command in commands {
        assert!(
            command.starts_with(
                "::error file=scenarios/hops/nominated.kdl,line=16,title=fail against faulty%3A "
            ),
            "{command}"
        );
        assert!(command.contains("%0Awhy it matters: Private fields leak.%0Arerun: "), "{command}");
    }
    let silent = suite.shell("exec hopspec run --quiet --target-file target.toml").finish();
    assert_eq!(silent.out, "");
}

#[test]
fn what_became_worse_is_told_and_ends_with_1() {
    let suite = leaky();
    run(&suite, "leaky", &[]).ends(1, &[]);
    let definition = text(&suite, "target.toml").replace("\"--fault\", \"keep-nominated-fields\", ", "");
    suite.write("target.toml", &definition);
    run(&suite, "sound", &[]).ends(0, &[]);
    run(&suite, "part", &["hops/plain"]).ends(0, &[]);

    let worse = suite.hopspec(&["compare", "sound.json", "leaky.json"]);
    worse.ends(1, &[]);
    assert!(
        worse.out.contains("\nworse: hops/nominated:mapped\n  before pass\n  after  fail: "),
        "{}",
        worse.out
    );
    assert!(
        worse.out.ends_with("2 rows the same, 0 gone, 0 new, 0 otherwise, 0 better, 2 worse\n"),
        "{}",
        worse.out
    );
    let better = suite.hopspec(&["compare", "leaky.json", "sound.json"]);
    better.ends(0, &[]);
    assert!(
        better.out.ends_with("2 rows the same, 0 gone, 0 new, 0 otherwise, 2 better, 0 worse\n"),
        "{}",
        better.out
    );
    let more = suite.hopspec(&["compare", "part.json", "sound.json"]);
    assert!(more.out.contains("\nnew: hops/nominated:plain\n  after  pass\n"), "{}", more.out);
    let less = suite.hopspec(&["compare", "sound.json", "part.json"]);
    less.ends(0, &[]);
    assert!(less.out.contains("\ngone: hops/nominated:plain\n  before pass\n"), "{}", less.out);
}

#[test]
fn what_is_no_report_of_this_version_is_refused() {
    let suite = leaky();
    run(&suite, "run", &[]).ends(1, &[]);
    let mut report = json(&suite.path("run.json"));
    report["schema_version"] = 99.into();
    report["suite_version"] = "9.9.9".into();
    suite.write("newer.json", &report.to_string());
    suite.write("other.json", "{\"schema_version\": 1}");
    suite.write("broken.json", "{\"schema_version\": 1,");
    let newer = "newer.json is a report of schema version 99, by hopspec 9.9.9; this one, ";
    for (file, told) in [
        ("newer.json", newer),
        (
            "other.json",
            "error: other.json is no report of `run --report json=FILE`\n  because: missing field `suite_version`",
        ),
        ("broken.json", "  because: EOF while parsing"),
        ("missing.json", "error: cannot read missing.json"),
    ] {
        suite.hopspec(&["report", file, "--tap", "-"]).ends(2, &[told]);
        suite.hopspec(&["compare", "run.json", file]).ends(2, &[told]);
    }
    suite.hopspec(&["report", "run.json"]).ends(2, &["--junit"]);
    suite
        .hopspec(&["report", "run.json", "--tap", "no/such/folder/a.tap"])
        .ends(5, &["cannot write no/such/folder/a.tap"]);
    suite
        .hopspec(&["run", "--report", "pdf=a"])
        .ends(2, &["there is no report `pdf`; known: json, junit, markdown, tap, html"]);
}
