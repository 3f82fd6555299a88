//! Which connection a step looks at.

use rstest::rstest;

use super::*;

const NEXT: &str = "GET /hop-1/next HTTP/1.1\r\nHost: h\r\n\r\n";

/// A first request was taken from connection 0; then a second one comes on `conn`.
fn second(conn: u32) -> Tape {
    let first = Tape::default().origin(0).got(0, GET).over(0);
    let tape = if conn == 0 { first } else { first.origin(conn) };
    tape.got(conn, NEXT).over(1)
}

#[rstest]
#[case("any", 0, None)]
#[case("any", 1, None)]
#[case("same", 0, None)]
#[case("same", 1, Some("it came on another connection"))]
#[case("new", 0, Some("it came on a connection that had carried a request before"))]
#[case("new", 1, None)]
fn a_request_comes_on_the_connection_that_was_asked_for(
    #[case] on: &str,
    #[case] conn: u32,
    #[case] came: Option<&str>,
) {
    let steps = format!(
        "origin receives-request\norigin receives-request on=\"{on}\" {{\n    target \"{{path}}/next\"\n}}"
    );
    let judgement = judge(&steps, second(conn));
    let expected: Vec<(Severity, &str)> = came.map(|came| (Severity::Fail, came)).into_iter().collect();
    assert_eq!(findings(&judgement), expected);
}

#[rstest]
#[case("new", "origin \"next\"")]
#[case("same", "origin")]
fn octets_that_are_no_request_do_not_answer_for_one_elsewhere(#[case] on: &str, #[case] actor: &str) {
    let steps = format!("origin receives-request\n{actor} receives-request on=\"{on}\"");
    let row = row(&steps);
    let catalogue = catalogue();
    let mut judge = Judge::new(&row, &catalogue, names());
    let first = Tape::default().origin(0).got(0, GET);
    judge.settle(&row.scenario.steps[0], &first.recording(), false);
    // Octets of a tunnel on the connection that is not meant, then the request on the one that is.
    let (other, meant) = if on == "new" { (0, 1) } else { (1, 0) };
    let tape = first.origin(1).got(other, "tunnel data");
    assert!(!judge.ready(&row.scenario.steps[1], &tape.recording()));
    let tape = tape.got(meant, NEXT);
    assert_eq!(judge.settle(&row.scenario.steps[1], &tape.recording(), false), Flow::On);
    assert_eq!(judge.finish(&tape.recording()).verdict, Verdict::Pass);
}

#[test]
fn a_name_stands_for_the_connection_of_its_request() {
    let steps = "origin receives-request\norigin \"next\" receives-request\norigin receives-bytes \"a\"\norigin \"next\" receives-bytes \"b\"";
    let tape = second(1).got(0, "a").got(1, "b").over(2).over(3);
    let judgement = judge(steps, tape);
    assert_eq!(judgement.verdict, Verdict::Pass, "{:?}", judgement.findings);
    assert_eq!(judgement.turns.last().unwrap().name, "next");
}

#[test]
fn accepting_gives_each_name_a_connection_of_its_own() {
    let steps = "origin accepts\norigin \"other\" accepts\norigin receives-bytes \"a\"\norigin \"other\" receives-bytes \"b\"";
    let tape = Tape::default().origin(0).origin(1).got(0, "a").got(1, "b").over(0).over(1).over(2).over(3);
    assert_eq!(judge(steps, tape).verdict, Verdict::Pass);
}

#[test]
fn the_clients_are_told_apart_by_name() {
    let steps = "client receives-bytes \"a\"\nclient \"second\" receives-bytes \"b\"";
    let tape = Tape::default().client(0).named_client(1, "second").got(1, "b").got(0, "a").over(0).over(1);
    assert_eq!(judge(steps, tape).verdict, Verdict::Pass);
}

#[test]
fn a_client_that_connects_again_goes_on_with_the_new_connection() {
    let steps = "client sees-end\nclient connects\nclient receives-bytes \"b\"";
    let tape = Tape::default().client(0).fin(0).over(0).client(1).over(1).got(1, "b").over(2);
    assert_eq!(judge(steps, tape).verdict, Verdict::Pass);
}

#[test]
fn a_request_of_an_earlier_exchange_is_passed_over() {
    let late = "GET /hop-2 HTTP/1.1\r\nHost: h\r\n\r\n";
    let tape = Tape::default().origin(0).got(0, late);
    let judgement = judge("origin receives-request", tape.clone().late(0));
    assert_eq!(findings(&judgement), [(Severity::Fail, "nothing in time")]);
    let judgement = judge("origin receives-request", tape.origin(1).got(1, GET).over(0));
    assert_eq!(judgement.verdict, Verdict::Pass);
}

#[test]
fn a_connection_that_ended_before_its_request_is_a_retry_in_the_making() {
    let tape = Tape::default().origin(0).fin(0).origin(1).got(1, GET).over(0);
    assert_eq!(judge("origin receives-request", tape).verdict, Verdict::Pass);
}

#[test]
fn interim_responses_are_passed_over_on_the_way_to_the_final_one() {
    let interims = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n";
    let steps = "client receives-response {\n    status \"200\"\n    no-field \"Link\"\n    control \"Content-Length\"\n}\nclient receives-nothing for=\"5ms\"";
    let tape = Tape::default().client(0).got(0, format!("{interims}{OK}")).over(0).late(1);
    assert_eq!(judge(steps, tape).verdict, Verdict::Pass);
}

#[test]
fn an_interim_response_can_be_asked_for() {
    let steps = "client receives-interim {\n    status \"103\"\n}\nclient receives-response";
    let tape =
        Tape::default().client(0).got(0, format!("HTTP/1.1 103 Early Hints\r\n\r\n{OK}")).over(0).over(1);
    assert_eq!(judge(steps, tape).verdict, Verdict::Pass);
}

#[test]
fn what_we_did_is_told_in_turns() {
    let steps = "client sends \"{nonce} at {authority}\"\nclient half-closes\nclient receives-bytes \"from {origin}\"";
    let tape = Tape::default().client(0).sent(0, "hop-1 ").sent(0, "at t:1").over(0);
    let tape = tape.add(Some(0), What::HalfClosed).over(1).got(0, "from o:1").over(2);
    let kinds: Vec<TurnKind> = judge(steps, tape).turns.into_iter().map(|turn| turn.kind).collect();
    let excerpt = |text: &str| Excerpt::of(text.as_bytes());
    // Addresses differ from run to run, so turns hold their names.
    assert_eq!(
        kinds,
        [
            TurnKind::Sent(excerpt("hop-1 at {authority}")),
            TurnKind::HalfClosed,
            TurnKind::Received(excerpt("from {origin}")),
        ]
    );
}
