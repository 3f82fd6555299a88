//! Bounds of waiting, on a paused clock.

use rstest::rstest;

use super::*;

#[rstest]
#[case(1.0, 3000, 150)]
#[case(2.0, 6000, 300)]
#[case(0.1, 300, 15)]
// Without any patience nothing could ever arrive.
#[case(0.0, 30, 1)]
#[case(-1.0, 30, 1)]
fn patience_is_scaled_and_never_nothing(#[case] scale: f64, #[case] step: u128, #[case] grace: u128) {
    let patience = Patience::scaled(scale);
    assert_eq!((patience.step.as_millis(), patience.grace.as_millis()), (step, grace));
    assert!(patience.grace < patience.step);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_a_wait_exactly_then() {
    let watch = Stopwatch::start();
    let bound = Duration::from_millis(30);
    assert_eq!(deadline(bound, std::future::pending::<()>()).await, None);
    assert_eq!(watch.elapsed(), bound);
}

#[tokio::test(start_paused = true)]
async fn what_comes_before_its_deadline_costs_only_its_own_time() {
    let watch = Stopwatch::start();
    let soon = async {
        pause(Duration::from_millis(10)).await;
        "came"
    };
    assert_eq!(deadline(Duration::from_secs(3), soon).await, Some("came"));
    assert_eq!(watch.elapsed(), Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn what_is_there_already_beats_a_deadline_of_nothing() {
    assert_eq!(deadline(Duration::ZERO, async { 1 }).await, Some(1));
}

#[rstest::rstest]
#[case::idle(1, 75)]
#[case::busy(20, 400)]
#[case::overloaded(1000, 3000)]
fn a_hurried_wait_grows_with_what_an_exchange_takes(#[case] exchange: u64, #[case] step: u64) {
    let of = Duration::from_millis;
    assert_eq!(Patience::scaled(1.0).hurried(of(exchange)).step, of(step));
}
