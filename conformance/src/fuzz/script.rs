//! From a case to a scenario: who sends what, and what must be seen on the other side.
//!
//! The scenario is made in memory and played like any other. Where a check or a step of it stands "in
//! its file" says which property it is an instance of, since there is no file yet.

mod switch;

use std::{ops::RangeInclusive, path::PathBuf, sync::Arc};

use super::{
    case::{Answer, Case, Content, Exchange, Field, Last, Request, Tunnel},
    model::{self, Owed},
    property::{self, Property},
    sent,
};
use crate::scenario::{
    Act, Action, Actor, Capability, Check, Data, EndingWanted, Never, On, Outcome, OutcomeVerdict, Role, Row,
    Scenario, ScenarioId, Sight, Source, Span, Spanned, StatusWanted, Step, StepId, Test, Wait,
};

/// A scenario made of a case.
#[derive(Clone, Debug)]
pub struct Script {
    /// What is played.
    pub row: Row,
    /// The property that each place in the "file" stands for.
    properties: Vec<Property>,
}

impl Script {
    /// What `case` is played as, under `name`. `main`: the property that it is mainly about.
    #[must_use]
    pub fn of(case: &Case, name: &str, main: Property) -> Self {
        Self::made(case, name, main, false)
    }

    /// The same, held to nothing but its main property: what is left can be read as a rule by itself.
    #[must_use]
    pub fn about(case: &Case, name: &str, main: Property) -> Self {
        // Which fields are others, all the checks together say.
        let alone = main.says != property::REQUEST_ADDED.says && main.says != property::ANSWER_ADDED.says;
        Self::made(case, name, main, alone)
    }

    fn made(case: &Case, name: &str, main: Property, alone: bool) -> Self {
        let mut script = Writer { properties: vec![main], count: 0, pipelined: case.pipelined, alone };
        let mut steps = Vec::new();
        if case.pipelined {
            for number in 0..case.exchanges.len() {
                script.send(Role::Client, sent::request(case, number), &mut steps);
            }
        }
        script.exchanges(case, 0, &mut steps);
        let nevers = script.nevers(case);
        let scenario = Scenario {
            id: ScenarioId(format!("fuzz/{name}")),
            source: Arc::new(Source { path: PathBuf::from(name), text: String::new() }),
            title: sentence(&main.to_string()),
            why: "Found by fuzzing: the smallest conversation that shows it.".to_owned(),
            covers: vec![Spanned { value: main.requirement(), span: at(0) }],
            routes: vec![case.route],
            needs: needs(case),
            catches: Vec::new(),
            slow: false,
            matrix: Vec::new(),
            steps,
            nevers,
        };
        let row = Row { scenario: Arc::new(scenario), route: case.route, matrix: None };
        Self { row, properties: script.properties }
    }

    /// The property that a finding at `place` is about.
    #[must_use]
    pub fn property(&self, place: usize) -> Property {
        self.properties[place.min(self.properties.len() - 1)]
    }
}

/// The first letter is a capital one.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn at(place: usize) -> Span {
    Span { start: place, end: place }
}

/// What a target must claim to be held to all of the case.
fn needs(case: &Case) -> Vec<Capability> {
    let mut needs = Vec::new();
    let asks = case.exchanges.iter().map(|exchange| &exchange.request).filter(|request| model::asks(request));
    if asks.clone().next().is_some() {
        needs.push(Capability::OriginDecides);
    }
    if asks.clone().any(|request| !is_websocket(request)) {
        needs.push(Capability::AnyToken);
    }
    let tunnels = case.exchanges.iter().any(|exchange| match &exchange.answer.last {
        Last::Switch { tunnel, .. } => {
            !(tunnel.early.is_empty() && tunnel.glued.is_empty() && tunnel.talk.is_empty())
        }
        Last::Final { .. } => false,
    });
    if tunnels {
        needs.push(Capability::RawTunnel);
    }
    needs
}

/// Whether `websocket`, and nothing else, is on offer.
fn is_websocket(request: &Request) -> bool {
    let offered = super::case::members(&request.fields, "Upgrade");
    matches!(&offered[..], [one] if one.eq_ignore_ascii_case(b"websocket"))
}

struct Writer {
    properties: Vec<Property>,
    count: u32,
    pipelined: bool,
    /// Only the main property is checked.
    alone: bool,
}

impl Writer {
    /// Whether a property is looked at.
    fn looks_at(&self, property: Property) -> bool {
        !self.alone || property == self.properties[0]
    }

