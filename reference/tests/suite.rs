//! The whole conformance suite against the reference: the answer key keeps its own rules.
//!
//! It stops at the first row that comes to something else than the committed exchanges say
//! (`conformance/tests/exchanges/`), so that what is broken is known soon. That makes it the test by
//! which mutants of the proxying code are judged (`.cargo/mutants.toml`).

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    path::Path,
};

use hopspec::{
    clock::Patience,
    report::headline,
    runner::{Interrupt, Launch, Plan, Progress, RowResult, run},
    scenario::{Library, Row},
    target::Definition,
};
use tokio::{sync::watch, task::LocalSet};

/// What each row came to when the exchanges were committed, as [`headline`] says it.
fn committed(root: &Path) -> BTreeSet<String> {
    let folder = std::fs::read_dir(root.join("conformance/tests/exchanges")).expect("the exchanges");
    let texts = folder.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text"));
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Ends the run at the first row that comes to something else.
struct FirstFailure {
    committed: BTreeSet<String>,
    end: watch::Sender<bool>,
    played: Cell<usize>,
    failed: RefCell<Vec<String>>,
}

impl Progress for FirstFailure {
    fn began(&self, _: &Row) {}

    fn over(&self, result: &RowResult) {
        self.played.set(self.played.get() + 1);
        let judgement = &result.judgement;
        let (id, outcome) = (result.row.id(), judgement.outcome.as_deref());
        let line = headline(&id, judgement.verdict, outcome, &judgement.turns);
        if !self.committed.contains(&line) {
            let findings: Vec<_> = judgement.findings.iter().map(|found| &found.came).collect();
            self.failed.borrow_mut().push(format!("{line} {findings:?} {:?}", result.note));
            self.end.send_replace(true);
        }
    }
}

#[test]
fn every_row_comes_to_what_was_committed() {
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
        watcher: None,
    };
    let (end, ended) = watch::channel(false);
    let committed = committed(&root);
    let progress = FirstFailure { committed, end, played: Cell::default(), failed: RefCell::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let played = LocalSet::new().block_on(&runtime, run(&plan, &progress, Interrupt(ended)));
    played.expect("the reference starts");
    assert_eq!(*progress.failed.borrow(), Vec::<String>::new());
    assert_eq!(progress.played.get(), rows.len());
}
