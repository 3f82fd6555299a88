//! From a case to a scenario: who sends what, and what must be seen on the other side.
//!
//! The scenario is made in memory and played like any other. Where a check or a step of it stands "in
//! its file" says which property it is an instance of, since there is no file yet.

use std::{path::PathBuf, sync::Arc};

use super::{
    case::{Answer, Case, Content, Exchange, Last, Protocol, Request, Tunnel},
    model::{self, Owed},
    octets::{Message, plain},
    property::{self, Property},
};
use crate::scenario::{
    Act, Action, Actor, Capability, Check, Data, EndingWanted, Never, On, Outcome, OutcomeVerdict, Role, Row,
    Scenario, ScenarioId, Section, Sight, Source, Span, Spanned, StatusWanted, Step, StepId, Test, Wait,
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
                script.request(case, number, &mut steps);
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
            test: readable(claim.test),
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
            self.request(case, number, steps);
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
            let test = Test::Status(vec![StatusWanted::In(400..=501)]);
            let checks = vec![Check { span: at(0), covers: None, control: false, test }];
            let wait = Wait::Response { head_only: exchange.request.method == "HEAD", checks };
            let refused = self.wait(property::REQUEST_CROSSES, Role::Client, wait);
            outcomes.push(outcome("it is refused", OutcomeVerdict::Pass, vec![refused]));
        }
        // A connection may be closed behind any answer (RFC 9112 §9.3, §9.5).
        let verdict = if refusable.is_some() { OutcomeVerdict::Pass } else { OutcomeVerdict::Observed };
        let closed = self.wait(property::REQUEST_CROSSES, Role::Client, end(EndingWanted::Any, false));
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
            let mut message = Message::default();
            message.push(format!("HTTP/1.1 {status} {}\r\n", reason(*status)));
            fields.iter().for_each(|field| message.field(field));
            message.push("\r\n");
            self.send(Role::Origin, message.writes(&Default::default()), steps);
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

    fn request(&mut self, case: &Case, number: usize, steps: &mut Vec<Step>) {
        let Exchange { request, answer } = &case.exchanges[number];
        let mut message = Message::default();
        message.push(&request.method);
        message.push(" ");
        message.name("path");
        message.push(format!("/{number}{} HTTP/1.1\r\nHost: ", request.suffix));
        message.name("authority");
        message.push("\r\n");
        request.fields.iter().for_each(|field| message.field(field));
        if model::offers_websocket(request) {
            message.push("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
            message.name("key");
            message.push("\r\n");
        }
        message.content(&request.content, false);
        if let Last::Switch { tunnel, .. } = &answer.last {
            message.push(&tunnel.early);
        }
        self.send(Role::Client, message.writes(&request.cuts), steps);
    }

    fn answer(&mut self, exchange: &Exchange, steps: &mut Vec<Step>) {
        let Last::Final { status, fields, content, cuts } = &exchange.answer.last else { return };
        let is_head = exchange.request.method == "HEAD";
        let bare = is_head || matches!(status, 204 | 304);
        let mut message = Message::default();
        message.push(format!("HTTP/1.1 {status} {}\r\n", reason(*status)));
        fields.iter().for_each(|field| message.field(field));
        message.content(content, bare);
        self.send(Role::Origin, message.writes(cuts), steps);
        if matches!(content, Content::UntilClose(_)) {
            steps.push(self.act(Role::Origin, Act::HalfClose));
        }
        let owed = model::answer(&exchange.request, *status, fields, content);
        let refusable = owed.refusable;
        let mut checks = self.checks(owed);
        if refusable.is_some() {
            // Which of the outcomes came is all that is asked.
            checks.retain(|check| matches!(check.test, Test::Status(_) | Test::Body(_)));
        }
        let wait = Wait::Response { head_only: is_head, checks };
        let crosses = self.wait(property::ANSWER_CROSSES, Role::Client, wait);
        let Some(why) = refusable else { return steps.push(crosses) };
        // An answer that is too large is the origin's fault, and 502 says so (RFC 9110 §15.6.3).
        let test = Test::Status(vec![StatusWanted::In(500..=502)]);
        let checks = vec![Check { span: at(0), covers: None, control: false, test }];
        let wait = Wait::Response { head_only: is_head, checks };
        let refused = self.wait(property::ANSWER_CROSSES, Role::Client, wait);
        let closed = self.wait(property::ANSWER_CROSSES, Role::Client, end(EndingWanted::Any, false));
        let outcomes = vec![
            outcome("it is relayed", OutcomeVerdict::Pass, vec![crosses]),
            outcome("it is replaced", OutcomeVerdict::Pass, vec![refused]),
            outcome("the connection is closed", OutcomeVerdict::Pass, vec![closed]),
        ];
        steps.push(self.step(property::ANSWER_CROSSES.about(why), Action::Either(outcomes)));
    }

    fn switch(&mut self, exchange: &Exchange, tunnel: &Tunnel, steps: &mut Vec<Step>) {
        let Last::Switch { head, fields, cuts, .. } = &exchange.answer.last else { return };
        let request = &exchange.request;
        let offered = super::case::members(&request.fields, "Upgrade").into_iter().next().unwrap_or_default();
        let websocket = model::asks(request) && offered.eq_ignore_ascii_case(b"websocket");
        let mut message = Message::default();
        message.push(format!("HTTP/1.1 101 {}\r\n", head.reason));
        for line in &head.connection {
            message.push(format!("Connection: {line}\r\n"));
        }
        match head.protocol {
            Protocol::Offered if !offered.is_empty() => {
                message.push("Upgrade: ");
                message.push(&offered);
                message.push("\r\n");
            }
            Protocol::OtherLetters if !offered.is_empty() => {
                message.push("Upgrade: ");
                message.push(
                    offered
                        .iter()
                        .map(|octet| octet ^ (u8::from(octet.is_ascii_alphabetic()) << 5))
                        .collect::<Vec<_>>(),
                );
                message.push("\r\n");
            }
            Protocol::Unnamed => {}
            _ => message.push("Upgrade: not-on-offer/7\r\n"),
        }
        if websocket {
            message.push("Sec-WebSocket-Accept: ");
            message.name("accept");
            message.push("\r\n");
        }
        fields.iter().for_each(|field| message.field(field));
        message.push("\r\n");
        message.push(&tunnel.glued);
        self.send(Role::Origin, message.writes(cuts), steps);
        match gate(exchange) {
            None => {
                let checks = self.checks(model::switch(request, head, fields, websocket));
                let wait = Wait::Response { head_only: false, checks };
                steps.push(self.wait(property::SWITCH_CROSSES, Role::Client, wait));
                self.tunnel(tunnel, steps);
            }
            Some(property) => self.closed_gate(property, steps),
        }
    }

    /// A 101 that opens no tunnel. The origin ends, so that nobody waits for what it may still say.
    fn closed_gate(&mut self, property: Property, steps: &mut Vec<Step>) {
        steps.push(self.act(Role::Origin, Act::HalfClose));
        let mut status = |status| {
            let test = Test::Status(vec![status]);
            let checks = vec![Check { span: at(0), covers: None, control: false, test }];
            vec![self.wait(property, Role::Client, Wait::Response { head_only: false, checks })]
        };
        let refused = status(StatusWanted::In(400..=599));
        let made_up = status(StatusWanted::In(200..=299));
        let relayed = status(StatusWanted::In(101..=101));
        let closed = vec![self.wait(property, Role::Client, end(EndingWanted::Any, false))];
        let mut outcomes = vec![
            outcome("it is refused", OutcomeVerdict::Pass, refused),
            outcome("the connection is closed", OutcomeVerdict::Pass, closed),
            outcome("a made-up 2xx", OutcomeVerdict::Observed, made_up),
        ];
        if property == property::NO_OPTION {
            let mended =
                self.wait(property, Role::Client, Wait::Response { head_only: false, checks: mended() });
            outcomes.push(outcome("it is mended", OutcomeVerdict::Pass, vec![mended]));
        }
        outcomes.push(outcome("the 101 is relayed", OutcomeVerdict::Violation, relayed));
        for outcome in &mut outcomes {
            outcome.span = self.place(property);
        }
        steps.push(self.step(property, Action::Either(outcomes)));
    }

    fn tunnel(&mut self, tunnel: &Tunnel, steps: &mut Vec<Step>) {
        let carries = |role| if role == Role::Client { property::TO_CLIENT } else { property::TO_ORIGIN };
        if !tunnel.glued.is_empty() {
            steps.push(self.wait(property::GLUED, Role::Client, Wait::Bytes(plain(&tunnel.glued))));
        }
        if !tunnel.early.is_empty() {
            steps.push(self.wait(property::EARLY, Role::Origin, Wait::Bytes(plain(&tunnel.early))));
        }
        for speech in &tunnel.talk {
            let (from, to) = (speech.from, other(speech.from));
            let mut message = Message::default();
            message.push(&speech.octets);
            self.send(from, message.writes(&speech.cuts), steps);
            // Told apart from what it answers, so that an echo is no answer.
            let back: Vec<u8> = speech.octets.iter().map(|octet| octet.wrapping_add(1)).collect();
            if speech.both {
                self.send(to, vec![plain(&back)], steps);
            }
            steps.push(self.wait(carries(to), to, Wait::Bytes(plain(&speech.octets))));
            if speech.both {
                steps.push(self.wait(carries(from), from, Wait::Bytes(plain(&back))));
            }
        }
        let (first, last) = (tunnel.leaves_first, other(tunnel.leaves_first));
        let leaves =
            |role| if role == Role::Client { property::CLIENT_LEAVES } else { property::ORIGIN_LEAVES };
        steps.push(self.act(first, Act::HalfClose));
        steps.push(self.wait(leaves(first), last, end(EndingWanted::Any, false)));
        steps.push(self.act(last, Act::HalfClose));
        steps.push(self.wait(leaves(last), first, end(EndingWanted::Any, false)));
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
        let opens = case
            .exchanges
            .iter()
            .any(|exchange| matches!(exchange.answer.last, Last::Switch { .. }) && gate(exchange).is_some());
        // A refusal of the target's own making may be followed by an end in any words.
        let from = usize::from(refusable || opens);
        let looked_at = |never: &Never| self.looks_at(self.properties[never.span.start]);
        nevers.into_iter().skip(from).filter(looked_at).collect()
    }
}

