//! A suite of a few files in a folder of its own, and the program run against it.
//!
//! Every run is bounded in time and gets a private folder for temporary files, so that whatever
//! outlives it can be found. Nothing here says what a run should have come to.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    ffi::OsString,
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use hopspec::{report::Report, scenario::Capability};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::LocalSet;

/// The program under test.
pub(crate) const HOPSPEC: &str = env!("CARGO_BIN_EXE_hopspec");

/// No run of a test takes longer, on whatever machine.
const BOUND: Duration = Duration::from_secs(240);

/// The one rule that the scenarios here cover.
const RULES: &str = r#"
[[requirement]]
id = "rule-must"
source = "RFC 9110"
section = "7.6.1"
level = "MUST"
binding = "direct"
priority = "vital"
area = "hops"
family = "leak"
summary = "Nominated fields stay behind."
hazard = "Private fields leak."
"#;

/// A scenario that holds for the sound proxy and fails with `keep-nominated-fields`.
pub(crate) const NOMINATED: &str = r#"
title "Nominated fields stay behind"
why "Private fields leak."
covers "rule-must"
routes "plain" "mapped"
catches "keep-nominated-fields"

client sends (head)"""
    GET {path} HTTP/1.1
    Host: {authority}
    Connection: X-Private
    X-Private: 1
    X-Control: 1
    """
origin receives-request {
    no-field "X-Private"
    control "X-Control"
}
origin sends (head)"""
    HTTP/1.1 200 OK
    Content-Length: 2
    """ "ok"
client receives-response {
    status "200"
}
"#;

/// A scenario that holds whatever the proxy does to fields.
pub(crate) const PLAIN: &str = r#"
title "A request arrives"
why "Nothing works without it."
covers "rule-must"
routes "mapped"
matrix {
    row "get" method="GET"
    row "options" method="OPTIONS"
}
client sends (head)"""
    {method} {path} HTTP/1.1
    Host: {authority}
    """
origin receives-request {
    method "{method}"
}
"#;

/// What a hollow target lets through of the harness's own exchanges, so that rows are judged.
pub(crate) const SPARED: &str = "hop-ready,hop-smoke,hop-canary";

/// The four routes.
pub(crate) const ROUTES: [&str; 4] = ["plain", "explicit", "mapped", "timed"];

/// The repository, which holds the real suite.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package stands in a workspace")
}

/// A folder with rules, perhaps scenarios, and room for targets and reports.
pub(crate) struct Suite(TempDir);

impl Suite {
    /// Rules, and no scenario.
    pub(crate) fn empty() -> Self {
        let suite = Self(TempDir::new().expect("a temporary folder"));
        suite.write("scenarios/requirements/rules.toml", RULES);
        for folder in ["conformance/targets", "tmp"] {
            fs::create_dir_all(suite.path(folder)).expect("a folder");
        }
        suite
    }

    /// Two scenarios of two rows each: one that can fail and one that cannot well.
    pub(crate) fn small() -> Self {
        let suite = Self::empty();
        suite.write("scenarios/hops/nominated.kdl", NOMINATED);
        suite.write("scenarios/hops/plain.kdl", PLAIN);
        suite
    }

