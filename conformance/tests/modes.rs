//! Every mode comes to the same verdicts on the reference, outcome by outcome.

mod support;

use hopspec::scenario::Mode;
use support::reference_report;

/// Each row with its verdict and its named outcome.
fn verdicts(mode: &[&str]) -> Vec<String> {
    let report = reference_report(mode);
    assert_eq!(report.mode.map(|mode| mode.name()), mode.get(1).copied());
    let verdict = |outcome: Option<&str>| outcome.map(|name| format!(" ({name})")).unwrap_or_default();
    let rows = report.rows.iter();
    rows.map(|row| format!("{}: {}{}", row.id, row.verdict.name(), verdict(row.outcome.as_deref()))).collect()
}

#[test]
fn a_mode_changes_no_verdict_on_the_reference() {
    let usual = verdicts(&[]);
    for mode in Mode::ALL {
        let other = verdicts(&["--mode", mode.name()]);
        let differ: Vec<_> = usual.iter().zip(&other).filter(|(one, other)| one != other).collect();
        assert_eq!(usual.len(), other.len());
        assert!(differ.is_empty(), "{mode:?}: {differ:#?}");
    }
}
