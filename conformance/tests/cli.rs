//! The command line: exit codes, and what a person is told. Mistakes in files are in `mistakes`.

mod support;

use std::{fs, os::unix::fs::PermissionsExt};

use rstest::rstest;
use support::{Finished, ROUTES, Suite, column, json, repository};

const FAULT: [&str; 2] = ["--fault", "keep-nominated-fields"];
const NOMINATED: [&str; 2] = ["hops/nominated:plain", "hops/nominated:mapped"];
const ROWS: [&str; 4] = [NOMINATED[0], NOMINATED[1], "hops/plain:get", "hops/plain:options"];

/// The small suite, and an example proxy with these arguments.
fn suite(example: &str, args: &[&str]) -> Suite {
    let suite = Suite::small();
    suite.target(example, args, &ROUTES);
    suite
}

/// A command on the suite of the repository.
fn real(args: &[&str]) -> Finished {
    let suite = repository().display().to_string();
    Suite::empty().hopspec(&[args, &["--suite", &suite]].concat())
}

#[rstest]
#[case(&["--help"])]
#[case(&["run", "--help"])]
fn help_lists_the_exit_codes(#[case] args: &[&str]) {
    let help = real(args);
    help.ends(0, &[]);
    for code in
        ["0  conformant", "1  an unexpected", "2  wrong usage", "3  the target", "4  something", "5  our own"]
    {
        assert!(help.out.contains(code), "{}", help.out);
    }
}

#[test]
fn every_command_has_an_example_in_its_help() {
    let commands = real(&["--help"]).out;
    let names = commands
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .map_while(|line| line.split_whitespace().next());
    for name in names.filter(|name| *name != "help") {
        let help = real(&[name, "--help"]).out;
        assert!(
            help.contains("\nExample") && help.contains(&format!("\n  hopspec {name}")),
            "{name}: {help}"
        );
    }
}

#[test]
fn a_man_page_for_each_command_and_completions_are_generated() {
    let suite = Suite::empty();
    suite.hopspec(&["man", "tmp"]).ends(0, &[]);
    let page = std::fs::read_to_string(suite.path("tmp/hopspec-run.1")).expect("a page");
    assert!(page.contains("\\-\\-target") && page.contains("Exit codes"), "{page}");
    suite.hopspec(&["man", "no/such/folder"]).ends(5, &["cannot write to no/such/folder"]);
    for shell in ["bash", "zsh", "fish"] {
        let script = suite.hopspec(&["completions", shell]);
        assert!(script.code == Some(0) && script.out.contains("completions"), "{shell}");
    }
    suite.hopspec(&["completions", "cmd"]).ends(2, &["invalid value 'cmd'"]);
}

#[test]
fn a_trace_shows_the_wire_as_it_happens_one_row_after_the_other() {
    let suite = suite("faulty", &[]);
    let run = suite.run(&["--trace", "hops/plain"]);
    run.ends(
        0,
        &[
            "hops/plain:get\n  A request arrives\n",
            "client #0  -> GET /mapped/",
            "origin #1  <- GET /mapped/",
        ],
    );
    let [first, second] = ["        pass hops/plain:get\n", "\nhops/plain:options\n"]
        .map(|text| run.err.find(text).expect(text));
    assert!(first < second, "{}", run.err);
    suite.run(&["--trace", "--jobs", "2"]).ends(2, &["cannot be used with"]);
}

#[rstest]
#[case(&["--nonsense"], "unexpected argument '--nonsense'")]
#[case(&[], "Usage: hopspec")]
#[case(&["run", "--report", "pdf=x"], "there is no report `pdf`")]
#[case(&["run", "--report", "json"], "a format and a path")]
#[case(&["run", "--jobs", "0"], "0 is not in 1..=256")]
#[case(&["run", "--timeout-scale", "0"], "a factor from 0.01 to 1000")]
#[case(&["run", "--target-addr", "127.0.0.1:1"], "--origin-addr")]
#[case(&["run", "--suite", "tmp"], "tmp holds no scenarios/requirements")]
#[case(&["run", "nope/**"], "`nope/**` matches no scenario")]
#[case(&["run", "hops/plain", "nope"], "`nope` matches no scenario")]
#[case(&["run", "{"], "`{` is not a pattern")]
#[case(&["list", "--covers", "nope"], "`--covers nope` matches no scenario")]
#[case(&["run", "--area", "hops", "--needs", "any-token"], "`--area hops --needs any-token` matches no scenario")]
#[case(&["explain", "nope"], "there is no scenario, no requirement and no hazard `nope`")]
#[case(&["run", "--target", "nope"], "there is no target `nope`")]
#[case(&["run", "--target-file", "nope.toml"], "cannot read nope.toml")]
#[case(&["run", "--transcripts", "scenarios/hops/plain.kdl"], "cannot write to scenarios/hops/plain.kdl")]
fn wrong_usage_ends_with_2_before_anything_runs(#[case] args: &[&str], #[case] message: &str) {
    let run = Suite::small().hopspec(args);
    run.ends(2, &[message]);
    assert_eq!(run.out, "");
}

