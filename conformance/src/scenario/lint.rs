//! Mistakes that a file can hold although each of its lines is well formed.

use std::collections::BTreeSet;

use super::{
    checks::{Check, FieldTest, StatusWanted, Test},
    data::{Data, Template},
    diagnostic::Diagnostic,
    model::{Scenario, Span},
    timeline::{Act, Action, Actor, Role, Sight, Step, Wait},
    vocabulary::BUILT_IN,
};
use crate::requirement::{Catalogue, RequirementId};

/// Everything that is wrong with `scenario`.
#[must_use]
pub fn lint(scenario: &Scenario, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let mut lint = Lint {
        scenario,
        catalogue,
        known: BUILT_IN.map(str::to_owned).into(),
        used: BTreeSet::new(),
        bound: BTreeSet::new(),
        awaits: 0,
        found: Vec::new(),
    };
    lint.matrix();
    for covers in &scenario.covers {
        lint.requirement(&covers.value, covers.span);
    }
    lint.steps(&scenario.steps);
    for never in &scenario.nevers {
        if let Some(id) = &never.covers {
            lint.requirement(id, never.span);
        }
        if let Sight::Bytes(_, data) = &never.sight {
            lint.data(data, never.span);
        }
    }
    lint.finish();
    lint.found
}

struct Lint<'a> {
    scenario: &'a Scenario,
    catalogue: &'a Catalogue,
    known: BTreeSet<String>,
    used: BTreeSet<String>,
    /// Origin connections that exist by now.
    bound: BTreeSet<String>,
    awaits: usize,
    found: Vec<Diagnostic>,
}

