//! Files as authors write them: what is refused and in which words, and what a file expands to.

mod mistakes;
mod select;
mod suite;
mod write;

use std::{path::PathBuf, sync::Arc};

use super::*;
use crate::requirement::{Catalogue, Exemptions, Family, Requirement, RequirementId};

/// The folder that holds the suite's own scenarios.
fn suite_folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"))
}

/// A catalogue of two rules, so that no snapshot depends on the suite's own.
fn catalogue() -> Catalogue {
    let rule = |(id, family): (&str, &str)| -> (RequirementId, Requirement) {
        let rest = "source = 's'\nsection = '1'\nlevel = 'MUST'\nbinding = 'direct'\npriority = 'vital'";
        let text = format!("{rest}\narea = 'a'\nfamily = '{family}'\nsummary = 's'\nhazard = 'h'");
        let id = RequirementId(id.to_owned());
        (id.clone(), toml::from_str(&format!("id = '{id}'\n{text}")).unwrap())
    };
    Catalogue([("tun-a", "leak"), ("tun-b", "hang")].map(rule).into())
}

/// Reads a text as if it stood in `area/name.kdl`.
fn parse(text: &str) -> Result<Arc<Scenario>, Diagnostic> {
    let source = Arc::new(Source { path: "area/name.kdl".into(), text: text.to_owned() });
    parse_scenario(ScenarioId("area/name".to_owned()), source).map(Arc::new)
}

/// A whole file around `steps`.
fn file(steps: &str) -> String {
    format!("title \"t\"\nwhy \"w\"\ncovers \"tun-a\"\nroutes \"mapped\"\n{steps}")
}

/// Everything that is wrong with a text, as an author sees it.
fn mistakes(text: &str, catalogue: &Catalogue) -> String {
    let found = match parse(text) {
        Ok(scenario) => lint(&scenario, catalogue),
        Err(mistake) => vec![mistake],
    };
    assert!(!found.is_empty(), "no mistake in:\n{text}");
    found.iter().map(|mistake| mistake.render(false)).collect::<Vec<_>>().join("\n")
}