    fn place(&mut self, property: Property) -> Span {
        let place = self.properties.iter().position(|one| *one == property);
        at(place.unwrap_or_else(|| {
            self.properties.push(property);
            self.properties.len() - 1
        }))
    }

    fn step(&mut self, property: Property, action: Action) -> Step {
        let id = StepId(self.count);
        self.count += 1;
        Step { id, span: self.place(property), setup: false, covers: Some(property.requirement()), action }
    }

    fn act(&mut self, role: Role, act: Act) -> Step {
        let step = self.step(self.properties[0], Action::Do { actor: actor(role), act });
        Step { covers: None, ..step }
    }

    fn send(&mut self, role: Role, writes: Vec<Data>, steps: &mut Vec<Step>) {
        for data in writes {
            steps.push(self.act(role, Act::Send { data, chunk: None, gap: None }));
        }
    }

    fn wait(&mut self, property: Property, role: Role, wait: Wait) -> Step {
        self.step(property, Action::Await { actor: actor(role), wait })
    }

    fn checks(&mut self, owed: Owed) -> Vec<Check> {
        let kept = |claim: &model::Claim| {
            // The status says whether it is the awaited message at all, and so does the target.
            let tells = matches!(claim.test, Test::Status(_) | Test::Target(_));
            self.looks_at(claim.property) || claim.control || tells
        };
        let claims: Vec<model::Claim> = owed.claims.into_iter().filter(kept).collect();
        let check = |claim: model::Claim| Check {
            span: self.place(claim.property),
            covers: Some(claim.property.requirement()),
            control: claim.control,
            test: claim.test,
        };
        let mut checks: Vec<Check> = claims.into_iter().map(check).collect();
        // What nothing is vouched for needs no voucher.
        if !checks.iter().any(|check| check.test.is_absence()) {
            checks.retain(|check| !check.control);
        }
        checks
    }

    fn exchanges(&mut self, case: &Case, number: usize, steps: &mut Vec<Step>) {
        let Some(exchange) = case.exchanges.get(number) else { return };
        if !case.pipelined {
            self.send(Role::Client, sent::request(case, number), steps);
        }
        let owed = model::request(case, number);
        let refusable = owed.refusable;
        // The first request of a connection has to arrive, unless it may be refused.
        if number == 0 && refusable.is_none() {
            self.forwarded(case, number, owed, steps);
            return;
        }
        let head = Wait::Request { on: On::Any, head_only: true, checks: Vec::new() };
        let mut crosses = vec![self.wait(property::REQUEST_CROSSES, Role::Origin, head)];
        self.forwarded(case, number, owed, &mut crosses);
        let mut outcomes = vec![outcome("it is forwarded", OutcomeVerdict::Pass, crosses)];
        if refusable.is_some() {
            let wait = response(400..=501, exchange.request.method == "HEAD");
            let refused = self.wait(property::REQUEST_CROSSES, Role::Client, wait);
            outcomes.push(outcome("it is refused", OutcomeVerdict::Pass, vec![refused]));
        }
        // A connection may be closed behind any answer (RFC 9112 §9.3, §9.5).
        let verdict = if refusable.is_some() { OutcomeVerdict::Pass } else { OutcomeVerdict::Observed };
        let closed = self.wait(property::REQUEST_CROSSES, Role::Client, end());
        outcomes.push(outcome("the connection is closed", verdict, vec![closed]));
        let property = property::REQUEST_CROSSES.about(refusable.unwrap_or("behind an answer"));
        steps.push(self.step(property, Action::Either(outcomes)));
    }

    /// The request arrives, is answered, and the next one follows.
    fn forwarded(&mut self, case: &Case, number: usize, owed: Owed, steps: &mut Vec<Step>) {
        let exchange = &case.exchanges[number];
        let checks = self.checks(owed);
        let wait = Wait::Request { on: On::Any, head_only: false, checks };
        steps.push(self.wait(property::REQUEST_CROSSES, Role::Origin, wait));
        let Answer { interims, last } = &exchange.answer;
        for (status, fields) in interims {
            self.send(Role::Origin, sent::interim(*status, fields), steps);
            let checks = self.checks(model::interim(*status, fields));
            steps.push(self.wait(property::INTERIM, Role::Client, Wait::Interim { checks }));
        }
        match last {
            Last::Final { .. } => {
                self.answer(exchange, steps);
                self.exchanges(case, number + 1, steps);
            }
            Last::Switch { tunnel, .. } => self.switch(exchange, tunnel, steps),
        }
    }

