//! Awkward habits that real proxies have as programs: each is covered by what a definition can say.
//!
//! A small script with the habit stands in for such a program, around the sound proxy.

mod support;

use rstest::rstest;
use rustix::process::Signal;
use support::{PLAIN, ROUTES, Suite, built, column};

/// A suite with a target that is `script`, whose arguments are where it listens, where the origin is, the
/// sound proxy as a program, and what `args` names. In it `proxy $1 $2` becomes the sound proxy.
/// `settings` are further lines of the definition.
fn suite(script: &str, settings: &str, args: &str) -> Suite {
    let suite = Suite::small();
    // Its path names the suite's folder, so that whatever stays behind is found.
    let proxy = suite.path("proxy");
    std::os::unix::fs::symlink(built("faulty"), &proxy).expect("a link");
    let script = format!("program=$3; proxy() {{ exec $program --listen $1 --upstream $2; }}\n{script}\n");
    suite.write("script.sh", &script);
    let routes: String = ROUTES.iter().map(|route| format!("{route} = \"/{route}/\"\n")).collect();
    let text = format!(
        "name = \"script\"\nprogram = \"/bin/sh\"\n{settings}\n\
         args = [{:?}, \"@LISTEN@\", \"@ORIGIN@\", {proxy:?}, {args}]\n[offers.routes]\n{routes}",
        suite.path("script.sh")
    );
    suite.write("target.toml", &text);
    suite
}

#[rstest]
#[case::starts_slowly("sleep 3; proxy $1 $2", "ready-within = 60", "")]
#[case::needs_folders("[ -d tmp/inner ] && proxy $1 $2", "folders = [\"tmp/inner\"]", "")]
#[case::runs_as_someone("[ \"$(stat -c %U .)\" = $4 ] && proxy $1 $2", "user = \"nobody\"", "\"@USER@\"")]
#[case::listens_twice("(proxy $4 $2) & proxy $1 $2", "", "\"@SPARE@\"")]
#[case::wants_a_variable("[ \"$PLACE\" = $PWD/x ] && proxy $1 $2", "env = { PLACE = \"@DIR@/x\" }", "")]
#[case::detaches_itself("setsid sh -c 'exec $0 --listen $1 --upstream $2' $3 $1 $2 &", "daemon = true", "")]
#[case::detaches_and_is_reloaded(
    "setsid $3 --listen $1 --upstream $2 &",
    "daemon = true\nreload = \"restart\"",
    ""
)]
fn a_program_with_a_habit_can_be_a_target(#[case] script: &str, #[case] settings: &str, #[case] args: &str) {
    let suite = suite(script, settings, args);
    let reload = if settings.contains("reload") { &["--mode", "reload"][..] } else { &[] };
    // Little patience: whatever takes longer has to be told.
    let run = suite.run(&[&["--quiet", "--timeout-scale", "0.2"], reload].concat());
    run.ends(0, &["4 rows", "conformant"]);
    suite.nothing_is_left();
}

#[rstest]
#[case::starts_slowly("sleep 3; proxy $1 $2", "the connection was refused")]
#[case::needs_folders("[ -d tmp/inner ] && proxy $1 $2", "exited with status 1 before it was ready")]
#[case::wants_a_variable(
    "[ \"$PLACE\" = $PWD/x ] && proxy $1 $2",
    "exited with status 1 before it was ready"
)]
fn a_habit_that_the_definition_does_not_tell_is_noticed(#[case] script: &str, #[case] message: &str) {
    let suite = suite(script, "", "");
    suite.run(&["--quiet", "--timeout-scale", "0.2"]).ends(3, &[message]);
    suite.nothing_is_left();
}

#[test]
fn a_start_that_fails_behind_the_detaching_is_told() {
    let suite = suite("echo cannot bind; exit 7", "daemon = true", "");
    suite.run(&["--quiet"]).ends(3, &["exited with status 7 before it was ready", "| cannot bind"]);
    suite.nothing_is_left();
}

#[test]
fn what_detached_itself_ends_with_a_run_that_is_killed() {
    let suite = suite("setsid $3 --listen $1 --upstream $2 &", "daemon = true", "");
    many_rows(&suite, 2000);
    let mut running = suite.start(&["run", "--target-file", "target.toml"]);
    running.until(1, "pass");
    running.signal(Signal::KILL);
    suite.no_process_is_left();
}

#[test]
fn a_log_file_is_looked_at_as_well() {
    let script = "echo '[alert] out of luck' > error.log; proxy $1 $2";
    let suite = suite(script, "logs = [\"error.log\"]\nfails-on-log = [\"[alert]\"]", "");
    suite.run(&["--quiet", "--jobs", "1"]).ends(1, &["a failure of its own: [alert] out of luck"]);
    assert_eq!(column(&suite.report(), "verdict"), ["target-down"; 4]);
    suite.nothing_is_left();
}

/// Adds `count` rows to the scenario that holds whatever the proxy does.
fn many_rows(suite: &Suite, count: usize) {
    let rows: String = (0..count).map(|row| format!("row \"r{row}\" method=\"X{row}\"\n")).collect();
    suite.write("scenarios/hops/plain.kdl", &PLAIN.replace("row \"get\" method=\"GET\"", &rows));
}

/// Each start leaves a line in `starts`; `fails` decides from their count whether it fails.
fn counting(fails: &str) -> Suite {
    let script = format!("echo >> $4; starts=$(wc -l < $4); {fails} && exit 9; proxy $1 $2");
    let suite = suite(&script, "reload = \"restart\"", "\"STARTS\"");
    let text = std::fs::read_to_string(suite.path("target.toml")).expect("the definition");
    suite.write("target.toml", &text.replace("STARTS", &suite.path("starts").display().to_string()));
    suite
}

#[test]
fn a_target_that_once_does_not_start_is_started_again() {
    // The first start is the gate's, and each row has one of its own.
    let suite = counting("[ $starts = 3 ]");
    suite.run(&["--quiet", "--jobs", "1", "--mode", "reload"]).ends(1, &["exited with status 9"]);
    let verdicts = column(&suite.report(), "verdict");
    assert_eq!(verdicts, ["pass", "target-down", "pass", "pass"]);
    suite.nothing_is_left();
}

#[test]
fn a_lane_whose_target_is_lost_leaves_the_rows_to_the_others() {
    let suite = counting("[ $starts -gt 1 ] && [ $2 != $(head -1 $4.first) ]");
    let text = std::fs::read_to_string(suite.path("script.sh")).expect("the script");
    // The first lane's origin is written down; any other lane's target starts once, and never again.
    let text = text.replace("echo >> $4;", "[ -e $4.first ] || echo $2 > $4.first; echo >> $4.$2;");
    suite.write("script.sh", &text.replace("wc -l < $4)", "wc -l < $4.$2)"));
    many_rows(&suite, 40);
    suite
        .run(&["--quiet", "--jobs", "2", "--mode", "reload", "hops/plain"])
        .ends(1, &["exited with status 9"]);
    let verdicts = column(&suite.report(), "verdict");
    let down = verdicts.iter().filter(|verdict| *verdict == "target-down").count();
    assert_eq!((down, verdicts.len()), (5, 41), "{verdicts:?}");
    suite.nothing_is_left();
}
