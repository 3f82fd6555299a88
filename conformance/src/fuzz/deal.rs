//! Which case is played next, and when a run is over.

use std::{cell::Cell, time::Duration};

use super::made::Maker;
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

/// Deals cases to lanes, in the order of their numbers.
pub(super) struct Deal<'a> {
    pub(super) maker: &'a Maker,
    bounds: Bounds,
    next: Cell<u64>,
    watch: Stopwatch,
    interrupt: Interrupt,
}

impl<'a> Deal<'a> {
    pub(super) fn new(maker: &'a Maker, bounds: Bounds, interrupt: Interrupt) -> Self {
        Self { maker, bounds, next: Cell::new(bounds.first), watch: Stopwatch::start(), interrupt }
    }

    /// The number of the next case, if the run goes on.
    pub(super) fn next(&self) -> Option<u64> {
        let number = self.next.get();
        let last = self.bounds.cases.map(|cases| self.bounds.first.saturating_add(cases));
        let over = last.is_some_and(|last| number >= last)
            || self.bounds.time.is_some_and(|time| self.watch.elapsed() >= time)
            || self.interrupt.wished();
        self.next.set(number + u64::from(!over));
        (!over).then_some(number)
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.watch.elapsed()
    }

    /// Whether it was ended before its time.
    pub(super) fn interrupted(&self) -> bool {
        self.interrupt.wished()
    }
}
