//! Every wait, and each of the endings that it tells apart.

use rstest::rstest;

use super::*;

/// How the other side goes on behind its octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Open,
    Fin,
    Rst,
    Flooded,
    Gone,
}

fn stream(tape: Tape, id: u32, octets: &[u8], then: Then) -> Tape {
    let tape = if octets.is_empty() { tape } else { tape.got(id, octets) };
    match then {
        Then::Open => tape,
        Then::Fin => tape.fin(id),
        Then::Rst => tape.rst(id),
        Then::Flooded => tape.add(Some(id), What::Flooded),
        Then::Gone => tape.add(None, What::TargetGone),
    }
}

const IN_TIME: &str = "nothing in time";
const PROCESS: &str = "nothing: the target's process ended";
const FIN: &str = "the end of the connection (FIN)";
const RST: &str = "a reset (RST)";

#[rstest]
// A response.
#[case("receives-response", OK, Then::Open, None)]
#[case("receives-response", OK, Then::Rst, None)]
#[case("receives-response", "", Then::Open, Some(IN_TIME))]
#[case("receives-response", "", Then::Gone, Some(PROCESS))]
#[case("receives-response", "", Then::Fin, Some(FIN))]
#[case("receives-response", "", Then::Rst, Some(RST))]
#[case("receives-response", "HTTP/1.1 2", Then::Open, Some(IN_TIME))]
#[case(
    "receives-response",
    "HTTP/1.1 2",
    Then::Fin,
    Some("a part of a message, then the end of the connection (FIN)")
)]
#[case("receives-response", "HTTP/1.1 2", Then::Rst, Some("a part of a message, then a reset (RST)"))]
#[case("receives-response", "HTTP/1.1 2", Then::Flooded, Some("more than 3 MiB, without an end"))]
#[case("receives-response", "hello", Then::Open, Some("octets that are no HTTP: `hello`"))]
#[case(
    "receives-response",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n",
    Then::Open,
    Some("a message whose chunks are broken: `HTTP/1.1 200 OK`")
)]
#[case("receives-response", "HTTP/1.1 200 OK\r\n\r\nuntil the end", Then::Fin, None)]
#[case("receives-response", "HTTP/1.1 200 OK\r\n\r\nuntil the end", Then::Open, Some(IN_TIME))]
#[case(
    "receives-response",
    "HTTP/1.1 200 OK\r\n\r\nuntil the end",
    Then::Rst,
    Some("a part of a message, then a reset (RST)")
)]
#[case("receives-response head-only=#true", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", Then::Open, None)]
// An interim response.
#[case("receives-interim", "HTTP/1.1 103 Early Hints\r\n\r\n", Then::Open, None)]
#[case("receives-interim", OK, Then::Open, Some("a response with status 200"))]
#[case(
    "receives-interim",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    Then::Open,
    Some("a response with status 101")
)]
#[case("receives-interim", "", Then::Fin, Some(FIN))]
#[case("receives-interim", "", Then::Open, Some(IN_TIME))]
// Octets.
#[case("receives-bytes \"hello\"", "hello", Then::Open, None)]
#[case("receives-bytes \"hello\"", "hello and more", Then::Rst, None)]
#[case("receives-bytes \"hello\"", "hel", Then::Open, Some(IN_TIME))]
#[case(
    "receives-bytes \"hello\"",
    "hel",
    Then::Fin,
    Some("3 of 5 octets, then the end of the connection (FIN)")
)]
#[case("receives-bytes \"hello\"", "hel", Then::Rst, Some("3 of 5 octets, then a reset (RST)"))]
#[case(
    "receives-bytes \"hello\"",
    "",
    Then::Fin,
    Some("0 of 5 octets, then the end of the connection (FIN)")
)]
#[case("receives-bytes \"hello\"", "help", Then::Open, Some("another octet at 3: `help`"))]
// The three ends.
#[case("sees-close", "", Then::Fin, None)]
#[case("sees-close", "", Then::Rst, Some(RST))]
#[case("sees-close", "", Then::Open, Some(IN_TIME))]
#[case("sees-close", "hello", Then::Fin, Some("5 octets: `hello`"))]
#[case("sees-close discarding=#true", "hello", Then::Fin, None)]
#[case("sees-reset", "", Then::Rst, None)]
#[case("sees-reset", "", Then::Fin, Some(FIN))]
#[case("sees-reset discarding=#true", "hello", Then::Rst, None)]
#[case("sees-end", "", Then::Fin, None)]
#[case("sees-end", "", Then::Rst, None)]
#[case("sees-end", "", Then::Open, Some(IN_TIME))]
#[case("sees-end", "hello", Then::Open, Some("5 octets: `hello`"))]
#[case("sees-end discarding=#true", "hello", Then::Open, Some(IN_TIME))]
#[case("sees-end discarding=#true", "hello", Then::Flooded, Some("more than 3 MiB, without an end"))]
fn a_wait_at_the_client_tells_its_endings_apart(
    #[case] wait: &str,
    #[case] octets: &str,
    #[case] then: Then,
    #[case] came: Option<&str>,
) {
    let tape = stream(Tape::default().client(0), 0, octets.as_bytes(), then);
    decided(&format!("client {wait}"), &tape, came);
}

/// The wait is decided at once, unless its time has to run out; then the verdict follows.
fn decided(steps: &str, tape: &Tape, came: Option<&str>) {
    let row = row(steps);
    let catalogue = catalogue();
    let waits = !Judge::new(&row, &catalogue, names()).ready(&row.scenario.steps[0], &tape.recording());
    assert_eq!(waits, matches!(came, Some(IN_TIME | PROCESS)), "whether the step goes on waiting");
    let judgement = judge(steps, tape.clone().late(0));
    let expected: Vec<(Severity, &str)> = came.map(|came| (Severity::Fail, came)).into_iter().collect();
    assert_eq!(findings(&judgement), expected);
    assert_eq!(judgement.verdict, if came.is_some() { Verdict::Fail } else { Verdict::Pass });
}

