//! A run: cases are dealt to lanes, what they show is grouped, and the first of each kind is shrunk.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use futures_util::future::join_all;

use super::{
    case::{Case, Class},
    deal::{Bounds, Deal, Sightings},
    feature::FEATURES,
    key::{Key, Seen, keys},
    made::Maker,
    property::{self, Property},
    script::Script,
    shrink::shrink,
};
use crate::{
    judge::Verdict,
    runner::{Interrupt, Lane, Plan, RowResult, RunError, Shared},
};

/// A lane looks after its target once in so many cases, and whenever one shows something.
const LOOKS: usize = 32;
/// A finding is one when it comes so often in a row.
const CONFIRMED: usize = 3;

/// What is told while a run goes on.
pub trait Hunted {
    /// A case is over; so many were played, and so many kinds of findings were seen.
    fn played(&self, cases: u64, kinds: usize);
    /// A kind of finding was seen for the first time.
    fn seen(&self, key: &Key, number: u64, seen: &Seen);
    /// A finding is being shrunk.
    fn shrinks(&self, key: &Key);
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Hunt {
    /// How many cases were played.
    pub cases: u64,
    /// How many of each class.
    pub classes: BTreeMap<Class, u64>,
    /// How many with each of the [`FEATURES`].
    pub features: Vec<u64>,
    /// Kinds of findings, by what they are.
    pub kinds: BTreeMap<Key, Kind>,
    /// Cases that could not be judged, by why.
    pub faults: BTreeMap<String, u64>,
    /// How long it took without shrinking.
    pub took: Duration,
    /// It was ended before its time.
    pub interrupted: bool,
}

/// A kind of finding.
#[derive(Clone, Debug)]
pub struct Kind {
    /// In which cases it was seen.
    pub sightings: Sightings,
    /// What was seen in the first one.
    pub seen: Seen,
    /// The first one as it was played.
    pub first: Box<RowResult>,
    /// The smallest case, once it was looked for.
    pub find: Option<Find>,
}

impl Kind {
    fn new(seen: &Seen, first: &RowResult) -> Self {
        Self {
            sightings: Sightings::default(),
            seen: seen.clone(),
            first: Box::new(first.clone()),
            find: None,
        }
    }
}

/// A finding that was shrunk and came again.
#[derive(Clone, Debug)]
pub struct Find {
    /// The number of the case that it was made of.
    pub number: u64,
    /// The smallest case.
    pub case: Case,
    /// What it is played as.
    pub script: Script,
    /// What was seen of it at last.
    pub result: RowResult,
    /// In how many of so many plays it came.
    pub came: (usize, usize),
}

/// The property that the cases of a class are mainly about.
pub(super) fn main_property(class: Class) -> Property {
    match class {
        Class::Connection => property::NOMINATED,
        Class::HopByHop => property::KEEP_ALIVE,
        Class::EndToEnd => property::REQUEST_FIELD,
        Class::Interim => property::INTERIM,
        Class::Answer => property::ANSWER_CROSSES,
        Class::Upgrade => property::UPGRADE_TRAVELS,
        Class::Switch => property::SWITCH_CROSSES,
        Class::Tunnel => property::TO_ORIGIN,
        Class::Plain | Class::Target | Class::Content | Class::Reuse => property::REQUEST_CROSSES,
    }
}

struct Table<'a> {
    deal: Deal<'a>,
    hunted: &'a dyn Hunted,
    hunt: RefCell<Hunt>,
}

impl Table<'_> {
    fn note(&self, number: u64, case: &Case, found: BTreeMap<Key, Seen>, result: &RowResult) {
        let mut hunt = self.hunt.borrow_mut();
        hunt.cases += 1;
        *hunt.classes.entry(case.class).or_default() += 1;
        for (count, feature) in hunt.features.iter_mut().zip(FEATURES) {
            *count += u64::from((feature.of)(case));
        }
        if result.judgement.verdict == Verdict::HarnessError {
            *hunt.faults.entry(result.note.clone().unwrap_or_default()).or_default() += 1;
        }
        drop(hunt);
        self.sight(number, found, result);
        let hunt = self.hunt.borrow();
        self.hunted.played(hunt.cases, hunt.kinds.len());
    }

    /// Groups what was found in a case.
    fn sight(&self, number: u64, found: BTreeMap<Key, Seen>, result: &RowResult) {
        let kinds = &mut self.hunt.borrow_mut().kinds;
        for (key, seen) in found {
            if !kinds.contains_key(&key) {
                self.hunted.seen(&key, number, &seen);
            }
            let kind = kinds.entry(key).or_insert_with(|| Kind::new(&seen, result));
            if kind.sightings.add(number) {
                kind.seen = seen;
                *kind.first = result.clone();
            }
        }
    }

    async fn work(&self, lane: &mut Lane<'_>) {
        let mut unseen: Vec<u64> = Vec::new();
        while let Some((number, case)) = self.deal.next() {
            let script = Script::of(&case, &number.to_string(), main_property(case.class));
            let mut result = lane.play_alone(&script.row).await;
            unseen.push(number);
            let clean = result.judgement.findings.is_empty();
            if unseen.len() >= LOOKS || !clean || result.judgement.verdict == Verdict::TargetDown {
                lane.look_after(&mut result).await;
                if result.judgement.verdict == Verdict::TargetDown && unseen.len() > 1 {
                    self.who_did_it(lane, &unseen, &result).await;
                    unseen.clear();
                    continue;
                }
                unseen.clear();
            }
            self.note(number, &case, keys(&script, &result), &result);
            if lane.has_given_up() {
                break;
            }
        }
    }

    /// Plays cases again, one by one, to find the one that took the target down.
    async fn who_did_it(&self, lane: &mut Lane<'_>, numbers: &[u64], down: &RowResult) {
        let mut found = false;
        for (at, number) in numbers.iter().enumerate() {
            let Some(case) = self.deal.again(*number) else { continue };
            let script = Script::of(&case, &number.to_string(), main_property(case.class));
            let mut result = lane.play(&script.row).await;
            found |= result.judgement.verdict == Verdict::TargetDown;
            if at + 1 == numbers.len() {
                if !found {
                    // None of them does it alone: it is still the target's.
                    result = RowResult { row: result.row, ..down.clone() };
                }
                self.note(*number, &case, keys(&script, &result), &result);
            } else if result.judgement.verdict == Verdict::TargetDown {
                self.sight(*number, keys(&script, &result), &result);
            }
        }
    }
}

