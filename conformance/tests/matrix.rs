//! Publishing: which results are written, that they are the same each time, and what is held back.

mod support;

use std::fs;

use support::{ROUTES, Suite, json, repository};

const README: &str = "# Suite\n\n<!-- The table is written by `cargo xtask matrix`. -->\nold\n<!-- End of the table. -->\n\nEnd.\n";

/// The small suite, with a known target for each fault.
fn suite(targets: &[(&str, &str)]) -> Suite {
    let suite = Suite::small();
    suite.write("README.md", README);
    suite.target("faulty", &[], &ROUTES);
    let text = fs::read_to_string(suite.path("target.toml")).expect("the definition");
    for (name, fault) in targets {
        let args = if fault.is_empty() { String::new() } else { format!("\"--fault\", \"{fault}\", ") };
        let text = text
            .replace("name = \"faulty\"", &format!("name = \"{name}\""))
            .replace("args = [", &format!("args = [{args}"));
        suite.write(&format!("conformance/targets/{name}/target.toml"), &text);
    }
    suite
}

fn explain(suite: &Suite, target: &str, line: &str) {
    let entry =
        "[[expect]]\nrows = [\"hops/nominated:*\"]\nverdict = \"fail\"\nreason = \"It keeps them.\"\n";
    suite.write(&format!("conformance/targets/{target}/expected.toml"), &format!("{entry}{line}\n"));
}

fn results(below: &str) -> String {
    format!("conformance/results/{}/{below}", env!("CARGO_PKG_VERSION"))
}

#[test]
fn results_are_written_and_are_the_same_each_time() {
    let suite = suite(&[("sound", ""), ("leaky", "keep-nominated-fields")]);
    explain(&suite, "leaky", "link = \"https://example.org/1\"");
    let missing = fs::read_to_string(suite.path("conformance/targets/sound/target.toml")).expect("a file");
    let program = suite.path("faulty").display().to_string();
    let missing = missing.replace(&program, "no-such-program").replace("\"sound\"", "\"missing\"");
    suite.write("conformance/targets/missing/target.toml", &missing);

    let files = [results("sound/unknown.json"), results("leaky/unknown.json"), results("matrix.json")];
    let read = || -> Vec<String> {
        let paths = files.iter().map(String::as_str).chain(["README.md"]);
        paths.map(|path| fs::read_to_string(suite.path(path)).expect(path)).collect()
    };
    suite
        .hopspec(&["matrix"])
        .ends(0, &["left out: missing is not installed", "leaky (version unknown): 4 rows"]);
    let first = read();
    suite.hopspec(&["matrix", "--jobs", "1"]).ends(0, &[]);
    assert_eq!(read(), first);
    suite.write("README.md", README);
    suite.hopspec(&["matrix", "--tables"]).ends(0, &[]);
    assert_eq!(read(), first);

    let leaky = json(&suite.path(&files[1]));
    assert_eq!(leaky["reproduce"], serde_json::json!(["cargo xtask conformance --target leaky"]));
    assert_eq!(leaky["rows"][0]["verdict"], "fail");
    assert_eq!(leaky["rows"][0]["link"], "https://example.org/1");
    // The first row that deviates in this way shows the conversation.
    assert!(leaky["rows"][0]["turns"].is_array() && leaky["rows"][1]["turns"].is_null(), "{leaky}");
    assert!(leaky["rows"][1]["findings"].is_array());
    assert!(first[3].contains("| [leaky](conformance/results/"), "{}", first[3]);
    assert!(first[3].contains(" | unknown | 2 | 2 | 0 | 0 | 0 | 0 |"), "{}", first[3]);
    assert!(first[3].contains("| leaky unknown | 2 / 2 / 0 / 0 |\n| sound unknown | 4 |"), "{}", first[3]);
    assert!(first[3].starts_with("# Suite\n") && first[3].ends_with("\nEnd.\n"));
    suite.nothing_is_left();
}

