//! Scenarios as text: what [`parse_scenario`](super::parse_scenario) reads, as a person would have written
//! it.
//!
//! Reading what was written gives the same scenario again. Comments and the author's own layout are no part
//! of a scenario, and are not kept.

mod words;

use std::fmt::Write;

use super::{
    checks::{Check, FieldTest, Section, StatusWanted, Test},
    data::Template,
    model::Scenario,
    timeline::{
        Act, Action, Actor, EndingWanted, Listening, Never, On, Outcome, OutcomeVerdict, Sight, Step, Wait,
    },
};
use crate::requirement::RequirementId;
use words::{data, duration, hex, quoted, size, template};

/// Renders `scenario` as the text of its file.
#[must_use]
pub fn write_scenario(scenario: &Scenario) -> String {
    let mut page = Page::default();
    page.line(0, format!("title {}", quoted(&scenario.title)));
    page.line(0, format!("why {}", quoted(&scenario.why)));
    page.names("covers", scenario.covers.iter().map(|covers| covers.value.0.as_str()));
    page.names("routes", scenario.routes.iter().map(|route| route.name()));
    page.names("needs", scenario.needs.iter().map(|need| need.name()));
    page.names("catches", scenario.catches.iter().map(|fault| fault.value.as_str()));
    if scenario.slow {
        page.line(0, "slow");
    }
    page.0.push('\n');
    if !scenario.matrix.is_empty() {
        page.line(0, "matrix {");
        for row in &scenario.matrix {
            let mut line = format!("row {}", quoted(&row.name));
            if !row.needs.is_empty() {
                let needs: Vec<&str> = row.needs.iter().map(|need| need.name()).collect();
                let _ = write!(line, " needs={}", quoted(&needs.join(" ")));
            }
            for (column, value) in &row.values {
                let _ = write!(line, " {column}={}", quoted(value));
            }
            page.line(1, line);
        }
        page.line(0, "}\n");
    }
    page.steps(0, &scenario.steps, false);
    scenario.nevers.iter().for_each(|never| page.never(never));
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, depth: usize, line: impl AsRef<str>) {
        let _ = writeln!(self.0, "{:1$}{2}", "", depth * 4, line.as_ref());
    }

    fn names<'a>(&mut self, word: &str, names: impl Iterator<Item = &'a str>) {
        let names: Vec<String> = names.map(quoted).collect();
        if !names.is_empty() {
            self.line(0, format!("{word} {}", names.join(" ")));
        }
    }

    /// `inside`: these stand in a block of steps that prepare.
    fn steps(&mut self, depth: usize, steps: &[Step], inside: bool) {
        for steps in steps.chunk_by(|one, other| one.setup == other.setup) {
            if steps[0].setup && !inside {
                self.line(depth, "setup {");
                steps.iter().for_each(|step| self.step(depth + 1, step));
                self.line(depth, "}");
            } else {
                steps.iter().for_each(|step| self.step(depth, step));
            }
        }
    }

    fn step(&mut self, depth: usize, step: &Step) {
        let covers = covers(step.covers.as_ref());
        match &step.action {
            Action::Do { actor: who, act } => {
                let line = format!("{} {}{covers}", actor(who), self::act(act, depth));
                self.line(depth, line);
            }
            Action::Await { actor: who, wait } => {
                let (words, checks) = self::wait(wait, depth);
                self.block(depth, &format!("{} {words}{covers}", actor(who)), checks);
            }
            Action::Together(steps) => {
                self.line(depth, format!("together{covers} {{"));
                self.steps(depth + 1, steps, step.setup);
                self.line(depth, "}");
            }
            Action::Either(outcomes) => {
                self.line(depth, format!("either{covers} {{"));
                outcomes.iter().for_each(|outcome| self.outcome(depth + 1, outcome, step.setup));
                self.line(depth, "}");
            }
        }
    }

    fn outcome(&mut self, depth: usize, outcome: &Outcome, setup: bool) {
        let verdict = match outcome.verdict {
            OutcomeVerdict::Pass => "",
            OutcomeVerdict::Observed => " verdict=\"observed\"",
            OutcomeVerdict::Violation => " verdict=\"violation\"",
        };
        self.line(depth, format!("outcome {}{verdict} {{", quoted(&outcome.name)));
        self.steps(depth + 1, &outcome.steps, setup);
        self.line(depth, "}");
    }

    /// A line, and its checks in braces.
    fn block(&mut self, depth: usize, line: &str, checks: &[Check]) {
        if checks.is_empty() {
            return self.line(depth, line);
        }
        self.line(depth, format!("{line} {{"));
        checks.iter().for_each(|check| self.check(depth + 1, check));
        self.line(depth, "}");
    }

    fn check(&mut self, depth: usize, check: &Check) {
        let covers = covers(check.covers.as_ref());
        let mut lines: &[Template] = &[];
        let words = match &check.test {
            Test::Method(text) => format!("method {}", template(text)),
            Test::Target(text) => format!("target {}", template(text)),
            Test::Version(text) => format!("version {}", template(text)),
            Test::Reason(text) => format!("reason {}", template(text)),
            Test::Status(wanted) => status(wanted),
            Test::Field { section, name, tests, capture } => {
                let word = match (check.control, section) {
                    (true, _) => "control",
                    (false, Section::Header) => "field",
                    (false, Section::Trailer) => "trailer",
                };
                let mut words = format!("{word} {}", template(name));
                for test in tests {
                    match test {
                        FieldTest::Lines(wanted) => lines = wanted,
                        test => words += &field_test(test),
                    }
                }
                if let Some(capture) = capture {
                    let _ = write!(words, " capture={}", quoted(capture));
                }
                words
            }
            Test::NoField { section: Section::Header, name } => format!("no-field {}", template(name)),
            Test::NoField { section: Section::Trailer, name } => format!("no-trailer {}", template(name)),
            Test::NoToken { name, token } => format!("no-token {} {}", template(name), template(token)),
            Test::NoOtherField(names) => {
                names.iter().fold("no-other-field".to_owned(), |words, name| words + " " + &template(name))
            }
            Test::Body(content) => format!("body {}", data(content, depth)),
        };
        if lines.is_empty() {
            return self.line(depth, words + &covers);
        }
        self.line(depth, format!("{words}{covers} {{"));
        lines.iter().for_each(|line| self.line(depth + 1, format!("line {}", template(line))));
        self.line(depth, "}");
    }

    fn never(&mut self, never: &Never) {
        let covers = covers(never.covers.as_ref());
        self.line(0, format!("never {}{covers} {{", quoted(&never.name)));
        let sight = match &never.sight {
            Sight::Dialled => "origin accepts".to_owned(),
            Sight::Bytes(role, octets) => format!("{role} receives-bytes {}", data(octets, 1)),
            Sight::More(role) => format!("{role} receives-more"),
            Sight::Request => "origin receives-request".to_owned(),
        };
        self.line(1, sight);
        self.line(0, "}");
    }
}

