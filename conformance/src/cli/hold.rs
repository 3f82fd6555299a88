//! `hopspec hold`: becomes a target's program, tied to the life of the run.
//!
//! A run that is killed can end nothing any more. The system can: a process may ask to get a signal
//! when its parent dies, and keeps that wish through `exec`. Asking between fork and exec would need
//! unsafe code; asking in a program of our own does not.

use std::{ffi::OsString, process::Command};

use super::failure::Failure;
use crate::exit;

/// Becomes `command`; returns only if that is impossible.
pub(super) fn hold(command: &[OsString]) -> Failure {
    let [program, args @ ..] = command else { return Failure::plain(exit::USAGE, "which program?") };
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, getppid, set_parent_process_death_signal};
        // SIGTERM: a master that is killed outright leaves its workers behind.
        if let Err(error) = set_parent_process_death_signal(Some(Signal::TERM)) {
            return Failure::ours(&error);
        }
        // The run may have been killed before the wish was made; then we have another parent now.
        if getppid().is_none_or(|parent| parent.as_raw_nonzero().get() == 1) {
            return Failure::plain(exit::OUR_FAULT, "the run has ended");
        }
    }
    let mut command = Command::new(program);
    command.args(args);
    #[cfg(unix)]
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    #[cfg(not(unix))]
    let error = std::io::Error::from(std::io::ErrorKind::Unsupported);
    Failure::plain(exit::TARGET, format!("cannot start {}: {error}", program.display()))
}
