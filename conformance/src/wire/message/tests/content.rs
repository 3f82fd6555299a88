//! Where a message ends: each framing, and what breaks it (RFC 9112 §6.3, §7.1).

use rstest::rstest;

use super::*;

#[rstest]
#[case::length("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "hello", "hello", Framing::Length(5))]
#[case::length_zero("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", "", Framing::None)]
#[case::other_letters("HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\n\r\n", "hello", "hello", Framing::Length(5))]
#[case::the_first_length(
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n",
    "he",
    "he",
    Framing::Length(2)
)]
#[case::chunked(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "5\r\nhello\r\n0\r\n\r\n",
    "hello",
    Framing::Chunked
)]
#[case::chunked_beats_length(
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: Chunked\r\n\r\n",
    "1\r\nx\r\n0\r\n\r\n",
    "x",
    Framing::Chunked
)]
#[case::last_coding(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "0\r\n\r\n",
    "",
    Framing::Chunked
)]
#[case::switch("HTTP/1.1 101 Switching Protocols\r\nContent-Length: 5\r\n\r\n", "", "", Framing::None)]
#[case::interim("HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n", "", "", Framing::None)]
#[case::no_content("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "", "", Framing::None)]
#[case::not_modified("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "", "", Framing::None)]
fn a_response_ends_where_its_framing_says(
    #[case] head: &str,
    #[case] content: &str,
    #[case] body: &str,
    #[case] framing: Framing,
    #[values("", "HTTP/1.1 200 OK\r\n\r\n")] next: &str,
) {
    let message = whole(format!("{head}{content}{next}").as_bytes(), RESPONSE);
    assert_eq!((message.body, message.framing), (body.as_bytes().to_vec(), framing));
    assert_eq!(message.octets, head.len() + content.len());
}

/// RFC 9112 §6.3: the client of a response reads on until the end, whatever length stands beside it.
#[rstest]
#[case::chunked_is_not_the_last("Transfer-Encoding: chunked, gzip\r\nContent-Length: 2")]
#[case::another_coding("Transfer-Encoding: gzip\r\nContent-Length: 2")]
#[case::a_second_line("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip")]
fn a_response_in_another_coding_ends_with_its_connection(#[case] framing: &str) {
    let octets = format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    assert_eq!(read_message(octets.as_bytes(), false, RESPONSE), Progress::Partial);
    let Progress::Whole(message) = read_message(octets.as_bytes(), true, RESPONSE) else { panic!() };
    assert_eq!((message.framing, message.octets), (Framing::UntilClose, octets.len()));
}

#[rstest]
#[case::nothing_said("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "", "", Framing::None)]
#[case::length("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n", "abc", "abc", Framing::Length(3))]
#[case::chunked(
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "1\r\na\r\n0\r\n\r\n",
    "a",
    Framing::Chunked
)]
#[case::no_status_exempts_it(
    "GET 204 HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
    "abc",
    "abc",
    Framing::Length(3)
)]
fn a_request_ends_where_its_framing_says(
    #[case] head: &str,
    #[case] content: &str,
    #[case] body: &str,
    #[case] framing: Framing,
    #[values("", "GET / HTTP/1.1\r\n\r\n")] next: &str,
) {
    let message = whole(format!("{head}{content}{next}").as_bytes(), Kind::Request);
    assert_eq!((message.body, message.framing), (body.as_bytes().to_vec(), framing));
    assert_eq!(message.octets, head.len() + content.len());
}

#[rstest]
#[case("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
#[case("HTTP/1.1 200 OK\r\n\r\n")]
fn an_answer_to_head_ends_at_its_blank_line(#[case] head: &str) {
    let message = whole(head.as_bytes(), TO_HEAD);
    assert_eq!((message.framing, message.octets), (Framing::None, head.len()));
}

#[test]
fn content_without_a_length_lasts_until_the_end() {
    let octets = b"HTTP/1.0 200 OK\r\n\r\nall there is";
    assert_eq!(read_message(octets, false, RESPONSE), Progress::Partial);
    let Progress::Whole(message) = read_message(octets, true, RESPONSE) else { panic!() };
    assert_eq!((&message.body[..], message.framing), (&b"all there is"[..], Framing::UntilClose));
}

