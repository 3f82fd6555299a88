//! What holds of any text that is read as a transcript.

use hopspec::{judge::judge_transcript, transcript::Transcript};

use super::suite::library;

/// It is refused, or read; what was read is stored and read again as it was, and can be judged.
pub(crate) fn holds(text: &str) {
    let Ok(transcript) = serde_json::from_str::<Transcript>(text) else { return };
    let stored = serde_json::to_string(&transcript).expect("a transcript can be stored");
    assert_eq!(serde_json::from_str::<Transcript>(&stored).expect("and read again"), transcript);
    judged(&transcript);
}

/// It can be judged if the suite has its scenario, whatever its events are.
pub(crate) fn judged(transcript: &Transcript) {
    let rows = library().rows();
    let is_its = |row: &&hopspec::scenario::Row| {
        row.scenario.id.0 == transcript.scenario && row.route == transcript.route
    };
    for row in rows.iter().filter(is_its) {
        let judgement = judge_transcript(row, &library().catalogue, transcript);
        for finding in &judgement.findings {
            assert!(!finding.expected.is_empty());
        }
        assert!(transcript.shortened().len() <= transcript.events.len());
    }
}
