//! `hopspec explain`.

mod configuration;
mod conversation;

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use super::{
    failure::{Failure, out},
    results::published,
    suite::Suite,
};
use crate::{
    exit,
    judge::Verdict,
    report::{Published, PublishedRow},
    requirement::{Family, Requirement, RequirementId, Severity},
    scenario::{Library, Row, Scenario, Standing},
};

pub(super) fn explain(suite: Option<&Path>, id: &str) -> Result<u8, Failure> {
    let suite = Suite::find(suite)?;
    let library = suite.library()?;
    // A row's id begins with that of its scenario.
    let text = if let Some(scenario) = library.scenario(id.split(':').next().unwrap_or(id)) {
        let results = published(&suite.results())?;
        explain_scenario(scenario, id, &library)
            + &configuration::of_known_targets(scenario, &suite, &results)?
            + &known_targets(scenario, &results)
    } else if let Some(requirement) = library.catalogue.get(&RequirementId(id.to_owned())) {
        explain_requirement(requirement, &library)
    } else if let Some(family) = Family::named(id) {
        explain_family(family, &page(&suite, family)?, &library)
    } else {
        let families = Family::ALL.map(Family::name).join(", ");
        let text = format!(
            "there is no scenario, no requirement and no hazard `{id}`; `hopspec list` shows the scenarios, \
             `hopspec coverage` the requirements, and the hazards are {families}"
        );
        return Err(Failure::plain(exit::USAGE, text));
    };
    out(&text)?;
    Ok(exit::CONFORMANT)
}

fn page(suite: &Suite, family: Family) -> Result<String, Failure> {
    let path = suite.scenarios().join(format!("hazards/{family}.md"));
    fs::read_to_string(&path)
        .map_err(|error| Failure::plain(exit::USAGE, format!("cannot read {}: {error}", path.display())))
}

/// `id` is that of the scenario, or of one of its rows.
fn explain_scenario(scenario: &Scenario, id: &str, library: &Library) -> String {
    let mut text =
        format!("{}\n{}\n\nWhy it matters: {}\n\nRules:\n", scenario.id, scenario.title, scenario.why);
    for covers in &scenario.covers {
        if let Some(requirement) = library.catalogue.get(&covers.value) {
            text.push_str(&rule(requirement));
        }
    }
    let rows: Vec<Row> = library.rows().into_iter().filter(|row| row.scenario.id == scenario.id).collect();
    text.push_str("\nRows:\n");
    for row in &rows {
        let _ = writeln!(text, "  {}", row.id());
    }
    // Each row is the same conversation with other values: one is enough to see it.
    if let Some(row) = rows.iter().find(|row| row.id() == id).or(rows.first()) {
        let (id, path) = (row.id(), scenario.source.path.display());
        let _ = write!(text, "\nThe conversation of {id}, from {path}:\n\n{}", conversation::draw(row));
    }
    text
}

/// What the published results say of a scenario: who deviates, in how many rows, and why.
fn known_targets(scenario: &Scenario, results: &[(String, Published)]) -> String {
    let is_of = |row: &&PublishedRow| row.id.split(':').next() == Some(&scenario.id.0);
    let mut text = String::new();
    for (_, published) in results {
        let rows: Vec<&PublishedRow> = published.rows.iter().filter(is_of).collect();
        let judged = rows.iter().filter(|row| row.verdict != Verdict::NotApplicable).count();
        // Rows that deviate for one reason stand together.
        let mut deviations: BTreeMap<(Verdict, &str), usize> = BTreeMap::new();
        for row in &rows {
            if let Some(reason) = row.reason.as_deref() {
                *deviations.entry((row.verdict, reason)).or_default() += 1;
            }
        }
        for ((verdict, reason), count) in deviations {
            let (name, version) = (&published.target.name, &published.target.version);
            let _ =
                writeln!(text, "  {} {name} {version}, {count} of {judged} rows: {reason}", verdict.name());
        }
    }
    if text.is_empty() { text } else { format!("\nKnown targets that deviate:\n{text}") }
}

fn explain_requirement(requirement: &Requirement, library: &Library) -> String {
    let mut text = rule(requirement);
    let _ = writeln!(text, "    why it matters: {}", requirement.hazard);
    if let Some(reading) = &requirement.reading {
        let _ = writeln!(text, "    how we read it: {reading}");
    }
    match library.standing(&requirement.id) {
        Standing::Exempt(exemption) => {
            let _ = writeln!(text, "\nExempt, {}: {}", exemption.because, exemption.reason);
        }
        Standing::Open => text.push_str("\nOpen: no scenario covers it yet.\n"),
        Standing::Covered => {
            text.push_str("\nCovered by:\n");
            for scenario in library.covering(&requirement.id) {
                let _ = writeln!(text, "  {}  {}", scenario.id, scenario.title);
            }
        }
    }
    text
}

fn explain_family(family: Family, page: &str, library: &Library) -> String {
    let mut text = format!("{}\n\nRequirements:\n", page.trim_end());
    let mut scenarios = BTreeMap::new();
    for rule in library.catalogue.0.values().filter(|rule| rule.family == family) {
        let _ = writeln!(text, "  {}  {}", rule.id, rule.summary);
        scenarios.extend(library.covering(&rule.id).map(|scenario| (&scenario.id.0, &scenario.title)));
    }
    text.push_str("\nScenarios:\n");
    for (id, title) in scenarios {
        let _ = writeln!(text, "  {id}  {title}");
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
    let Requirement { id, summary, family, .. } = requirement;
    format!(
        "  {id} ({}; broken: {broken})\n    {summary}\n    hazard: {family}. {} More: hopspec explain {family}\n",
        requirement.citation(),
        family.sentence(),
    )
}
