//! What is different between two runs, and whether someone explains it.

use rstest::rstest;

use super::*;
use crate::{
    judge::{Excerpt, Turn, TurnKind},
    report::{Explanations, differ},
    scenario::{Role, StepId},
    transcript::{Ending, Octets},
};

/// A run in which one row came to `turns`.
fn run(name: &str, outcome: Option<&str>, turns: Vec<Turn>) -> Report {
    let mut result = result("a/one", Verdict::Pass);
    result.judgement.turns = turns;
    result.judgement.outcome = outcome.map(str::to_owned);
    let mut about = about();
    about.target.name = name.to_owned();
    build(&about, &[result], &catalogue(), &Expectations::default())
}

fn turn(step: u32, role: Role, kind: TurnKind) -> Turn {
    Turn { step: StepId(step), line: 1, role, name: String::new(), kind }
}

fn received(step: u32, role: Role, text: &str) -> Turn {
    let octets = text.replace('\n', "\r\n").into_bytes();
    let total = octets.len();
    turn(step, role, TurnKind::Received(Excerpt { octets: Octets(octets), total }))
}

fn kinds(one: Vec<Turn>, other: Vec<Turn>) -> Vec<String> {
    let found = differ(&run("one", None, one), &run("other", None, other));
    assert!(found.judged.is_empty());
    found.on_the_wire.into_keys().collect()
}

#[rstest]
#[case::letters_and_order("GET / HTTP/1.1\nHost: a\nX-A: 1\n\n", "GET / HTTP/1.1\nx-a: 1\nhost: a\n\n", &[])]
#[case::missing("GET / HTTP/1.1\nVia: 1\n\n", "GET / HTTP/1.1\n\n", &["request: field via only at one"])]
#[case::added("GET / HTTP/1.1\n\n", "GET / HTTP/1.1\nVia: 1\n\n", &["request: field via only at other"])]
#[case::value("GET / HTTP/1.1\nA: 1\n\n", "GET / HTTP/1.1\nA: 2\n\n", &["request: field a with another value"])]
#[case::letters("GET / HTTP/1.1\nA: x\n\n", "GET / HTTP/1.1\nA: X\n\n", &["request: field a in other letters"])]
#[case::lines("GET / HTTP/1.1\nA: 1\nA: 2\n\n", "GET / HTTP/1.1\nA: 1, 2\n\n", &["request: field a in other lines"])]
#[case::version("GET / HTTP/1.0\n\n", "GET / HTTP/1.1\n\n", &["request: another version at one / other: HTTP/1.0 / HTTP/1.1"])]
#[case::target("GET /a HTTP/1.1\n\n", "GET /b HTTP/1.1\n\n", &["request: another target at one / other"])]
#[case::content(
    "POST / HTTP/1.1\nContent-Length: 2\n\nab",
    "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nab",
    &["request: field content-length only at one", "request: field transfer-encoding only at other"]
)]
#[case::other_content(
    "POST / HTTP/1.1\nContent-Length: 2\n\nab",
    "POST / HTTP/1.1\nContent-Length: 2\n\nAB",
    &["request: another content at one / other"]
)]
fn requests_are_compared_by_what_they_mean(
    #[case] one: &str,
    #[case] other: &str,
    #[case] expected: &[&str],
) {
    let found = kinds(vec![received(1, Role::Origin, one)], vec![received(1, Role::Origin, other)]);
    assert_eq!(found, expected);
}

#[test]
fn behind_another_answer_nothing_more_is_compared() {
    let one = vec![
        received(1, Role::Client, "HTTP/1.1 400 Bad\nContent-Length: 0\n\n"),
        turn(2, Role::Client, TurnKind::Ended(Ending::Fin)),
    ];
    let other = vec![
        received(1, Role::Client, "HTTP/1.1 502 Bad\nContent-Length: 0\nX: 1\n\n"),
        turn(2, Role::Client, TurnKind::Ended(Ending::Reset)),
    ];
    assert_eq!(kinds(one.clone(), other), ["client: 400 at one / 502 at other"]);
    assert_eq!(kinds(one.clone(), Vec::new()), ["client: 400 at one / not at other"]);
    assert_eq!(kinds(Vec::new(), one), ["client: 400 at other / not at one"]);
}

