//! How much memory the processes of a group hold.

use std::fs;

use rustix::process::Pid;

/// Resident memory of every process in `group`, in octets. `None` where the system does not tell:
/// it is read from `/proc`, as on Linux.
pub(super) fn resident(group: Pid) -> Option<u64> {
    let mut kibibytes = None;
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        // A process may end while we look; then it holds nothing.
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        if group_of(&stat) != Some(group.as_raw_nonzero().get()) {
            continue;
        }
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        *kibibytes.get_or_insert(0) += held(&status).unwrap_or_default();
    }
    Some(kibibytes? * 1024)
}

/// The resident memory in `/proc/PID/status`, in KiB. A process that has just ended has none.
fn held(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The process group in a line of `/proc/PID/stat`, behind the name, which may hold anything.
fn group_of(stat: &str) -> Option<i32> {
    let (_, behind) = stat.rsplit_once(')')?;
    behind.split_whitespace().nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_stands_behind_a_name_with_anything_in_it() {
        assert_eq!(group_of("7 (a) b (c) S 1 42 42 0 -1"), Some(42));
        assert_eq!(group_of("nonsense"), None);
    }

    #[test]
    fn memory_is_read_from_its_line() {
        assert_eq!(held("Name:\tx\nVmHWM:\t  99 kB\nVmRSS:\t   12 kB\n"), Some(12));
        assert_eq!(held("Name:\tx\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn our_own_group_holds_memory() {
        let own = rustix::process::getpgrp();
        assert!(resident(own).is_some_and(|octets| octets > 1 << 16));
    }
}
