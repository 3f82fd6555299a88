//! `hopspec coverage`: which rules some scenario covers, which none can cover, and which are open.

mod markdown;
mod text;

use std::{collections::BTreeMap, fs, path::Path};

use serde::Serialize;

use super::{
    args::{Coverage, CoverageFormat},
    failure::{Failure, out},
    suite::Suite,
};
use crate::{
    exit,
    requirement::{Because, Family, Level, Priority, RequirementId},
    scenario::{Library, Standing},
};

pub(super) fn coverage(suite: Option<&Path>, args: &Coverage) -> Result<u8, Failure> {
    let suite = Suite::find(suite)?;
    let tally = Tally::of(&suite.library()?);
    if args.update {
        let path = suite.scenarios().join("COVERAGE.md");
        fs::write(&path, markdown::render(&tally)).map_err(|error| {
            Failure::plain(exit::USAGE, format!("cannot write {}: {error}", path.display()))
        })?;
    } else {
        out(&match args.format {
            CoverageFormat::Text => text::render(&tally),
            CoverageFormat::Json => json(&tally)?,
            CoverageFormat::Markdown => markdown::render(&tally),
        })?;
    }
    if args.check && tally.total.open > 0 {
        let text = format!("requirements that are neither covered nor exempt: {}", tally.total.open);
        return Err(Failure::plain(exit::VIOLATION, text));
    }
    Ok(exit::CONFORMANT)
}

fn json(tally: &Tally) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(tally).map_err(|error| Failure::ours(&error))?;
    Ok(text + "\n")
}

/// How many rules stand how.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    covered: usize,
    exempt: usize,
    open: usize,
}

impl Counts {
    fn add(&mut self, standing: Standing) {
        match standing {
            Standing::Covered => self.covered += 1,
            Standing::Exempt(_) => self.exempt += 1,
            Standing::Open => self.open += 1,
        }
    }

    fn total(self) -> usize {
        self.covered + self.exempt + self.open
    }
}

/// Everything that is shown, in the order in which it is.
#[derive(Debug, Default, Serialize)]
struct Tally {
    total: Counts,
    areas: BTreeMap<String, Counts>,
    levels: BTreeMap<Level, Counts>,
    families: BTreeMap<Family, Counts>,
    open: Vec<Open>,
    exempt: BTreeMap<Because, Vec<Exempt>>,
}

/// A rule that awaits its scenario.
#[derive(Debug, Serialize)]
struct Open {
    id: RequirementId,
    level: Level,
    priority: Priority,
    summary: String,
}

/// A rule that no scenario can show.
#[derive(Debug, Serialize)]
struct Exempt {
    id: RequirementId,
    summary: String,
    reason: String,
}

impl Tally {
    fn of(library: &Library) -> Self {
        let mut tally = Self::default();
        for (id, rule) in &library.catalogue.0 {
            let standing = library.standing(id);
            tally.total.add(standing);
            tally.areas.entry(rule.area.clone()).or_default().add(standing);
            tally.levels.entry(rule.level).or_default().add(standing);
            tally.families.entry(rule.family).or_default().add(standing);
            let (id, summary) = (id.clone(), rule.summary.clone());
            match standing {
                Standing::Covered => {}
                Standing::Exempt(exemption) => {
                    let reason = exemption.reason.clone();
                    tally.exempt.entry(exemption.because).or_default().push(Exempt { id, summary, reason });
                }
                Standing::Open => {
                    tally.open.push(Open { id, level: rule.level, priority: rule.priority, summary });
                }
            }
        }
        tally
    }

    /// The three tables: what a line is about, and the lines.
    fn tables(&self) -> [(&'static str, Vec<(String, Counts)>); 3] {
        fn lines<K: ToString>(counts: &BTreeMap<K, Counts>) -> Vec<(String, Counts)> {
            counts.iter().map(|(key, counts)| (key.to_string(), *counts)).collect()
        }
        [("area", lines(&self.areas)), ("level", lines(&self.levels)), ("hazard", lines(&self.families))]
    }
}
