//! What a person sees while a run goes on, and at its end. On standard error.

use std::{cell::Cell, fmt::Write, time::Duration};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::model::{Report, RowReport, Standing};
use crate::{
    judge::Verdict,
    runner::{Progress, RowResult},
    scenario::Row,
};

/// What is shown of each row while a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Nothing.
    Nothing,
    /// A line with its verdict.
    Lines,
    /// A bar with counts, the rate and what runs now, for a terminal.
    Bar,
    /// A heading, and its verdict below what somebody else shows of the wire.
    Trace,
}

/// Progress, as a [`View`] shows it.
pub struct Console {
    view: View,
    bar: Option<ProgressBar>,
    counts: Cell<[usize; 3]>,
}

impl Console {
    /// For `rows` rows.
    #[must_use]
    pub fn new(rows: usize, view: View) -> Self {
        let bar = (view == View::Bar).then(|| {
            let bar = ProgressBar::with_draw_target(Some(rows as u64), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:24} {pos:>4}/{len} {per_sec:>9} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { view, bar, counts: Cell::default() }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn count(&self, verdict: Verdict) {
        let [mut failed, mut warned, mut open] = self.counts.get();
        match verdict {
            Verdict::Fail | Verdict::TargetDown => failed += 1,
            Verdict::Warn => warned += 1,
            Verdict::Inconclusive | Verdict::HarnessError => open += 1,
            Verdict::Pass | Verdict::Observed | Verdict::NotApplicable => {}
        }
        self.counts.set([failed, warned, open]);
    }
}

impl Progress for Console {
    fn began(&self, row: &Row) {
        if let Some(bar) = &self.bar {
            // Columns of fixed width, so that the eye can rest.
            let [failed, warned, open] = self.counts.get();
            bar.set_message(format!("{failed:>3} failed {warned:>3} warned {open:>3} open  {}", row.id()));
        }
        if self.view == View::Trace {
            anstream::eprintln!("\n{}\n  {}", row.id(), row.scenario.title);
        }
    }

    fn over(&self, result: &RowResult) {
        let verdict = result.judgement.verdict;
        self.count(verdict);
        match self.view {
            View::Bar => self.bar.iter().for_each(|bar| bar.inc(1)),
            View::Nothing => {}
            View::Lines | View::Trace => anstream::eprintln!("{} {}", painted(verdict), result.row.id()),
        }
    }
}

/// A verdict in twelve columns.
fn painted(verdict: Verdict) -> String {
    let style = match verdict {
        Verdict::Pass => AnsiColor::Green.on_default(),
        Verdict::Observed | Verdict::NotApplicable => AnsiColor::Cyan.on_default(),
        Verdict::Warn | Verdict::Inconclusive => AnsiColor::Yellow.on_default(),
        Verdict::Fail | Verdict::TargetDown | Verdict::HarnessError => AnsiColor::Red.on_default().bold(),
    };
    let short = match verdict {
        Verdict::NotApplicable => "n/a",
        other => other.name(),
    };
    format!("{style}{short:>12}{style:#}")
}

/// The end of a run: a table by area, and one line that says it all.
#[must_use]
pub fn render_summary(report: &Report) -> String {
    let (areas, shown) = (report.by_area(), report.verdicts_shown());
    let width = areas.keys().map(|area| area.len()).max().unwrap_or_default().max(4);
    let bold = Style::new().bold();
    let mut text = format!("\n{bold}{:width$}{bold:#}", "area");
    for verdict in &shown {
        let _ = write!(text, "{:>16}", verdict.name());
    }
    text.push('\n');
    for (area, counts) in &areas {
        let _ = write!(text, "{area:width$}");
        for verdict in &shown {
            let count = counts.get(verdict).map_or_else(|| "-".to_owned(), ToString::to_string);
            let _ = write!(text, "{count:>16}");
        }
        text.push('\n');
    }
    let version = report.target.version_shown();
    let seconds = Duration::from_millis(report.timing.total_millis).as_secs_f64();
    let _ = writeln!(
        text,
        "\n{} ({version}){}: {} rows in {seconds:.2} s on {} lanes; {}",
        report.target.name,
        report.mode.map(|mode| format!(", mode {}", mode.name())).unwrap_or_default(),
        report.rows.len(),
        report.timing.lanes,
        conclusion(report),
    );
    text
}

/// What a run came to, in a few words.
pub(super) fn conclusion(report: &Report) -> String {
    let summary = &report.summary;
    let known = report.rows.iter().filter(|row| row.standing == Standing::Known).count();
    let mut parts = Vec::new();
    let mut part = |count: usize, what: &str| {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    };
    part(summary.unexpected, "unexpected");
    part(summary.unmet, "expectations that no longer hold");
    part(known, "known deviations");
    part(summary.verdicts.get(&Verdict::Inconclusive).copied().unwrap_or_default(), "inconclusive");
    part(summary.not_played, "not played");
    let word = match summary.exit_code {
        crate::exit::CONFORMANT => "conformant",
        crate::exit::VIOLATION => "not conformant",
        crate::exit::INCONCLUSIVE if summary.interrupted => "interrupted",
        crate::exit::INCONCLUSIVE => "inconclusive",
        _ => "harness error",
    };
    if parts.is_empty() { word.to_owned() } else { format!("{word}: {}", parts.join(", ")) }
}

impl RowReport {
    /// Whether a person should look at it.
    #[must_use]
    pub fn noteworthy(&self) -> bool {
        matches!(self.standing, Standing::Unexpected | Standing::Unmet)
            || (self.standing == Standing::Fine
                && matches!(self.verdict, Verdict::Inconclusive | Verdict::HarnessError))
    }
}
