//! How many instructions the reference takes for one operation, as callgrind counts them, beside what is
//! recorded: a figure without noise, in which a regression shows that no clock would. Beside that stands
//! what others take, a proxy that forwards over hyper and does nothing else, nginx and HAProxy, and, for the
//! first of them, which libraries it is in.
//!
//! One client does one thing after another, once so many times and once twice as many; the difference is
//! what they took, without start and end. The kernel's part is not in it. Exit codes: 0 as recorded or
//! less, 1 more, 2 the command line is wrong, 5 something is not here or did not work.

use std::{cmp::Reverse, collections::BTreeMap, fs, io, net::SocketAddr, path::Path, process::ExitCode};

use clap::Parser;
use hopspec::target::Definition;
use hopspec_load::{
    entry,
    http::Unread,
    origin::Origin,
    profile::{Shares, shares},
    proxy::{Proxy, definition},
    tools::program,
    work::{connect, get, handshake, message, tunnel},
};

/// Counts the instructions of one operation of the reference.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask instructions")]
struct Arguments {
    /// Record what was counted.
    #[arg(long)]
    update: bool,
    /// Another build of the reference, which is counted and not held against the record.
    #[arg(long, value_name = "PROGRAM")]
    other: Option<std::path::PathBuf>,
}

/// More than this part above the record is a regression: compilers and libraries differ a little.
const TOLERANCE: f64 = 0.05;

#[derive(Clone, Copy, Debug)]
enum Operation {
    Plain,
    Handshake,
    Message,
}

/// What they are called, and how many are counted.
const OPERATIONS: [(Operation, &str, u64); 3] = [
    (Operation::Plain, "plain request", 1000),
    (Operation::Handshake, "handshake", 300),
    (Operation::Message, "message of 64 octets, there and back", 1000),
];

/// So many libraries are shown, those with the largest shares.
const LIBRARIES: usize = 16;

/// What the reference is counted beside, and how it is called.
const OTHERS: [(&str, &str); 3] = [("bare", "bare hyper"), ("nginx", "nginx"), ("haproxy", "HAProxy")];

/// Instructions by operation.
type Counts = BTreeMap<String, u64>;

/// What one operation takes, in all and by library.
#[derive(Debug)]
struct Taken {
    total: u64,
    shares: Shares,
}

impl Taken {
    fn of(&self, library: &str) -> u64 {
        self.shares.get(library).copied().unwrap_or_default()
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    entry::run(async || instructions(&arguments).await)
}

async fn instructions(arguments: &Arguments) -> io::Result<bool> {
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json");
    let mut reference = definition("reference")?;
    if let Some(program) = &arguments.other {
        reference.program = program.canonicalize()?;
    }
    let recorded: Counts = match fs::read(&record) {
        Ok(text) => serde_json::from_slice(&text).map_err(io::Error::other)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Counts::new(),
        Err(error) => return Err(error),
    };
    let ours = count_all(&reference).await?;
    let mut others = Vec::new();
    for (name, title) in OTHERS {
        others.push((title, count_all(&definition(name)?).await?));
    }
    let counts: Counts = ours.iter().map(|(name, taken)| ((*name).to_owned(), taken.total)).collect();
    let titles: Vec<_> = others.iter().map(|(title, _)| *title).collect();
    println!("| | instructions | recorded | {} |", titles.join(" | "));
    println!("|---|{}", "--:|".repeat(2 + others.len()));
    for (name, count) in &counts {
        let recorded = recorded.get(name).map_or_else(|| "–".to_owned(), u64::to_string);
        let others: Vec<_> = others.iter().map(|(_, taken)| taken[&**name].total.to_string()).collect();
        println!("| {name} | {count} | {recorded} | {} |", others.join(" | "));
    }
    // The first of the others is the one that was built with its lines, as the reference was.
    by_library(&ours, &others[0].1);
    if arguments.update {
        let mut text = serde_json::to_string_pretty(&counts).map_err(io::Error::other)?;
        text.push('\n');
        fs::write(&record, text)?;
    }
    let regressed = regressions(&counts, &recorded);
    if arguments.update || arguments.other.is_some() || regressed.is_empty() {
        return Ok(true);
    }
    eprintln!(
        "more than recorded: {}; if it has to be: cargo xtask instructions --update",
        regressed.join(", ")
    );
    Ok(false)
}

/// Prints which libraries take what of each operation, in the reference and, behind that, in bare hyper.
fn by_library(ours: &BTreeMap<&str, Taken>, bare: &BTreeMap<&str, Taken>) {
    println!(
        "\n| of these, beside bare hyper's |{}",
        ours.keys().map(|name| format!(" {name} | |")).collect::<String>()
    );
    println!("|---|{}", "--:|--:|".repeat(ours.len()));
    let all = ours.values().chain(bare.values());
    let mut libraries: Vec<_> = all.flat_map(|taken| taken.shares.keys()).collect();
    libraries.sort();
    libraries.dedup();
    let most = |library: &String| ours.values().map(|taken| taken.of(library)).max();
    libraries.sort_by_key(|library| Reverse(most(library)));
    for library in libraries.into_iter().take(LIBRARIES) {
        let cells =
            ours.iter().map(|(name, taken)| format!(" {} | {} |", taken.of(library), bare[name].of(library)));
        println!("| {library} |{}", cells.collect::<String>());
    }
}

/// What takes more than is recorded, or is not recorded at all.
fn regressions(counts: &Counts, recorded: &Counts) -> Vec<String> {
    let is_more = |(name, count): &(&String, &u64)| {
        recorded.get(*name).is_none_or(|recorded| **count as f64 > *recorded as f64 * (1.0 + TOLERANCE))
    };
    counts.iter().filter(is_more).map(|(name, _)| name.clone()).collect()
}

/// What one of each operation takes.
async fn count_all(proxy: &Definition) -> io::Result<BTreeMap<&'static str, Taken>> {
    let mut all = BTreeMap::new();
    for (operation, name, times) in OPERATIONS {
        let (some, more) = (count(proxy, operation, times).await?, count(proxy, operation, 2 * times).await?);
        let each = |more: u64, some: u64| more.saturating_sub(some) / times;
        let shares =
            more.shares.iter().map(|(library, count)| (library.clone(), each(*count, some.of(library))));
        all.insert(name, Taken { total: each(more.total, some.total), shares: shares.collect() });
    }
    Ok(all)
}