/// The rule that something is judged by, where that is not its surroundings'.
fn covers(rule: Option<&RequirementId>) -> String {
    rule.map(|id| format!(" covers={}", quoted(&id.0))).unwrap_or_default()
}

fn actor(actor: &Actor) -> String {
    let name = if actor.name.is_empty() { String::new() } else { format!(" {}", quoted(&actor.name)) };
    format!("{}{name}", actor.role)
}

fn act(act: &Act, depth: usize) -> String {
    let words = match act {
        Act::Connect => "connects",
        Act::Send { data: octets, chunk, gap } => {
            let mut words = "sends".to_owned();
            if let Some(chunk) = chunk {
                let _ = write!(words, " chunk={}", size(*chunk));
            }
            if let Some(gap) = gap {
                let _ = write!(words, " gap={}", duration(*gap));
            }
            return format!("{words} {}", data(octets, depth));
        }
        Act::StartSend(octets) => return format!("starts-sending {}", data(octets, depth)),
        Act::StopReading => "stops-reading",
        Act::ReadOn => "reads-on",
        Act::HalfClose => "half-closes",
        Act::Close => "closes",
        Act::Reset => "resets",
        Act::Listen(Listening::Takes) => "takes-connections",
        Act::Listen(Listening::Refuses) => "refuses-connections",
        Act::Listen(Listening::Ignores) => "ignores-connections",
    };
    words.to_owned()
}

fn wait(wait: &Wait, depth: usize) -> (String, &[Check]) {
    let mut checked: &[Check] = &[];
    let words = match wait {
        Wait::Accept => "accepts".to_owned(),
        Wait::Request { on, head_only, checks } => {
            checked = checks;
            let on = match on {
                On::Any => "",
                On::Same => " on=\"same\"",
                On::New => " on=\"new\"",
            };
            format!("{}{on}", if *head_only { "receives-head" } else { "receives-request" })
        }
        Wait::Response { head_only, checks } => {
            checked = checks;
            format!("receives-response{}", if *head_only { " head-only=#true" } else { "" })
        }
        Wait::Interim { checks } => {
            checked = checks;
            "receives-interim".to_owned()
        }
        Wait::Bytes(octets) => format!("receives-bytes {}", data(octets, depth)),
        Wait::PartOf(octets) => format!("receives-part-of {}", data(octets, depth)),
        Wait::HeldBack { within, memory } => {
            let limit = |name: &str, octets: &Option<usize>| {
                octets.map(|octets| format!(" {name}={}", size(octets))).unwrap_or_default()
            };
            format!("is-held-back{}{}", limit("within", within), limit("memory", memory))
        }
        Wait::End { ending, discarding } => {
            let word = match ending {
                EndingWanted::Close => "sees-close",
                EndingWanted::Reset => "sees-reset",
                EndingWanted::Any => "sees-end",
            };
            format!("{word}{}", if *discarding { " discarding=#true" } else { "" })
        }
        Wait::Nothing(time) => format!("receives-nothing for={}", duration(*time)),
    };
    (words, checked)
}

fn status(wanted: &[StatusWanted]) -> String {
    let (mut words, mut within) = ("status".to_owned(), String::new());
    for wanted in wanted {
        match wanted {
            StatusWanted::Exactly(text) => words = words + " " + &template(text),
            StatusWanted::In(range) => within = format!(" in=\"{}..={}\"", range.start(), range.end()),
        }
    }
    words + &within
}

fn field_test(test: &FieldTest) -> String {
    match test {
        FieldTest::Present | FieldTest::Lines(_) => String::new(),
        FieldTest::Equals(text) => format!(" equals={}", template(text)),
        FieldTest::EqualsOctets(octets) => format!(" equals=(hex){}", hex(octets)),
        FieldTest::EqualsIgnoringCase(text) => format!(" equals-i={}", template(text)),
        FieldTest::Count(count) => format!(" count={count}"),
        FieldTest::Token(text) => format!(" token={}", template(text)),
        FieldTest::Tokens(text) => format!(" tokens={}", template(text)),
        FieldTest::Begins(text) => format!(" begins={}", template(text)),
        FieldTest::Within(text) => format!(" within={}", template(text)),
    }
}
