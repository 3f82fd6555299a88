//! Every row is proven able to fail: it passes on the sound proxy, and is judged otherwise on at
//! least one fault that its scenario claims to catch. Every claim is true of some row, and every
//! fault is claimed by something.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use futures_util::{StreamExt, stream};
use hopspec::{
    clock::Patience,
    judge::Verdict,
    requirement::Catalogue,
    runner::{Interrupt, Launch, Plan, Progress, RowResult, run},
    scenario::{Library, Row},
    target::{Definition, Offer},
};
use tokio::sync::watch;

use support::{block_on, built};

/// A row's verdict with its named outcome: what "judged otherwise" compares.
type Judged = (Verdict, Option<String>);

fn library() -> Library {
    Library::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios"))
        .expect("the suite has no mistakes")
}

fn faults() -> Vec<String> {
    let listed = Command::new(built("faulty")).arg("--list").output().expect("the faulty proxy runs");
    let listed = String::from_utf8(listed.stdout).expect("names are ASCII");
    listed.lines().filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
}

fn definition(fault: Option<&str>) -> Definition {
    let mut definition = Definition::by_contract(built("faulty"));
    if let Some(fault) = fault {
        definition.args.extend(["--fault".to_owned(), fault.to_owned()]);
    }
    definition.offers = Offer::everything();
    definition
}

struct Quiet;

impl Progress for Quiet {
    fn began(&self, _: &Row) {}
    fn over(&self, _: &RowResult) {}
}

/// Plays `rows`; a target that cannot even be started is judged otherwise by every row.
async fn play(catalogue: &Catalogue, rows: Vec<Row>, fault: Option<&str>) -> BTreeMap<String, Judged> {
    let (_wish, interrupt) = watch::channel(false);
    let plan = Plan {
        launch: Launch::Program(Box::new(definition(fault))),
        rows,
        catalogue: catalogue.clone(),
        jobs: 4,
        // Long enough for the configured second of the timed route, on a busy machine as well.
        patience: Patience::scaled(if fault.is_some() { 0.6 } else { 1.0 }),
        seed: 0,
        mode: None,
        watcher: None,
    };
    let (results, not_played) =
        run(&plan, &Quiet, Interrupt(interrupt)).await.expect("the faulty proxy starts");
    assert_eq!(not_played, 0);
    results.into_iter().map(|r| (r.row.id(), (r.judgement.verdict, r.judgement.outcome))).collect()
}

fn claiming(library: &Library, fault: &str) -> Vec<Row> {
    let claims = |row: &Row| row.scenario.catches.iter().any(|claim| claim.value == fault);
    library.rows().into_iter().filter(claims).collect()
}

#[test]
fn every_claim_names_a_fault_and_every_fault_is_claimed() {
    let library = library();
    let faults: BTreeSet<String> = faults().into_iter().collect();
    let claims = library
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.catches.iter().map(|claim| claim.value.clone()));
    assert_eq!(claims.collect::<BTreeSet<_>>(), faults);
    for scenario in &library.scenarios {
        assert!(
            !scenario.catches.is_empty(),
            "{} claims no fault: nothing shows that it can fail",
            scenario.id
        );
    }
}

#[test]
fn the_sound_proxy_passes_and_each_fault_fails_what_claims_it() {
    let library = library();
    let (sound, broken) = block_on(async {
        let sound = play(&library.catalogue, library.rows(), None).await;
        let (catalogue, library) = (&library.catalogue, &library);
        let one = |fault: String| async move {
            let played = play(catalogue, claiming(library, &fault), Some(&fault)).await;
            (fault, played)
        };
        let broken: Vec<_> = stream::iter(faults()).map(one).buffer_unordered(6).collect().await;
        (sound, broken)
    });
    for (row, (verdict, _)) in &sound {
        assert!(
            matches!(verdict, Verdict::Pass | Verdict::Observed),
            "{row} is {verdict:?} on the sound proxy"
        );
    }
    let mut survived = Vec::new();
    let mut unkilled: BTreeSet<&str> = sound.keys().map(String::as_str).collect();
    for (fault, played) in &broken {
        let mut killed: BTreeMap<&str, bool> = BTreeMap::new();
        for (row, judged) in played {
            let scenario = row.split(':').next().unwrap_or(row);
            let otherwise = sound.get(row) != Some(judged);
            *killed.entry(scenario).or_default() |= otherwise;
            if otherwise {
                unkilled.remove(row.as_str());
            }
        }
        survived.extend(
            killed.iter().filter(|(_, killed)| !**killed).map(|(s, _)| format!("{fault} survives {s}")),
        );
    }
    survived.extend(unkilled.iter().map(|row| format!("nothing kills {row}")));
    assert!(survived.is_empty(), "{}", survived.join("\n"));
}
