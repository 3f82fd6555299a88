//! Our readers keep their properties, whatever they are given: sound input with a few things changed.

mod properties;

use hopspec::{
    scenario::{Listening, Role, Row, StepId},
    transcript::{ConnId, Ending, Event, Octets, Transcript, What},
};
use proptest::{collection::vec, prelude::*, sample::Index};

use properties::{message, scenario, suite::library, transcript};

/// One change of a text, by lines or by octets.
#[derive(Clone, Debug)]
enum Change {
    DropLine(Index),
    RepeatLine(Index, Index),
    SwapLines(Index, Index),
    Cut(Index),
    Drop(Index, usize),
    Put(Index, String),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let at = any::<Index>;
    let text = prop_oneof![
        "[ -~]{1,6}",
        any::<String>().prop_map(|text| text.chars().take(4).collect()),
        prop::sample::select(vec![
            "{", "}", "\"", "\"\"\"", "\\", "(hex)", "\n", "=", "#true", "/-", "\u{feff}"
        ])
        .prop_map(str::to_owned),
    ];
    let change = prop_oneof![
        at().prop_map(Change::DropLine),
        (at(), at()).prop_map(|(line, place)| Change::RepeatLine(line, place)),
        (at(), at()).prop_map(|(one, other)| Change::SwapLines(one, other)),
        at().prop_map(Change::Cut),
        (at(), 1..6_usize).prop_map(|(place, count)| Change::Drop(place, count)),
        (at(), text).prop_map(|(place, text)| Change::Put(place, text)),
    ];
    vec(change, 0..4)
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut text = text.to_owned();
    for change in changes {
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let count = lines.len();
        let letters: Vec<char> = text.chars().collect();
        let place = |index: &Index| index.index(letters.len() + 1);
        text = match change {
            Change::DropLine(line) => {
                lines.remove(line.index(count));
                lines.join("\n")
            }
            Change::RepeatLine(line, place) => {
                lines.insert(place.index(count), lines[line.index(count)].clone());
                lines.join("\n")
            }
            Change::SwapLines(one, other) => {
                lines.swap(one.index(count), other.index(count));
                lines.join("\n")
            }
            Change::Cut(at) => letters[..place(at)].iter().collect(),
            Change::Drop(at, count) => {
                let behind = (place(at) + count).min(letters.len());
                letters[..place(at).min(behind)].iter().chain(&letters[behind..]).collect()
            }
            Change::Put(at, put) => {
                let (before, behind) = letters.split_at(place(at));
                before.iter().copied().chain(put.chars()).chain(behind.iter().copied()).collect()
            }
        };
    }
    text
}

/// Rows of the suite.
fn row() -> impl Strategy<Value = Row> {
    let rows = library().rows();
    any::<Index>().prop_map(move |at| at.get(&rows).clone())
}

fn octets() -> impl Strategy<Value = Octets> {
    let http = prop::sample::select(vec![
        &b"GET /hop-x HTTP/1.1\r\nHost: h\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
    ]);
    prop_oneof![http.prop_map(<[u8]>::to_vec), vec(any::<u8>(), 0..30)].prop_map(Octets)
}

/// Anything that could be stored, whether it could happen or not.
fn event() -> impl Strategy<Value = Event> {
    let role = prop_oneof![Just(Role::Client), Just(Role::Origin)];
    let what = prop_oneof![
        3 => role.prop_map(|role| What::Opened { role, name: String::new() }),
        3 => octets().prop_map(What::Received),
        1 => octets().prop_map(What::Sent),
        4 => (0..30_u32, any::<bool>()).prop_map(|(step, late)| What::Over { step: StepId(step), late }),
        1 => (0..30_u32).prop_map(|step| What::Began(StepId(step))),
        1 => prop_oneof![Just(Ending::Fin), Just(Ending::Reset)].prop_map(What::Ended),
        1 => (0..usize::MAX / 4, 0..usize::MAX / 4)
            .prop_map(|(from, octets)| What::ReceivedNoise { from, octets }),
        1 => prop::sample::select(vec![
            What::Closing,
            What::TargetGone,
            What::HalfClosed,
            What::Closed,
            What::Reset,
            What::Flooded,
            What::SentAll,
            What::HeldBack(7),
            What::TargetMemory(u64::MAX),
            What::Listens(Listening::Refuses),
            What::Refused { name: String::new(), why: "x".to_owned() },
        ]),
    ];
    let conn = prop_oneof![5 => (0..4_u32).prop_map(|id| Some(ConnId(id))), 1 => Just(None), 1 => Just(Some(ConnId(u32::MAX)))];
    (any::<u64>(), conn, what).prop_map(|(at, conn, what)| Event { at, conn, what })
}

fn transcripts() -> impl Strategy<Value = Transcript> {
    let names = proptest::option::of(Just("nonce"));
    (row(), vec(event(), 0..25), names).prop_map(|(row, events, name)| Transcript {
        scenario: row.scenario.id.0.clone(),
        route: row.route,
        row: row.matrix.map(|at| row.scenario.matrix[at].name.clone()),
        bindings: name.map(|name| (name.to_owned(), "hop-x".to_owned())).into_iter().collect(),
        events,
    })
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn a_changed_scenario_is_refused_or_read(row in row(), changes in changes()) {
        scenario::holds(&changed(&row.scenario.source.text, &changes));
    }

    #[test]
    fn nonsense_is_judged_without_harm(stored in transcripts()) {
        transcript::judged(&stored);
    }

    #[test]
    fn a_changed_transcript_is_refused_or_read(stored in transcripts(), changes in changes()) {
        let text = serde_json::to_string_pretty(&stored).expect("it can be stored");
        transcript::holds(&changed(&text, &changes));
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn changed_octets_are_a_message_or_not(
        kind: u8,
        messages in vec(octets(), 1..3),
        changes in vec((any::<Index>(), any::<u8>()), 0..4),
    ) {
        let mut octets = vec![kind];
        messages.iter().for_each(|message| octets.extend(&message.0));
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        message::holds(&octets);
    }
}
