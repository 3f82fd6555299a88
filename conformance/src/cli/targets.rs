//! `hopspec targets`: which proxies are known, which are installed, and how to get or get rid of them.

use std::{fmt::Write as _, path::Path};

use super::{
    args::{Named, Targets, TargetsCommand},
    failure::{Failure, out},
    suite::Suite,
};
use crate::{
    exit,
    target::{
        Definition, Version, install, installed, is_installed_by_steps, known_targets, remove, version,
    },
};

pub(super) fn targets(suite: Option<&Path>, targets: &Targets) -> Result<u8, Failure> {
    let known = known(&Suite::find(suite)?)?;
    match &targets.what {
        None => list(&known),
        Some(TargetsCommand::Install(named)) => each(&known, named, |definition, say| {
            if let Some(version) = is_installed_by_steps(definition).then(|| found(definition)).flatten() {
                say(&format!("{version} is installed already"));
                return Ok(());
            }
            install(definition, say).map_err(|error| Failure::target(&error))?;
            match found(definition) {
                Some(version) => say(&format!("{version} is installed")),
                None => {
                    let program = definition.program.display();
                    let text = format!("its steps were taken, and there is still no program `{program}`");
                    return Err(Failure::plain(exit::TARGET, text));
                }
            }
            Ok(())
        }),
        Some(TargetsCommand::Remove(named)) => each(&known, named, |definition, say| {
            remove(definition, &known, say).map_err(|error| Failure::target(&error))?;
            say("removed");
            Ok(())
        }),
    }
}

/// The definitions of every known target, by name.
pub(super) fn known(suite: &Suite) -> Result<Vec<Definition>, Failure> {
    let folder = suite.targets();
    let load = |name: &String| {
        Definition::load(&folder.join(name).join("target.toml")).map_err(|error| Failure::usage(&error))
    };
    known_targets(&folder).iter().map(load).collect()
}

/// What is installed of a target, in words for a person; `None` if its program is not here.
fn found(definition: &Definition) -> Option<String> {
    let definition = installed(definition.clone()).ok()?;
    Some(
        version_of(&definition)
            .map_or_else(|| "a version that it does not tell".to_owned(), |version| version.0),
    )
}

/// The version of an installed target.
pub(super) fn version_of(definition: &Definition) -> Option<Version> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    runtime.block_on(version(definition))
}

fn list(known: &[Definition]) -> Result<u8, Failure> {
    let mut text = String::new();
    let width = known.iter().map(|definition| definition.name.len()).max().unwrap_or_default();
    for definition in known {
        let steps = definition.install.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let from = if steps.is_empty() { definition.how_to_get_it() } else { steps };
        let version = found(definition).unwrap_or_else(|| "not installed".to_owned());
        let _ = writeln!(text, "{:<width$}  {version:<14}  {from}", definition.name);
    }
    out(&text)?;
    Ok(exit::CONFORMANT)
}

/// Does `work` for each target that is named, and goes on when one fails.
fn each(
    known: &[Definition],
    named: &Named,
    work: impl Fn(&Definition, &dyn Fn(&str)) -> Result<(), Failure>,
) -> Result<u8, Failure> {
    let chosen: Vec<&Definition> = if named.all {
        known.iter().filter(|definition| !definition.install.is_empty()).collect()
    } else {
        let mut chosen = Vec::new();
        for name in &named.names {
            let Some(definition) = known.iter().find(|definition| definition.name == *name) else {
                let names: Vec<&str> = known.iter().map(|definition| definition.name.as_str()).collect();
                let text = format!("there is no target `{name}`: known are {}", names.join(", "));
                return Err(Failure::plain(exit::USAGE, text));
            };
            chosen.push(definition);
        }
        chosen
    };
    let mut failed = Vec::new();
    for (at, definition) in chosen.iter().enumerate() {
        let name = &definition.name;
        let say = |what: &str| anstream::eprintln!("[{}/{}] {name}: {what}", at + 1, chosen.len());
        if definition.install.is_empty() {
            say(&format!("nothing to do: {}", definition.how_to_get_it()));
        } else if let Err(failure) = work(definition, &say) {
            failure.print();
            failed.push(name.as_str());
        }
    }
    if failed.is_empty() {
        return Ok(exit::CONFORMANT);
    }
    Err(Failure::plain(exit::TARGET, format!("failed: {}", failed.join(", "))))
}