    /// One scenario, `hops/one`, which is `text`.
    pub(crate) fn of(text: &str) -> Self {
        let suite = Self::empty();
        suite.write("scenarios/hops/one.kdl", text);
        suite
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    pub(crate) fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Defines a target: an example program, called by a path that no other test uses.
    pub(crate) fn target(&self, example: &str, args: &[&str], routes: &[&str]) {
        std::os::unix::fs::symlink(built(example), self.path(example)).expect("a link");
        let args: String = args.iter().map(|arg| format!("{arg:?}, ")).collect();
        let routes: String = routes.iter().map(|route| format!("{route} = \"/{route}/\"\n")).collect();
        let program = self.path(example);
        let capabilities: String = Capability::ALL.iter().map(|one| format!("{:?}, ", one.name())).collect();
        let text = format!(
            "name = \"{example}\"\nprogram = {program:?}\nhint = \"cargo build --examples\"\n\
             args = [{args}\"--listen\", \"@LISTEN@\", \"--upstream\", \"@ORIGIN@\"]\n[offers]\n\
             capabilities = [{capabilities}]\n\
             [offers.routes]\n{routes}"
        );
        self.write("target.toml", &text);
    }

    /// Runs the program in this folder, on this suite.
    pub(crate) fn hopspec(&self, args: &[&str]) -> Finished {
        self.start(args).finish()
    }

    /// `hopspec run --target-file target.toml`, with a JSON report in `report.json`.
    pub(crate) fn run(&self, args: &[&str]) -> Finished {
        let run = ["run", "--target-file", "target.toml", "--report", "json=report.json"];
        self.hopspec(&[&run, args].concat())
    }

    /// The report of the last [`Suite::run`].
    pub(crate) fn report(&self) -> Value {
        json(&self.path("report.json"))
    }

    pub(crate) fn start(&self, args: &[&str]) -> Running {
        let mut command = Command::new(HOPSPEC);
        command.args(args);
        self.launch(command)
    }

    /// Starts a shell in this folder, on whose search path the program is.
    pub(crate) fn shell(&self, script: &str) -> Running {
        let mut path = OsString::from(Path::new(HOPSPEC).parent().expect("a program has a folder"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("PATH", path);
        self.launch(command)
    }

    fn launch(&self, mut command: Command) -> Running {
        command.current_dir(self.0.path()).env("TMPDIR", self.path("tmp")).env_remove("HOPSPEC_CALLED_AS");
        Running::start(command, self.0.path().display().to_string())
    }

    /// Fails if a process or temporary file of a run is still there.
    #[track_caller]
    pub(crate) fn nothing_is_left(&self) {
        let ended = Instant::now();
        // A process that was killed is there until the system gets round to it.
        while !self.left_behind().is_empty() {
            assert!(ended.elapsed() < BOUND / 10, "still there: {:?}", self.left_behind());
            thread::yield_now();
        }
    }

    /// Waits until no process is left whose command line names this folder.
    pub(crate) fn no_process_is_left(&self) {
        let ended = Instant::now();
        while self.left_behind().iter().any(|line| !line.starts_with('/') || line.contains(" --listen ")) {
            assert!(ended.elapsed() < BOUND / 10, "still there: {:?}", self.left_behind());
            thread::yield_now();
        }
    }

    /// Processes whose command line names this folder, and temporary files: all that a run left.
    pub(crate) fn left_behind(&self) -> Vec<String> {
        let mark = self.0.path().display().to_string();
        let files = fs::read_dir(self.path("tmp")).expect("the folder for temporary files").flatten();
        let processes = fs::read_dir("/proc").expect("a Linux system").flatten().filter_map(|entry| {
            // A process that ends meanwhile is none that stays.
            let line = fs::read(entry.path().join("cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            line.contains(&mark).then_some(line)
        });
        files.map(|file| file.path().display().to_string()).chain(processes).collect()
    }
}

/// Runs what uses the library itself, as `hopspec` does: on one thread.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, future)
}

/// An example program of this package.
pub(crate) fn built(example: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    let profile = own.parent().and_then(Path::parent).expect("tests stand in deps/ of their profile");
    let path = profile.join("examples").join(example);
    assert!(path.is_file(), "{example} is not built: cargo build --package hopspec --examples");
    path
}

pub(crate) fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

/// The value of `key` in each row of a report.
pub(crate) fn column(report: &Value, key: &str) -> Vec<String> {
    let rows = report["rows"].as_array().expect("a report has rows");
    rows.iter().map(|row| row[key].as_str().unwrap_or_default().to_owned()).collect()
}

/// A program that runs.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    out: Receiver<String>,
    err: String,
    folder: String,
}

impl Running {
    fn start(mut command: Command, folder: String) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (stdout, stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let (tell_line, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = tell_line.send(line);
            }
        });
        let (tell_out, out) = channel();
        thread::spawn(move || {
            let mut text = String::new();
            let _ = BufReader::new(stdout).read_to_string(&mut text);
            let _ = tell_out.send(text);
        });
        Self { child, lines, out, err: String::new(), folder }
    }

    /// Reads on until `count` lines of standard error have held `text`.
    pub(crate) fn until(&mut self, count: usize, text: &str) {
        while self.err.lines().filter(|line| line.contains(text)).count() < count {
            let line = self.lines.recv_timeout(BOUND);
            self.err += &line.unwrap_or_else(|_| panic!("`{text}` does not come:\n{}", self.err));
            self.err.push('\n');
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process has an id");
        kill_process(pid, signal).expect("it still runs");
    }

    /// Waits for the end, which closes both streams.
    pub(crate) fn finish(mut self) -> Finished {
        let Ok(out) = self.out.recv_timeout(BOUND) else {
            let _ = self.child.kill();
            panic!("it did not end in {} s:\n{}", BOUND.as_secs(), self.err);
        };
        self.err.extend(self.lines.iter().map(|line| line + "\n"));
        let status = self.child.wait().expect("it was started here");
        Finished { code: status.code(), out, err: self.err.replace(&self.folder, "DIR") }
    }
}

/// What became of a program, and what it printed, with `DIR` for the folder of the suite.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Finished {
    /// Ended with `code`, and standard error holds each of `texts`.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, texts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.err);
        for text in texts {
            assert!(self.err.contains(text), "`{text}` is missing in:\n{}", self.err);
        }
    }
}

/// Runs the program on the suite of the repository, from its root.
pub(crate) fn hopspec_in_repository(args: &[&str]) -> Finished {
    let mut command = Command::new(HOPSPEC);
    command.args(args).current_dir(repository());
    Running::start(command, repository().display().to_string()).finish()
}

/// The report of a run against the reference, which has to be conformant.
pub(crate) fn reference_report(args: &[&str]) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    let report = format!("json={}", path.display());
    let run = hopspec_in_repository(&[&["run", "--quiet", "--report", &report], args].concat());
    run.ends(0, &["conformant"]);
    let text = fs::read_to_string(&path).expect("the report was written");
    serde_json::from_str(&text).expect("the report is what the library reads")
}

/// The reference, which cargo builds beside the program.
pub(crate) fn reference() -> PathBuf {
    Path::new(HOPSPEC).with_file_name("reference")
}
