//! Every flag, with the words of its help.

mod fuzz;
mod run;

use std::{ffi::OsString, path::PathBuf};

use clap::{
    Args as Group, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::rendering::Formats;
use crate::requirement::Family;

pub(super) use fuzz::Fuzz;
pub(super) use run::Run;

const EXIT_CODES: &str = "\
Exit codes:
  0  conformant, or only deviations that the expectation file names
  1  an unexpected violation, or an expectation that no longer holds
  2  wrong usage, a broken scenario or definition, or nothing selected
  3  the target did not start or was unusable
  4  something could not be judged, or the run was interrupted
  5  our own fault";

const RUN_EXAMPLES: &str = "\
Examples:
  hopspec run                                      the reference, everything
  hopspec run --target nginx 'tunnel-gate/**'      one area against nginx
  hopspec run --target ./proxy --report json=r.json
                 any program that takes --listen ADDR --upstream ADDR";

/// How many targets run side by side, unless the user says otherwise.
const JOBS: u16 = 8;

/// Conformance scenarios for what an HTTP/1.1 reverse proxy does between two hops.
#[derive(Debug, Parser)]
#[command(name = "hopspec", version, after_help = EXIT_CODES)]
pub struct Args {
    /// The folder that holds `scenarios/` and `conformance/targets/` [default: found upwards from here]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) suite: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Play scenarios against a target
    #[command(after_help = const_str(RUN_EXAMPLES, EXIT_CODES))]
    Run(Run),
    /// List scenarios, or the rows that they expand to
    #[command(after_help = "Example:\n  hopspec list --area tunnel-gate --rows")]
    List(List),
    /// Show a scenario, a requirement or a family of hazard: the rule, its source, and why it matters
    #[command(
        after_help = "Examples:\n  hopspec explain tunnel-gate/final-answer-opens-no-tunnel\n  hopspec explain smuggling"
    )]
    Explain(Explain),
    /// Show which requirements are covered, which are exempt, and which are open
    #[command(after_help = "Example:\n  hopspec coverage --check")]
    Coverage(Coverage),
    /// Look for mistakes in scenarios, requirements, target definitions and expectation files
    #[command(after_help = "Example:\n  hopspec check my-target.toml")]
    Check(Check),
    /// Compare a target's expectation file with a run, and bring it up to date
    #[command(after_help = "Example:\n  hopspec expect --update --target nginx")]
    Expect(Expect),
    /// Run every installed target, and publish the results below conformance/results and in the README
    #[command(
        after_help = "Examples:\n  hopspec matrix\n  hopspec matrix nginx haproxy\n  hopspec matrix --tables"
    )]
    Matrix(Matrix),
    /// Compare what two targets put on the wire, and publish who is right where they differ
    #[command(after_help = "Example:\n  hopspec differences nginx reference")]
    Differences(Differences),
    /// Make up conversations, hold a target to what a gateway owes, and write what fails as scenarios
    #[command(
        after_help = const_str("Examples:\n  hopspec fuzz --target nginx --cases 20000\n  hopspec fuzz --target ./proxy --for 10m --class connection --class tunnel", EXIT_CODES)
    )]
    Fuzz(Fuzz),
    /// List the known targets, and which of them are installed; install or remove them
    #[command(
        after_help = "Examples:\n  hopspec targets\n  hopspec targets install caddy envoy\n  hopspec targets remove --all"
    )]
    Targets(Targets),
    /// Render reports from the JSON of a run
    #[command(
        after_help = "Examples:\n  hopspec report run.json --junit junit.xml --markdown summary.md\n  hopspec report run.json --tap -\n  hopspec report nginx.json haproxy.json --html out"
    )]
    Report(Report),
    /// Compare two runs: what became better, worse, new or gone; ends with 1 if anything became worse
    #[command(after_help = "Example:\n  hopspec compare before.json after.json")]
    Compare(Compare),
    /// Judge a stored transcript again
    #[command(after_help = "Example:\n  hopspec judge transcripts/tunnel_both-ways.json")]
    Judge(Judge),
    /// Print the JSON schema of a report
    #[command(after_help = "Example:\n  hopspec schema > report.schema.json")]
    Schema,
    /// Print what completes the words of this program in a shell
    #[command(after_help = "Example:\n  hopspec completions bash > /etc/bash_completion.d/hopspec")]
    Completions(Completions),
    /// Write a man page for this program, and one for each command
    #[command(after_help = "Example:\n  hopspec man ~/.local/share/man/man1")]
    Man(Man),
    /// Become another program, which ends when the one that started us is killed
    #[command(hide = true)]
    Hold(Hold),
}

fn const_str(examples: &str, codes: &str) -> String {
    format!("{examples}\n\n{codes}")
}

#[derive(Debug, Default, Group)]
pub(super) struct Filter {
    /// Only scenarios of this folder
    #[arg(long, value_name = "AREA")]
    pub(super) area: Option<String>,
    /// Only scenarios that cover this requirement
    #[arg(long, value_name = "REQUIREMENT")]
    pub(super) covers: Option<String>,
    /// Only scenarios about this family of hazard; `hopspec explain FAMILY` tells more
    #[arg(long, value_name = "FAMILY", value_parser = family())]
    pub(super) family: Option<Family>,
    /// Only scenarios that need this capability
    #[arg(long, value_name = "CAPABILITY")]
    pub(super) needs: Option<String>,
}

