//! Deadlines that move with every message and are hardly ever reached.
//!
//! A timer of the runtime has to be registered, moved and taken out again; done
//! for each message, that is a twentieth of the instructions of a plain
//! request. An alarm is left where it is while its deadline moves away, and
//! looks at the clock only when it goes off.

use std::task::{Context, Poll, ready};
use std::{pin::Pin, time::Duration};

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer for a deadline that moves. Without one it costs no memory.
#[derive(Debug, Default)]
pub(crate) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Ready once this deadline has passed. It may be another at each call.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        loop {
            ready!(sleep.as_mut().poll(cx));
            if deadline <= Instant::now() {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
    }
}

/// How long a step may be pending, and since when it is.
#[derive(Debug)]
pub(crate) struct Stall {
    limit: Duration,
    since: Option<Instant>,
    alarm: Alarm,
}

/// A step was pending for too long.
#[derive(Debug, PartialEq)]
pub(crate) struct Exhausted;

impl Stall {
    pub(crate) fn new(limit: Duration) -> Self {
        Stall { limit, since: None, alarm: Alarm::default() }
    }

    /// Passes on the outcome of a step, unless it has been pending too long.
    pub(crate) fn limit<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<T>) -> Poll<Result<T, Exhausted>> {
        if let Poll::Ready(outcome) = outcome {
            self.since = None;
            return Poll::Ready(Ok(outcome));
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        self.alarm.poll(cx, since + self.limit).map(|()| Err(Exhausted))
    }
}

#[cfg(test)]
mod tests;
