//! On a clock that stands still unless everybody waits.

use std::future::{pending, poll_fn};

use tokio::time::{sleep, timeout};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn rings_at_its_deadline() {
    let (mut alarm, start) = (Alarm::default(), Instant::now());
    poll_fn(|cx| alarm.poll(cx, start + SECOND)).await;
    assert_eq!(start.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_moved_away_is_the_one_that_counts() {
    let (mut alarm, start) = (Alarm::default(), Instant::now());
    assert!(timeout(SECOND / 2, poll_fn(|cx| alarm.poll(cx, start + SECOND))).await.is_err());
    poll_fn(|cx| alarm.poll(cx, start + 3 * SECOND)).await;
    assert_eq!(start.elapsed(), 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_came_nearer_is_not_slept_through() {
    let (mut alarm, start) = (Alarm::default(), Instant::now());
    assert!(timeout(SECOND / 2, poll_fn(|cx| alarm.poll(cx, start + 9 * SECOND))).await.is_err());
    poll_fn(|cx| alarm.poll(cx, start + SECOND)).await;
    assert_eq!(start.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_stall_is_of_one_step_and_begins_anew_with_the_next() {
    let (mut stall, start) = (Stall::new(2 * SECOND), Instant::now());
    for _ in 0..3 {
        let mut step = std::pin::pin!(sleep(SECOND));
        let outcome = poll_fn(|cx| {
            let outcome = step.as_mut().poll(cx);
            stall.limit(cx, outcome)
        });
        assert_eq!(outcome.await, Ok(()));
    }
    let mut never = std::pin::pin!(pending::<()>());
    let outcome = poll_fn(|cx| {
        let outcome = never.as_mut().poll(cx);
        stall.limit(cx, outcome)
    });
    assert_eq!(outcome.await, Err(Exhausted));
    assert_eq!(start.elapsed(), 5 * SECOND);
}