#[rstest]
#[case("receives-response")]
#[case("receives-bytes \"x\"")]
#[case("sees-end")]
fn a_refused_connection_ends_every_wait(#[case] wait: &str) {
    let came = "the target refused the connection: connection refused";
    decided(&format!("client {wait}"), &Tape::default().refused(0), Some(came));
}

#[test]
fn a_client_that_never_acted_has_no_connection() {
    decided("client receives-response", &Tape::default(), Some("there is no connection"));
}

#[rstest]
#[case::whole(GET, Then::Open, None)]
#[case::cut("GET /hop-1 HT", Then::Open, Some(IN_TIME))]
#[case::cut_by_fin(
    "GET /hop-1 HT",
    Then::Fin,
    Some("a part of a message, then the end of the connection (FIN)")
)]
#[case::cut_by_rst("GET /hop-1 HT", Then::Rst, Some("a part of a message, then a reset (RST)"))]
#[case::no_http("\u{1}\u{2}", Then::Open, Some("octets that are no HTTP: `\\x01\\x02`"))]
#[case::flooded("GET /hop-1 HT", Then::Flooded, Some("more than 3 MiB, without an end"))]
#[case::process_ended("", Then::Gone, Some(PROCESS))]
// The target may open another connection and try again.
#[case::closed_without_a_word("", Then::Fin, Some(IN_TIME))]
#[case::reset_without_a_word("", Then::Rst, Some(IN_TIME))]
fn a_request_at_the_origin_tells_its_endings_apart(
    #[case] octets: &str,
    #[case] then: Then,
    #[case] came: Option<&str>,
) {
    let tape = stream(Tape::default().origin(0), 0, octets.as_bytes(), then);
    decided("origin receives-request", &tape, came);
}

#[test]
fn a_connection_to_the_origin_is_accepted_or_missed() {
    decided("origin accepts", &Tape::default().origin(0), None);
    decided("origin accepts", &Tape::default(), Some(IN_TIME));
}

#[rstest]
#[case("client", Tape::default().client(0), None)]
#[case("client", Tape::default().client(0).got(0, "hello"), Some("5 octets: `hello`"))]
#[case("client", Tape::default().client(0).fin(0), Some(FIN))]
#[case("client", Tape::default().client(0).rst(0), Some(RST))]
#[case("origin", Tape::default(), None)]
#[case("origin", Tape::default().origin(0), None)]
#[case("origin", Tape::default().origin(0).got(0, "hello"), Some("5 octets: `hello`"))]
#[case("origin", Tape::default().origin(0).got(0, "GET /hop-2 HTTP/1.1\r\n"), None)]
fn silence_holds_until_something_comes(#[case] role: &str, #[case] tape: Tape, #[case] came: Option<&str>) {
    let judgement = judge(&format!("{role} receives-nothing for=\"5ms\""), tape.late(0));
    let expected: Vec<(Severity, &str)> = came.map(|came| (Severity::Fail, came)).into_iter().collect();
    assert_eq!(findings(&judgement), expected);
}

#[test]
fn what_a_step_took_is_not_seen_again() {
    let steps = "client receives-response\nclient receives-bytes \"hello\"\nclient sees-end";
    let tape = Tape::default().client(0).got(0, format!("{OK}hello")).fin(0);
    assert_eq!(judge(steps, tape.clone().over(0).over(1).over(2)).verdict, Verdict::Pass);
    assert_eq!(findings(&judge(steps, tape.over(0).over(2))), [(Severity::Fail, "5 octets: `hello`")]);
}

#[test]
fn an_end_that_a_step_saw_does_not_break_a_later_silence() {
    let steps = "client sees-end\nclient receives-nothing for=\"5ms\"";
    let judgement = judge(steps, Tape::default().client(0).fin(0).over(0).late(1));
    assert_eq!(judgement.verdict, Verdict::Pass);
    assert_eq!(judgement.turns.last().unwrap().kind, TurnKind::Silence);
}

#[test]
fn a_finding_points_at_its_line_and_says_what_was_expected() {
    let judgement =
        judge("client receives-bytes \"hello\"", Tape::default().client(0).got(0, "other").over(0));
    let finding = &judgement.findings[0];
    assert_eq!((finding.line, finding.expected.as_str()), (5, "these octets, exactly, at the client"));
    assert_eq!(finding.came, "another octet at 0: `other`");
}

#[rstest]
#[case::answered("origin receives-request", Tape::default().client(0).got(0, OK), true)]
#[case::left("origin receives-request", Tape::default().client(0).fin(0), true)]
#[case::refused("origin accepts", Tape::default().refused(0), true)]
#[case::half_an_answer("origin receives-request", Tape::default().client(0).got(0, "HTTP/1.1 2"), false)]
#[case::nothing_yet("origin receives-request", Tape::default().client(0), false)]
#[case::another_wait("client receives-response", Tape::default().client(0), false)]
#[case::no_process("client receives-response", Tape::default().client(0).add(None, What::TargetGone), true)]
fn a_request_is_hopeless_once_the_client_has_its_answer(
    #[case] step: &str,
    #[case] tape: Tape,
    #[case] hopeless: bool,
) {
    let row = row(step);
    let catalogue = catalogue();
    let judge = Judge::new(&row, &catalogue, names());
    assert_eq!(judge.hopeless(&row.scenario.steps[0], &tape.recording()), hopeless);
}
