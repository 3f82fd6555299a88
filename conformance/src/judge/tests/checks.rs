//! What is said of a message, and whether it is so.

use rstest::rstest;

use super::*;

const FIELDS: &str = "Host: h\r\nConnection: keep-alive, Upgrade\r\nSet-Cookie: a=1\r\nconnection: X-Hop\r\nSet-Cookie: b=2\r\nEmpty:\r\n";

#[rstest]
#[case("method \"GET\"", None)]
#[case("method \"get\"", Some("method `GET`"))]
#[case("target \"{path}\"", None)]
#[case("target \"/\"", Some("target `/hop-1`"))]
#[case("version \"1.1\"", None)]
#[case("version \"1.0\"", Some("HTTP version `1.1`"))]
#[case("field \"host\"", None)]
#[case("field \"X-Hop\"", Some("no field `X-Hop`"))]
#[case("field \"Host\" equals=\"h\"", None)]
#[case("field \"Host\" equals=\"H\"", Some("`Host: h`"))]
#[case("field \"Host\" equals-i=\"H\"", None)]
#[case("field \"Empty\" equals=\"\"", None)]
#[case("field \"X-Hop\" equals=\"\"", Some("no field `X-Hop`"))]
#[case("field \"X-Hop\" equals-i=\"\"", Some("no field `X-Hop`"))]
#[case("field \"Set-Cookie\" equals=\"a=1, b=2\"", None)]
#[case("field \"Set-Cookie\" count=2", None)]
#[case("field \"Set-Cookie\" count=1", Some("`Set-Cookie: a=1` | `Set-Cookie: b=2`"))]
#[case("field \"Connection\" token=\"upgrade\"", None)]
#[case("field \"Connection\" token=\"X-HOP\"", None)]
#[case(
    "field \"Connection\" token=\"close\"",
    Some("`Connection: keep-alive, Upgrade` | `connection: X-Hop`")
)]
#[case("field \"Connection\" tokens=\"keep-alive, upgrade, x-hop\"", None)]
#[case("field \"Host\" tokens=\"h, i\"", Some("`Host: h`"))]
#[case("field \"X-Hop\" tokens=\"a\"", Some("no field `X-Hop`"))]
#[case("field \"Connection\" begins=\"Keep-Alive, upgrade\"", None)]
#[case("field \"Host\" begins=\"h, i\"", Some("`Host: h`"))]
#[case("field \"Host\" begins=\"i\"", Some("`Host: h`"))]
#[case("field \"Host\" within=\"g, h\"", None)]
#[case("field \"X-Hop\" within=\"a\"", None)]
#[case("field \"Host\" within=\"g\"", Some("`Host: h`"))]
#[case("field \"Set-Cookie\" {\n line \"a=1\"\n line \"b=2\"\n}", None)]
#[case(
    "field \"Set-Cookie\" {\n line \"b=2\"\n line \"a=1\"\n}",
    Some("`Set-Cookie: a=1` | `Set-Cookie: b=2`")
)]
#[case("field \"Set-Cookie\" {\n line \"a=1\"\n}", Some("`Set-Cookie: a=1` | `Set-Cookie: b=2`"))]
#[case("no-field \"X-Hop\"", None)]
#[case("no-field \"SET-COOKIE\"", Some("`Set-Cookie: a=1` | `Set-Cookie: b=2`"))]
#[case("no-token \"Connection\" \"close\"", None)]
#[case("no-token \"X-Hop\" \"close\"", None)]
#[case("no-token \"Connection\" \"x-hop\"", Some("`Connection: keep-alive, Upgrade` | `connection: X-Hop`"))]
#[case("no-other-field \"Connection\" \"set-cookie\" \"Empty\"", None)]
#[case("no-other-field \"Connection\" \"Empty\"\nfield \"Set-Cookie\"", None)]
#[case("no-other-field \"Connection\"", Some("`Set-Cookie: a=1`"))]
#[case("no-other-field", Some("`Connection: keep-alive, Upgrade`"))]
#[case("field \"Set-Cookie\" equals=(hex)\"61 3d 31 2c 20 62 3d 32\"", None)]
#[case("field \"Host\" equals=(hex)\"68 ff\"", Some("`Host: h`"))]
#[case("body \"\"", None)]
#[case("body \"x\"", Some("0 octets: ``"))]
fn a_check_of_a_request_holds_or_says_what_came(#[case] check: &str, #[case] came: Option<&str>) {
    let steps = format!("origin receives-request {{\n{check}\ncontrol \"Host\"\n}}");
    let tape = Tape::default().origin(0).got(0, format!("GET /hop-1 HTTP/1.1\r\n{FIELDS}\r\n")).over(0);
    let judgement = judge(&steps, tape);
    let expected: Vec<(Severity, &str)> = came.map(|came| (Severity::Fail, came)).into_iter().collect();
    assert_eq!(findings(&judgement), expected);
}

#[rstest]
#[case("status \"200\"", None)]
#[case("status \"204\" \"200\"", None)]
#[case("status in=\"200..=299\"", None)]
#[case("status \"404\" in=\"500..=599\"", Some("status `200`"))]
#[case("status \"20\"", Some("status `200`"))]
#[case("reason \"OK\"", None)]
#[case("reason \"Fine\"", Some("reason phrase `OK`"))]
#[case("version \"1.1\"", None)]
#[case("version \"1.0\"", Some("HTTP version `1.1`"))]
#[case("body \"ok\"", None)]
#[case("body (hex)\"6f 6b\"", None)]
#[case("body \"okay\"", Some("2 octets: `ok`"))]
fn a_check_of_a_response_holds_or_says_what_came(#[case] check: &str, #[case] came: Option<&str>) {
    let steps = format!("client receives-response {{\n{check}\n}}");
    let judgement = judge(&steps, Tape::default().client(0).got(0, OK).over(0));
    let expected: Vec<(Severity, &str)> = came.map(|came| (Severity::Fail, came)).into_iter().collect();
    assert_eq!(findings(&judgement), expected);
}

