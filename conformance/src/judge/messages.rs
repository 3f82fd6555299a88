//! WebSocket messages beside what was awaited, for targets that take frames apart and make them anew.
//!
//! Masks, lengths and fragments are such a target's own (RFC 6455 §5.4); only what a message says has to
//! arrive. A target that carries any octets is held to each octet instead.

use crate::wire::{Opcode, WebSocketMessage};

/// How the messages that are there compare with those that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// All of them are there, and take so many octets.
    Whole(usize),
    /// What is there may become all of them.
    Short,
    /// Another one stands behind so many octets.
    Differs(usize),
}

/// Compares `octets` with `wanted`. `masked`: they come from a client's side, which masks its frames.
pub(super) fn said(octets: &[u8], wanted: &[WebSocketMessage], masked: bool) -> Said {
    let mut at = 0;
    for one in wanted {
        match message(&octets[at..], masked) {
            Ok(Some(found)) if found.opcode == one.opcode as u8 && found.payload == one.payload => {
                at += found.length
            }
            Ok(None) => return Said::Short,
            Ok(Some(_)) | Err(NoFrame) => return Said::Differs(at),
        }
    }
    Said::Whole(at)
}

/// Whether `octets` are one closing frame (RFC 6455 §5.5.1), and nothing else.
pub(super) fn closes(octets: &[u8], masked: bool) -> bool {
    let found = message(octets, masked).ok().flatten();
    found.is_some_and(|found| found.opcode == Opcode::Close as u8 && found.length == octets.len())
}

/// One frame, or a whole message made of several.
struct Message {
    opcode: u8,
    payload: Vec<u8>,
    length: usize,
}

/// Octets that no endpoint may send there.
struct NoFrame;

/// The message that `octets` begin with; `None` if it is not complete.
fn message(octets: &[u8], masked: bool) -> Result<Option<Message>, NoFrame> {
    let mut whole: Option<Message> = None;
    let mut at = 0;
    loop {
        let Some(frame) = frame(&octets[at..], masked)? else { return Ok(None) };
        at += frame.length;
        let is_last = octets[at - frame.length] & 0x80 != 0;
        whole = match (whole, frame.opcode) {
            (None, 0) => return Err(NoFrame),
            (None, _) => Some(frame),
            (Some(begun), 0) => Some(Message { payload: [begun.payload, frame.payload].concat(), ..begun }),
            (Some(_), _) => return Err(NoFrame),
        };
        if is_last {
            return Ok(whole.map(|message| Message { length: at, ..message }));
        }
    }
}

/// One frame (RFC 6455 §5.2), with its mask taken off.
fn frame(octets: &[u8], masked: bool) -> Result<Option<Message>, NoFrame> {
    let [first, second, rest @ ..] = octets else { return Ok(None) };
    // No extension was agreed upon that could use the reserved bits.
    if first & 0x70 != 0 || (second & 0x80 != 0) != masked {
        return Err(NoFrame);
    }
    let wide = match second & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let (Some(size), Some(behind)) = (rest.get(..wide), rest.get(wide..)) else { return Ok(None) };
    let size = match wide {
        0 => u64::from(second & 0x7f),
        _ => size.iter().fold(0, |size, octet| size << 8 | u64::from(*octet)),
    };
    let key = if masked { 4 } else { 0 };
    let size = usize::try_from(size).map_err(|_| NoFrame)?;
    let Some(masked_payload) = behind.get(key..).and_then(|payload| payload.get(..size)) else {
        return Ok(None);
    };
    let mask = if masked { &behind[..4] } else { &[0][..] };
    let payload = masked_payload.iter().zip(mask.iter().cycle()).map(|(octet, key)| octet ^ key).collect();
    Ok(Some(Message { opcode: first & 0x0f, payload, length: 2 + wide + key + size }))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::wire::frame;

    fn hello() -> [WebSocketMessage; 1] {
        [WebSocketMessage { opcode: Opcode::Text, payload: b"Hello".to_vec() }]
    }

    #[rstest]
    #[case::as_it_was(frame(Opcode::Text, b"Hello", None), Said::Whole(7))]
    #[case::in_fragments(b"\x01\x03Hel\x80\x02lo".to_vec(), Said::Whole(9))]
    #[case::with_a_longer_length(b"\x81\x7e\x00\x05Hello".to_vec(), Said::Whole(9))]
    #[case::more_behind_it(b"\x81\x05Hello\x81\x01x".to_vec(), Said::Whole(7))]
    #[case::nothing_yet(Vec::new(), Said::Short)]
    #[case::half_of_it(b"\x81\x05Hel".to_vec(), Said::Short)]
    #[case::one_fragment(b"\x01\x03Hel".to_vec(), Said::Short)]
    #[case::other_words(b"\x81\x05Hallo".to_vec(), Said::Differs(0))]
    #[case::other_kind(frame(Opcode::Binary, b"Hello", None), Said::Differs(0))]
    #[case::masked_by_a_server(frame(Opcode::Text, b"Hello", Some([1, 2, 3, 4])), Said::Differs(0))]
    #[case::reserved_bit(b"\xc1\x05Hello".to_vec(), Said::Differs(0))]
    #[case::no_beginning(b"\x80\x05Hello".to_vec(), Said::Differs(0))]
    fn a_message_is_what_it_says(#[case] octets: Vec<u8>, #[case] expected: Said) {
        assert_eq!(said(&octets, &hello(), false), expected);
    }

    #[test]
    fn a_goodbye_is_one_closing_frame() {
        let close = frame(Opcode::Close, b"\x03\xe8", None);
        assert!(closes(&close, false) && !closes(&close, true) && !closes(b"", false));
        assert!(!closes(&[&close[..], b"x"].concat(), false));
        assert!(!closes(&frame(Opcode::Text, b"x", None), false));
    }

    #[test]
    fn any_mask_will_do_at_the_origin() {
        let octets = frame(Opcode::Text, b"Hello", Some([9, 8, 7, 6]));
        assert_eq!(said(&octets, &hello(), true), Said::Whole(octets.len()));
        assert_eq!(said(&frame(Opcode::Text, b"Hello", None), &hello(), true), Said::Differs(0));
    }
}