#[test]
fn a_scenario_is_explained_with_the_targets_that_deviate() {
    let suite = suite(&[("sound", ""), ("leaky", "keep-nominated-fields")]);
    explain(&suite, "leaky", "");
    suite.hopspec(&["matrix"]).ends(0, &[]);
    let told = suite.hopspec(&["explain", "hops/nominated"]);
    let wanted = "\nKnown targets that deviate:\n  fail leaky unknown, 2 of 2 rows: It keeps them.\n";
    assert!(told.code == Some(0) && told.out.ends_with(wanted), "{}", told.out);
    assert!(!suite.hopspec(&["explain", "hops/plain"]).out.contains("Known targets"));
    suite.write(&results("leaky/unknown.json"), "{}");
    suite.hopspec(&["explain", "hops/plain"]).ends(5, &["cannot use ", "leaky/unknown.json"]);
}

#[test]
fn what_nobody_explained_is_not_published() {
    let suite = suite(&[("sound", ""), ("leaky", "keep-nominated-fields")]);
    suite.hopspec(&["matrix"]).ends(
        1,
        &[
            "leaky: not published: its expectation file does not explain 2 rows, such as hops/nominated:plain: fail",
            "error: not published: leaky",
        ],
    );
    assert!(suite.path(&results("sound/unknown.json")).exists());
    assert!(!suite.path(&results("leaky")).exists());
}

#[test]
fn a_race_is_published_as_one_verdict_and_what_does_not_apply_is_none() {
    let suite = suite(&[("leaky", "keep-nominated-fields")]);
    let path = "conformance/targets/leaky/target.toml";
    let text = fs::read_to_string(suite.path(path)).expect("the definition");
    suite.write(path, &text.replace("plain = \"/plain/\"\n", ""));
    explain(&suite, "leaky", "varies = true");
    suite.hopspec(&["matrix", "leaky"]).ends(0, &[]);
    let published = json(&suite.path(&results("leaky/unknown.json")));
    let [plain, mapped] = [0, 1].map(|row| &published["rows"][row]);
    assert_eq!((&plain["verdict"], &plain["varies"]), (&"not-applicable".into(), &serde_json::Value::Null));
    assert_eq!((&mapped["verdict"], &mapped["varies"]), (&"fail".into(), &true.into()));
}

#[test]
fn what_is_unpublished_stays_out_of_every_page() {
    let suite = suite(&[("leaky", "keep-nominated-fields")]);
    explain(&suite, "leaky", "unpublished = true");
    suite.hopspec(&["matrix", "leaky"]).ends(0, &[]);
    let path = suite.path(&results("leaky/unknown.json"));
    assert_eq!(json(&path)["withheld"], 2);
    for page in [path, suite.path(&results("matrix.json")), suite.path("README.md")] {
        let text = fs::read_to_string(&page).expect("a page");
        assert!(!text.contains("nominated") && !text.contains("It keeps them"), "{text}");
    }
}

#[test]
fn a_matrix_that_cannot_be_written_says_why() {
    let suite = suite(&[("sound", "")]);
    suite.hopspec(&["matrix", "other"]).ends(2, &["error: there is no target `other`"]);
    suite.write("README.md", "# Suite\n");
    suite.hopspec(&["matrix", "--tables"]).ends(2, &["README.md has no place for the table: `<!-- "]);
}

#[test]
fn the_tables_of_the_repository_are_up_to_date() {
    let pages = ["README.md".to_owned(), results("matrix.json")];
    let read = |root: &std::path::Path| {
        pages.clone().map(|page| fs::read_to_string(root.join(&page)).expect("a page"))
    };
    let suite = Suite::empty();
    let from = repository().join("conformance/results");
    let mut copy = std::process::Command::new("cp");
    let status = copy.arg("-r").arg(from).arg(suite.path("conformance/results")).status();
    assert!(status.expect("cp runs").success());
    fs::copy(repository().join("README.md"), suite.path("README.md")).expect("the README");
    suite.hopspec(&["matrix", "--tables"]).ends(0, &[]);
    assert!(read(&suite.path("")) == read(repository()), "refresh them: cargo xtask matrix --tables");
}
