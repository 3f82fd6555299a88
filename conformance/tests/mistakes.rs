//! Mistakes in files: each is found before anything runs, and the message says where and what to do.

mod support;

use insta::assert_snapshot;
use rstest::rstest;
use support::{Finished, NOMINATED, PLAIN, ROUTES, Suite};

/// What the whole suite is told, and `check` of the one file, when a scenario is `text`.
fn refused(text: &str) -> String {
    let suite = Suite::of(text);
    let run = suite.hopspec(&["run"]);
    run.ends(2, &["scenarios/hops/one.kdl:"]);
    let check = suite.hopspec(&["check", "scenarios/hops/one.kdl"]);
    assert_eq!((check.code, &check.err, &*check.out), (Some(2), &run.err, ""));
    run.err
}

#[test]
fn an_unknown_step_is_marked_and_a_known_one_is_proposed() {
    assert_snapshot!(refused(&PLAIN.replace("client sends", "client sneds")), @r#"
    error: unknown step `client sneds`
      --> scenarios/hops/one.kdl:10:8
       |
    10 | client sneds (head)"""
       |        ^^^^^ the client cannot do this
       |
       = help: did you mean `sends`?
    "#);
}

#[test]
fn broken_kdl_is_marked() {
    assert_snapshot!(refused(&PLAIN.replace("origin receives-request {", "origin receives-request {{")), @r"
    error: broken KDL: Found child block instead of node name
      --> scenarios/hops/one.kdl:14:26
       |
    14 | origin receives-request {{
       |                          ^ not node name
       |
       = help: Did you forget to add the node name itself? Or perhaps terminated the node before its child block?
    ");
}

#[rstest]
#[case::no_steps(PLAIN.split("matrix").next().unwrap(), &["the scenario has no steps", "help: add lines that begin with"])]
#[case::cannot_fail(&PLAIN.replace("origin receives-request {\n    method \"{method}\"\n}", ""), &["so the scenario cannot fail"])]
#[case::unknown_rule(&PLAIN.replace("covers \"rule-must\"", "covers \"rule-mist\""), &["there is no requirement `rule-mist`", "did you mean `rule-must`?"])]
#[case::no_control(&NOMINATED.replace("    control \"X-Control\"\n", ""), &["an absence proves nothing without its positive control", "no-field \"X-Private\"", "^^^^"])]
#[case::too_early(&NOMINATED.replace("client sends", "origin sends \"x\"\nclient sends"), &["the origin acts before it has a connection", "^^^^"])]
#[case::unknown_name(&PLAIN.replace("{path}", "{pth}"), &["nothing is known under the name `pth`", "did you mean `path`?"])]
#[case::lone_brace(&PLAIN.replace("{path}", "{path"), &["a name is made of letters, digits and hyphens"])]
#[case::unknown_line(&PLAIN.replace("routes", "roots"), &["unknown line `roots`", "did you mean `routes`?"])]
#[case::unknown_route(&PLAIN.replace("\"mapped\"", "\"maped\""), &["there is no route `maped`", "did you mean `mapped`?"])]
#[case::unknown_check(&PLAIN.replace("    method", "    methd"), &["unknown check `methd`", "did you mean `method`?"])]
#[case::unused_column(&PLAIN.replace("{method}", "GET"), &["the column `method` is used nowhere"])]
#[case::two_rows(&PLAIN.replace("\"options\"", "\"get\""), &["two rows are named `get`"])]
fn a_scenario_with_a_mistake_is_refused(#[case] text: &str, #[case] messages: &[&str]) {
    let told = refused(text);
    for message in messages {
        assert!(told.contains(message), "`{message}` is missing in:\n{told}");
    }
}

#[test]
fn every_mistake_of_every_file_is_told() {
    let suite = Suite::of(&PLAIN.replace("{path}", "{pth}").replace("rule-must", "rule-mist"));
    suite.write("scenarios/hops/two.kdl", "title 1");
    suite.hopspec(&["list"]).ends(2, &["`pth`", "`rule-mist`", "hops/two.kdl:1:7"]);
}

#[rstest]
#[case::letter_case("scenarios/hops/One.kdl", PLAIN, "scenarios/hops/one.kdl are one scenario id")]
#[case::capitals("scenarios/hops/Two.kdl", PLAIN, "scenarios/hops/Two.kdl is no scenario id")]
#[case::no_area("scenarios/two.kdl", PLAIN, "scenarios/two.kdl is no scenario id")]
#[case::too_deep("scenarios/hops/deep/two.kdl", PLAIN, "scenarios/hops/deep/two.kdl is no scenario id")]
#[case::bad_rule(
    "scenarios/requirements/b.toml",
    "[[requirement]]\nid = 1",
    "b.toml is not a requirements file"
)]
fn a_suite_with_a_mistake_is_refused(#[case] path: &str, #[case] text: &str, #[case] message: &str) {
    let suite = Suite::of(PLAIN);
    suite.write(path, text);
    let folder = suite.path("").display().to_string();
    let folder = folder.trim_end_matches('/');
    suite.hopspec(&["list", "--suite", folder]).ends(2, &[message]);
}

#[test]
fn a_rule_that_stands_twice_is_refused() {
    let suite = Suite::small();
    std::fs::copy(
        suite.path("scenarios/requirements/rules.toml"),
        suite.path("scenarios/requirements/more.toml"),
    )
    .unwrap();
    suite.hopspec(&["check"]).ends(2, &["requirement rule-must is defined twice"]);
}

#[test]
fn a_suite_without_scenarios_is_refused() {
    Suite::empty().hopspec(&["list"]).ends(2, &["there is no scenario in scenarios"]);
}

/// A target definition in which `from` was replaced by `to`, as `check` and `run` take it.
fn target(from: &str, to: &str) -> [Finished; 2] {
    let suite = Suite::small();
    suite.target("faulty", &[], &ROUTES);
    let text = std::fs::read_to_string(suite.path("target.toml")).unwrap();
    suite.write("target.toml", &text.replace(from, to));
    [suite.hopspec(&["check", "target.toml"]), suite.run(&["--quiet"])]
}

#[test]
fn a_sound_definition_is_taken() {
    let [check, run] = target("", "");
    assert_eq!((check.code, &*check.out), (Some(0), "target.toml: no mistakes\n"));
    run.ends(0, &["conformant"]);
}

#[rstest]
#[case::unknown_key("hint", "hnt", &["line 3, column 1", "3 | hnt = ", "unknown field `hnt`, expected one of"])]
#[case::unknown_route("timed =", "tuned =", &["line 11, column 1", "unknown variant `tuned`"])]
#[case::unknown_capability("any-token", "any-tokens", &["unknown variant `any-tokens`"])]
#[case::broken_toml("name =", "name", &["line 1"])]
#[case::no_listen("@LISTEN@", "127.0.0.1:1", &["nothing tells the target where to listen: no @LISTEN@ or @LISTEN_PORT@"])]
#[case::bad_mark("[offers]", "[[files]]\ntemplate = \"target.toml\"\nname = \"a\"\n# explain: mappd\n# explain: end\n[offers]", &["target.toml: `# explain: mappd`: there is no route `mappd`"])]
#[case::bad_prefix("\"/timed/\"", "\"timed\"", &["the prefix of route `timed` begins and ends with a slash"])]
#[case::unknown_step("[offers]", "[[install]]\nbrew = []\n[offers]", &["unknown variant `brew`, expected one of"])]
#[case::reason_for_nothing("[offers]", "[without]\nplane = \"it has none\"\n[offers]", &["`without` names no route or capability: `plane`"])]
#[case::reason_for_what_is_offered("[offers]", "[without]\nplain = \"it has none\"\n[offers]", &["it offers `plain`, and says why it does not"])]
#[case::empty_reason("timed = \"/timed/\"\n", "[without]\ntimed = \" \"\n", &["`without` gives no reason for `timed`"])]
fn a_definition_with_a_mistake_is_refused(#[case] from: &str, #[case] to: &str, #[case] messages: &[&str]) {
    for told in target(from, to) {
        told.ends(2, &["error: target.toml"]);
        told.ends(2, messages);
    }
}

#[rstest]
#[case("scenarios/hops/plain.kdl", PLAIN)]
#[case("expected.toml", "[[expect]]\nrows = [\"hops/**\"]\nverdict = \"warn\"\nreason = \"why\"\n")]
fn a_file_without_mistakes_is_taken(#[case] path: &str, #[case] text: &str) {
    let suite = Suite::small();
    suite.write(path, text);
    let check = suite.hopspec(&["check", path]);
    check.ends(0, &[]);
    assert_eq!(check.out, format!("{path}: no mistakes\n"));
}

#[test]
fn a_file_of_no_known_kind_is_not_checked() {
    Suite::small()
        .hopspec(&["check", "tmp"])
        .ends(2, &["tmp is neither a scenario (.kdl) nor a definition (.toml)"]);
}
