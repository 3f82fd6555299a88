//! To the smallest case that still shows something.
//!
//! Every step is played over the wire; it never guesses what a target would do.

use std::{collections::BTreeSet, time::Duration};

use super::{case::Case, simpler::simpler};
use crate::clock::Stopwatch;

/// Plays at most so often for one finding.
const PLAYS: usize = 1000;
/// And at most so long: what is not answered takes its time in each play.
const TIME: Duration = Duration::from_secs(20);

/// The smallest case found for which `shows` is still true. It is true of `case`.
pub(super) async fn shrink(case: Case, mut shows: impl AsyncFnMut(&Case) -> bool) -> Case {
    let watch = Stopwatch::start();
    let mut best = case;
    let mut tried: BTreeSet<String> = [format!("{best:?}")].into();
    'again: loop {
        for case in simpler(&best) {
            if watch.elapsed() > TIME {
                return best;
            }
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
