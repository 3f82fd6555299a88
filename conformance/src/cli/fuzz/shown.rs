//! What a person sees of a fuzzing run while it goes on, and at its end. On standard error.

use std::{
    cell::Cell,
    fmt::Write,
    io::{self, IsTerminal},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::kept::Kept;
use crate::{
    fuzz::{Bounds, FEATURES, Hunt, Hunted, Key, Kind, Known, Seen},
    report::render_exchange,
    requirement::Severity,
};

/// Progress: a bar on a terminal, a line now and then elsewhere.
pub(super) struct Shown {
    quiet: bool,
    bar: Option<ProgressBar>,
    lines: Cell<u64>,
}

/// Without a terminal, a line for each so many cases.
const EACH: u64 = 10_000;

impl Shown {
    pub(super) fn new(quiet: bool, bounds: Bounds) -> Self {
        let bar = (!quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(bounds.cases, ProgressDrawTarget::stderr());
            let style =
                ProgressStyle::with_template("{spinner} {pos} cases {per_sec:>9} {elapsed:>4} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { quiet, bar, lines: Cell::new(0) }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            _ if self.quiet => {}
            Some(bar) => bar.suspend(|| anstream::eprintln!("{text}")),
            None => anstream::eprintln!("{text}"),
        }
    }
}

impl Hunted for Shown {
    fn played(&self, cases: u64, kinds: usize) {
        if let Some(bar) = &self.bar {
            bar.set_position(cases);
            bar.set_message(format!("{kinds} kinds of findings"));
        } else if cases / EACH > self.lines.get() {
            self.lines.set(cases / EACH);
            self.line(&format!("{cases} cases, {kinds} kinds of findings"));
        }
    }

    fn seen(&self, key: &Key, number: u64, seen: &Seen) {
        self.line(&format!("case {number}: {} {key}", word(seen.severity)));
    }

    fn shrinks(&self, key: &Key) {
        self.line(&format!("shrinking: {key}"));
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Fail => "FAIL",
        Severity::Inconclusive => "OPEN",
        Severity::Warn => "warn",
        Severity::Observed => "observed",
    }
}

/// The end of a run: what is new, what is known, what was reached, and one line that says it all.
pub(super) fn render(hunt: &Hunt, kept: &[Kept], known: &Known, target: &str) {
    let mut text = String::new();
    for kept in kept {
        let word = if kept.is_known(known) { "known" } else { "kept" };
        let _ = writeln!(text, "{word}: {} is {}: {}", kept.id, kept.verdict.name(), kept.title);
    }
    let (mut new, mut old) = (0, 0);
    for (key, kind) in &hunt.kinds {
        if let Some(entry) = known.of(key) {
            old += 1;
            let _ = writeln!(text, "known: {key}\n  in {} cases; {}", kind.sightings.count, entry.reason);
        }
    }
    for (key, kind) in hunt.kinds.iter().filter(|(key, _)| known.of(key).is_none()) {
        new += 1;
        text += &finding(key, kind);
    }
    text += &reached(hunt);
    for (why, count) in &hunt.faults {
        let _ = writeln!(text, "\n{count} cases could not be played, which is our fault: {why}");
    }
    let told = format!("{new} new kinds of findings, {old} known");
    let _ = writeln!(text, "\n{target}: {}", over(hunt.cases, hunt.took, &told, hunt.interrupted));
    anstream::eprintln!("{text}");
}

/// What a run came to in one line, with its rate.
pub(super) fn over(cases: u64, took: Duration, told: &str, interrupted: bool) -> String {
    let seconds = took.as_secs_f64();
    let rate = cases as f64 / seconds.max(0.001);
    let end = if interrupted { "; interrupted" } else { "" };
    format!("{cases} cases in {seconds:.1} s ({rate:.0} a second); {told}{end}")
}

fn finding(key: &Key, kind: &Kind) -> String {
    let mut text = format!("\n{}\n{} {key}\n", "-".repeat(80), word(kind.seen.severity));
    let _ = writeln!(text, "  rule: {}", key.property.rule);
    let _ = writeln!(text, "  in {} cases, first in case {}", kind.sightings.count, kind.sightings.first());
    let Some(find) = &kind.find else {
        let _ = writeln!(text, "  expected: {}\n  came:     {}", kind.seen.expected, kind.seen.came);
        text += "  It did not come again when these cases were played one by one.\n";
        if let Some(transcript) = &kind.first.transcript {
            let _ = write!(text, "\n  on the wire:\n{}", render_exchange(&transcript.shortened()));
        }
        return text;
    };
    let seen = crate::fuzz::keys(&find.script, &find.result).remove(key).unwrap_or_else(|| kind.seen.clone());
    let _ = writeln!(text, "  expected: {}\n  came:     {}", seen.expected, seen.came);
    let (came, plays) = find.came;
    if came < plays {
        let _ = writeln!(text, "  flaky: it came in {came} of {plays} plays of the smallest case");
    }
    if let Some(transcript) = &find.result.transcript {
        let _ = write!(text, "\n  on the wire:\n{}", render_exchange(&transcript.shortened()));
    }
    text
}

/// How many cases had what.
fn reached(hunt: &Hunt) -> String {
    let mut text = String::from("\ncases by class:");
    for (class, count) in &hunt.classes {
        let _ = write!(text, " {} {count}", class.name());
    }
    text += "\ncases with:\n";
    for (feature, count) in FEATURES.iter().zip(&hunt.features) {
        let _ = writeln!(text, "{count:>9}  {}", feature.says);
    }
    text
}
