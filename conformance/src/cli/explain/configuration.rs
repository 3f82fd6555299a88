//! The configuration that makes a scenario right in known targets, as far as one does.

use std::fmt::Write;

use super::super::{failure::Failure, suite::Suite};
use crate::{
    exit,
    judge::Verdict,
    report::Published,
    scenario::{Route, Scenario},
    target::{Definition, known_targets},
};

/// The routes, the one that most would configure first.
const PREFERRED: [Route; 4] = [Route::Mapped, Route::Explicit, Route::Plain, Route::Timed];

/// What known targets were configured with, for a route of `scenario`, and what came of it.
pub(super) fn of_known_targets(
    scenario: &Scenario,
    suite: &Suite,
    results: &[(String, Published)],
) -> Result<String, Failure> {
    // Targets that are configured alike stand together.
    let mut alike: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for name in known_targets(&suite.targets()) {
        let path = suite.targets().join(&name).join("target.toml");
        let definition = Definition::load(&path).map_err(|error| Failure::usage(&error))?;
        for route in PREFERRED.into_iter().filter(|route| scenario.routes.contains(route)) {
            let parts = definition.snippet(route).map_err(|error| Failure::plain(exit::USAGE, error))?;
            if parts.is_empty() {
                continue;
            }
            let head = format!("{name}, the route {route}: {}", came(scenario, route, &name, results));
            match alike.iter_mut().find(|(known, _)| *known == parts) {
                Some((_, heads)) => heads.push(head),
                None => alike.push((parts, vec![head])),
            }
            break;
        }
    }
    if alike.is_empty() {
        return Ok(String::new());
    }
    let folder = suite.targets().display().to_string();
    let mut text = format!("\nConfiguration, from the files in {}:\n", folder.trim_start_matches("./"));
    for (parts, heads) in alike {
        let _ = writeln!(text, "\n  {}\n", heads.join("\n  "));
        for line in parts.join("\n\n").lines() {
            let _ = writeln!(text, "{}", format!("      {line}").trim_end());
        }
    }
    Ok(text)
}

/// What the published results of the target say about the rows of that route.
fn came(scenario: &Scenario, route: Route, target: &str, results: &[(String, Published)]) -> String {
    let is_of = |id: &str| {
        let mut parts = id.split(':');
        let is_scenario = parts.next() == Some(&scenario.id.0);
        is_scenario && (scenario.routes.len() == 1 || parts.next() == Some(route.name()))
    };
    let mut of_target = results.iter().filter(|(_, published)| published.target.name == target);
    // Paths are in order, and the last is the latest of the target's versions.
    let Some((_, published)) = of_target.next_back() else {
        return "nothing is published of it".to_owned();
    };
    let rows = published.rows.iter().filter(|row| is_of(&row.id));
    let judged: Vec<Verdict> =
        rows.map(|row| row.verdict).filter(|verdict| *verdict != Verdict::NotApplicable).collect();
    let right = judged.iter().filter(|verdict| matches!(verdict, Verdict::Pass | Verdict::Observed)).count();
    let version = &published.target.version;
    match (right, judged.len()) {
        (_, 0) => format!("{version} does not claim it"),
        (right, all) if right == all => format!("right with {version}"),
        (right, all) => format!("{} of {all} rows deviate with {version} even so", all - right),
    }
}
