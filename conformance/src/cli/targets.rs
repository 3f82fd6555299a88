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
        Definition, DefinitionError, Version, install, installed, is_installed_by_steps, known_targets,
        remove, version,
    },
};

pub(super) fn targets(suite: Option<&Path>, targets: &Targets) -> Result<u8, Failure> {
    let known = Known::of(&Suite::find(suite)?);
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
            remove(definition, &known.sound, say).map_err(|error| Failure::target(&error))?;
            say("removed");
            Ok(())
        }),
    }
}

/// The known targets, by name. A definition that is broken concerns its own target alone.
pub(super) struct Known {
    pub(super) sound: Vec<Definition>,
    broken: Vec<(String, DefinitionError)>,
}

impl Known {
    pub(super) fn of(suite: &Suite) -> Self {
        let folder = suite.targets();
        let mut known = Self { sound: Vec::new(), broken: Vec::new() };
        for name in known_targets(&folder) {
            match Definition::load(&folder.join(&name).join("target.toml")) {
                Ok(definition) => known.sound.push(definition),
                Err(error) => known.broken.push((name, error)),
            }
        }
        known
    }

    /// The definitions of those that are named, in that order.
    pub(super) fn named(&self, names: &[String]) -> Result<Vec<&Definition>, Failure> {
        names.iter().map(|name| self.one(name)).collect()
    }

    fn one(&self, name: &str) -> Result<&Definition, Failure> {
        if let Some(definition) = self.sound.iter().find(|definition| definition.name == name) {
            return Ok(definition);
        }
        if let Some((_, error)) = self.broken.iter().find(|(broken, _)| broken == name) {
            return Err(Failure::usage(error));
        }
        let names: Vec<&str> = self.sound.iter().map(|definition| definition.name.as_str()).collect();
        let text = format!("there is no target `{name}`: known are {}", names.join(", "));
        Err(Failure::plain(exit::USAGE, text))
    }

    /// Told last, once everything was done for the others.
    pub(super) fn none_is_broken(&self) -> Result<(), Failure> {
        for (_, error) in &self.broken {
            Failure::usage(error).print();
        }
        if self.broken.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = self.broken.iter().map(|(name, _)| name.as_str()).collect();
        Err(Failure::plain(exit::USAGE, format!("broken definitions: {}", names.join(", "))))
    }
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

fn list(known: &Known) -> Result<u8, Failure> {
    let mut text = String::new();
    let width = known.sound.iter().map(|definition| definition.name.len()).max().unwrap_or_default();
    for definition in &known.sound {
        let steps = definition.install.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let from = if steps.is_empty() { definition.how_to_get_it() } else { steps };
        let version = found(definition).unwrap_or_else(|| "not installed".to_owned());
        let _ = writeln!(text, "{:<width$}  {version:<14}  {from}", definition.name);
    }
    out(&text)?;
    known.none_is_broken()?;
    Ok(exit::CONFORMANT)
}

/// Does `work` for each target that is named, and goes on when one fails.
fn each(
    known: &Known,
    named: &Named,
    work: impl Fn(&Definition, &dyn Fn(&str)) -> Result<(), Failure>,
) -> Result<u8, Failure> {
    let chosen: Vec<&Definition> = if named.all {
        known.sound.iter().filter(|definition| !definition.install.is_empty()).collect()
    } else {
        known.named(&named.names)?
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
    if !failed.is_empty() {
        return Err(Failure::plain(exit::TARGET, format!("failed: {}", failed.join(", "))));
    }
    if named.all {
        known.none_is_broken()?;
    }
    Ok(exit::CONFORMANT)
}
