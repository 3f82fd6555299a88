//! What the reference puts on the wire in every scenario, as snapshots to be read.
//!
//! One file for each scenario: the conversations of its first rows, with addresses and dates
//! replaced, and of the others a fingerprint. `INSTA_UPDATE=always cargo test --workspace` writes
//! them anew.

mod support;

use std::{collections::BTreeMap, fmt::Write};

use hopspec::report::{headline, render_turns};
use support::{reference, reference_report};

/// So many rows of a scenario are shown in full: the others differ in a value of the matrix.
const SHOWN: usize = 3;

#[test]
fn the_reference_says_the_same_in_every_scenario() {
    assert!(reference().is_file(), "the reference is not built: cargo build --package hopspec-reference");
    let report = reference_report(&[]);
    let mut scenarios: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    for row in &report.rows {
        let (rows, text) = scenarios.entry(row.id.split(':').next().unwrap_or_default()).or_default();
        *rows += 1;
        let _ = writeln!(text, "{}", headline(&row.id, row.verdict, row.outcome.as_deref(), &row.turns));
        if *rows <= SHOWN {
            let _ = writeln!(text, "{}", render_turns(&row.turns));
        }
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exchanges");
    for snapshot in std::fs::read_dir(folder).expect("the snapshots").flatten() {
        let name = snapshot.file_name().into_string().expect("a name in ASCII");
        let scenario = name.trim_end_matches(".snap").replace("__", "/");
        assert!(
            name.ends_with(".snap.new") || scenarios.contains_key(scenario.as_str()),
            "{name} is of no scenario"
        );
    }
    insta::with_settings!({ snapshot_path => "exchanges", prepend_module_to_snapshot => false, omit_expression => true }, {
        for (scenario, (_, text)) in scenarios {
            insta::assert_snapshot!(scenario.replace('/', "__"), text);
        }
    });
}
