//! Every mode comes to the same verdicts on the reference, outcome by outcome.

mod support;

use hopspec::{report::Report, scenario::Mode};
use support::hopspec_in_repository;

/// Each row with its verdict and its named outcome.
fn verdicts(mode: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    let report = format!("json={}", path.display());
    let run = hopspec_in_repository(&[&["run", "--quiet", "--report", &report], mode].concat());
    run.ends(0, &["conformant"]);
    let text = std::fs::read_to_string(&path).expect("the report was written");
    let report: Report = serde_json::from_str(&text).expect("the report is what the library reads");
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
