//! `hopspec explain`.

use std::{fmt::Write, path::Path};

use super::{
    failure::{Failure, out},
    suite::Suite,
};
use crate::{
    exit,
    requirement::{Requirement, RequirementId, Severity},
    scenario::{Library, Scenario},
};

pub(super) fn explain(suite: Option<&Path>, id: &str) -> Result<u8, Failure> {
    let library = Suite::find(suite)?.library()?;
    // A row's id begins with that of its scenario.
    let scenario = library.scenario(id.split(':').next().unwrap_or(id));
    let text = match (scenario, library.catalogue.get(&RequirementId(id.to_owned()))) {
        (Some(scenario), _) => explain_scenario(scenario, &library),
        (None, Some(requirement)) => explain_requirement(requirement, &library),
        (None, None) => {
            let text =
                format!("there is no scenario and no requirement `{id}`; `hopspec list` shows what there is");
            return Err(Failure::plain(exit::USAGE, text));
        }
    };
    out(&text)?;
    Ok(exit::CONFORMANT)
}

fn explain_scenario(scenario: &Scenario, library: &Library) -> String {
    let mut text =
        format!("{}\n{}\n\nWhy it matters: {}\n\nRules:\n", scenario.id, scenario.title, scenario.why);
    for covers in &scenario.covers {
        if let Some(requirement) = library.catalogue.get(&covers.value) {
            text.push_str(&rule(requirement));
        }
    }
    let routes: Vec<&str> = scenario.routes.iter().map(|route| route.name()).collect();
    let _ = writeln!(text, "\nRoutes: {}", routes.join(", "));
    let rows: Vec<String> = library
        .rows()
        .iter()
        .filter(|row| row.scenario.id == scenario.id)
        .map(crate::scenario::Row::id)
        .collect();
    let _ = writeln!(text, "Rows:\n  {}", rows.join("\n  "));
    let _ = writeln!(text, "\n{}:\n\n{}", scenario.source.path.display(), scenario.source.text.trim_end());
    text
}

fn explain_requirement(requirement: &Requirement, library: &Library) -> String {
    let mut text = rule(requirement);
    let _ = writeln!(text, "    why it matters: {}", requirement.hazard);
    if let Some(reading) = &requirement.reading {
        let _ = writeln!(text, "    how we read it: {reading}");
    }
    text.push_str("\nCovered by:\n");
    for scenario in &library.scenarios {
        if scenario.covers.iter().any(|covers| covers.value == requirement.id) {
            let _ = writeln!(text, "  {}  {}", scenario.id, scenario.title);
        }
    }
    text
}

fn rule(requirement: &Requirement) -> String {
    let broken = match requirement.severity() {
        Severity::Fail => "a violation",
        Severity::Warn => "a warning",
        Severity::Inconclusive => "inconclusive",
        Severity::Observed => "observed",
    };
    format!(
        "  {} ({}; broken: {broken})\n    {}\n",
        requirement.id,
        requirement.citation(),
        requirement.summary
    )
}