#[derive(Debug, Group)]
pub(super) struct List {
    /// What to list: ids, with globs [default: everything]
    #[arg(value_name = "SELECTOR")]
    pub(super) selectors: Vec<String>,
    #[command(flatten)]
    pub(super) filter: Filter,
    /// List rows, not scenarios
    #[arg(long)]
    pub(super) rows: bool,
}

#[derive(Debug, Group)]
pub(super) struct Explain {
    /// A scenario, a row, a requirement or a family of hazard
    #[arg(value_name = "ID")]
    pub(super) id: String,
}

#[derive(Debug, Group)]
pub(super) struct Coverage {
    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = CoverageFormat::Text)]
    pub(super) format: CoverageFormat,
    /// End with 1 if a requirement is open
    #[arg(long)]
    pub(super) check: bool,
    /// Write scenarios/COVERAGE.md anew, and print nothing
    #[arg(long, conflicts_with = "format")]
    pub(super) update: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum CoverageFormat {
    /// Tables for a terminal
    Text,
    /// The same for programs
    Json,
    /// The page scenarios/COVERAGE.md
    Markdown,
}

#[derive(Debug, Group)]
pub(super) struct Check {
    /// One scenario, definition or expectation file [default: the whole suite]
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
}

#[derive(Debug, Group)]
pub(super) struct Expect {
    /// A known name, or the path of its program
    #[arg(long, value_name = "BINARY|NAME", required_unless_present = "target_file")]
    pub(super) target: Option<String>,
    /// A target definition of your own
    #[arg(long, value_name = "FILE", conflicts_with = "target")]
    pub(super) target_file: Option<PathBuf>,
    /// Write the file anew: what no longer holds goes, what is new comes with an empty reason
    #[arg(long)]
    pub(super) update: bool,
    /// How many targets run side by side
    #[arg(long, short, value_name = "N", default_value_t = JOBS, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: u16,
}

#[derive(Debug, Group)]
pub(super) struct Matrix {
    /// Known targets [default: all that are installed]
    #[arg(value_name = "NAME")]
    pub(super) names: Vec<String>,
    /// Run nothing, and write the tables anew from the results that are there
    #[arg(long, conflicts_with = "names")]
    pub(super) tables: bool,
    /// How many of them run at the same time: most of a run is waiting
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(super) abreast: u8,
    /// How many instances of each run side by side
    #[arg(long, short, value_name = "N", default_value_t = JOBS, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: u16,
}

#[derive(Debug, Group)]
pub(super) struct Differences {
    /// A known target; `against-OTHER.toml` beside its definition explains the differences
    #[arg(value_name = "TARGET")]
    pub(super) target: String,
    /// Another known target
    #[arg(value_name = "OTHER")]
    pub(super) against: String,
    /// How many targets run side by side
    #[arg(long, short, value_name = "N", default_value_t = JOBS, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: u16,
}

#[derive(Debug, Group)]
pub(super) struct Targets {
    #[command(subcommand)]
    pub(super) what: Option<TargetsCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum TargetsCommand {
    /// Get targets, with the ordinary package clients, at the versions that their definitions state
    Install(Named),
    /// Undo that
    Remove(Named),
}

#[derive(Debug, Group)]
pub(super) struct Named {
    /// Known targets
    #[arg(value_name = "NAME", required_unless_present = "all")]
    pub(super) names: Vec<String>,
    /// Every known target that has steps to get it
    #[arg(long, conflicts_with = "names")]
    pub(super) all: bool,
}

#[derive(Debug, Group)]
pub(super) struct Hold {
    /// Stay until everything that the program leaves behind has ended
    #[arg(long)]
    pub(super) stay: bool,
    /// The program and its arguments
    #[arg(value_name = "PROGRAM", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) command: Vec<OsString>,
}

#[derive(Debug, Group)]
pub(super) struct Report {
    /// What `run --report json=FILE` wrote; several for HTML alone
    #[arg(value_name = "REPORT", required = true)]
    pub(super) reports: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) formats: Formats,
}

#[derive(Debug, Group)]
pub(super) struct Compare {
    /// The report of the first run, as JSON
    #[arg(value_name = "BEFORE")]
    pub(super) before: PathBuf,
    /// The report of the second
    #[arg(value_name = "AFTER")]
    pub(super) after: PathBuf,
}

#[derive(Debug, Group)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Group)]
pub(super) struct Man {
    /// An existing folder
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
}

#[derive(Debug, Group)]
pub(super) struct Judge {
    /// A transcript that `run --transcripts` stored
    #[arg(value_name = "TRANSCRIPT")]
    pub(super) transcript: PathBuf,
}

fn family() -> impl TypedValueParser<Value = Family> {
    PossibleValuesParser::new(Family::ALL.map(Family::name))
        .try_map(|name| Family::named(&name).ok_or("there is no such family"))
}

fn scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if (0.01..=1000.0).contains(&factor) => Ok(factor),
        _ => Err("a factor from 0.01 to 1000".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Args::command().debug_assert();
    }
}