#[rstest]
#[case::signed("+5")]
#[case::negative("-5")]
#[case::hexadecimal("0x5")]
#[case::fraction("5.0")]
#[case::list("5, 5")]
#[case::empty("")]
#[case::larger_than_any_number("99999999999999999999999999")]
fn a_length_that_is_no_number_counts_as_none(#[case] length: &str) {
    let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nhello");
    let Progress::Whole(message) = read_message(response.as_bytes(), true, RESPONSE) else { panic!() };
    assert_eq!((&message.body[..], message.framing), (&b"hello"[..], Framing::UntilClose));
    let request = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
    assert_eq!(whole(request.as_bytes(), Kind::Request).framing, Framing::None);
}

#[rstest]
#[case::length("Content-Length: 18446744073709551615", "")]
#[case::chunk("Transfer-Encoding: chunked", "7ffffffffffffff0\r\n")]
fn a_huge_size_is_waited_for_without_overflow(#[case] field: &str, #[case] content: &str) {
    let response = format!("HTTP/1.1 200 OK\r\n{field}\r\n\r\n{content}some of it");
    assert_eq!(read_message(response.as_bytes(), false, RESPONSE), Progress::Partial);
    assert_eq!(read_message(response.as_bytes(), true, RESPONSE), Progress::Partial);
}

#[rstest]
#[case::one_chunk("5\r\nhello\r\n0\r\n\r\n", "hello")]
#[case::two_chunks("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello")]
#[case::letters_of_any_case("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789")]
#[case::leading_zeros("0005\r\nhello\r\n000\r\n\r\n", "hello")]
#[case::extension("5;name=value\r\nhello\r\n0;last\r\n\r\n", "hello")]
#[case::space_before_the_extension("5 ; name\r\nhello\r\n0\r\n\r\n", "hello")]
#[case::trailers("5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-End: 2\r\n\r\n", "hello")]
#[case::bare_lf("5\nhello\n0\n\n", "hello")]
#[case::line_ends_as_data("4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n")]
fn chunks_are_put_together(#[case] chunks: &str, #[case] body: &str) {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let message = whole(format!("{head}{chunks}behind").as_bytes(), RESPONSE);
    assert_eq!(message.body, body.as_bytes());
    assert_eq!(message.octets, head.len() + chunks.len());
}

#[rstest]
#[case::none("0\r\n\r\n", &[])]
#[case::two("0\r\nX-Sum: 1\r\nx-sum:2 \r\n\r\n", &[("X-Sum", "1"), ("x-sum", "2")])]
#[case::bare_lf("0\nX-Sum: 1\n\n", &[("X-Sum", "1")])]
#[case::broken_lines("0\r\n X-Sum : 1\r\nnone\r\n\r\n", &[(" X-Sum ", "1"), ("none", "")])]
fn trailers_are_taken_as_they_stand(#[case] end: &str, #[case] trailers: &[(&str, &str)]) {
    let head = "HTTP/1.1 200 OK\r\nX-Sum: 0\r\nTransfer-Encoding: chunked\r\n\r\n";
    let message = whole(format!("{head}5\r\nhello\r\n{end}behind").as_bytes(), RESPONSE);
    assert_eq!(pairs(&message.trailers), trailers);
    assert_eq!(pairs(&message.head.fields), [("X-Sum", "0"), ("Transfer-Encoding", "chunked")]);
    assert_eq!(message.octets, head.len() + "5\r\nhello\r\n".len() + end.len());
}

#[rstest]
#[case::no_number("hello\r\n")]
#[case::no_size("\r\n")]
#[case::signed("+5\r\nhello\r\n0\r\n\r\n")]
#[case::negative("-1\r\n")]
#[case::prefixed("0x5\r\nhello\r\n0\r\n\r\n")]
#[case::data_longer_than_its_size("2\r\nhello\r\n0\r\n\r\n")]
#[case::larger_than_any_number("fffffffffffffffff\r\n")]
#[case::the_largest_number("ffffffffffffffff\r\n")]
fn a_broken_chunk_is_told_from_one_that_still_comes(#[case] chunks: &str) {
    let octets = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
    let Progress::Broken(message) = read_message(octets.as_bytes(), false, RESPONSE) else { panic!() };
    assert_eq!(message.head.status(), Some(200));
    assert!(message.octets <= octets.len());
}
