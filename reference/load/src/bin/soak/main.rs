//! Whether the reference keeps its limits: thousands of tunnels, slow and silent clients, an origin that
//! goes away, descriptors that run out.
//!
//! Each part is a bounded script against a proxy of its own, with a verdict and the figures behind it.
//! It prints Markdown. Exit codes: 0 all hold, 1 one does not, 2 the command line is wrong, 5 something did
//! not start, 130 interrupted.

mod abuse;
mod outage;
mod tunnels;

use std::{
    io,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Parser, ValueEnum};
use hopspec::target::Usage;
use hopspec_load::{
    cores, entry,
    origin::Origin,
    proxy::{Proxy, definition},
};
use tokio::time::sleep;

/// Shows whether the reference keeps its limits under load and abuse.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask soak")]
struct Arguments {
    /// Which parts; all of them unless some are named.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// A tenth of the numbers.
    #[arg(long)]
    quick: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// 9,000 tunnels at once.
    Tunnels,
    /// 100,000 handshakes in a row.
    Handshakes,
    /// 500 clients each that dribble a head, stall a body, take no answer, or take nothing of a tunnel.
    Slow,
    /// 200 tunnels and 200 messages each way whose reader has stalled.
    Stalled,
    /// The origin is killed, and comes back.
    Origin,
    /// More clients than there are file descriptors.
    Descriptors,
}

/// What a part came to.
struct Verdict {
    holds: bool,
    figures: String,
}

/// How long anything may take that should happen soon.
const SOON: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    entry::run(async || soak(&arguments).await)
}

async fn soak(arguments: &Arguments) -> io::Result<bool> {
    let files = cores::many_files()?;
    let scale = if arguments.quick { 10 } else { 1 };
    println!("| part | holds | figures |\n|---|---|---|");
    let mut all = true;
    for &part in Part::value_variants() {
        if !arguments.parts.is_empty() && !arguments.parts.contains(&part) {
            continue;
        }
        // Nothing of a part is left for the next.
        let verdict = match part {
            Part::Tunnels => tunnels::open(9_000 / scale, files).await,
            Part::Handshakes => tunnels::handshakes(100_000 / scale as u64).await,
            Part::Slow => abuse::slow(500 / scale).await,
            Part::Stalled => abuse::stalled(200 / scale).await,
            Part::Origin => outage::origin().await,
            Part::Descriptors => outage::descriptors().await,
        };
        let name = part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let verdict = verdict.map_err(|error| io::Error::other(format!("{name}: {error}")))?;
        let holds = if verdict.holds { "yes" } else { "**no**" };
        println!("| {name} | {holds} | {} |", verdict.figures);
        all &= verdict.holds;
    }
    Ok(all)
}

/// A proxy of `reference/load/proxies/` in front of an origin.
async fn start(name: &str, origin: &Origin) -> io::Result<Proxy> {
    Proxy::alone(&definition(name)?, origin.address).await
}

/// Asks for what a proxy uses until it is as wanted, or it is late. The result is the last answer.
async fn until(proxy: &Proxy, is_as_wanted: impl Fn(&Usage) -> bool) -> io::Result<Usage> {
    let start = Instant::now();
    loop {
        let usage = proxy.usage()?;
        if is_as_wanted(&usage) || start.elapsed() > SOON {
            return Ok(usage);
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until a proxy does nothing any more, or it is late. The result is what it uses then.
async fn until_quiet(proxy: &Proxy) -> io::Result<Usage> {
    let start = Instant::now();
    let mut before = proxy.usage()?;
    loop {
        sleep(Duration::from_millis(500)).await;
        let usage = proxy.usage()?;
        if usage.cpu - before.cpu < Duration::from_millis(2) || start.elapsed() > SOON {
            return Ok(usage);
        }
        before = usage;
    }
}

/// How much more memory is used than before, in octets.
fn growth(before: &Usage, after: &Usage) -> u64 {
    after.memory.saturating_sub(before.memory)
}
