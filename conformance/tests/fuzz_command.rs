//! `hopspec fuzz` as it is used: what it finds, writes, plays again and prints, and how it ends.

mod support;

use std::{fs, process::Command};

use rstest::rstest;
use rustix::process::Signal;
use support::{ROUTES, Suite, repository};

const NOMINATED: &str = "a-nominated-field-of-a-request-stays-behind-it-crosses";

/// The whole suite, and a target with these arguments.
fn suite(args: &[&str]) -> Suite {
    let suite = Suite::empty();
    fs::remove_dir_all(suite.path("scenarios")).expect("it was made");
    let copied = Command::new("cp")
        .arg("-r")
        .arg(repository().join("scenarios"))
        .arg(suite.path("scenarios"))
        .status();
    assert!(copied.expect("there is a cp").success());
    suite.target("faulty", args, &ROUTES);
    let sound = fs::read_to_string(suite.path("target.toml")).expect("it was written");
    let fault = args.iter().map(|arg| format!("{arg:?}, ")).collect::<String>();
    suite.write("sound.toml", &sound.replace(&fault, ""));
    suite
}

const FUZZ: [&str; 5] = ["fuzz", "--target-file", "target.toml", "--cases", "60"];

#[test]
fn a_finding_becomes_a_scenario_that_fails_there_and_nowhere_else() {
    let suite = suite(&["--fault", "keep-nominated-fields"]);
    let fuzz = suite.hopspec(&[&FUZZ[..], &["--class", "connection"]].concat());
    fuzz.ends(
        1,
        &[
            "FAIL a nominated field of a request stays behind: it crosses",
            "rule: 9110-7.6.1-a",
            "on the wire:",
            "cases by class: connection 60",
            "faulty: 60 cases in ",
            "1 new kinds of findings, 0 known",
            "written: findings/faulty/fuzz/a-nominated",
        ],
    );
    suite.nothing_is_left();
    let written = fs::read_to_string(suite.path(&format!("findings/faulty/fuzz/{NOMINATED}.kdl")));
    let written = written.expect("it was written");
    assert!(written.contains("// On the wire:") && written.contains("--with findings/faulty"), "{written}");
    // As the file says, against the target that it was found in and against a sound one.
    let id = format!("fuzz/{NOMINATED}");
    let with = ["--with", "findings/faulty", &id];
    suite.hopspec(&[&["run", "--target-file", "target.toml"], &with[..]].concat()).ends(1, &["1 unexpected"]);
    suite.hopspec(&[&["run", "--target-file", "sound.toml"], &with[..]].concat()).ends(0, &["conformant"]);
    // Dropped into the suite.
    suite.write(&format!("scenarios/fuzz/{NOMINATED}.kdl"), &written);
    suite.hopspec(&["run", "--target-file", "target.toml", &id]).ends(1, &["1 unexpected"]);
    suite.hopspec(&["run", "--target-file", "sound.toml", &id]).ends(0, &["conformant"]);
    suite.hopspec(&["check"]).ends(0, &[]);
    // The transcript can be judged again.
    let transcript = format!("findings/faulty/fuzz/{NOMINATED}.json");
    assert!(fs::read_to_string(suite.path(&transcript)).expect("it was written").contains("\"events\""));
}

#[test]
fn earlier_findings_are_played_first() {
    let suite = suite(&["--fault", "keep-nominated-fields"]);
    let class = ["--class", "connection"];
    suite.hopspec(&[&FUZZ[..], &class].concat()).ends(1, &["written: "]);
    // Without a case of its own the run still knows.
    let none = ["fuzz", "--target-file", "target.toml", "--cases", "0"];
    suite.hopspec(&none).ends(1, &[&format!("kept: fuzz/{NOMINATED} is fail"), "0 cases"]);
    let mended = ["fuzz", "--target-file", "sound.toml", "--cases", "20"];
    suite.hopspec(&mended).ends(0, &[&format!("kept: fuzz/{NOMINATED} is pass"), "0 new kinds of findings"]);
    suite.write(&format!("findings/faulty/fuzz/{NOMINATED}.kdl"), "title");
    suite.hopspec(&mended).ends(2, &["error: `title` needs a sentence"]);
    suite.nothing_is_left();
}

#[test]
fn what_is_known_is_no_news() {
    let suite = suite(&["--fault", "keep-nominated-fields"]);
    let fuzz = [&FUZZ[..], &["--class", "connection", "--findings", "f"]].concat();
    let known =
        "[[known]]\nproperty = \"a nominated field of a request stays behind\"\nreason = \"It is seeded.\"\n";
    suite.write("fuzz.toml", known);
    suite
        .hopspec(&fuzz)
        .ends(0, &["known: a nominated field", "It is seeded.", "0 new kinds of findings, 1 known"]);
    assert!(!suite.path("f").exists());
    for (text, complaint) in [
        ("[[known]]\nproperty = \"no such property\"\nreason = \"x\"\n", "names no property"),
        ("[[known]]\nproperty = \"a request keeps its method\"\nreason = \" \"\n", "gives no reason"),
        ("[[known]]\nproperties = 1\n", "is no file of known findings"),
    ] {
        suite.write("fuzz.toml", text);
        suite.hopspec(&fuzz).ends(2, &[complaint]);
        suite.hopspec(&["check", "fuzz.toml"]).ends(2, &[complaint]);
    }
}