    fn answer(&mut self, exchange: &Exchange, steps: &mut Vec<Step>) {
        let Last::Final { status, fields, content, .. } = &exchange.answer.last else { return };
        let is_head = exchange.request.method == "HEAD";
        let owed = model::answer(&exchange.request, *status, fields, content);
        let refusable = owed.refusable;
        let mut checks = self.checks(owed);
        if refusable.is_some() {
            // Which of the outcomes came is all that is asked.
            checks.retain(|check| matches!(check.test, Test::Status(_) | Test::Body(_)));
        }
        self.send(Role::Origin, sent::last(exchange, voucher(&checks).as_ref()), steps);
        if matches!(content, Content::UntilClose(_)) {
            steps.push(self.act(Role::Origin, Act::HalfClose));
        }
        let wait = Wait::Response { head_only: is_head, checks };
        let crosses = self.wait(property::ANSWER_CROSSES, Role::Client, wait);
        let Some(why) = refusable else { return steps.push(crosses) };
        // An answer that is too large is the origin's fault, and 502 says so (RFC 9110 §15.6.3).
        let refused = self.wait(property::ANSWER_CROSSES, Role::Client, response(500..=502, is_head));
        let closed = self.wait(property::ANSWER_CROSSES, Role::Client, end());
        let outcomes = vec![
            outcome("it is relayed", OutcomeVerdict::Pass, vec![crosses]),
            outcome("it is replaced", OutcomeVerdict::Pass, vec![refused]),
            outcome("the connection is closed", OutcomeVerdict::Pass, vec![closed]),
        ];
        steps.push(self.step(property::ANSWER_CROSSES.about(why), Action::Either(outcomes)));
    }

    fn switch(&mut self, exchange: &Exchange, tunnel: &Tunnel, steps: &mut Vec<Step>) {
        let Last::Switch { head, fields, .. } = &exchange.answer.last else { return };
        let request = &exchange.request;
        if let Some(property) = model::gate(exchange) {
            self.send(Role::Origin, sent::last(exchange, None), steps);
            return self.closed_gate(property, steps);
        }
        let websocket = sent::accepts_websocket(request);
        let checks = self.checks(model::switch(request, head, fields, websocket));
        self.send(Role::Origin, sent::last(exchange, voucher(&checks).as_ref()), steps);
        steps.push(self.wait(
            property::SWITCH_CROSSES,
            Role::Client,
            Wait::Response { head_only: false, checks },
        ));
        self.tunnel(tunnel, steps);
    }

    fn nevers(&mut self, case: &Case) -> Vec<Never> {
        // Behind a refusal the rest of a pipeline may or may not be served.
        let answer = |exchange: &Exchange| match &exchange.answer.last {
            Last::Final { status, fields, content, .. } => {
                model::answer(&exchange.request, *status, fields, content).refusable
            }
            Last::Switch { .. } => None,
        };
        let refusable = (0..case.exchanges.len()).any(|number| {
            model::request(case, number).refusable.or_else(|| answer(&case.exchanges[number])).is_some()
        });
        if self.pipelined && refusable {
            return Vec::new();
        }
        let mut never = |property: Property, sight| Never {
            name: property.says.to_owned(),
            covers: Some(property.requirement()),
            span: self.place(property),
            sight,
        };
        let nevers = [
            never(property::NO_OTHER_ANSWER, Sight::More(Role::Client)),
            never(property::NO_OTHER_REQUEST, Sight::Request),
        ];
        let opens = case.exchanges.iter().any(|exchange| model::gate(exchange).is_some());
        // A refusal of the target's own making may be followed by an end in any words.
        let from = usize::from(refusable || opens);
        let looked_at = |never: &Never| self.looks_at(self.properties[never.span.start]);
        nevers.into_iter().skip(from).filter(looked_at).collect()
    }
}

/// The field that vouches for a message of which something has to be absent.
fn voucher(checks: &[Check]) -> Option<Field> {
    checks.iter().any(|check| check.control).then(model::voucher)
}

fn outcome(name: &str, verdict: OutcomeVerdict, steps: Vec<Step>) -> Outcome {
    Outcome { name: name.to_owned(), verdict, span: at(0), steps }
}

/// The end of the connection, in either way.
fn end() -> Wait {
    Wait::End { ending: EndingWanted::Any, discarding: false }
}

/// A response with one of these statuses.
fn response(statuses: RangeInclusive<u16>, head_only: bool) -> Wait {
    Wait::Response { head_only, checks: vec![unruled(Test::Status(vec![StatusWanted::In(statuses)]))] }
}

/// A check that is judged by the rule of its step.
fn unruled(test: Test) -> Check {
    Check { span: at(0), covers: None, control: false, test }
}

fn actor(role: Role) -> Actor {
    Actor { role, name: String::new() }
}
