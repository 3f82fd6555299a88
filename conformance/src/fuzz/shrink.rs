//! To the smallest case that still shows something: first by the strategy that made it, then by leaving out
//! what a person would.
//!
//! Every step is played over the wire; it never guesses what a target would do.

use std::collections::BTreeSet;

use proptest::strategy::ValueTree;

use super::{case::Case, simpler::simpler};

/// Plays at most so often for one finding.
const PLAYS: usize = 400;

/// The smallest case found for which `shows` is still true. It is true of what `tree` holds now.
pub(super) async fn shrink(
    tree: &mut dyn ValueTree<Value = Case>,
    mut shows: impl AsyncFnMut(&Case) -> bool,
) -> Case {
    let mut best = tree.current();
    let mut plays = 0;
    let mut smaller = tree.simplify();
    while smaller && plays < PLAYS / 2 {
        plays += 1;
        let case = tree.current();
        smaller = if shows(&case).await {
            best = case;
            tree.simplify()
        } else {
            tree.complicate()
        };
    }
    let mut tried: BTreeSet<String> = [format!("{best:?}")].into();
    'again: loop {
        for case in simpler(&best) {
            // Each is played once, so that this comes to an end.
            if !tried.insert(format!("{case:?}")) {
                continue;
            }
            plays += 1;
            if plays > PLAYS {
                break 'again;
            }
            if shows(&case).await {
                best = case;
                continue 'again;
            }
        }
        break;
    }
    best
}