impl Lint<'_> {
    fn report(&mut self, span: Span, message: impl Into<String>, label: &str) {
        self.found.push(Diagnostic::new(&self.scenario.source, span, message).label(label));
    }

    fn matrix(&mut self) {
        let mut names = BTreeSet::new();
        let columns: Option<BTreeSet<&String>> =
            self.scenario.matrix.first().map(|row| row.values.iter().map(|(column, _)| column).collect());
        for row in &self.scenario.matrix {
            if !names.insert(&row.name) {
                self.report(row.span, format!("two rows are named `{}`", row.name), "the second one");
            }
            if Some(row.values.iter().map(|(column, _)| column).collect()) != columns {
                self.report(
                    row.span,
                    "every row of a matrix has the same columns",
                    "other columns than the first row",
                );
            }
            if row.values.is_empty() {
                self.report(row.span, "a row without columns differs from no other", "give it a column");
            }
            for (column, value) in &row.values {
                self.name(column, row.span);
                if value.contains('{') {
                    self.report(row.span, "a value of a matrix holds no names", "written as it stands");
                }
            }
        }
    }

    /// A column or a capture gives a name its meaning.
    fn name(&mut self, name: &str, span: Span) {
        if BUILT_IN.contains(&name) {
            self.report(span, format!("`{name}` has a meaning already"), "choose another name");
        }
        self.known.insert(name.to_owned());
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            if let Some(id) = &step.covers {
                self.requirement(id, step.span);
            }
            match &step.action {
                Action::Do { actor, act } => {
                    let on_a_connection = !matches!(act, Act::Listen(_));
                    if actor.role == Role::Origin && on_a_connection && !self.bound.contains(&actor.name) {
                        let message = format!("the {actor} acts before it has a connection");
                        self.report(step.span, message, "it must accept or receive a request first");
                    }
                    if let Act::Send { data, .. } | Act::StartSend(data) = act {
                        self.data(data, step.span);
                    }
                }
                Action::Await { actor, wait } => {
                    // What only prepares cannot fail.
                    self.awaits += usize::from(!step.setup);
                    self.wait(actor, wait, step.span);
                    if matches!(wait, Wait::Accept | Wait::Request { .. }) {
                        self.bound.insert(actor.name.clone());
                    }
                }
                Action::Together(steps) => self.steps(steps),
                Action::Either(outcomes) => {
                    // Behind the branches, only what every one of them binds is known.
                    let before = (self.known.clone(), self.bound.clone());
                    let mut after: Option<(BTreeSet<String>, BTreeSet<String>)> = None;
                    for outcome in outcomes {
                        self.steps(&outcome.steps);
                        let (known, bound) = (
                            std::mem::replace(&mut self.known, before.0.clone()),
                            std::mem::replace(&mut self.bound, before.1.clone()),
                        );
                        after = Some(match after {
                            None => (known, bound),
                            Some((k, b)) => (&k & &known, &b & &bound),
                        });
                    }
                    if let Some((known, bound)) = after {
                        (self.known, self.bound) = (known, bound);
                    }
                }
            }
        }
    }

    fn wait(&mut self, actor: &Actor, wait: &Wait, span: Span) {
        let unbound = actor.role == Role::Origin && !self.bound.contains(&actor.name);
        if unbound && !matches!(wait, Wait::Accept | Wait::Request { .. } | Wait::Nothing(_)) {
            let message = format!("the {actor} waits on a connection that it does not have");
            self.report(span, message, "it must accept or receive a request first");
        }
        match wait {
            Wait::Request { checks, .. } | Wait::Response { checks, .. } | Wait::Interim { checks } => {
                for check in checks {
                    self.check(check);
                }
                let absence = checks.iter().find(|check| check.test.is_absence());
                if let Some(absence) = absence.filter(|_| !checks.iter().any(|check| check.control)) {
                    let message = "an absence proves nothing without its positive control";
                    self.report(absence.span, message, "add a `control` that must have arrived");
                }
            }
            Wait::Bytes(data) | Wait::PartOf(data) => self.data(data, span),
            Wait::Accept | Wait::End { .. } | Wait::HeldBack { .. } | Wait::Nothing(_) => {}
        }
    }

    fn check(&mut self, check: &Check) {
        if let Some(id) = &check.covers {
            self.requirement(id, check.span);
        }
        let span = check.span;
        match &check.test {
            Test::Method(text)
            | Test::Target(text)
            | Test::Version(text)
            | Test::Reason(text)
            | Test::NoField { name: text, .. } => {
                self.template(text, span);
            }
            Test::NoToken { name, token } => {
                self.template(name, span);
                self.template(token, span);
            }
            Test::NoOtherField(names) => names.iter().for_each(|name| self.template(name, span)),
            Test::Status(wanted) => {
                for wanted in wanted {
                    if let StatusWanted::Exactly(text) = wanted {
                        self.template(text, span);
                    }
                }
            }
            Test::Field { name, tests, capture, .. } => {
                self.template(name, span);
                for test in tests {
                    match test {
                        FieldTest::Equals(text)
                        | FieldTest::EqualsIgnoringCase(text)
                        | FieldTest::Token(text)
                        | FieldTest::Tokens(text)
                        | FieldTest::Begins(text)
                        | FieldTest::Within(text) => self.template(text, span),
                        FieldTest::Lines(lines) => lines.iter().for_each(|line| self.template(line, span)),
                        FieldTest::Present | FieldTest::Count(_) | FieldTest::EqualsOctets(_) => {}
                    }
                }
                if let Some(name) = capture {
                    self.name(name, span);
                }
            }
            Test::Body(data) => self.data(data, span),
        }
    }

    fn data(&mut self, data: &Data, span: Span) {
        let names: Vec<String> = data.names().map(str::to_owned).collect();
        self.names(names, span);
    }

    fn template(&mut self, template: &Template, span: Span) {
        let names: Vec<String> = template.names().map(str::to_owned).collect();
        self.names(names, span);
    }

    fn names(&mut self, names: Vec<String>, span: Span) {
        for name in names {
            if !self.known.contains(&name) {
                let unknown = Diagnostic::new(
                    &self.scenario.source,
                    span,
                    format!("nothing is known under the name `{name}`"),
                );
                let unknown = unknown.label("no column, capture or built-in name");
                self.found.push(unknown.suggest(&name, self.known.iter().map(String::as_str)));
            }
            self.used.insert(name);
        }
    }

    fn requirement(&mut self, id: &RequirementId, span: Span) {
        if self.catalogue.get(id).is_none() {
            let unknown =
                Diagnostic::new(&self.scenario.source, span, format!("there is no requirement `{id}`"));
            let ids = self.catalogue.0.keys().map(|id| id.0.as_str());
            self.found.push(unknown.label("not in the catalogue").suggest(&id.0, ids));
        }
    }

    fn finish(&mut self) {
        if self.awaits == 0 {
            let last = self.scenario.steps.last().map_or(Span { start: 0, end: 0 }, |step| step.span);
            self.report(
                last,
                "nothing is ever expected, so the scenario cannot fail",
                "the timeline ends here",
            );
        }
        if let Some(row) = self.scenario.matrix.first() {
            for (column, _) in &row.values {
                if !self.used.contains(column) {
                    self.report(row.span, format!("the column `{column}` is used nowhere"), "in this matrix");
                }
            }
        }
    }
}