#[test]
fn rows_that_came_to_something_else_are_listed_with_their_rule() {
    let found = differ(&run("one", Some("mended"), Vec::new()), &run("other", Some("refused"), Vec::new()));
    assert!(found.on_the_wire.is_empty());
    let (judged, rows) = found.judged.first_key_value().expect("a difference");
    assert_eq!((&*judged.scenario, rows.len()), ("a/one", 1));
    assert_eq!(judged.one.1.as_deref(), Some("mended"));
    assert_eq!(judged.other.1.as_deref(), Some("refused"));
}

#[test]
fn what_nobody_explains_is_open_and_what_is_not_seen_is_idle() {
    let one = run("one", None, vec![received(1, Role::Origin, "GET / HTTP/1.1\nVia: 1\n\n")]);
    let other = run("other", None, vec![received(1, Role::Origin, "GET / HTTP/1.1\n\n")]);
    let found = differ(&one, &other);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("against-other.toml");
    let load = |text: &str| {
        std::fs::write(&path, text).expect("a file");
        Explanations::load(&path, &catalogue())
    };
    let explained = |what: &str| {
        format!("[[difference]]\nwhat = [{what:?}]\nrules = []\nright = \"one\"\nreason = \"It signs.\"\n")
    };
    let nothing = load("").expect("an empty file");
    assert_eq!(nothing.open(&found), ["request: field via only at one"]);
    let other_field = load(&explained("request: field age only at one")).expect("a sound file");
    assert_eq!(other_field.idle(&found), ["request: field age only at one"]);
    let all = load(&explained("request: field via only at one")).expect("a sound file");
    assert!(all.open(&found).is_empty() && all.idle(&found).is_empty());
    let varies = explained("request: field age only at one") + "varies = true\n";
    assert!(load(&varies).expect("a sound file").idle(&found).is_empty());
    let page = all.page(["one", "other"], &found, &catalogue());
    assert!(page.contains("**It signs.** Right: one."), "{page}");
    assert!(page.contains("| request: field via only at one | 1 | a/one |"), "{page}");
    let unknown = explained("x").replace("rules = []", "rules = [\"no-such-rule\"]");
    assert!(load(&unknown).expect_err("a rule that is not there").to_string().contains("no requirement"));
    assert!(load("[[difference]]\nwhat = 1\n").is_err());
}

#[test]
fn a_request_whose_head_is_longer_than_what_is_kept_is_a_request() {
    let long = "GET /hop-1 HTTP/1.1\nX-Line: 1\nX-Li";
    let found = differ(
        &run("one", None, vec![received(1, Role::Origin, long)]),
        &run("other", None, vec![received(2, Role::Client, "HTTP/1.1 431 No\nContent-Length: 0\n\n")]),
    );
    assert!(
        found.on_the_wire.keys().any(|what| what == "origin: a request at one / not at other"),
        "{found:?}"
    );
}

#[test]
fn content_that_looks_like_a_last_chunk_is_content() {
    let turn = |head: &str| Turn {
        step: StepId(0),
        line: 1,
        role: Role::Origin,
        name: String::new(),
        kind: TurnKind::Received(Excerpt::of(
            format!("POST / HTTP/1.1\r\n{head}\r\n\r\n0\r\n\r\n").as_bytes(),
        )),
    };
    let found =
        turn_differences(&[turn("Content-Length: 5")], &[turn("Transfer-Encoding: chunked")], "one", "other");
    assert!(!found.iter().any(|kind| kind.contains("content at")), "{found:?}");
}
