//! Repository chores. Thin: it builds what a run needs and starts it.
//!
//! `cargo xtask conformance [ARGS]` builds the reference and `hopspec`, and runs `hopspec run ARGS`.

use std::{
    env,
    process::{Command, ExitCode, ExitStatus},
};

const HELP: &str = "\
Usage: cargo xtask <COMMAND>

Commands:
  conformance [ARGS]  build the reference and run the suite (`cargo xtask conformance --help`)
  check               look for mistakes in scenarios, requirements and target definitions
  schema              write conformance/schema/report.json anew
";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    match command.as_str() {
        "conformance" => hopspec("run", &rest),
        "list" | "explain" | "check" | "judge" => hopspec(&command, &rest),
        "schema" => schema(),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        other => {
            let mistake = if other.is_empty() { String::new() } else { format!("error: unknown command `{other}`\n\n") };
            eprint!("{mistake}{HELP}");
            ExitCode::from(2)
        }
    }
}

/// Builds both programs in release mode, so that the reference is measured as it is meant to run.
fn build() -> Result<(), ExitCode> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--release", "--package", "hopspec-reference", "--package", "hopspec"])
        .status();
    match built {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(ExitCode::from(5)),
        Err(error) => {
            eprintln!("error: cannot run cargo: {error}");
            Err(ExitCode::from(5))
        }
    }
}

fn program() -> std::path::PathBuf {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    target.join("release").join(format!("hopspec{}", env::consts::EXE_SUFFIX))
}

fn hopspec(command: &str, args: &[String]) -> ExitCode {
    if let Err(code) = build() {
        return code;
    }
    let status = Command::new(program())
        .arg(command)
        .args(args)
        .env("HOPSPEC_CALLED_AS", "cargo xtask conformance")
        .status();
    match status {
        Ok(status) => code(status),
        Err(error) => {
            eprintln!("error: cannot run hopspec: {error}");
            ExitCode::from(5)
        }
    }
}

fn schema() -> ExitCode {
    if let Err(code) = build() {
        return code;
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/schema/report.json");
    let written = Command::new(program()).arg("schema").output().and_then(|output| std::fs::write(&path, output.stdout));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot write {}: {error}", path.display());
            ExitCode::from(5)
        }
    }
}

/// The same code that the program ended with; a signal is our own fault.
fn code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::from(5), ExitCode::from)
}
