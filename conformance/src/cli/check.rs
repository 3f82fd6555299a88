//! `hopspec check`.

use std::{fs, path::Path, sync::Arc};

use super::{
    failure::{Failure, out},
    suite::Suite,
};
use crate::{
    exit,
    fuzz::Known,
    report::Expectations,
    scenario::{Row, ScenarioId, Source, lint, parse_scenario},
    target::{Definition, known_targets},
};

pub(super) fn check(suite: Option<&Path>, path: Option<&Path>) -> Result<u8, Failure> {
    match path {
        Some(path) => one(suite, path),
        None => whole(&Suite::find(suite)?),
    }
}

fn whole(suite: &Suite) -> Result<u8, Failure> {
    let library = suite.library()?;
    let rows: Vec<String> = library.rows().iter().map(Row::id).collect();
    let names = known_targets(&suite.targets());
    let folders = names.iter().map(|name| suite.targets().join(name));
    let mistakes: Vec<Failure> = folders.filter_map(|folder| target(&folder, &rows).err()).collect();
    if let [all_but_last @ .., _] = &mistakes[..] {
        all_but_last.iter().for_each(Failure::print);
    }
    if let Some(last) = mistakes.into_iter().next_back() {
        return Err(last);
    }
    let (scenarios, rules) = (library.scenarios.len(), library.catalogue.0.len());
    out(&format!(
        "{scenarios} scenarios, {} rows, {rules} requirements, {} targets: no mistakes\n",
        rows.len(),
        names.len()
    ))?;
    Ok(exit::CONFORMANT)
}

/// The definition in `folder`, and its expectation file.
fn target(folder: &Path, rows: &[String]) -> Result<(), Failure> {
    let path = folder.join("target.toml");
    let definition = Definition::load(&path).map_err(|error| Failure::usage(&error))?;
    if !folder.ends_with(&definition.name) {
        let text = format!("{} calls itself `{}`", path.display(), definition.name);
        return Err(Failure::plain(exit::USAGE, text));
    }
    if let [first, ..] = definition.unexplained()[..] {
        let text = format!("{} does not offer `{first}`, and `without` gives no reason", path.display());
        return Err(Failure::plain(exit::USAGE, text));
    }
    let path = folder.join(&definition.expectations);
    let expectations = Expectations::load(&path).map_err(|error| Failure::usage(&error))?;
    if let Some(pattern) = expectations.idle(rows).next() {
        let text = format!("{}: `{pattern}` matches no row", path.display());
        return Err(Failure::plain(exit::USAGE, text));
    }
    let path = folder.join(Known::FILE);
    let known = Known::load(&path).map_err(|error| Failure::usage(&error))?;
    let is_there = |scenario: &str| rows.iter().any(|row| row.split(':').next() == Some(scenario));
    let named = known.known.iter().filter_map(|entry| entry.scenario.as_deref());
    if let Some(scenario) = named.into_iter().find(|scenario| !is_there(scenario)) {
        let text = format!("{}: there is no scenario `{scenario}`", path.display());
        return Err(Failure::plain(exit::USAGE, text));
    }
    Ok(())
}

fn one(suite: Option<&Path>, path: &Path) -> Result<u8, Failure> {
    match path.extension().and_then(|suffix| suffix.to_str()) {
        Some("kdl") => {
            let catalogue = Suite::find(suite)?.library()?.catalogue;
            let text = fs::read_to_string(path).map_err(|error| {
                Failure::plain(exit::USAGE, format!("cannot read {}: {error}", path.display()))
            })?;
            let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            let source = Arc::new(Source { path: path.to_owned(), text });
            let scenario =
                parse_scenario(ScenarioId(stem), source).map_err(|mistake| Failure::mistakes(&[mistake]))?;
            let mistakes = lint(&scenario, &catalogue);
            if !mistakes.is_empty() {
                return Err(Failure::mistakes(&mistakes));
            }
        }
        Some("toml") if path.file_name().is_some_and(|name| name == "expected.toml") => {
            Expectations::load(path).map_err(|error| Failure::usage(&error))?;
        }
        Some("toml") if path.file_name().is_some_and(|name| name == Known::FILE) => {
            Known::load(path).map_err(|error| Failure::usage(&error))?;
        }
        Some("toml") => {
            Definition::load(path).map_err(|error| Failure::usage(&error))?;
        }
        _ => {
            let text = format!("{} is neither a scenario (.kdl) nor a definition (.toml)", path.display());
            return Err(Failure::plain(exit::USAGE, text));
        }
    }
    out(&format!("{}: no mistakes\n", path.display()))?;
    Ok(exit::CONFORMANT)
}
