//! Exchanges made by hand, judged: what each wait makes of what came, and how grave it is.

mod absence;
mod alternatives;
mod bulk;
mod checks;
mod connections;
mod nevers;
mod waits;

use std::sync::Arc;

use super::*;
use crate::{
    requirement::{Catalogue, Requirement, RequirementId, Severity},
    scenario::{Bindings, Role, Route, Row, ScenarioId, Source, StepId, lint, parse_scenario},
    transcript::{ConnId, Ending, Event, Octets, Recording, Transcript, What},
};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const GET: &str = "GET /hop-1 HTTP/1.1\r\nHost: h\r\nX-End: kept\r\n\r\n";

/// One rule for each severity: `must`, `should`, `may`.
fn catalogue() -> Catalogue {
    let rule = |(id, level): (&str, &str)| {
        let text = format!(
            "id = '{id}'\nsource = 's'\nsection = '1'\nlevel = '{level}'\nbinding = 'direct'\n\
             priority = 'important'\narea = 'a'\nfamily = 'leak'\nsummary = 's'\nhazard = 'h'"
        );
        (RequirementId(id.to_owned()), toml::from_str::<Requirement>(&text).unwrap())
    };
    Catalogue([("must", "MUST"), ("should", "SHOULD"), ("may", "MAY")].map(rule).into())
}

/// The one row of a scenario with these steps.
fn row(steps: &str) -> Row {
    let text = format!("title \"t\"\nwhy \"w\"\ncovers \"must\"\nroutes \"mapped\"\n{steps}\n");
    let source = Arc::new(Source { path: "a/b.kdl".into(), text });
    let scenario =
        parse_scenario(ScenarioId("a/b".to_owned()), source).unwrap_or_else(|mistake| panic!("{mistake}"));
    let mistakes = lint(&scenario, &catalogue());
    assert!(mistakes.is_empty(), "{mistakes:?}");
    Row { scenario: Arc::new(scenario), route: Route::Mapped, matrix: None }
}

fn names() -> Bindings {
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    let names =
        [("nonce", "hop-1"), ("path", "/hop-1"), ("key", key), ("authority", "t:1"), ("origin", "o:1")];
    Bindings(names.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
}

/// A recording made by hand, one event after the other.
#[derive(Clone, Default)]
struct Tape(Vec<Event>);

impl Tape {
    fn add(mut self, conn: Option<u32>, what: What) -> Self {
        let at = self.0.len() as u64;
        self.0.push(Event { at, conn: conn.map(ConnId), what });
        self
    }

    fn client(self, id: u32) -> Self {
        self.named_client(id, "")
    }

    fn named_client(self, id: u32, name: &str) -> Self {
        self.add(Some(id), What::Opened { role: Role::Client, name: name.to_owned() })
    }

    fn refused(self, id: u32) -> Self {
        self.add(Some(id), What::Refused { name: String::new(), why: "connection refused".to_owned() })
    }

    fn origin(self, id: u32) -> Self {
        self.add(Some(id), What::Opened { role: Role::Origin, name: String::new() })
    }

    fn got(self, id: u32, octets: impl AsRef<[u8]>) -> Self {
        self.add(Some(id), What::Received(Octets(octets.as_ref().to_vec())))
    }

    fn sent(self, id: u32, octets: &str) -> Self {
        self.add(Some(id), What::Sent(Octets(octets.as_bytes().to_vec())))
    }

    fn fin(self, id: u32) -> Self {
        self.add(Some(id), What::Ended(Ending::Fin))
    }

    fn rst(self, id: u32) -> Self {
        self.add(Some(id), What::Ended(Ending::Reset))
    }

    /// The step with this number was decided.
    fn over(self, step: u32) -> Self {
        self.add(None, What::Over { step: StepId(step), late: false })
    }

    /// The time of the step with this number ran out.
    fn late(self, step: u32) -> Self {
        self.add(None, What::Over { step: StepId(step), late: true })
    }

    fn recording(&self) -> Recording {
        let mut recording = Recording::default();
        self.0.iter().cloned().for_each(|event| recording.push(event));
        recording
    }
}

fn judge(steps: &str, tape: Tape) -> Judgement {
    let transcript = Transcript {
        scenario: "a/b".to_owned(),
        route: Route::Mapped,
        row: None,
        bindings: names().0,
        events: tape.0,
    };
    judge_transcript(&row(steps), &catalogue(), &transcript)
}

/// What was found, for tables: how grave, and what came.
fn findings(judgement: &Judgement) -> Vec<(Severity, &str)> {
    judgement.findings.iter().map(|finding| (finding.severity, finding.came.as_str())).collect()
}
