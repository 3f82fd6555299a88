//! To the smallest case that still shows something.
//!
//! Every step is played over the wire; it never guesses what a target would do.

use std::collections::BTreeSet;

use super::{case::Case, simpler::simpler};

/// Plays at most so often for one finding.
const PLAYS: usize = 1000;

/// The smallest case found for which `shows` is still true. It is true of `case`.
pub(super) async fn shrink(case: Case, mut shows: impl AsyncFnMut(&Case) -> bool) -> Case {
    let mut best = case;
    let mut tried: BTreeSet<String> = [format!("{best:?}")].into();
    'again: loop {
        for case in simpler(&best) {
            // Each is played once, so that this comes to an end.
            if !tried.insert(format!("{case:?}")) {
                continue;
            }
            if tried.len() > PLAYS {
                return best;
            }
            if shows(&case).await {
                best = case;
                continue 'again;
            }
        }
        return best;
    }
}
