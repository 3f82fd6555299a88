//! What holds of every message, whole or cut, and of octets that are none.

use proptest::{collection::vec, prelude::*};

use super::*;

/// A message that says itself where it ends.
#[derive(Clone, Debug)]
struct Sample {
    octets: Vec<u8>,
    kind: Kind,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
}

fn lines() -> impl Strategy<Value = Vec<(String, String)>> {
    // The prefix keeps a generated name from framing the message.
    vec(("X-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,8}", "([!-~]([ -~]{0,12}[!-~])?)?"), 0..6)
}

fn samples() -> impl Strategy<Value = Sample> {
    let start = prop_oneof![
        "(GET|POST|X-[A-Z]{1,5}) /[a-z0-9/._-]{0,12} HTTP/1[.][01]".prop_map(|line| (Kind::Request, line)),
        "HTTP/1[.][01] (200|404|503) [A-Za-z ]{0,12}".prop_map(|line| (RESPONSE, line)),
    ];
    (start, lines(), vec(any::<u8>(), 0..40), any::<bool>(), 1_usize..9).prop_map(
        |((kind, line), fields, body, chunked, size)| {
            let mut octets = format!("{line}\r\n").into_bytes();
            for (name, value) in &fields {
                octets.extend(format!("{name}: {value}\r\n").bytes());
            }
            if chunked {
                octets.extend(b"Transfer-Encoding: chunked\r\n\r\n");
                for chunk in body.chunks(size) {
                    octets.extend(format!("{:x}\r\n", chunk.len()).bytes());
                    octets.extend(chunk);
                    octets.extend(b"\r\n");
                }
                octets.extend(b"0\r\n\r\n");
            } else {
                octets.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
                octets.extend(&body);
            }
            Sample { octets, kind, fields, body }
        },
    )
}

proptest! {
    #[test]
    fn a_message_is_read_as_it_was_written(sample in samples()) {
        let message = whole(&sample.octets, sample.kind);
        prop_assert_eq!(message.octets, sample.octets.len());
        prop_assert_eq!(&message.body, &sample.body);
        let written: Vec<(&str, &str)> = sample.fields.iter().map(|(n, v)| (&n[..], &v[..])).collect();
        prop_assert_eq!(&pairs(&message.head.fields)[..written.len()], &written[..]);
    }

    #[test]
    fn no_part_of_a_message_is_a_message(sample in samples(), ended: bool) {
        for cut in 0..sample.octets.len() {
            let read = read_message(&sample.octets[..cut], ended, sample.kind);
            prop_assert_eq!(read, Progress::Partial, "cut at {}", cut);
        }
    }

    #[test]
    fn what_follows_a_message_changes_nothing(sample in samples(), behind in vec(any::<u8>(), 0..40), ended: bool) {
        let alone = read_message(&sample.octets, false, sample.kind);
        let glued = [sample.octets, behind].concat();
        prop_assert_eq!(read_message(&glued, ended, sample.kind), alone);
    }

    #[test]
    fn what_cannot_start_a_message_never_will(octets in vec(any::<u8>(), 0..20), behind in vec(any::<u8>(), 0..20)) {
        for kind in [Kind::Request, RESPONSE] {
            if read_message(&octets, false, kind) == Progress::NotHttp {
                let longer = [&octets[..], &behind[..]].concat();
                prop_assert_eq!(read_message(&longer, true, kind), Progress::NotHttp);
            }
        }
    }

    #[test]
    fn no_octets_confuse_the_reader(octets in vec(any::<u8>(), 0..200), ended: bool) {
        for kind in [Kind::Request, RESPONSE, TO_HEAD] {
            if let Progress::Whole(message) | Progress::Broken(message) = read_message(&octets, ended, kind) {
                prop_assert!(message.octets <= octets.len());
            }
        }
    }

    #[test]
    fn no_content_confuses_the_reader(content in "[0-9a-fA-F;x\r\n -]{0,60}", ended: bool) {
        let octets = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{content}");
        if let Progress::Whole(message) | Progress::Broken(message) = read_message(octets.as_bytes(), ended, RESPONSE) {
            prop_assert!(message.octets <= octets.len());
        }
    }

    #[test]
    fn valid_heads_are_read_as_httparse_reads_them(sample in samples()) {
        let message = whole(&sample.octets, sample.kind);
        let mut room = [httparse::EMPTY_HEADER; 16];
        let (parsed, headers) = if sample.kind == Kind::Request {
            let mut request = httparse::Request::new(&mut room);
            request.parse(&sample.octets).unwrap();
            let minor = request.version.unwrap();
            let start = [request.method.unwrap().to_owned(), request.path.unwrap().to_owned(), format!("HTTP/1.{minor}")];
            (start, request.headers)
        } else {
            let mut response = httparse::Response::new(&mut room);
            response.parse(&sample.octets).unwrap();
            prop_assert_eq!(message.head.status(), response.code);
            let minor = response.version.unwrap();
            let code = response.code.unwrap().to_string();
            (([format!("HTTP/1.{minor}"), code, response.reason.unwrap().to_owned()]), response.headers)
        };
        prop_assert_eq!(&message.head.start, &parsed.map(String::into_bytes));
        let ours: Vec<(&[u8], &[u8])> = message.head.fields.0.iter().map(|f| (&f.name[..], &f.value[..])).collect();
        let theirs: Vec<(&[u8], &[u8])> = headers.iter().map(|h| (h.name.as_bytes(), h.value)).collect();
        prop_assert_eq!(ours, theirs);
    }
}