/// Plays cases until the bounds are reached. Nothing is shrunk yet.
///
/// # Errors
///
/// When no lane could be opened.
pub async fn hunt(
    plan: &Plan,
    maker: &Maker,
    bounds: Bounds,
    hunted: &dyn Hunted,
    interrupt: Interrupt,
) -> Result<Hunt, RunError> {
    let shared = Shared::default();
    let mut first = Lane::open(plan, &shared, true).await?;
    let table = Table {
        deal: Deal::new(maker, bounds, interrupt),
        hunted,
        hunt: RefCell::new(Hunt { features: vec![0; FEATURES.len()], ..Hunt::default() }),
    };
    let others = (1..plan.jobs).map(async |_| {
        // The first lane works, so this is a passing trouble: the other lanes play the cases.
        let Ok(mut lane) = Lane::open(plan, &shared, false).await else { return };
        table.work(&mut lane).await;
        lane.stop().await;
    });
    let first = async {
        table.work(&mut first).await;
        first.stop().await;
    };
    futures_util::future::join(first, join_all(others)).await;
    let mut hunt = table.hunt.into_inner();
    hunt.took = table.deal.elapsed();
    hunt.interrupted = table.deal.interrupted();
    Ok(hunt)
}

/// Shrinks the first case of each kind in `wanted` by `quick`, and plays the smallest form of it again by
/// `usual`, which waits as long as a run of scenarios does.
///
/// # Errors
///
/// When no lane could be opened.
pub async fn shrink_all(
    (quick, usual): (&Plan, &Plan),
    maker: &Maker,
    hunt: &mut Hunt,
    wanted: &[Key],
    hunted: &dyn Hunted,
    interrupt: Interrupt,
) -> Result<(), RunError> {
    let shared = [Shared::default(), Shared::default()];
    let queue = RefCell::new(wanted.iter().rev().collect::<Vec<_>>());
    let found: RefCell<Vec<(Key, Find)>> = RefCell::default();
    let kinds = &hunt.kinds;
    let lanes = (0..quick.jobs.min(wanted.len())).map(async |_| {
        let mut lanes =
            [Lane::open(quick, &shared[0], false).await?, Lane::open(usual, &shared[1], false).await?];
        loop {
            let Some(key) = queue.borrow_mut().pop() else { break };
            hunted.shrinks(key);
            for number in &kinds[key].sightings.numbers {
                if let Some(find) = shrunk(&mut lanes, maker, key, *number, &interrupt).await {
                    let whole = find.came.0 == find.came.1;
                    found.borrow_mut().push((key.clone(), find));
                    if whole {
                        break;
                    }
                }
            }
        }
        for lane in &mut lanes {
            lane.stop().await;
        }
        Ok::<(), RunError>(())
    });
    for opened in join_all(lanes).await {
        opened?;
    }
    for (key, find) in found.into_inner() {
        let kind = hunt.kinds.get_mut(&key).expect("it was seen");
        // What came each time is worth more than what came once.
        if kind.find.as_ref().is_none_or(|before| before.came.0 < find.came.0) {
            kind.find = Some(find);
        }
    }
    Ok(())
}

async fn shrunk(
    [quick, usual]: &mut [Lane<'_>; 2],
    maker: &Maker,
    key: &Key,
    number: u64,
    interrupt: &Interrupt,
) -> Option<Find> {
    let first = maker.case(number)?;
    let mut tries = 0;
    let mut play = async |lane: &mut Lane<'_>, case: &Case, about: bool| {
        let name = format!("{number}-{tries}");
        let script = if about { Script::about } else { Script::of }(case, &name, key.property);
        tries += 1;
        let result = lane.play(&script.row).await;
        (keys(&script, &result).contains_key(key), script, result)
    };
    if !play(usual, &first, false).await.0 {
        return None;
    }
    let case = shrink(first, async |case| !interrupt.wished() && play(quick, case, false).await.0).await;
    // Some findings need what else is looked at.
    let about = play(usual, &case, true).await.0;
    let mut came = 0;
    let mut last = None;
    for _ in 0..CONFIRMED {
        let (shows, script, result) = play(usual, &case, about).await;
        came += usize::from(shows);
        if shows || last.is_none() {
            last = Some((script, result));
        }
    }
    let (script, result) = last?;
    Some(Find { number, case, script, result, came: (came, CONFIRMED) })
}
