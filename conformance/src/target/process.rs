//! A target's process: started in its own group and folder, watched, and ended as a whole.

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    process::{ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::{process::Command, sync::watch};

use super::{
    Addresses,
    blanks::Blanks,
    definition::{Definition, DefinitionError},
    group::{Group, Usage},
    log::Logs,
    user::{hand_over, user},
};
use crate::clock::{Patience, deadline};

/// A target that was started and has its own address, folder and process group.
pub struct Process {
    listen: SocketAddr,
    logs: Logs,
    /// Removed when the process is gone.
    _dir: TempDir,
    group: Option<Group>,
    ended: watch::Receiver<Option<ExitStatus>>,
    stop: Signal,
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
        let spare = addresses.next().map_err(StartError::NoPlace)?;
        let named = definition.user.as_deref();
        let user = user(named);
        let blanks = Blanks { listen, spare, origin, dir: dir.path(), cache: &definition.cache, user: &user };
        definition.lay_out(&blanks)?;
        let logs = Logs::new(dir.path(), &definition.logs, &definition.fails_on_log);
        let log = logs.printed().map_err(StartError::NoPlace)?;
        hand_over(dir.path(), named).map_err(StartError::NoPlace)?;
        let errors = log.try_clone().map_err(StartError::NoPlace)?;
        let mut command = match &definition.starter {
            None => Command::new(&definition.program),
            Some(starter) => {
                let mut command = Command::new(starter);
                command.arg("hold").args(definition.daemon.then_some("--stay")).arg(&definition.program);
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
        let leader = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let group = leader.map(|leader| Group { leader, strays: definition.daemon });
        let (tell, ended) = watch::channel(None);
        tokio::task::spawn_local(async move {
            if let Ok(status) = child.wait().await {
                let _ = tell.send(Some(status));
            }
        });
        Ok(Self { listen, logs, _dir: dir, group, ended, stop: definition.stop.signal() })
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
        self.group?.memory()
    }

    /// What it and what it started use, where the system tells.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.group?.usage()
    }

    /// Resolves when it ends.
    pub async fn ended(&self) {
        let mut ended = self.ended.clone();
        if ended.wait_for(Option::is_some).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The last lines that it printed or logged.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.logs.tail()
    }

    /// Lines of its logs that are failures of its own.
    #[must_use]
    pub fn log_failures(&self) -> Vec<String> {
        self.logs.failures()
    }

    /// Asks it to take its configuration anew, by `signal`.
    pub fn reload(&self, signal: Signal) {
        if let Some(group) = self.group {
            // Workers leave a reload to their master. It fails only when the process is gone, which is
            // found out otherwise.
            let _ = kill_process(group.leader, signal);
        }
    }

    /// Asks it to end, and ends its whole group when it does not.
    pub async fn stop(self, patience: &Patience) {
        if self.state() == Started::Running {
            if let Some(group) = self.group {
                group.ask(self.stop);
            }
            let _ = deadline(patience.stop, self.ended()).await;
        }
        // Workers may outlive their master, and a crashed master never asked them to end.
        self.kill();
        let _ = deadline(patience.stop, self.ended()).await;
    }

    fn kill(&self) {
        if let Some(group) = self.group {
            group.kill();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
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