#[rstest]
#[case("./nope", "error: ./nope cannot be run: No such file or directory (os error 2)\n")]
#[case("./tmp", "error: ./tmp cannot be run: it is not a file\n")]
#[case("./text", "error: ./text cannot be run: it is not executable\n")]
#[case("text", "error: text cannot be run: it is not executable\n")]
fn what_is_no_program_is_no_target(#[case] target: &str, #[case] message: &str) {
    let suite = Suite::small();
    suite.write("text", "#!/no/such/interpreter\n");
    let run = suite.hopspec(&["run", "--target", target]);
    run.ends(3, &[]);
    assert_eq!(run.err, message);
}

#[test]
fn a_program_that_the_system_cannot_start_is_no_target() {
    let suite = Suite::small();
    suite.write("text", "#!/no/such/interpreter\n");
    fs::set_permissions(suite.path("text"), fs::Permissions::from_mode(0o755)).unwrap();
    let run = suite.hopspec(&["run", "--target", "./text"]);
    run.ends(
        3,
        &[
            "error: the target exited with status 3 before it was ready",
            "cannot start DIR/text: No such file",
        ],
    );
}

#[rstest]
#[case::by_file(&["run", "--target-file", "target.toml"])]
#[case::by_name(&["run", "--target", "known"])]
fn a_target_that_is_not_installed_says_how_to_get_it(#[case] args: &[&str]) {
    let suite = suite("faulty", &[]);
    let text = fs::read_to_string(suite.path("target.toml")).unwrap();
    let text = text.replace(&suite.path("faulty").display().to_string(), "no-such-program");
    suite.write("target.toml", &text);
    suite.write("conformance/targets/known/target.toml", &text);
    let run = suite.hopspec(args);
    run.ends(3, &[]);
    assert_eq!(
        run.err,
        "error: faulty is not installed: there is no program `no-such-program`; to get it: cargo build --examples\n"
    );
}

#[test]
fn a_program_that_keeps_the_contract_needs_no_definition() {
    let suite = suite("faulty", &[]);
    let run = suite.hopspec(&["run", "--target", "./faulty"]);
    run.ends(
        0,
        &["faulty (version unknown): 4 rows", "n/a hops/nominated:plain", "pass hops/nominated:mapped"],
    );
    suite.nothing_is_left();
}

#[test]
fn the_path_of_a_program_with_a_known_name_uses_that_definition() {
    let suite = suite("faulty", &[]);
    let text = fs::read_to_string(suite.path("target.toml")).unwrap().replace("\"/", "\"/known/");
    suite.write("conformance/targets/faulty/target.toml", &text);
    let run = suite.hopspec(&["run", "--target", "./faulty"]);
    run.ends(0, &["pass hops/nominated:plain", "pass hops/nominated:mapped"]);
}

#[test]
fn a_program_is_looked_for_beside_its_definition() {
    let suite = suite("faulty", &[]);
    let text = fs::read_to_string(suite.path("target.toml")).unwrap();
    suite.write("mine/target.toml", &text.replace(&suite.path("").display().to_string(), "../"));
    suite.hopspec(&["run", "--target-file", "mine/target.toml"]).ends(0, &["conformant"]);
}

#[rstest]
#[case("json=nope/r.json", "cannot write the report to nope/r.json")]
#[case("json=tmp", "cannot write the report to tmp: it is a folder")]
// Nobody creates files there, not even those who may write everywhere.
#[case("json=/proc/r.json", "cannot write the report to /proc/r.json")]
fn a_report_that_cannot_be_written_is_found_before_the_run(#[case] report: &str, #[case] message: &str) {
    let run = suite("faulty", &[]).hopspec(&["run", "--target-file", "target.toml", "--report", report]);
    run.ends(2, &[message]);
    assert!(!run.err.contains("pass"), "{}", run.err);
}

