//! Signals that ask us to end.

/// Resolves when someone asks us to end. The signals are ours from the call on, not from the first poll.
#[cfg(unix)]
pub(super) fn asked_to_end() -> impl Future<Output = ()> {
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
pub(super) async fn asked_to_end() {
    let _ = tokio::signal::ctrl_c().await;
}
