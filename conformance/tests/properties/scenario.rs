//! What holds of any text that is read as a scenario.

use std::sync::Arc;

use hopspec::scenario::{Scenario, ScenarioId, Source, lint, parse_scenario, write_scenario};

use super::suite::library;

/// It is refused with a message, or read; what was read can be written, and says the same again.
pub(crate) fn holds(text: &str) {
    let Some(scenario) = read(text) else { return };
    for mistake in lint(&scenario, &library().catalogue) {
        assert!(!mistake.render(false).is_empty());
    }
    let written = write_scenario(&scenario);
    let again = read(&written).unwrap_or_else(|| panic!("what was written is refused:\n{written}"));
    assert_eq!(write_scenario(&again), written);
}

fn read(text: &str) -> Option<Scenario> {
    let source = Arc::new(Source { path: "fuzzed.kdl".into(), text: text.to_owned() });
    match parse_scenario(ScenarioId("fuzz/ed".to_owned()), source) {
        Ok(scenario) => Some(scenario),
        Err(mistake) => {
            let span = mistake.span;
            assert!(
                mistake.source.text.get(span.start..span.end).is_some(),
                "{span:?} is no place in the text"
            );
            assert!(mistake.render(false).contains("error"));
            None
        }
    }
}
