//! The flags of `hopspec fuzz`.

use std::{path::PathBuf, time::Duration};

use clap::{
    Args as Group,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{JOBS, scale};
use crate::fuzz::Class;

#[derive(Debug, Group)]
pub(in crate::cli) struct Fuzz {
    /// A known name, the path of its program, or any program that takes --listen and --upstream
    #[arg(long, value_name = "BINARY|NAME", default_value = "reference")]
    pub(in crate::cli) target: String,
    /// A target definition of your own
    #[arg(long, value_name = "FILE", conflicts_with = "target")]
    pub(in crate::cli) target_file: Option<PathBuf>,
    /// Another known target: say where the two treat the same cases differently, and judge neither
    #[arg(long, value_name = "BINARY|NAME")]
    pub(in crate::cli) against: Option<String>,
    /// Only cases of this class
    #[arg(long, value_name = "CLASS", value_parser = class())]
    pub(in crate::cli) class: Vec<Class>,
    /// So many cases [default: 10000, or as many as --for allows]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) cases: Option<u64>,
    /// At most so long, such as `90s` or `30m`, without the time that shrinking takes
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(in crate::cli) time: Option<Duration>,
    /// The number of the first case
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) first: u64,
    /// From which cases are made; the same seed gives the same cases
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) seed: u64,
    /// How many targets run side by side
    #[arg(long, short, value_name = "N", default_value_t = JOBS, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) jobs: u16,
    /// Multiplies every bound of waiting, for slow machines
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = scale)]
    pub(in crate::cli) timeout_scale: f64,
    /// Where findings are written to, and those of earlier runs are
    #[arg(long, value_name = "DIR", default_value = "findings")]
    pub(in crate::cli) findings: PathBuf,
    /// Show nothing before the end
    #[arg(long, short)]
    pub(in crate::cli) quiet: bool,
}

impl Fuzz {
    /// So many cases, unless the user says otherwise.
    pub(in crate::cli) const CASES: u64 = 10_000;
}

fn class() -> impl TypedValueParser<Value = Class> {
    PossibleValuesParser::new(Class::ALL.map(Class::name))
        .try_map(|name| Class::named(&name).ok_or("there is no such class"))
}

fn duration(text: &str) -> Result<Duration, String> {
    let units = [("s", 1), ("m", 60), ("h", 3600)];
    let seconds = units
        .into_iter()
        .find_map(|(unit, seconds)| text.strip_suffix(unit)?.parse::<u64>().ok()?.checked_mul(seconds));
    let seconds = seconds.filter(|seconds| (1..=1_000_000).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| "a time such as 90s, 30m or 2h".to_owned())
}
