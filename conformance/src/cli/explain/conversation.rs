//! A scenario drawn as a conversation: who says what to whom, from top to bottom.

use std::fmt::Write;

use crate::scenario::{Act, Action, Actor, Outcome, OutcomeVerdict, Role, Row, Source, Span, Step, Wait};

/// The lanes: client, proxy and origin, and the two hops between them.
const HEAD: &str = "client        proxy        origin";
const QUIET: &str = "   |            |            |   ";

/// Draws the scenario of `row`, with what its columns stand for in it.
pub(super) fn draw(row: &Row) -> String {
    let mut drawing = Drawing { source: &row.scenario.source, text: format!("{HEAD}\n") };
    for step in &row.scenario.steps {
        drawing.step(step);
    }
    for never in &row.scenario.nevers {
        drawing.lines(QUIET, &drawing.source_lines(never.span));
    }
    row.values().iter().fold(drawing.text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

struct Drawing<'a> {
    source: &'a Source,
    text: String,
}

impl<'a> Drawing<'a> {
    fn step(&mut self, step: &Step) {
        match &step.action {
            Action::Do { actor, act } => self.side(step, actor, does(actor.role, act)),
            Action::Await { actor, wait } => self.side(step, actor, awaits(actor.role, wait)),
            Action::Together(steps) => {
                self.line(QUIET, "at the same time:");
                steps.iter().for_each(|step| self.step(step));
            }
            Action::Either(outcomes) => outcomes.iter().enumerate().for_each(|(place, outcome)| {
                self.outcome(if place == 0 { "either" } else { "or" }, outcome);
            }),
        }
    }

    fn outcome(&mut self, word: &str, outcome: &Outcome) {
        let meaning = match outcome.verdict {
            OutcomeVerdict::Pass => "",
            OutcomeVerdict::Observed => " (observed)",
            OutcomeVerdict::Violation => " (a violation)",
        };
        self.line(QUIET, &format!("{word} {}{meaning}:", outcome.name));
        outcome.steps.iter().for_each(|step| self.step(step));
    }

    /// One side acts or waits: the arrow stands beside the first of its lines.
    fn side(&mut self, step: &Step, actor: &Actor, arrow: &str) {
        let mut lines = self.source_lines(step.span);
        if step.setup && !lines.is_empty() {
            lines[0] += "  (setup)";
        }
        // The lane says which side it is; which of its connections, only the name does.
        let role = actor.role.to_string();
        if let Some(rest) = lines.first().and_then(|line| line.strip_prefix(&role)).map(str::trim_start) {
            lines[0] = rest.to_owned();
        }
        let Some((first, others)) = lines.split_first() else { return };
        self.line(arrow, first);
        self.lines(QUIET, others);
    }

    fn lines(&mut self, lanes: &str, lines: &[String]) {
        lines.iter().for_each(|line| self.line(lanes, line));
    }

    fn line(&mut self, lanes: &str, line: &str) {
        let _ = writeln!(self.text, "{}", format!("{lanes}{line}").trim_end());
    }

    /// The lines of what begins at `span`, up to the end of its block or text, without the marks of either.
    fn source_lines(&self, span: Span) -> Vec<String> {
        let source: &'a Source = self.source;
        let rest = source.text.get(span.start..).unwrap_or_default();
        let begin = source.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let indent = span.start - begin;
        let (mut in_text, mut depth, mut lines) = (false, 0_usize, Vec::new());
        for (number, line) in rest.lines().enumerate() {
            let line = if number == 0 { line } else { without_indent(line, indent) };
            let ends_text = in_text && line.contains("\"\"\"");
            if !in_text {
                depth = depth.saturating_sub(usize::from(line.trim_start().starts_with('}')));
            }
            in_text ^= line.matches("\"\"\"").count() % 2 == 1;
            depth += usize::from(!in_text && line.ends_with('{'));
            let shown = line.trim_end_matches(['{', '\\']).trim_end();
            let shown = shown.strip_suffix("\"\"\"").unwrap_or(shown);
            let shown = shown.strip_suffix("(head)").unwrap_or(shown).trim_end();
            let shown =
                if ends_text { shown.trim_start().trim_start_matches("\"\"\"").trim() } else { shown };
            if !shown.is_empty() && shown.trim() != "}" {
                lines.push(if ends_text { format!("    {shown}") } else { shown.to_owned() });
            }
            if !in_text && depth == 0 && !line.ends_with('\\') {
                break;
            }
        }
        lines
    }
}

fn without_indent(line: &str, indent: usize) -> &str {
    let blank = line.len() - line.trim_start().len();
    &line[blank.min(indent)..]
}

/// The arrow of an act. What only concerns our own side has none.
fn does(role: Role, act: &Act) -> &'static str {
    match act {
        Act::StopReading | Act::ReadOn | Act::Listen(_) => at(role),
        Act::Connect | Act::Send { .. } | Act::StartSend(_) | Act::HalfClose | Act::Close | Act::Reset => {
            match role {
                Role::Client => "   |----------->|            |   ",
                Role::Origin => "   |            |<-----------|   ",
            }
        }
    }
}

/// The arrow of a wait.
fn awaits(role: Role, wait: &Wait) -> &'static str {
    match wait {
        Wait::Nothing(_) | Wait::HeldBack { .. } => at(role),
        _ => match role {
            Role::Client => "   |<-----------|            |   ",
            Role::Origin => "   |            |----------->|   ",
        },
    }
}

fn at(role: Role) -> &'static str {
    match role {
        Role::Client => "   *            |            |   ",
        Role::Origin => "   |            |            *   ",
    }
}