#[test]
fn a_full_disk_loses_neither_the_verdicts_nor_the_old_report() {
    let suite = suite("faulty", &FAULT);
    suite.write("report.json", "old");
    // As on a full disk: what is longer than a block fails to be written.
    let run = suite.shell(
        "trap '' XFSZ; ulimit -f 1; exec hopspec run --target-file target.toml --report json=report.json",
    );
    run.finish().ends(5, &["2 unexpected", "error: cannot write report.json\n  because: File too large"]);
    assert_eq!(fs::read_to_string(suite.path("report.json")).unwrap(), "old");
    let files = fs::read_dir(suite.path("")).unwrap().count();
    assert_eq!(files, ["scenarios", "conformance", "tmp", "faulty", "target.toml", "report.json"].len());
}

#[test]
fn a_report_holds_every_row_in_order() {
    let suite = suite("faulty", &[]);
    let run = suite.run(&["--jobs", "3"]);
    run.ends(0, &["4 rows", "conformant"]);
    assert_eq!(run.out, "");
    let report = suite.report();
    assert_eq!(column(&report, "id"), ROWS);
    assert_eq!(column(&report, "verdict"), ["pass"; 4]);
    assert_eq!(suite.hopspec(&["list", "--rows"]).out, ROWS.map(|row| format!("{row}\n")).concat());
    suite.nothing_is_left();
}

#[test]
fn a_violation_is_reported_and_shown() {
    let suite = suite("faulty", &FAULT);
    let run = suite.run(&[]);
    run.ends(
        1,
        &["FAIL hops/nominated:plain", "^", "rule-must", "on the wire", "not conformant: 2 unexpected"],
    );
    assert_eq!(run.out, "");
    let report = suite.report();
    assert_eq!(column(&report, "id"), ROWS);
    assert_eq!(column(&report, "verdict"), ["fail", "fail", "pass", "pass"]);
    assert_eq!(report["summary"]["exit_code"], 1);
}

#[rstest]
#[case::sound(&[])]
#[case::faulty(&FAULT)]
fn two_runs_differ_in_nothing_but_timing(#[case] fault: &[&str]) {
    let suite = suite("faulty", fault);
    let report = |jobs| {
        suite.run(&["--seed", "7", "--jobs", jobs]);
        let mut report = suite.report();
        assert!(report.as_object_mut().unwrap().remove("timing").is_some());
        report
    };
    assert_eq!(report("1"), report("4"));
}

#[test]
fn the_rerun_command_plays_exactly_its_row() {
    let suite = suite("faulty", &FAULT);
    suite.write("elsewhere/empty", "");
    fs::rename(suite.path("scenarios"), suite.path("elsewhere/scenarios")).unwrap();
    let flags = ["--suite", "elsewhere", "--seed", "7", "--timeout-scale", "1.5"];
    suite.run(&flags).ends(1, &[]);
    for (id, command) in NOMINATED.iter().zip(column(&suite.report(), "rerun")) {
        let again = suite.shell(&format!("{command} --report json=again.json")).finish();
        again.ends(1, &[&format!("rerun: {command}\n")]);
        assert_eq!(column(&json(&suite.path("again.json")), "id"), [*id]);
    }
}

#[rstest]
#[case::sound(&[], 0)]
#[case::faulty(&FAULT, 1)]
fn a_stored_transcript_is_judged_as_the_run_was(#[case] fault: &[&str], #[case] code: i32) {
    let suite = suite("faulty", fault);
    suite.run(&["--transcripts", "stored"]).ends(code, &[]);
    for row in suite.report()["rows"].as_array().unwrap() {
        let file = row["id"].as_str().unwrap().replace(['/', ':'], "_");
        let judged = suite.hopspec(&["judge", &format!("stored/{file}.json")]);
        judged.ends(i32::from(row["verdict"] == "fail"), &[]);
        let judged: serde_json::Value = serde_json::from_str(&judged.out).unwrap();
        for key in ["verdict", "findings", "turns"] {
            assert_eq!(judged[key], row[key], "{file}");
        }
    }
}

#[rstest]
#[case("nothing", "cannot be judged: No such file")]
#[case("{", "cannot be judged: EOF while parsing")]
#[case(
    r#"{"scenario":"hops/gone","route":"plain","bindings":{},"events":[]}"#,
    "this suite has no such row of `hops/gone`"
)]
#[case(r#"{"scenario":"hops/nominated","route":"plain","bindings":{},"events":[{"at":1,"what":{"sent":"\\q"}}]}"#, "not escaped octets")]
fn a_broken_transcript_is_not_judged(#[case] text: &str, #[case] message: &str) {
    let suite = Suite::small();
    if text != "nothing" {
        suite.write("t.json", text);
    }
    suite.hopspec(&["judge", "t.json"]).ends(2, &["t.json", message]);
}

