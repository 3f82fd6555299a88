//! Repository chores. Thin: it builds what a run needs and starts it.
//!
//! `cargo xtask conformance [ARGS]` builds the reference and `hopspec`, and becomes
//! `hopspec run ARGS`. It knows nothing of scenarios or targets.

mod pictures;
mod steady;

use std::{
    env, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const HELP: &str = "\
Usage: cargo xtask <COMMAND>

Commands:
  conformance [ARGS]       build the reference and run the suite (see `cargo xtask conformance --help`)
  targets [install|remove] the known proxies: which are installed, and how to get them
  matrix [TARGET]...       run every installed target and publish the results
  expect [--update] --target TARGET
                           hold a target's expectation file against a run
  differences TARGET OTHER what the two do differently on the wire, and who is right
  fuzz [ARGS]              make up conversations, hold a target to what a gateway owes, and write what
                           fails as scenarios (see `cargo xtask fuzz --help`)
  list, explain, coverage, check, judge, report, compare [ARGS]
                           the same commands of hopspec
  steady [RUNS] [TARGET]...
                           run the suite RUNS times (20) against each TARGET (reference nginx haproxy),
                           every other time with all cores busy, and compare the reports
  bench [ARGS]             the reference beside nginx, HAProxy, bare hyper and a direct connection, in
                           one run (see `cargo xtask bench --help`)
  soak [ARGS]              whether the reference keeps its limits under load and abuse (see `cargo xtask
                           soak --help`)
  traffic [ARGS]           WebSocket and HTTP clients of other makers through the reference (see
                           `cargo xtask traffic --help`)
  instructions [--update]  how many instructions the reference takes for an operation, beside the record
                           and bare hyper; needs valgrind
  bench suite [TARGET]...  wall time of the suite as a ratio to the bare exchanges (nginx)
  schema                   write conformance/schema/report.json anew
  pictures                 make the pictures of the README anew; needs nginx and chromium
";

/// Our own fault, in the words of hopspec's exit codes.
const OUR_FAULT: u8 = 5;

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match command.as_str() {
        "conformance" => hopspec("run", &rest),
        "list" | "explain" | "coverage" | "check" | "judge" | "report" | "compare" | "targets" | "expect"
        | "matrix" | "differences" | "fuzz" => hopspec(&command, &rest),
        "steady" => build().and_then(|()| steady::steady(&program(), &rest)),
        "pictures" => {
            build().and_then(|()| pictures::pictures(&program(), &root().join("conformance/pictures")))
        }
        "bench" => match rest.split_first() {
            Some((first, targets)) if first == "suite" => bench(targets),
            _ => load("bench", &rest),
        },
        "instructions" | "soak" | "traffic" => load(&command, &rest),
        "schema" => schema(),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => {
            let mistake = if other.is_empty() {
                String::new()
            } else {
                format!("error: unknown command `{other}`\n\n")
            };
            eprint!("{mistake}{HELP}");
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(OUR_FAULT)
    })
}

/// Builds both programs in release mode: the reference is judged as it is meant to run.
fn build() -> io::Result<()> {
    cargo_build("release", &["--package", "hopspec-reference", "--package", "hopspec"], "the programs")
}

fn cargo_build(profile: &str, what: &[&str], name: &str) -> io::Result<()> {
    let status = cargo().args(["build", "--quiet", "--profile", profile]).args(what).status()?;
    let error = || io::Error::other(format!("cargo could not build {name}"));
    if status.success() { Ok(()) } else { Err(error()) }
}

fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn program() -> PathBuf {
    built("release", "hopspec")
}

fn built(profile: &str, name: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Becomes hopspec.
fn hopspec(command: &str, args: &[String]) -> io::Result<ExitCode> {
    build()?;
    let mut hopspec = Command::new(program());
    hopspec.arg(command).args(args).env("HOPSPEC_CALLED_AS", "cargo xtask conformance");
    become_it(hopspec)
}

/// Goes on as another program, so that its signals and its exit code are ours.
#[cfg(unix)]
fn become_it(mut program: Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(program.exec())
}

#[cfg(not(unix))]
fn become_it(mut program: Command) -> io::Result<ExitCode> {
    let code = program.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(OUR_FAULT)))
}

fn bench(targets: &[String]) -> io::Result<ExitCode> {
    build()?;
    // The targets that only refuse, or never answer, are no proxies: they stand among the examples.
    cargo_build("release", &["--package", "hopspec", "--example", "hollow"], "the hollow targets")?;
    let status = cargo()
        .args(["bench", "--quiet", "--package", "hopspec", "--bench", "suite", "--"])
        .args(targets)
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::from(OUR_FAULT) })
}

/// Becomes one of the programs that put load on the reference, which is built as fast as it gets.
fn load(name: &str, args: &[String]) -> io::Result<ExitCode> {
    cargo_build("fast", &["--package", "hopspec-reference", "--package", "hopspec-load"], "the load")?;
    let mut program = Command::new(built("fast", name));
    program.args(args);
    become_it(program)
}

fn schema() -> io::Result<ExitCode> {
    build()?;
    let output = Command::new(program()).arg("schema").output()?;
    std::fs::write(root().join("conformance/schema/report.json"), output.stdout)?;
    Ok(ExitCode::SUCCESS)
}
