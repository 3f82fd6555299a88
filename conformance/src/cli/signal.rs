//! Signals that ask us to end.

use tokio::{sync::watch, task::LocalSet};

use super::failure::Failure;
use crate::runner::Interrupt;

/// Runs `work` until it is over; a signal only wishes that it ends.
pub(super) fn interruptible<T>(
    work: impl AsyncFnOnce(Interrupt) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours(&error))?;
    LocalSet::new().block_on(&runtime, async {
        let (wish, interrupt) = watch::channel(false);
        // From here on, before a target runs, a signal no longer ends us without ending the target.
        let asked = asked_to_end();
        tokio::task::spawn_local(async move {
            asked.await;
            let _ = wish.send(true);
        });
        work(Interrupt(interrupt)).await
    })
}

/// Resolves when someone asks us to end. The signals are ours from the call on, not from the first poll.
#[cfg(unix)]
fn asked_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let comes = |kind| {
        let signal = signal(kind);
        async move {
            match signal {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        }
    };
    let (interrupt, terminate) = (comes(SignalKind::interrupt()), comes(SignalKind::terminate()));
    async {
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    let _ = tokio::signal::ctrl_c().await;
}