#[test]
fn a_target_that_goes_down_is_a_finding() {
    let suite = suite(&["--fault", "crash-on-upgrade"]);
    let fuzz =
        suite.hopspec(&[&FUZZ[..], &["--class", "plain", "--class", "upgrade", "--jobs", "1"]].concat());
    fuzz.ends(1, &["FAIL the target lives on: it goes down", "written: "]);
    suite.nothing_is_left();
}

#[test]
fn a_run_that_is_interrupted_keeps_what_it_found() {
    let suite = suite(&["--fault", "keep-nominated-fields"]);
    let args = ["fuzz", "--target-file", "target.toml", "--for", "1h", "--class", "connection"];
    let mut fuzz = suite.start(&args);
    fuzz.until(1, "FAIL a nominated field");
    fuzz.signal(Signal::INT);
    fuzz.finish().ends(1, &["; interrupted", "written: findings/faulty/fuzz/a-nominated"]);
    suite.nothing_is_left();
}

#[test]
fn an_interruption_without_findings_is_no_success() {
    let suite = suite(&[]);
    let mut fuzz = suite.start(&["fuzz", "--target-file", "target.toml", "--for", "1h"]);
    fuzz.until(1, "10000 cases");
    fuzz.signal(Signal::TERM);
    fuzz.finish().ends(4, &["0 new kinds of findings", "; interrupted"]);
    suite.nothing_is_left();
}

#[test]
fn what_cannot_be_written_is_shown_all_the_same() {
    let suite = suite(&["--fault", "keep-nominated-fields"]);
    suite.write("findings", "a file");
    let fuzz = suite.hopspec(&[&FUZZ[..], &["--class", "connection"]].concat());
    fuzz.ends(5, &["FAIL a nominated field of a request", "on the wire:", "findings/faulty/fuzz"]);
    suite.nothing_is_left();
}

#[test]
fn two_targets_are_compared_by_kinds() {
    let suite = suite(&[]);
    let fuzz = |fault: &str, path: &str| {
        let text = fs::read_to_string(suite.path("sound.toml")).expect("it was written");
        suite.write(path, &text.replace("args = [", &format!("args = [\"--fault\", \"{fault}\", ")));
    };
    fuzz("drop-query", "conformance/targets/lossy/target.toml");
    let text =
        fs::read_to_string(suite.path("conformance/targets/lossy/target.toml")).expect("it was written");
    suite.write("conformance/targets/lossy/target.toml", &text.replace("\"faulty\"", "\"lossy\""));
    let args = ["fuzz", "--target-file", "sound.toml", "--against", "lossy", "--cases", "120"];
    let compared = suite.hopspec(&args);
    compared
        .ends(0, &["only at lossy: a request keeps its path and query", "faulty against lossy: 120 cases"]);
    assert!(suite.path("findings/faulty-against-lossy/fuzz").is_dir());
    let alike =
        ["fuzz", "--target-file", "sound.toml", "--against", "lossy", "--cases", "40", "--class", "plain"];
    suite.hopspec(&alike).ends(0, &["40 alike, 0 kinds of differences"]);
    suite.nothing_is_left();
}

#[rstest]
#[case(&["--class", "nonsense"], 2, "invalid value 'nonsense'")]
#[case(&["--for", "5"], 2, "a time such as 90s, 30m or 2h")]
#[case(&["--cases", "many"], 2, "invalid value 'many'")]
#[case(&["--target", "no-such-target"], 2, "no-such-target")]
#[case(&["--target-file", "missing.toml"], 2, "missing.toml")]
#[case(&["--target", "/bin/false"], 3, "before it was ready")]
#[case(&["--target-file", "timed.toml"], 2, "there is no route")]
fn wrong_usage_says_what_is_wrong(#[case] args: &[&str], #[case] code: i32, #[case] complaint: &str) {
    let suite = suite(&[]);
    let sound = fs::read_to_string(suite.path("sound.toml")).expect("it was written");
    let (head, _) = sound.split_once("[offers.routes]").expect("it has routes");
    suite.write("timed.toml", &format!("{head}[offers.routes]\ntimed = \"/timed/\"\n"));
    suite.hopspec(&[&["fuzz"], args].concat()).ends(code, &[complaint]);
    suite.nothing_is_left();
}
