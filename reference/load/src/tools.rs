//! Programs of other makers, found and started for a while.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use hopspec::target::{
    Definition, Step, VersionProbe, cache_folder, install, installed, is_installed_by_steps,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

/// Where the scripts of the tools are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("traffic")
}

/// A client or server of other makers, which is got as targets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// The cases of the Autobahn Testsuite, and what plays them.
    Autobahn,
    /// Python's `websockets`.
    Websockets,
    /// Node's `ws`.
    Ws,
}

impl Tool {
    /// What it is called, the program that runs it, what prints its version, and the steps that get it.
    fn described(self) -> (&'static str, &'static str, [&'static str; 2], Vec<Step>) {
        let all = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::Autobahn => {
                let packages = [
                    "autobahntestsuite==25.10.1",
                    "autobahn==26.10.2",
                    "Twisted==26.10.0",
                    "fissix==24.4.24",
                ];
                let prepare =
                    ["@CACHE@/venv/bin/python3", "prepare.py", "@CACHE@/site-packages", "@CACHE@/cases"];
                let version = "import importlib.metadata as m; print(m.version('autobahntestsuite'))";
                let steps = vec![Step::Pip(all(&packages)), Step::Run(all(&prepare))];
                ("autobahn", PYTHON, ["-c", version], steps)
            }
            Self::Websockets => {
                let version = "import importlib.metadata as m; print(m.version('websockets'))";
                ("websockets", PYTHON, ["-c", version], vec![Step::Pip(all(&["websockets==17.4"]))])
            }
            Self::Ws => {
                let version = "require('ws/package.json').version";
                ("ws", NODE, ["-p", version], vec![Step::Npm(all(&["ws@8.23.0", "node@24.21.0"]))])
            }
        }
    }

    /// Finds it. With `get`, it is installed first if it is not there.
    ///
    /// # Errors
    ///
    /// When it cannot be installed, or is not here: the error says how to get it.
    pub fn find(self, get: bool) -> io::Result<Definition> {
        let (name, program, version, steps) = self.described();
        let cache = cache_folder().join(name);
        let definition = Definition {
            name: name.to_owned(),
            install: steps,
            version: Some(VersionProbe { args: version.map(str::to_owned).into(), after: String::new() }),
            env: [("NODE_PATH".to_owned(), cache.join("node_modules").display().to_string())].into(),
            folder: folder(),
            cache: cache.clone(),
            ..Definition::by_contract(cache.join(program))
        };
        let is_here = is_installed_by_steps(&definition);
        if get && !is_here {
            install(&definition, &|step| eprintln!("{name}: {step}")).map_err(io::Error::other)?;
        } else if !is_here {
            let how = format!("{name} is not installed; get it with: cargo xtask traffic --install");
            return Err(io::Error::other(how));
        }
        Ok(definition)
    }
}

const PYTHON: &str = "venv/bin/python3";
const NODE: &str = "node_modules/.bin/node";

/// A command of a tool, in the folder of the scripts. It ends with what is made of it.
#[must_use]
pub fn command(tool: &Definition) -> Command {
    let mut command = Command::new(&tool.program);
    command.envs(&tool.env).current_dir(folder()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// A program of the system.
///
/// # Errors
///
/// When it is not on the search path; the error says how to get it.
pub fn program(name: &str, how: &str) -> io::Result<PathBuf> {
    let definition = Definition {
        name: name.to_owned(),
        hint: Some(how.to_owned()),
        ..Definition::by_contract(name.into())
    };
    installed(definition).map(|found| found.program).map_err(io::Error::other)
}

/// What a command prints, if it ends well and in time.
///
/// # Errors
///
/// When it cannot be started, takes longer, or ends otherwise: the error has what it printed last.
pub async fn output(mut command: Command, longest: Duration) -> io::Result<String> {
    let command = command.kill_on_drop(true).stdin(Stdio::null());
    let late = || io::Error::new(io::ErrorKind::TimedOut, format!("it took more than {longest:?}"));
    let output = timeout(longest, command.output()).await.map_err(|_| late())??;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(io::Error::other);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let last = told.trim().lines().next_back().unwrap_or_default();
    Err(io::Error::other(format!("{}: {last}", output.status)))
}

/// A server of a tool, which prints its port and then what is reported to it.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    reports: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Server {
    /// Starts it, and waits until it listens.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or prints no port within ten seconds.
    pub async fn start(mut command: Command) -> io::Result<Self> {
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
        let mut reports = BufReader::new(stdout).lines();
        let first = timeout(Duration::from_secs(10), reports.next_line()).await;
        let port = first.ok().and_then(Result::ok).flatten().and_then(|line| line.parse::<u16>().ok());
        let port = port.ok_or_else(|| io::Error::other("the server did not say its port"))?;
        Ok(Self { address: ([127, 0, 0, 1], port).into(), reports, _process: process })
    }

    /// The next report.
    ///
    /// # Errors
    ///
    /// When there is none within this time, or the server has ended.
    pub async fn report(&mut self, longest: Duration) -> io::Result<String> {
        let late = |_| io::Error::new(io::ErrorKind::TimedOut, format!("no report within {longest:?}"));
        let line = timeout(longest, self.reports.next_line()).await.map_err(late)??;
        line.ok_or_else(|| io::Error::other("the server has ended"))
    }
}
