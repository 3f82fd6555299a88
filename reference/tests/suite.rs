//! The whole conformance suite against the reference: the answer key keeps its own rules.
//!
//! It stops at the first row that does not pass, so that what is broken is known soon. That makes
//! it the test by which mutants of the proxying code are judged (`.cargo/mutants.toml`).

use std::{
    cell::{Cell, RefCell},
    path::Path,
};

use hopspec::{
    clock::Patience,
    judge::Verdict,
    runner::{Interrupt, Launch, Plan, Progress, RowResult, run},
    scenario::{Library, Row},
    target::Definition,
};
use tokio::{sync::watch, task::LocalSet};

/// Ends the run at the first row that neither passes nor is observed.
struct FirstFailure {
    end: watch::Sender<bool>,
    played: Cell<usize>,
    failed: RefCell<Vec<String>>,
}

impl Progress for FirstFailure {
    fn began(&self, _: &Row) {}

    fn over(&self, result: &RowResult) {
        self.played.set(self.played.get() + 1);
        let verdict = result.judgement.verdict;
        if !matches!(verdict, Verdict::Pass | Verdict::Observed) {
            let findings: Vec<_> = result.judgement.findings.iter().map(|found| &found.came).collect();
            let line = format!("{} is {}: {findings:?} {:?}", result.row.id(), verdict.name(), result.note);
            self.failed.borrow_mut().push(line);
            self.end.send_replace(true);
        }
    }
}

#[test]
fn the_reference_passes_every_row() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let library = Library::load(&root.join("scenarios")).expect("the suite has no mistakes");
    let definition = Definition::load(&root.join("conformance/targets/reference/target.toml"));
    let definition =
        Definition { program: env!("CARGO_BIN_EXE_reference").into(), ..definition.expect("a definition") };
    let rows = library.rows();
    let plan = Plan {
        launch: Launch::Program(Box::new(definition)),
        rows: rows.clone(),
        catalogue: library.catalogue.clone(),
        jobs: 8,
        patience: Patience::scaled(1.0),
        seed: 0,
        mode: None,
    };
    let (end, ended) = watch::channel(false);
    let progress = FirstFailure { end, played: Cell::default(), failed: RefCell::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let played = LocalSet::new().block_on(&runtime, run(&plan, &progress, Interrupt(ended)));
    played.expect("the reference starts");
    assert_eq!(*progress.failed.borrow(), Vec::<String>::new());
    assert_eq!(progress.played.get(), rows.len());
}