/// Why the 101 of an exchange opens no tunnel, if it does not.
fn gate(exchange: &Exchange) -> Option<Property> {
    let Last::Switch { head, .. } = &exchange.answer.last else { return None };
    match &head.protocol {
        _ if !model::asks(&exchange.request) => Some(property::UNASKED_SWITCH),
        Protocol::NotOffered => Some(property::OTHER_PROTOCOL),
        Protocol::Unnamed => Some(property::UNNAMED_PROTOCOL),
        _ if !model::is_sound(head) => Some(property::NO_OPTION),
        _ => None,
    }
}

/// What makes a 101 a sound one.
fn mended() -> Vec<Check> {
    use crate::scenario::{FieldTest, Template};
    let token = FieldTest::Token(Template::literal("upgrade"));
    let tests = [
        Test::Status(vec![StatusWanted::In(101..=101)]),
        Test::Field {
            section: Section::Header,
            name: Template::literal("Connection"),
            tests: vec![token],
            capture: None,
        },
    ];
    tests.map(|test| Check { span: at(0), covers: None, control: false, test }).into()
}

/// Octets that are text are shown as text.
fn readable(test: Test) -> Test {
    use crate::scenario::Piece;
    match test {
        Test::Body(Data(pieces)) => match &pieces[..] {
            [Piece::Hex(octets)] if octets.is_empty() => {
                Test::Body(Data(vec![Piece::Text(crate::scenario::Template::literal(""))]))
            }
            [Piece::Hex(octets)] => Test::Body(plain(octets)),
            _ => Test::Body(Data(pieces)),
        },
        other => other,
    }
}

fn outcome(name: &str, verdict: OutcomeVerdict, steps: Vec<Step>) -> Outcome {
    Outcome { name: name.to_owned(), verdict, span: at(0), steps }
}

fn end(ending: EndingWanted, discarding: bool) -> Wait {
    Wait::End { ending, discarding }
}

fn actor(role: Role) -> Actor {
    Actor { role, name: String::new() }
}

fn other(role: Role) -> Role {
    match role {
        Role::Client => Role::Origin,
        Role::Origin => Role::Client,
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        102 => "Processing",
        103 => "Early Hints",
        200 => "OK",
        204 => "No Content",
        304 => "Not Modified",
        404 => "Not Found",
        _ => "Some Reason",
    }
}
