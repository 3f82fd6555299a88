//! How each of the programs begins and ends.

use std::{io, process::ExitCode};

use tokio::{
    runtime,
    signal::unix::{SignalKind, signal},
    task::LocalSet,
};

/// Something is not installed or did not start: our own fault, in the words of hopspec's exit codes.
const OUR_FAULT: u8 = 5;

/// A signal came first.
const INTERRUPTED: u8 = 130;

/// Does some work on this thread, until it is done or a signal comes: what it has started ends as it is
/// dropped. The exit code: 0 all is as it should be, 1 something is not, 5 it could not be found out, 130
/// interrupted. An error is printed with its causes.
pub fn run(work: impl AsyncFnOnce() -> io::Result<bool>) -> ExitCode {
    let until_a_signal = async {
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! {
            done = work() => done.map(Some),
            _ = interrupt.recv() => Ok(None),
            _ = terminate.recv() => Ok(None),
        }
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| LocalSet::new().block_on(&runtime, until_a_signal)) {
        Ok(Some(true)) => ExitCode::SUCCESS,
        Ok(Some(false)) => ExitCode::FAILURE,
        Ok(None) => {
            eprintln!("interrupted");
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            eprintln!("error: {}", with_causes(&error));
            ExitCode::from(OUR_FAULT)
        }
    }
}

/// An error, and what it came from.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        told = format!("{told}: {deeper}");
        cause = deeper.source();
    }
    told
}
