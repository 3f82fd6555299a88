//! The flags of `hopspec run`.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args as Group;

use super::{Filter, JOBS, scale};
use crate::{
    cli::rendering::{Rendering, rendering},
    scenario::Mode,
};

#[derive(Debug, Group)]
pub(in crate::cli) struct Run {
    /// What to play: scenario or row ids, with globs such as `tunnel-gate/**` [default: everything]
    #[arg(value_name = "SELECTOR")]
    pub(in crate::cli) selectors: Vec<String>,
    /// A known name, the path of its program, or any program that takes --listen and --upstream
    #[arg(long, value_name = "BINARY|NAME", default_value = "reference")]
    pub(in crate::cli) target: String,
    /// A target definition of your own
    #[arg(long, value_name = "FILE", conflicts_with = "target")]
    pub(in crate::cli) target_file: Option<PathBuf>,
    /// A target that runs already; needs --origin-addr, and behaves everywhere as the mapped route
    #[arg(long, value_name = "ADDR", conflicts_with_all = ["target", "target_file"], requires = "origin_addr")]
    pub(in crate::cli) target_addr: Option<SocketAddr>,
    /// Where the target of --target-addr expects its origin
    #[arg(long, value_name = "ADDR", requires = "target_addr")]
    pub(in crate::cli) origin_addr: Option<SocketAddr>,
    #[command(flatten)]
    pub(in crate::cli) filter: Filter,
    /// Play the scenarios of this folder as well, such as the findings of `hopspec fuzz`
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) with: Vec<PathBuf>,
    /// How many targets run side by side
    #[arg(long, short, value_name = "N", default_value_t = JOBS, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) jobs: u16,
    /// From which generated values are derived; the same seed gives the same run
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) seed: u64,
    /// Under other conditions: `drip` (both roles write octet by octet), `slow` (the origin waits before
    /// each write), `reload` (the target is reloaded or started anew in front of each row)
    #[arg(long, value_name = "MODE", value_parser = mode)]
    pub(in crate::cli) mode: Option<Mode>,
    /// Multiplies every bound of waiting, for slow machines
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = scale)]
    pub(in crate::cli) timeout_scale: f64,
    /// Write a report: `json=FILE`, `junit=FILE`, `markdown=FILE`, `tap=FILE`,
    /// `html=FOLDER`
    #[arg(long, value_name = "FORMAT=PATH", value_parser = rendering)]
    pub(in crate::cli) report: Vec<Rendering>,
    /// Store the transcript of every row in this folder
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) transcripts: Option<PathBuf>,
    /// Do not read the target's expectation file
    #[arg(long)]
    pub(in crate::cli) no_expectations: bool,
    /// Show the whole exchange of every row that did not pass, known deviations included
    #[arg(long, short)]
    pub(in crate::cli) verbose: bool,
    /// Show the wire as it happens, one row after the other
    #[arg(long, conflicts_with_all = ["jobs", "quiet"])]
    pub(in crate::cli) trace: bool,
    /// Show nothing but failures and the last line
    #[arg(long, short, conflicts_with = "verbose")]
    pub(in crate::cli) quiet: bool,
}

impl Run {
    /// Everything, quietly, against a target that has a name or a definition of its own.
    pub(in crate::cli) fn everything(target: Option<&str>, target_file: Option<&Path>, jobs: u16) -> Self {
        Self {
            selectors: Vec::new(),
            target: target.unwrap_or_default().to_owned(),
            target_file: target_file.map(Path::to_owned),
            target_addr: None,
            origin_addr: None,
            filter: Filter::default(),
            with: Vec::new(),
            jobs,
            seed: 0,
            mode: None,
            timeout_scale: 1.0,
            report: Vec::new(),
            transcripts: None,
            no_expectations: false,
            verbose: false,
            trace: false,
            quiet: true,
        }
    }
}

fn mode(text: &str) -> Result<Mode, String> {
    Mode::ALL.into_iter().find(|mode| mode.name() == text).ok_or_else(|| "drip, slow or reload".to_owned())
}