#[rstest]
#[case("trailer \"x-sum\"", None)]
#[case("trailer \"X-Sum\" equals=\"1, 2\" count=2 begins=\"1\"", None)]
#[case("trailer \"X-Sum\" {\n line \"1\"\n line \"2\"\n}", None)]
#[case("trailer \"X-Sum\" count=1", Some("`X-Sum: 1` | `X-Sum: 2` in the trailer section"))]
#[case("trailer \"X-Head\"", Some("no field `X-Head` in the trailer section"))]
#[case("field \"X-Sum\"", Some("no field `X-Sum`"))]
#[case("no-trailer \"X-Head\"", None)]
#[case("no-trailer \"x-sum\"", Some("`X-Sum: 1` | `X-Sum: 2` in the trailer section"))]
#[case("no-field \"X-Sum\"", None)]
fn the_two_sections_are_told_apart(#[case] check: &str, #[case] came: Option<&str>) {
    let steps = format!("client receives-response {{\n{check}\ncontrol \"X-Head\"\n}}");
    let response = "HTTP/1.1 200 OK\r\nX-Head: 0\r\nTransfer-Encoding: chunked\r\n\r\n\
                    2\r\nok\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n";
    let judgement = judge(&steps, Tape::default().client(0).got(0, response).over(0));
    let expected: Vec<(Severity, &str)> = came.map(|came| (Severity::Fail, came)).into_iter().collect();
    assert_eq!(findings(&judgement), expected);
}

#[test]
fn a_trailer_can_be_captured() {
    let steps = "client receives-response {\n    trailer \"X-Sum\" capture=\"sum\"\n}\n\
                 client receives-bytes \"{sum}\"";
    let response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 12\r\n\r\n12";
    let judgement = judge(steps, Tape::default().client(0).got(0, response).over(0));
    assert_eq!(judgement.verdict, Verdict::Pass);
}

#[test]
fn every_check_that_does_not_hold_is_told() {
    let steps = "client receives-response {\n    field \"A\"\n    field \"B\"\n    status \"200\"\n    field \"C\"\n}";
    let judgement = judge(steps, Tape::default().client(0).got(0, OK).over(0));
    assert_eq!(judgement.findings.iter().map(|f| f.line).collect::<Vec<_>>(), [6, 7, 9]);
}

const HANDSHAKE: &str = "origin receives-request {
    field \"Sec-WebSocket-Key\" capture=\"seen\"
}
client receives-response {
    field \"Sec-WebSocket-Accept\" equals=\"{accept-of seen}\"
}";

#[rstest]
#[case("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Verdict::Pass)]
#[case("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", Verdict::Fail)]
fn a_capture_and_what_follows_from_it_can_be_expected(#[case] accept: &str, #[case] verdict: Verdict) {
    let request = "GET /hop-1 HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let response = format!("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
    let tape = Tape::default().client(0).origin(1).got(1, request).over(0).got(0, response).over(1);
    assert_eq!(judge(HANDSHAKE, tape).verdict, verdict);
}

#[test]
fn captured_octets_are_escaped_wherever_they_are_told() {
    let steps = "client receives-interim {\n    field \"A\" capture=\"a\"\n}\n\
                 client receives-response {\n    field \"A\" equals=\"{a}\"\n    reason \"{a}\"\n}";
    let interim = "HTTP/1.1 103 Early Hints\r\nA: \u{1b}[31m\u{9b}\u{202e}<script>\0\r\n\r\n";
    let judgement = judge(steps, Tape::default().client(0).got(0, format!("{interim}{OK}")).over(0).over(1));
    assert_eq!(judgement.findings.len(), 2);
    for finding in &judgement.findings {
        let told = format!("{}{}", finding.expected, finding.came);
        assert!(told.bytes().all(|octet| (0x20..0x7f).contains(&octet)), "{told:?}");
    }
}

#[test]
fn what_a_target_adds_is_no_other_field() {
    let row = row("origin receives-request {\n no-other-field \"Connection\"\n control \"Host\"\n}");
    let head = "GET /hop-1 HTTP/1.1\r\nHost: h\r\nx-real-ip: 1\r\nServer: s\r\n\r\n";
    let tape = Tape::default().origin(0).got(0, head).over(0);
    let came = |names: Bindings| {
        let catalogue = catalogue();
        let mut judge = Judge::new(&row, &catalogue, names);
        judge.settle(&row.scenario.steps[0], &tape.recording(), false);
        judge.finish(&tape.recording()).findings.pop().map(|finding| finding.came)
    };
    let mut added = names();
    added.set_added(&["X-Real-IP".to_owned()], &["Server".to_owned()]);
    assert_eq!(came(names()).as_deref(), Some("`x-real-ip: 1`"));
    assert_eq!(came(added.clone()).as_deref(), Some("`Server: s`"));
    added.set_added(&["X-Real-IP".to_owned(), "Server".to_owned()], &[]);
    assert_eq!(came(added), None);
}
