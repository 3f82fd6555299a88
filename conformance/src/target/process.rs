//! A target's process: started in its own group and folder, watched, and ended as a whole.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;
use tokio::{process::Command, sync::watch};

use super::{
    Addresses,
    definition::{Blanks, Definition, DefinitionError, Stop},
    memory::resident,
};
use crate::clock::{Patience, deadline};

/// A target that was started and has its own address, folder and process group.
pub struct Process {
    listen: SocketAddr,
    dir: TempDir,
    group: Option<Pid>,
    ended: watch::Receiver<Option<ExitStatus>>,
    stop: Stop,
    fails_on_log: Vec<String>,
}

/// How a started process is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// It runs.
    Running,
    /// It ended by itself.
    Ended(String),
}

/// Why a target could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The definition's files cannot be laid out.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// No folder or port is to be had: the machine's fault.
    #[error("cannot prepare a place for the target")]
    NoPlace(#[source] io::Error),
    /// The system cannot start it.
    #[error("cannot start {}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Process {
    /// Starts `definition` in front of an origin at `origin`.
    ///
    /// # Errors
    ///
    /// When it cannot be started at all. That it ends or never listens is found out later.
    pub fn start(
        definition: &Definition,
        origin: SocketAddr,
        addresses: &Addresses,
    ) -> Result<Self, StartError> {
        let dir = tempfile::Builder::new().prefix("hopspec-").tempdir().map_err(StartError::NoPlace)?;
        let listen = addresses.next().map_err(StartError::NoPlace)?;
        let blanks = Blanks { listen, origin, dir: dir.path() };
        definition.lay_out(&blanks)?;
        let log = fs::File::create(dir.path().join(LOG)).map_err(StartError::NoPlace)?;
        let errors = log.try_clone().map_err(StartError::NoPlace)?;
        let mut command = match &definition.starter {
            None => Command::new(&definition.program),
            Some(starter) => {
                let mut command = Command::new(starter);
                command.arg("hold").arg(&definition.program);
                command
            }
        };
        command
            .args(definition.args.iter().map(|arg| blanks.fill(arg)))
            .envs(definition.env.iter().map(|(name, value)| (name, blanks.fill(value))))
            .current_dir(dir.path())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .kill_on_drop(true)
            .process_group(0);
        let spawned = command.spawn();
        let mut child =
            spawned.map_err(|source| StartError::Spawn { program: definition.program.clone(), source })?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let (tell, ended) = watch::channel(None);
        tokio::task::spawn_local(async move {
            if let Ok(status) = child.wait().await {
                let _ = tell.send(Some(status));
            }
        });
        let (stop, fails_on_log) = (definition.stop, definition.fails_on_log.clone());
        Ok(Self { listen, dir, group, ended, stop, fails_on_log })
    }

    /// Where it was told to listen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listen
    }

    /// Whether it still runs.
    #[must_use]
    pub fn state(&self) -> Started {
        match &*self.ended.borrow() {
            None => Started::Running,
            Some(status) => Started::Ended(describe(*status)),
        }
    }

    /// The memory that it and what it started hold, in octets, where the system tells.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        resident(self.group?)
    }

    /// Resolves when it ends.
    pub async fn ended(&self) {
        let mut ended = self.ended.clone();
        if ended.wait_for(Option::is_some).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The last lines that it printed.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let text = read_log(self.dir.path());
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Lines of its log that are failures of its own.
    #[must_use]
    pub fn log_failures(&self) -> Vec<String> {
        let text = read_log(self.dir.path());
        let fails = |line: &&str| self.fails_on_log.iter().any(|mark| line.contains(mark));
        text.lines().filter(fails).map(str::to_owned).collect()
    }

    /// Asks it to take its configuration anew.
    pub fn hang_up(&self) {
        if let Some(leader) = self.group {
            // Workers leave a reload to their master. It fails only when the process is gone, which is
            // found out otherwise.
            let _ = kill_process(leader, Signal::HUP);
        }
    }

    /// Asks it to end, and ends its whole group when it does not.
    pub async fn stop(self, patience: &Patience) {
        if self.state() == Started::Running {
            let signal = match self.stop {
                Stop::Term => Signal::TERM,
                Stop::Int => Signal::INT,
                Stop::Quit => Signal::QUIT,
            };
            self.signal(signal);
            let _ = deadline(patience.stop, self.ended()).await;
        }
        // Workers may outlive their master, and a crashed master never asked them to end.
        self.signal(Signal::KILL);
        let _ = deadline(patience.stop, self.ended()).await;
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // It fails only when nobody is left in the group.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// Where a target's output goes.
const LOG: &str = "target.log";

/// At most the last MiB: a target may log without end.
fn read_log(dir: &Path) -> String {
    use std::io::{Read, Seek, SeekFrom};
    let read = || -> io::Result<Vec<u8>> {
        let mut file = fs::File::open(dir.join(LOG))?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(1 << 20)))?;
        let mut octets = Vec::new();
        file.read_to_end(&mut octets)?;
        Ok(octets)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return format!("ended by signal {signal}");
        }
    }
    match status.code() {
        Some(code) => format!("exited with status {code}"),
        None => "ended".to_owned(),
    }
}
