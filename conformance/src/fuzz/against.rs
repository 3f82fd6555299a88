//! Two targets and the same cases: where they treat the same octets differently, by kind of difference.
//!
//! It says what is different, and not who is right.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use futures_util::future::{join, join_all};

use super::{
    case::Case,
    deal::{Bounds, Deal, Sightings},
    hunt::main_property,
    key::keys,
    made::Maker,
    script::Script,
    shrink::shrink,
    strategy::pooled,
};
use crate::{
    report::turn_differences,
    runner::{Interrupt, Lane, Plan, RowResult, RunError, Shared},
};

/// One of the two targets.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// What it is called.
    pub name: &'a str,
    /// How it is played.
    pub plan: &'a Plan,
}

/// What a comparison came to.
#[derive(Clone, Debug, Default)]
pub struct Against {
    /// How many cases were played.
    pub cases: u64,
    /// In how many the two did the same.
    pub same: u64,
    /// Kinds of differences, by what is different.
    pub kinds: BTreeMap<String, Difference>,
    /// How long it took without shrinking.
    pub took: Duration,
    /// It was ended before its time.
    pub interrupted: bool,
}

/// A kind of difference.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// In which cases it was seen.
    pub sightings: Sightings,
    /// The smallest case, and what each target made of it, once it was looked for.
    pub find: Option<(Script, [RowResult; 2])>,
}

/// Two lanes, one in front of each target.
struct Pair<'a> {
    lanes: [Lane<'a>; 2],
    names: [&'a str; 2],
}

impl<'a> Pair<'a> {
    async fn open(sides: [Side<'a>; 2], shared: &'a [Shared; 2], gate: bool) -> Result<Self, RunError> {
        let [one, other] = sides;
        let lanes =
            [Lane::open(one.plan, &shared[0], gate).await?, Lane::open(other.plan, &shared[1], gate).await?];
        Ok(Self { lanes, names: [one.name, other.name] })
    }

    /// Plays a case in front of both, and says in which ways they differ.
    async fn play(&mut self, case: &Case, name: &str) -> (Vec<String>, Script, [RowResult; 2]) {
        let script = Script::of(case, name, main_property(case.class));
        let [one, other] = &mut self.lanes;
        let (one, other) = join(one.play(&script.row), other.play(&script.row)).await;
        (differences(&script, [&one, &other], self.names), script, [one, other])
    }

    async fn stop(mut self) {
        for lane in &mut self.lanes {
            lane.stop().await;
        }
    }
}

/// In which ways two targets treat one case differently.
fn differences(script: &Script, results: [&RowResult; 2], names: [&str; 2]) -> Vec<String> {
    let [one, other] = results.map(|result| keys(script, result));
    let mut found = Vec::new();
    for (mine, theirs, name) in [(&one, &other, names[0]), (&other, &one, names[1])] {
        let only = mine.keys().filter(|key| !theirs.contains_key(key));
        found.extend(only.map(|key| format!("only at {name}: {key}")));
    }
    let outcomes = results.map(|result| result.judgement.outcome.as_deref().unwrap_or("no choice"));
    if found.is_empty() && outcomes[0] != outcomes[1] {
        found.push(format!("{} at {} / {} at {}", outcomes[0], names[0], outcomes[1], names[1]));
    }
    if found.is_empty() {
        let [one, other] = results.map(|result| &*result.judgement.turns);
        found.extend(turn_differences(one, other, names[0], names[1]).iter().map(|text| kind(text)));
        found.sort();
        found.dedup();
    }
    found
}

/// A difference without what is of one case alone: names that were made up, and octets.
fn kind(difference: &str) -> String {
    let mut words: Vec<&str> = difference.split(' ').collect();
    if let Some(at) = words.iter().position(|word| *word == "field")
        && let Some(name) = words.get_mut(at + 1)
        && !pooled(name)
    {
        *name = "(another name)";
    }
    let text = words.join(" ");
    let mut parts = text.split('`');
    let mut kind = String::new();
    while let Some(part) = parts.next() {
        kind += part;
        kind += if parts.next().is_some() { "…" } else { "" };
    }
    kind
}

/// Plays cases in front of both targets, and shrinks one case of each kind of difference.
///
/// # Errors
///
/// When no lane could be opened.
pub async fn against(
    sides: [Side<'_>; 2],
    maker: &Maker,
    bounds: Bounds,
    told: &dyn Fn(u64, usize),
    interrupt: Interrupt,
) -> Result<Against, RunError> {
    let shared = [Shared::default(), Shared::default()];
    let deal = Deal::new(maker, bounds, interrupt.clone());
    let found = RefCell::new(Against::default());
    let jobs = sides[0].plan.jobs.div_ceil(2);
    let work = (0..jobs).map(async |number| {
        let mut pair = match Pair::open(sides, &shared, number == 0).await {
            Ok(pair) => pair,
            Err(error) if number == 0 => return Err(error),
            // The first pair works, so this is a passing trouble.
            Err(_) => return Ok(()),
        };
        while let Some((number, case)) = deal.next() {
            let (kinds, ..) = pair.play(&case, &number.to_string()).await;
            let mut found = found.borrow_mut();
            found.cases += 1;
            found.same += u64::from(kinds.is_empty());
            for kind in kinds {
                found.kinds.entry(kind).or_default().sightings.add(number);
            }
            told(found.cases, found.kinds.len());
        }
        pair.stop().await;
        Ok(())
    });
    join_all(work).await.into_iter().collect::<Result<(), RunError>>()?;
    let mut found = found.into_inner();
    found.took = deal.elapsed();
    shrink_each(sides, &shared, maker, &mut found, &interrupt).await?;
    found.interrupted = interrupt.wished();
    Ok(found)
}

async fn shrink_each(
    sides: [Side<'_>; 2],
    shared: &[Shared; 2],
    maker: &Maker,
    found: &mut Against,
    interrupt: &Interrupt,
) -> Result<(), RunError> {
    let queue = RefCell::new(found.kinds.iter_mut().rev().collect::<Vec<_>>());
    let jobs = sides[0].plan.jobs.div_ceil(2).min(queue.borrow().len());
    let work = (0..jobs).map(async |_| {
        let mut pair = Pair::open(sides, shared, false).await?;
        loop {
            let Some((kind, difference)) = queue.borrow_mut().pop() else { break };
            let first = difference.sightings.first();
            let Some(case) = maker.case(first) else { continue };
            let mut tries = 0;
            let mut name = || {
                tries += 1;
                format!("{first}-{tries}")
            };
            let shows =
                async |case: &Case| !interrupt.wished() && pair.play(case, &name()).await.0.contains(kind);
            let case = shrink(case, shows).await;
            let (kinds, script, results) = pair.play(&case, &name()).await;
            difference.find = kinds.contains(kind).then_some((script, results));
        }
        pair.stop().await;
        Ok(())
    });
    join_all(work).await.into_iter().collect()
}
