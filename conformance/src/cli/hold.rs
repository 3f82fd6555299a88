//! `hopspec hold`: becomes a target's program, tied to the life of the run.
//!
//! A run that is killed can end nothing any more. The system can: a process may ask to get a signal
//! when its parent dies, and keeps that wish through `exec`. Asking between fork and exec would need
//! unsafe code; asking in a program of our own does not.
//!
//! A program that detaches itself would be nobody's child any more. For it, `hold --stay` stays: the
//! system hands it whatever its descendants leave behind, it passes signals on to them, and it ends when
//! the last of them has ended.

use std::process::{Command, Stdio};

use super::{args::Hold, failure::Failure};
use crate::exit;

/// Becomes the program, or stays until all that it started has ended.
pub(super) fn hold(hold: &Hold) -> Result<u8, Failure> {
    let [program, args @ ..] = &hold.command[..] else {
        return Err(Failure::plain(exit::USAGE, "which program?"));
    };
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, getppid, set_parent_process_death_signal};
        // SIGTERM: a master that is killed outright leaves its workers behind.
        if let Err(error) = set_parent_process_death_signal(Some(Signal::TERM)) {
            return Err(Failure::ours(&error));
        }
        // The run may have been killed before the wish was made; then we have another parent now.
        if getppid().is_none_or(|parent| parent.as_raw_nonzero().get() == 1) {
            return Err(Failure::plain(exit::OUR_FAULT, "the run has ended"));
        }
    }
    let mut command = Command::new(program);
    command.args(args);
    let cannot = |error: std::io::Error| {
        Failure::plain(exit::TARGET, format!("cannot start {}: {error}", program.display()))
    };
    #[cfg(target_os = "linux")]
    if hold.stay {
        return stay(command).map_err(cannot);
    }
    Err(cannot(std::os::unix::process::CommandExt::exec(&mut command)))
}

#[cfg(target_os = "linux")]
fn stay(mut command: Command) -> std::io::Result<u8> {
    use rustix::process::{Signal, WaitOptions, getpid, set_child_subreaper, wait};
    use tokio::signal::unix::{SignalKind, signal};
    set_child_subreaper(Some(getpid()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Ours before anything is started, so that none is missed.
        let mut ended = signal(SignalKind::child())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut quit = signal(SignalKind::quit())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let mut user1 = signal(SignalKind::user_defined1())?;
        let mut user2 = signal(SignalKind::user_defined2())?;
        let first = command.stdin(Stdio::null()).spawn()?.id();
        let mut failed = None;
        // Once asked to end, whatever is left behind by one that ends is asked as well.
        let mut ending = None;
        loop {
            // Reaps whatever has ended; none left is the end.
            loop {
                match wait(WaitOptions::NOHANG) {
                    Ok(Some((pid, status))) => {
                        let is_first = u32::try_from(pid.as_raw_nonzero().get()) == Ok(first);
                        let code = status.exit_status().filter(|code| *code != 0);
                        // A start that failed says so by its code, and not by what it left running.
                        failed =
                            failed.or(code.filter(|_| is_first).and_then(|code| u8::try_from(code).ok()));
                    }
                    Ok(None) => break,
                    Err(_) => return Ok(failed.unwrap_or(0)),
                }
            }
            if let Some(signal) = ending {
                pass_on(signal);
            }
            let asked = tokio::select! {
                _ = ended.recv() => continue,
                _ = terminate.recv() => Signal::TERM,
                _ = interrupt.recv() => Signal::INT,
                _ = quit.recv() => Signal::QUIT,
                _ = hangup.recv() => Signal::HUP,
                _ = user1.recv() => Signal::USR1,
                _ = user2.recv() => Signal::USR2,
            };
            match asked {
                Signal::TERM | Signal::INT | Signal::QUIT => ending = Some(asked),
                _ => pass_on(asked),
            }
        }
    })
}

/// Sends `signal` to our children. It fails only where one has just ended.
#[cfg(target_os = "linux")]
fn pass_on(signal: rustix::process::Signal) {
    for child in children().into_iter().filter_map(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(child, signal);
    }
}

/// Our children. What is further down is theirs to tell.
#[cfg(target_os = "linux")]
fn children() -> Vec<i32> {
    let own = rustix::process::getpid().as_raw_nonzero();
    let path = format!("/proc/{own}/task/{own}/children");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}
