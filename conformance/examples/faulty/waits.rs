//! How long the proxy waits for what, by route.
//!
//! Only durations: what becomes of a wait that ran out is said where it is waited.

use crate::fault::{Fault, Seeded};
use crate::request::Route;
use std::time::Duration;

/// As good as for ever.
const NEVER: Duration = Duration::from_secs(3600);

/// How long a client may be silent between two requests.
pub(crate) const BETWEEN_REQUESTS: Duration = Duration::from_secs(60);

/// How long a client may take for one head, from its first octet on.
pub(crate) fn head(fault: Seeded) -> Duration {
    if fault == Fault::HeadLimitNever { NEVER } else { Duration::from_secs(2) }
}

/// How long dialling the origin may take.
pub(crate) fn dial(route: Route, fault: Seeded) -> Duration {
    match route {
        _ if fault == Fault::ConnectLimitNever => NEVER,
        Route::Timed => Duration::from_secs(1),
        _ => Duration::from_secs(5),
    }
}

/// How long an origin may be silent before its answer, and a client within its content.
pub(crate) fn answer(route: Route, fault: Seeded) -> Duration {
    match route {
        _ if fault == Fault::AnswerLimitNever => NEVER,
        Route::Timed => Duration::from_secs(1),
        _ => Duration::from_secs(60),
    }
}

/// How long an origin may be silent in a tunnel.
pub(crate) fn idle(route: Route) -> Duration {
    match route {
        Route::Timed => Duration::from_secs(1),
        _ => Duration::from_secs(60),
    }
}
