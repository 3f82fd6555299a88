//! The proof that a run is the same under load: many runs, half of them on a busy machine.
//!
//! Compares whole JSON reports apart from their `timing`. It never retries.

use std::{
    io,
    path::Path,
    process::{Command, ExitCode, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Instant,
};

use serde_json::Value;

/// Runs `hopspec` again and again: `[RUNS] [TARGET]...`.
pub(crate) fn steady(hopspec: &Path, args: &[String]) -> io::Result<ExitCode> {
    let (runs, targets) = match args.split_first() {
        Some((first, rest)) => match first.parse() {
            Ok(runs) => (runs, rest),
            Err(_) => (20, args),
        },
        None => (20, args),
    };
    let known = ["reference", "nginx", "haproxy"].map(str::to_owned);
    let targets = if targets.is_empty() { &known[..] } else { targets };
    let mut same = true;
    for target in targets {
        same &= compare(hopspec, target, runs)?;
    }
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn compare(hopspec: &Path, target: &str, runs: usize) -> io::Result<bool> {
    let mut first: Option<Value> = None;
    let mut different = 0;
    let mut seconds = [Vec::new(), Vec::new()];
    for number in 0..runs {
        let busy = number % 2 == 1;
        let started = Instant::now();
        let report = if busy { with_busy_cores(|| run(hopspec, target))? } else { run(hopspec, target)? };
        seconds[usize::from(busy)].push(started.elapsed().as_secs_f64());
        match &first {
            None => first = Some(report),
            Some(first) if *first == report => {}
            Some(first) => {
                different += 1;
                println!("{target}: run {} differs{}", number + 1, if busy { " (busy cores)" } else { "" });
                tell_differences(first, &report);
            }
        }
    }
    let rows = first.as_ref().and_then(|report| report["rows"].as_array()).map_or(0, Vec::len);
    let longest = |seconds: &[f64]| seconds.iter().copied().fold(0.0, f64::max);
    println!(
        "{target}: {runs} runs of {rows} rows, {different} differ; longest {:.2} s idle, {:.2} s with busy cores",
        longest(&seconds[0]),
        longest(&seconds[1]),
    );
    Ok(different == 0)
}

/// One run's report without its timing.
fn run(hopspec: &Path, target: &str) -> io::Result<Value> {
    let path = std::env::temp_dir().join(format!("hopspec-steady-{}.json", std::process::id()));
    let status = Command::new(hopspec)
        .args(["run", "--quiet", "--target", target, "--report"])
        .arg(format!("json={}", path.display()))
        .stderr(Stdio::null())
        .status()?;
    let text = std::fs::read_to_string(&path).map_err(|error| {
        io::Error::other(format!("no report from a run against {target} ({status}): {error}"))
    })?;
    std::fs::remove_file(&path)?;
    let mut report: Value = serde_json::from_str(&text)?;
    if let Some(report) = report.as_object_mut() {
        report.remove("timing");
    }
    Ok(report)
}

fn tell_differences(first: &Value, other: &Value) {
    let rows = |report: &Value| report["rows"].as_array().cloned().unwrap_or_default();
    for (one, two) in rows(first).iter().zip(&rows(other)).filter(|(one, two)| one != two) {
        println!(
            "  {}: {} {} and {} {}",
            one["id"], one["verdict"], one["findings"], two["verdict"], two["findings"]
        );
        for (one, two) in
            one["turns"].as_array().into_iter().flatten().zip(two["turns"].as_array().into_iter().flatten())
        {
            if one != two {
                println!("    {one}\n    {two}");
            }
        }
    }
}

/// Runs `work` while one thread for each core does nothing but count.
fn with_busy_cores<T>(work: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    let cores = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let mut count = 0_u64;
                while !over.load(Ordering::Relaxed) {
                    count = std::hint::black_box(count.wrapping_add(1));
                }
            });
        }
        let done = work();
        over.store(true, Ordering::Relaxed);
        done
    })
}
