//! What a report keeps of an exchange, and what stands for bulk.

use super::*;
use crate::scenario::{Role, Route, StepId};

const FIRST: ConnId = ConnId(0);

fn transcript(what: Vec<What>) -> Transcript {
    let event = |what| Event { at: 0, conn: Some(FIRST), what };
    Transcript {
        scenario: "a/b".to_owned(),
        route: Route::Mapped,
        row: None,
        bindings: std::collections::BTreeMap::new(),
        events: what.into_iter().map(event).collect(),
    }
}

fn octets(transcript: &Transcript) -> usize {
    let octets = transcript.shortened();
    let octets = octets.iter().filter_map(|event| match &event.what {
        What::Received(octets) => Some(octets.0.len()),
        _ => None,
    });
    octets.sum()
}

#[test]
fn a_flood_is_cut_to_what_can_be_looked_at_and_its_end_is_kept() {
    let mut what = vec![What::Received(Octets(vec![b'x'; 64 << 10])); 128];
    what.push(What::Flooded);
    let flood = transcript(what);
    assert_eq!(octets(&flood), 32 << 10);
    assert_eq!(flood.shortened().last().map(|event| event.what.clone()), Some(What::Flooded));
}

#[test]
fn an_ordinary_exchange_is_kept_whole_without_its_steps() {
    let ordinary = transcript(vec![
        What::Began(StepId(0)),
        What::Received(Octets(b"hello".to_vec())),
        What::Over { step: StepId(0), late: false },
        What::Ended(Ending::Fin),
    ]);
    let kept: Vec<What> = ordinary.shortened().into_iter().map(|event| event.what).collect();
    assert_eq!(kept, [What::Received(Octets(b"hello".to_vec())), What::Ended(Ending::Fin)]);
}

#[test]
fn bulk_that_goes_on_is_one_event_and_stands_in_its_place() {
    let mut recording = Recording::default();
    recording.note(Some(FIRST), What::Opened { role: Role::Client, name: String::new() });
    recording.note(Some(FIRST), What::Received(Octets(b"head".to_vec())));
    recording.note(Some(FIRST), What::ReceivedNoise { from: 2, octets: 10 });
    recording.note(Some(FIRST), What::ReceivedNoise { from: 12, octets: 5 });
    recording.note(Some(FIRST), What::Received(Octets(b"tail".to_vec())));
    assert_eq!(recording.events().len(), 4);
    let conn = recording.conn(FIRST).expect("the connection");
    let whole = [Stretch::Kept(b"head"), Stretch::Noise { from: 2, octets: 15 }, Stretch::Kept(b"tail")];
    assert_eq!((conn.length(), conn.behind(0).collect::<Vec<_>>()), (23, whole.to_vec()));
    assert_eq!(conn.behind(9).next(), Some(Stretch::Noise { from: 7, octets: 10 }));
    assert_eq!((conn.unread(2), conn.unread(4), conn.unread(20)), (&b"ad"[..], &b""[..], &b"ail"[..]));
    assert_eq!(conn.behind(23).next(), None);
}