#[rstest]
#[case::known("hops/nominated:*", "fail", "why", &FAULT, 0, "conformant: 2 known deviations")]
#[case::known_in_part("hops/nominated:plain", "fail", "why", &FAULT, 1, "1 unexpected, 1 known deviations")]
#[case::mended("hops/nominated:*", "fail", "why", &[], 1, "2 expectations that no longer hold")]
#[case::no_reason("hops/**", "fail", " ", &[], 2, "the entry for `hops/**` gives no reason")]
#[case::bad_verdict("hops/**", "broken", "why", &[], 2, "unknown variant `broken`")]
#[case::bad_pattern("hops/{", "fail", "why", &[], 2, "`hops/{` is not a pattern")]
fn an_expectation_file_is_kept_to(
    #[case] rows: &str,
    #[case] verdict: &str,
    #[case] reason: &str,
    #[case] fault: &[&str],
    #[case] code: i32,
    #[case] message: &str,
) {
    let suite = suite("faulty", fault);
    suite.write(
        "expected.toml",
        &format!("[[expect]]\nrows = [{rows:?}]\nverdict = {verdict:?}\nreason = {reason:?}\n"),
    );
    suite.run(&[]).ends(code, &[message]);
    if code != 2 {
        suite.run(&["--no-expectations"]).ends(i32::from(!fault.is_empty()), &[]);
    }
}

#[test]
fn an_expectation_without_a_reason_is_refused() {
    let suite = suite("faulty", &[]);
    suite.write("expected.toml", "[[expect]]\nrows = [\"hops/**\"]\nverdict = \"fail\"\n");
    suite.run(&[]).ends(2, &["error: ./expected.toml is not an expectation file", "missing field `reason`"]);
}

#[rstest]
#[case(&["list"], "tunnel-gate/final-answer-opens-no-tunnel ")]
#[case(&["list", "--rows", "--area", "tunnel-gate"], "tunnel-gate/final-answer-opens-no-tunnel:mapped:200\n")]
#[case(&["explain", "tunnel-gate/final-answer-opens-no-tunnel"], "Why it matters: ")]
#[case(&["explain", "tunnel-gate/final-answer-opens-no-tunnel:mapped:200"], "Why it matters: ")]
#[case(&["explain", "tunnel-gate/final-answer-opens-no-tunnel:mapped:426"], "   |            |<-----------|   sends\n   |            |            |       HTTP/1.1 426 Upgrade Required\n")]
#[case(&["explain", "tunnel-gate/final-answer-opens-no-tunnel"], "  nginx, the route mapped: right with ")]
#[case(&["explain", "tunnel-gate/final-answer-opens-no-tunnel"], "          proxy_set_header Upgrade $http_upgrade;\n")]
#[case(&["explain", "tunnel-gate/final-answer-opens-no-tunnel"], "  envoy, the route mapped: 5 of 18 rows deviate with 1.40.0 even so\n")]
#[case(&["explain", "nginx-ws-g"], "Covered by:\n")]
#[case(&["explain", "nginx-ws-g"], "hazard: tunnel-confusion. ")]
#[case(&["explain", "9112-9.8-a"], "Exempt, needs-tls: ")]
#[case(&["explain", "smuggling"], "# Smuggling\n")]
#[case(&["list", "--family", "hang"], "tunnel/origin-reset-ends-the-tunnel ")]
#[case(&["coverage"], "exempt, needs-tls:\n")]
#[case(&["check"], ": no mistakes\n")]
#[case(&["schema"], "\"schema_version\"")]
fn answers_go_to_standard_output(#[case] args: &[&str], #[case] answer: &str) {
    let answered = real(args);
    answered.ends(0, &[]);
    assert_eq!(answered.err, "");
    assert!(answered.out.contains(answer), "{}", answered.out);
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let suite = suite("faulty", &[]);
    let script = "(hopspec list --rows; echo $? > listed) | true; (hopspec run --target-file target.toml 2>&1; echo $? > run) | true";
    suite.shell(script).finish().ends(0, &[]);
    for file in ["listed", "run"] {
        assert_eq!(fs::read_to_string(suite.path(file)).unwrap(), "0\n", "{file}");
    }
    suite.nothing_is_left();
}
