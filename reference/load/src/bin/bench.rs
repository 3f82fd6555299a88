//! How fast the reference is beside nginx, HAProxy and a direct connection: in one run, in rounds that
//! take turns, as medians of ratios.
//!
//! The proxies have one core, origin and clients another. Absolute figures are of this machine; only
//! ratios mean something elsewhere. `bare` forwards over hyper and does nothing else, so what it takes is
//! hyper's share. It prints Markdown.

use std::{collections::BTreeMap, io, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use hopspec::target::{Addresses, Definition};
use hopspec_load::{
    cores, entry,
    figures::median,
    origin::Origin,
    proxy::{Proxy, definition, version_of},
    work::{Done, Work, idle, put},
};

/// Measures the reference beside nginx, HAProxy, bare hyper and a direct connection.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    /// Rounds; in each, everything is measured once.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Rounds after which all proxies are started anew: the same program is now and then a few percent
    /// faster than at another start.
    #[arg(long, default_value_t = 5)]
    restart: usize,
    /// How long each load is measured, in milliseconds.
    #[arg(long, default_value_t = 400)]
    window: u64,
    /// Only this load, by a part of its name; may be repeated.
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// Tunnels that are open at once to measure memory; 0 leaves that out.
    #[arg(long, default_value_t = 9000)]
    idle: usize,
    /// Another build of the reference, to measure a change.
    #[arg(long, value_name = "PROGRAM")]
    other: Option<PathBuf>,
}

/// The sides of each comparison, and how a side is written in a table.
const DIRECT: &str = "direct";
const NGINX: &str = "nginx";
const LARGE: &str = "nginx-64k";
const HAPROXY: &str = "haproxy";
const REFERENCE: &str = "reference";
/// What hyper takes by itself.
const BARE: &str = "bare";
const OTHER: &str = "other";

/// All that was measured, by load and side; in each round one figure.
type Figures = BTreeMap<(Work, &'static str), Vec<Done>>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    entry::run(async || bench(&arguments).await.map(|()| true))
}

async fn bench(arguments: &Arguments) -> io::Result<()> {
    let (proxy_core, own_core) = cores::pair()?;
    cores::stay(own_core)?;
    let mut definitions = Vec::new();
    for name in [NGINX, LARGE, HAPROXY, REFERENCE, BARE] {
        definitions.push((name, definition(name)?));
    }
    if let Some(program) = &arguments.other {
        let program = program.canonicalize()?;
        definitions.push((OTHER, Definition { program, ..definition(REFERENCE)? }));
    }
    for (name, definition) in &definitions {
        eprintln!("{name}: {}", version_of(definition).await);
    }
    let works: Vec<Work> = Work::ALL
        .into_iter()
        .filter(|work| {
            arguments.only.is_empty() || arguments.only.iter().any(|text| work.name().contains(text))
        })
        .collect();
    let origin = Origin::start()?;
    let addresses = Addresses::new();
    let mut figures = Figures::new();
    let mut memory: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    let window = Duration::from_millis(arguments.window);
    let restart = arguments.restart.max(1);
    for first in (0..arguments.rounds).step_by(restart) {
        let mut sides = vec![(DIRECT, Proxy::none(origin.address))];
        for (name, definition) in &definitions {
            sides.push((name, Proxy::start(definition, origin.address, &addresses, proxy_core).await?));
        }
        if arguments.idle > 0 {
            for (name, proxy) in sides.iter().skip(1) {
                memory.entry(name).or_default().push(per_tunnel(proxy, arguments.idle).await?);
            }
        }
        for round in first..(first + restart).min(arguments.rounds) {
            for &work in &works {
                // Each round begins with another side.
                sides.rotate_left(1);
                for (name, proxy) in &sides {
                    let done = put(work, proxy, &origin, window / 4, window).await;
                    let done = done.map_err(|error| {
                        io::Error::other(format!("{}, {name}, round {round}: {error}", work.name()))
                    })?;
                    figures.entry((work, name)).or_default().push(done);
                }
            }
        }
        for (_, proxy) in sides {
            proxy.stop().await;
        }
    }
    report(&works, &figures, &memory);
    Ok(())
}

/// How many octets of memory one more idle tunnel takes.
async fn per_tunnel(proxy: &Proxy, count: usize) -> io::Result<f64> {
    // What the first tunnels make a proxy reserve is not counted.
    let first = idle(proxy.address(), 16).await?;
    let before = proxy.usage()?.memory;
    let open = idle(proxy.address(), count).await?;
    let taken = proxy.usage()?.memory.saturating_sub(before);
    drop((first, open));
    Ok(taken as f64 / count as f64)
}

fn report(works: &[Work], figures: &Figures, memory: &BTreeMap<&'static str, Vec<f64>>) {
    for &work in works {
        let unit = if work.is_bulk() { "MiB/s" } else { "1/s" };
        let of = if work.is_bulk() { "KiB" } else { "operation" };
        println!("\n### {}\n", work.name());
        println!("| | {unit} | ratio to nginx | CPU per {of}, µs | ratio to nginx | p50, µs | p99, µs |");
        println!("|---|--:|--:|--:|--:|--:|--:|");
        let base = &figures[&(work, NGINX)];
        for side in [DIRECT, NGINX, LARGE, HAPROXY, REFERENCE, BARE, OTHER] {
            let Some(rounds) = figures.get(&(work, side)) else { continue };
            let all = |of: &dyn Fn(&Done) -> f64| median(&rounds.iter().map(of).collect::<Vec<_>>());
            let ratio = |of: &dyn Fn(&Done) -> f64| {
                median(&rounds.iter().zip(base).map(|(one, base)| of(one) / of(base)).collect::<Vec<_>>())
            };
            let rate = |done: &Done| done.count as f64 / done.took.as_secs_f64();
            let scale = if work.is_bulk() { 1024.0 } else { 1.0 };
            let cpu = |done: &Done| done.cpu.as_secs_f64() * 1e6 / done.count as f64 * scale;
            let shown = all(&rate) / if work.is_bulk() { 1024.0 * 1024.0 } else { 1.0 };
            let (rate, own, cost) = (ratio(&rate), all(&cpu), ratio(&cpu));
            let wait = |of: fn(&Done) -> Duration| match work.is_bulk() {
                true => "–".to_owned(),
                false => format!("{:.0}", all(&|done| of(done).as_secs_f64() * 1e6)),
            };
            let (half, most) = (wait(|done| done.p50), wait(|done| done.p99));
            println!("| {side} | {shown:.0} | {rate:.2} | {own:.2} | {cost:.2} | {half} | {most} |");
        }
    }
    if !memory.is_empty() {
        println!("\n### memory of an idle tunnel\n\n| | octets |\n|---|--:|");
        for (side, octets) in memory {
            println!("| {side} | {:.0} |", median(octets));
        }
    }
}
