//! Which case is played next, and when a run is over.

use std::{cell::Cell, time::Duration};

use super::{case::Case, made::Maker};
use crate::{clock::Stopwatch, runner::Interrupt};

/// How long a run goes on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// The number of the first case.
    pub first: u64,
    /// At most so many cases.
    pub cases: Option<u64>,
    /// At most so long.
    pub time: Option<Duration>,
}

/// In how many cases something was seen, and in which first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sightings {
    /// How many.
    pub count: u64,
    /// The lowest numbers, in their order. Lanes overtake each other; these are the same in every run.
    pub numbers: Vec<u64>,
}

impl Sightings {
    /// So many numbers are kept: what was seen in the first may not come again.
    const KEPT: usize = 4;

    /// The number of the first case; 0 if there is none.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.numbers.first().copied().unwrap_or_default()
    }

    /// It was seen in one more. Returns whether no lower number is known.
    pub(super) fn add(&mut self, number: u64) -> bool {
        self.count += 1;
        self.numbers.push(number);
        self.numbers.sort_unstable();
        self.numbers.truncate(Self::KEPT);
        self.first() == number
    }
}

/// Deals cases to lanes, in the order of their numbers.
pub(super) struct Deal<'a> {
    maker: &'a Maker,
    bounds: Bounds,
    next: Cell<u64>,
    watch: Stopwatch,
    interrupt: Interrupt,
}

impl<'a> Deal<'a> {
    pub(super) fn new(maker: &'a Maker, bounds: Bounds, interrupt: Interrupt) -> Self {
        Self { maker, bounds, next: Cell::new(bounds.first), watch: Stopwatch::start(), interrupt }
    }

    /// The next case and its number, if the run goes on.
    pub(super) fn next(&self) -> Option<(u64, Case)> {
        let number = self.next.get();
        let last = self.bounds.cases.map(|cases| self.bounds.first.saturating_add(cases));
        let over = last.is_some_and(|last| number >= last)
            || self.bounds.time.is_some_and(|time| self.watch.elapsed() >= time)
            || self.interrupt.wished();
        if over {
            return None;
        }
        self.next.set(number + 1);
        Some((number, self.maker.case(number)?))
    }

    /// A case that was dealt before.
    pub(super) fn again(&self, number: u64) -> Option<Case> {
        self.maker.case(number)
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.watch.elapsed()
    }

    /// Whether it was ended before its time.
    pub(super) fn interrupted(&self) -> bool {
        self.interrupt.wished()
    }
}
