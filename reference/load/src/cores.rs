//! Which core does what, so that a proxy and its load do not take each other's time, and how many files
//! there may be.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The core of the proxies, and that of origin and clients: the first two that we may use. On a machine
/// with one core they are the same.
///
/// # Errors
///
/// When the system does not tell.
pub fn pair() -> io::Result<(usize, usize)> {
    let set = sched_getaffinity(None)?;
    let mut ours = (0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core));
    let proxy = ours.next().unwrap_or(0);
    Ok((proxy, ours.next().unwrap_or(proxy)))
}

/// Runs `work` on one core; a process that it starts stays there.
///
/// # Errors
///
/// When the system does not let us.
pub fn on<T>(core: usize, work: impl FnOnce() -> T) -> io::Result<T> {
    let before = sched_getaffinity(None)?;
    stay(core)?;
    let done = work();
    sched_setaffinity(None, &before)?;
    Ok(done)
}

/// Keeps this thread on one core.
///
/// # Errors
///
/// When the system does not let us.
pub fn stay(core: usize) -> io::Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    Ok(sched_setaffinity(None, &set)?)
}

/// Lets this process, and those that it starts, have as many open files as the system lets us. The result
/// is how many that is; a system without a limit is taken for one with a million.
///
/// # Errors
///
/// When the system does not let us.
pub fn many_files() -> io::Result<u64> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    Ok(limit.maximum.unwrap_or(1_000_000))
}
