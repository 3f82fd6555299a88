//! Reports from results made by hand: what stands in them, what they exit with, how they look.

mod differ;
mod formats;
mod hostile;
mod shown;
mod standing;

use std::{
    fs,
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::*;
use crate::{
    judge::{Judgement, Verdict},
    requirement::{Catalogue, Requirement, RequirementId},
    runner::RowResult,
    scenario::{Route, Row, ScenarioId, Source, parse_scenario},
    transcript::Transcript,
};

const SCENARIO: &str = "title \"The answer arrives\"
why \"Users wait for nothing.\"
covers \"rule\"
routes \"mapped\"
client receives-response {
    status \"200\"
    field \"X-End\" equals=\"kept\"
}
";

fn row(id: &str) -> Row {
    let source = Arc::new(Source { path: format!("scenarios/{id}.kdl").into(), text: SCENARIO.to_owned() });
    let scenario = parse_scenario(ScenarioId(id.to_owned()), source).unwrap();
    Row { scenario: Arc::new(scenario), route: Route::Mapped, matrix: None }
}

fn catalogue() -> Catalogue {
    let text = "id = 'rule'\nsource = 'RFC 9110'\nsection = '15'\nlevel = 'MUST'\nbinding = 'direct'\n\
                priority = 'vital'\narea = 'a'\nfamily = 'leak'\nsummary = 'An answer is relayed whole.'\nhazard = 'h'";
    let rule: Requirement = toml::from_str(text).unwrap();
    Catalogue([(RequirementId("rule".to_owned()), rule)].into())
}

fn result(id: &str, verdict: Verdict) -> RowResult {
    let judgement = Judgement { verdict, outcome: None, findings: Vec::new(), turns: Vec::new() };
    RowResult { row: row(id), judgement, note: None, log: None, transcript: None, micros: 1500 }
}

/// An expectation file of one entry for every row.
fn expecting(verdict: Option<Verdict>) -> Expectations {
    let Some(verdict) = verdict else { return Expectations::default() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("expected.toml");
    let text = format!("[[expect]]\nrows = ['**']\nverdict = '{}'\nreason = 'it is so'\n", verdict.name());
    fs::write(&path, text).unwrap();
    Expectations::load(&path).unwrap()
}

fn about() -> About {
    About {
        target: TargetInfo {
            name: "proxy".to_owned(),
            version: Some("1.2".to_owned()),
            routes: vec![Route::Mapped],
        },
        selection: Vec::new(),
        seed: 0,
        mode: None,
        unusable: None,
        rerun: "hopspec run --target proxy".to_owned(),
        interrupted: false,
        not_played: 0,
        started: SystemTime::UNIX_EPOCH + Duration::from_secs(60),
        took: Duration::from_millis(2500),
        lanes: 4,
    }
}
