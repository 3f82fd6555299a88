//! The processes of a target: those of its group, and of one that detaches itself also those that left it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// A process group that we started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) leader: Pid,
    /// Processes may leave the group; the leader outlives them, and they stay its descendants.
    pub(super) strays: bool,
}

impl Group {
    /// Sends `signal` to every process in the group. It fails only when nobody is left there.
    pub(super) fn ask(self, signal: Signal) {
        let _ = kill_process_group(self.leader, signal);
    }

    /// Ends every process at once.
    pub(super) fn kill(self) {
        if self.strays {
            // Found before the leader is gone, for then nothing says any more whose they were.
            for pid in processes().descendants(self.leader.as_raw_nonzero().get()) {
                if let Some(pid) = Pid::from_raw(pid) {
                    let _ = kill_process(pid, Signal::KILL);
                }
            }
        }
        self.ask(Signal::KILL);
    }

    /// Resident memory of every process, in octets. `None` where the system does not tell.
    pub(super) fn memory(self) -> Option<u64> {
        Some(memory(&self.members()?))
    }

    /// What its processes use. `None` where the system does not tell.
    pub(super) fn usage(self) -> Option<Usage> {
        let members = self.members()?;
        let files = |process: &Path| u64::try_from(fs::read_dir(process.join("fd")).ok()?.count()).ok();
        let ran = |process: &Path| {
            let threads = fs::read_dir(process.join("task")).ok()?.flatten();
            Some(threads.filter_map(|thread| ran(&thread.path())).sum())
        };
        Some(Usage {
            memory: memory(&members),
            files: sum(&members, files),
            cpu: Duration::from_nanos(sum(&members, ran)),
        })
    }

    /// The folders of its processes below `/proc`, which is where Linux tells of them. `None` if there
    /// are none.
    fn members(self) -> Option<Vec<PathBuf>> {
        let all = processes();
        let leader = self.leader.as_raw_nonzero().get();
        let mut members: Vec<i32> =
            all.0.iter().filter(|(_, about)| about.group == leader).map(|(pid, _)| *pid).collect();
        if self.strays {
            members.extend(
                all.descendants(leader).into_iter().filter(|pid| !members.contains(pid)).collect::<Vec<_>>(),
            );
        }
        let folders = members.iter().map(|pid| Path::new("/proc").join(pid.to_string()));
        (!members.is_empty()).then(|| folders.collect())
    }
}

/// What all processes have of something. One that ends while we look has nothing.
fn sum(processes: &[PathBuf], of: impl Fn(&Path) -> Option<u64>) -> u64 {
    processes.iter().filter_map(|process| of(process)).sum()
}

/// The resident memory of processes, in octets.
fn memory(processes: &[PathBuf]) -> u64 {
    1024 * sum(processes, |process| held(&fs::read_to_string(process.join("status")).ok()?))
}

/// What the processes of a target use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Resident memory, in octets.
    pub memory: u64,
    /// Open file descriptors.
    pub files: u64,
    /// The time that its threads have been on a processor.
    pub cpu: Duration,
}

/// What is known of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct About {
    parent: i32,
    group: i32,
}

/// Every process of the system, by its id.
struct Processes(BTreeMap<i32, About>);

fn processes() -> Processes {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let found = entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        Some((pid, about(&fs::read_to_string(entry.path().join("stat")).ok()?)?))
    });
    Processes(found.collect())
}

impl Processes {
    /// Everything that descends from `pid`, its children first.
    fn descendants(&self, pid: i32) -> Vec<i32> {
        let mut found = vec![pid];
        let mut at = 0;
        while let Some(&parent) = found.get(at) {
            found.extend(self.0.iter().filter(|(_, about)| about.parent == parent).map(|(pid, _)| *pid));
            at += 1;
        }
        found.remove(0);
        found
    }
}

/// Parent and group in a line of `/proc/PID/stat`, behind the name, which may hold anything.
fn about(stat: &str) -> Option<About> {
    let (_, behind) = stat.rsplit_once(')')?;
    let mut words = behind.split_whitespace().skip(1);
    Some(About { parent: words.next()?.parse().ok()?, group: words.next()?.parse().ok()? })
}

/// The resident memory in `/proc/PID/status`, in KiB. A process that has just ended has none.
fn held(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// How long the thread of a folder below `/proc/PID/task` has been on a processor, in nanoseconds.
fn ran(thread: &Path) -> Option<u64> {
    fs::read_to_string(thread.join("schedstat")).ok()?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parent_and_group_stand_behind_a_name_with_anything_in_it() {
        assert_eq!(about("7 (a) b (c) S 1 42 42 0 -1"), Some(About { parent: 1, group: 42 }));
        assert_eq!(about("nonsense"), None);
    }

    #[test]
    fn descendants_are_found_over_generations() {
        let of = |parent| About { parent, group: 0 };
        let all = Processes([(2, of(1)), (3, of(2)), (4, of(3)), (5, of(1))].into());
        assert_eq!(all.descendants(2), [3, 4]);
    }

    #[test]
    fn memory_is_read_from_its_line() {
        assert_eq!(held("Name:\tx\nVmHWM:\t  99 kB\nVmRSS:\t   12 kB\n"), Some(12));
        assert_eq!(held("Name:\tx\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn our_own_group_uses_memory_files_and_time() {
        let own = Group { leader: rustix::process::getpgrp(), strays: false };
        let usage = own.usage().unwrap();
        assert!(usage.memory > 1 << 16 && usage.files > 2 && usage.cpu > Duration::ZERO, "{usage:?}");
    }
}
