//! The command line: reads words, calls the library, prints, and turns what happened into an exit code.

mod args;
mod check;
mod coverage;
mod differences;
mod expect;
mod explain;
mod failure;
mod fuzz;
mod hold;
mod judge;
mod launch;
mod list;
mod manual;
mod matrix;
mod play;
mod rendering;
mod report;
mod results;
mod run;
mod signal;
mod suite;
mod targets;

use std::process::ExitCode;

use clap::Parser;

pub use args::Args;
use args::Command;
use failure::Failure;

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are answers, and go to standard output; they are no mistake.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() {
                crate::exit::USAGE
            } else {
                crate::exit::CONFORMANT
            });
        }
    };
    let suite = args.suite;
    let done = match args.command {
        Command::Run(run) => run::run(suite.as_deref(), &run),
        Command::List(list) => list::list(suite.as_deref(), &list),
        Command::Explain(explain) => explain::explain(suite.as_deref(), &explain.id),
        Command::Coverage(coverage) => coverage::coverage(suite.as_deref(), &coverage),
        Command::Check(check) => check::check(suite.as_deref(), check.path.as_deref()),
        Command::Expect(expect) => expect::expect(suite.as_deref(), &expect),
        Command::Matrix(matrix) => matrix::matrix(suite.as_deref(), &matrix),
        Command::Differences(differences) => differences::differences(suite.as_deref(), &differences),
        Command::Fuzz(args) => fuzz::fuzz(suite.as_deref(), &args),
        Command::Targets(targets) => targets::targets(suite.as_deref(), &targets),
        Command::Report(args) => report::report(&args),
        Command::Compare(args) => report::compare(&args),
        Command::Judge(judge) => judge::judge(suite.as_deref(), &judge.transcript),
        Command::Schema => print_schema(),
        Command::Completions(args) => manual::completions(args.shell),
        Command::Man(args) => manual::man(&args.folder),
        Command::Hold(hold) => hold::hold(&hold),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.code)
        }
    }
}

fn print_schema() -> Result<u8, Failure> {
    failure::out(&crate::report::schema())?;
    Ok(crate::exit::CONFORMANT)
}
