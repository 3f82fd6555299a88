//! The one place where the harness waits for time to pass.
//!
//! Everything else waits for an event and uses [`deadline`] as its bound, so that order comes
//! from causality. It never decides what a wait that ran out means.

use std::time::Duration;

use tokio::time::{self, Instant};

/// How long each kind of wait may take, already scaled by `--timeout-scale`.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For what a step names to arrive.
    pub step: Duration,
    /// For each mebibyte of bulk, on top of that.
    pub mebibyte: Duration,
    /// For what can hardly come any more, because the other role has already seen the end.
    pub grace: Duration,
    /// Without progress, what is written counts as held back.
    pub quiet: Duration,
    /// For the target to close its side once we have closed ours.
    pub drain: Duration,
    /// For a target to become ready.
    pub ready: Duration,
    /// For a target to end when it was asked to.
    pub stop: Duration,
}

impl Patience {
    /// The default bounds times `scale` (1.0 is meant for loopback on a busy machine).
    #[must_use]
    pub fn scaled(scale: f64) -> Self {
        let of = |millis: u64| Duration::from_millis(millis).mul_f64(scale.max(0.01));
        Self {
            step: of(3000),
            mebibyte: of(250),
            grace: of(150),
            quiet: of(300),
            drain: of(1000),
            ready: of(10_000),
            stop: of(2000),
        }
    }

    /// Bounds for a target that lets one wait after the other run out: still many times what it took
    /// for a plain exchange, and so longer on a machine that is busy.
    #[must_use]
    pub fn hurried(self, exchange: Duration) -> Self {
        let bound = |usual: Duration| (usual / 40).max(exchange * 20).min(usual);
        Self { step: bound(self.step), drain: bound(self.drain), grace: bound(self.grace), ..self }
    }
}

/// Runs `future` for at most `bound`; `None` when time ran out first.
pub async fn deadline<F: Future>(bound: Duration, future: F) -> Option<F::Output> {
    time::timeout(bound, future).await.ok()
}

/// Lets `pause` pass. For polling a starting target and for gaps that a scenario asks for.
pub async fn pause(pause: Duration) {
    time::sleep(pause).await;
}

/// A point in time from which a run or an exchange is measured.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests;