/// All instructions of a proxy that is started, does so many operations, and is stopped.
async fn count(proxy: &Definition, operation: Operation, times: u64) -> io::Result<Taken> {
    let valgrind = program("valgrind", "apt-get install valgrind")?;
    let folder = tempfile::tempdir()?;
    // nginx has a worker, and a file for it.
    let mut args = vec![
        "--tool=callgrind".to_owned(),
        "--trace-children=yes".to_owned(),
        format!("--callgrind-out-file={}/%p", folder.path().display()),
        proxy.program.display().to_string(),
    ];
    args.extend(proxy.args.iter().cloned());
    let watched = Definition { program: valgrind, args, ..proxy.clone() };
    let origin = Origin::start()?;
    let started = Proxy::alone(&watched, origin.address).await?;
    operate(operation, started.address(), times).await?;
    started.stop().await;
    let mut taken = Taken { total: 0, shares: Shares::new() };
    for file in fs::read_dir(&folder)? {
        let told = fs::read_to_string(file?.path())?;
        let incomplete = || io::Error::other(format!("callgrind wrote no total for {}", proxy.name));
        taken.total += total(&told).ok_or_else(incomplete)?;
        for (library, count) in shares(&told) {
            *taken.shares.entry(library).or_default() += count;
        }
    }
    Ok(taken)
}

/// The line of a callgrind file that has the sum of all.
fn total(told: &str) -> Option<u64> {
    let line =
        told.lines().find_map(|line| line.strip_prefix("totals:").or(line.strip_prefix("summary:")))?;
    line.split_whitespace().next()?.parse().ok()
}

async fn operate(operation: Operation, address: SocketAddr, times: u64) -> io::Result<()> {
    match operation {
        Operation::Plain => {
            let (mut socket, mut unread) = (connect(address).await?, Unread::default());
            for _ in 0..times {
                get(&mut socket, &mut unread).await?;
            }
        }
        Operation::Handshake => {
            for _ in 0..times {
                handshake(address).await?;
            }
        }
        Operation::Message => {
            let mut socket = tunnel(address, "/echo").await?;
            for _ in 0..times {
                message(&mut socket).await?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(&str, u64)]) -> Counts {
        of.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }

    #[test]
    fn a_twentieth_more_is_a_regression_and_so_is_what_has_no_record() {
        let recorded = counts(&[("a", 1000), ("b", 1000)]);
        assert!(regressions(&counts(&[("a", 1050), ("b", 10)]), &recorded).is_empty());
        assert_eq!(regressions(&counts(&[("a", 1051), ("c", 1)]), &recorded), ["a", "c"]);
    }

    #[test]
    fn the_total_is_read() {
        assert_eq!(total("events: Ir\nsummary: 17 3\nfn=(1)\n17 3\n"), Some(17));
        assert_eq!(total("events: Ir\n"), None);
    }
}
