//! Start lines, field lines and lists.

use rstest::rstest;

use super::*;

#[rstest]
#[case::usual(b"GET /x HTTP/1.1\r\n\r\n", ["GET", "/x", "HTTP/1.1"])]
#[case::bare_lf(b"GET /x HTTP/1.1\n\n", ["GET", "/x", "HTTP/1.1"])]
#[case::two_spaces(b"GET  /x HTTP/1.1\r\n\r\n", ["GET", "", "/x HTTP/1.1"])]
#[case::space_in_the_target(b"GET /a b HTTP/1.1\r\n\r\n", ["GET", "/a", "b HTTP/1.1"])]
#[case::absolute_target(b"GET http://h/x HTTP/1.0\r\n\r\n", ["GET", "http://h/x", "HTTP/1.0"])]
#[case::other_version(b"GET /x HTTP/9.9\r\n\r\n", ["GET", "/x", "HTTP/9.9"])]
fn a_request_line_is_taken_as_it_stands(#[case] octets: &[u8], #[case] start: [&str; 3]) {
    let message = whole(octets, Kind::Request);
    assert_eq!(message.head.start, start.map(|word| word.as_bytes().to_vec()));
    assert_eq!(message.octets, octets.len());
}

#[rstest]
#[case::usual("HTTP/1.1 204 No Content", ["HTTP/1.1", "204", "No Content"], Some(204))]
#[case::no_reason("HTTP/1.1 204 ", ["HTTP/1.1", "204", ""], Some(204))]
#[case::no_reason_and_no_space("HTTP/1.1 204", ["HTTP/1.1", "204", ""], Some(204))]
#[case::unknown_class("HTTP/1.1 999 What", ["HTTP/1.1", "999", "What"], Some(999))]
#[case::no_number("HTTP/1.1 two hundred", ["HTTP/1.1", "two", "hundred"], None)]
#[case::signed("HTTP/1.1 +200 OK", ["HTTP/1.1", "+200", "OK"], None)]
#[case::too_large("HTTP/1.1 99999 OK", ["HTTP/1.1", "99999", "OK"], None)]
#[case::no_status("HTTP/1.1", ["HTTP/1.1", "", ""], None)]
fn a_status_line_is_taken_as_it_stands(
    #[case] line: &str,
    #[case] start: [&str; 3],
    #[case] status: Option<u16>,
) {
    let octets = format!("{line}\r\n\r\n");
    let message = whole(octets.as_bytes(), TO_HEAD);
    assert_eq!(message.head.start, start.map(|word| word.as_bytes().to_vec()));
    assert_eq!(message.head.status(), status);
}

#[rstest]
#[case::usual("Name: value", "Name", "value")]
#[case::no_space("Name:value", "Name", "value")]
#[case::spaces_and_tabs_around("Name: \t value \t", "Name", "value")]
#[case::spaces_within("Name: two  words", "Name", "two  words")]
#[case::empty("Name:", "Name", "")]
#[case::only_spaces("Name:   ", "Name", "")]
#[case::colon_in_the_value("Name: a:b", "Name", "a:b")]
#[case::space_before_the_colon("Name : value", "Name ", "value")]
#[case::no_colon("Name value", "Name value", "")]
#[case::no_name(": value", "", "value")]
#[case::folded(" continued", " continued", "")]
fn a_field_line_is_taken_as_it_stands(
    #[case] line: &str,
    #[case] name: &str,
    #[case] value: &str,
    #[values("\r\n", "\n")] end: &str,
) {
    let octets = format!("GET / HTTP/1.1{end}{line}{end}Host: h{end}{end}");
    let message = whole(octets.as_bytes(), Kind::Request);
    assert_eq!(pairs(&message.head.fields), [(name, value), ("Host", "h")]);
}

#[test]
fn lines_of_one_name_stay_apart_and_in_order() {
    let octets = b"GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\na: 3\r\nA: 4, 5\r\n\r\n";
    let head = whole(octets, Kind::Request).head;
    let values: Vec<&[u8]> = head.fields.all("A").map(|field| &field.value[..]).collect();
    assert_eq!(values, [&b"1"[..], b"3", b"4, 5"]);
    assert_eq!(head.fields.members("a"), [b"1", b"3", b"4", b"5"]);
}

#[test]
fn octets_beyond_ascii_are_kept_in_a_value() {
    let octets = b"HTTP/1.1 204 Gr\xfc\xdfe\r\nX: \xff\x00\x1b[31m\r\n\r\n";
    let head = whole(octets, RESPONSE).head;
    assert_eq!(head.start[2], b"Gr\xfc\xdfe");
    assert_eq!(head.fields.0[0].value, b"\xff\x00\x1b[31m");
}

// RFC 9110 §5.6.1.2: a recipient passes over empty members.
#[rstest]
#[case("", &[])]
#[case(" \t ", &[])]
#[case(",", &[])]
#[case(" , ,,", &[])]
#[case("close", &["close"])]
#[case("keep-alive, Upgrade", &["keep-alive", "Upgrade"])]
#[case("keep-alive,Upgrade", &["keep-alive", "Upgrade"])]
#[case("keep-alive,\tUpgrade\t", &["keep-alive", "Upgrade"])]
#[case(",, Upgrade,", &["Upgrade"])]
#[case("a b, c", &["a b", "c"])]
#[case("uPGRADE", &["uPGRADE"])]
#[case("\"a,b\"", &["\"a", "b\""])]
fn a_list_is_split_at_its_commas(#[case] value: &str, #[case] members: &[&str]) {
    let found: Vec<Vec<u8>> = tokens(value.as_bytes()).collect();
    assert_eq!(found, members.iter().map(|member| member.as_bytes().to_vec()).collect::<Vec<_>>());
}

#[rstest]
#[case::octets_of_a_probe(b"\x00\xffno-http", Kind::Request)]
#[case::a_line_without_a_version(b"GET /x\r\n", Kind::Request)]
#[case::an_empty_line(b"\r\n", Kind::Request)]
#[case::a_frame(b"\x81\x05hello", Kind::Request)]
#[case::a_control_before_the_line_ends(b"GET /\x1b", Kind::Request)]
#[case::text(b"hello", RESPONSE)]
#[case::a_request(b"GET / HTTP/1.1\r\n", RESPONSE)]
#[case::other_letters(b"http/1.1 200 OK\r\n", RESPONSE)]
#[case::a_leading_line(b"\r\nHTTP/1.1 200 OK\r\n", RESPONSE)]
#[case::a_frame_to_the_client(b"\x81", RESPONSE)]
fn what_cannot_become_a_message_is_refused_at_once(#[case] octets: &[u8], #[case] kind: Kind) {
    assert_eq!(read_message(octets, false, kind), Progress::NotHttp);
}

#[rstest]
#[case(b"", Kind::Request)]
#[case(b"", RESPONSE)]
#[case(b"G", Kind::Request)]
#[case(b"GET /x", Kind::Request)]
#[case(b"GET /x HTTP/1.1\r", Kind::Request)]
#[case(b"H", RESPONSE)]
#[case(b"HTTP/", RESPONSE)]
#[case(b"HTTP/1.1 200 OK\r\nA: b\r\n", RESPONSE)]
fn what_may_become_a_message_is_waited_for(#[case] octets: &[u8], #[case] kind: Kind) {
    assert_eq!(read_message(octets, false, kind), Progress::Partial);
}
