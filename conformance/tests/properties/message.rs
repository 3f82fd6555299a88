//! What holds of any octets that are read as a message.

use hopspec::wire::{Kind, Progress, escape, read_message, tokens, unescape};

/// The first octet says what is expected; the others are read, all of them and up to some places.
pub(crate) fn holds(octets: &[u8]) {
    let Some((first, octets)) = octets.split_first() else { return };
    let kind = match first % 4 {
        0 => Kind::Request,
        1 => Kind::RequestHead,
        2 => Kind::Response { head_only: true },
        _ => Kind::Response { head_only: false },
    };
    let whole = read_message(octets, false, kind);
    let ended = read_message(octets, true, kind);
    for read in [&whole, &ended] {
        if let Progress::Whole(message) | Progress::Broken(message) = read {
            assert!(message.octets <= octets.len() && message.head_octets <= octets.len());
            assert!(message.body.len() <= octets.len());
        }
    }
    // The end of a stream decides nothing that was decided before it.
    if whole != Progress::Partial {
        assert_eq!(ended, whole);
    }
    let step = (octets.len() / 32).max(1);
    for cut in (0..octets.len()).step_by(step) {
        let part = read_message(&octets[..cut], false, kind);
        // What is decided stays so, whatever follows.
        if part != Progress::Partial {
            assert_eq!(part, whole, "cut at {cut}");
        }
    }
    assert_eq!(unescape(&escape(octets)).as_deref(), Some(octets));
    assert!(escape(octets).bytes().all(|octet| (b' '..=b'~').contains(&octet)));
    assert!(tokens(octets).all(|member| !member.is_empty() && member == member.trim_ascii()));
}
