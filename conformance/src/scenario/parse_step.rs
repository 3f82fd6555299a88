//! The lines of a timeline: who acts or waits, and for what.

use super::{
    data::{Data, Piece},
    diagnostic::{Diagnostic, closest},
    node::{Entry, Node},
    parse_message::parse_checks,
    timeline::{
        Act, Action, Actor, EndingWanted, Listening, Never, On, Outcome, OutcomeVerdict, Role, Sight, Step,
        StepId, Wait,
    },
    vocabulary::{CLIENT, CLIENT_SIGHTS, CONNECTIONS, OCTETS, ORIGIN, ORIGIN_SIGHTS, OUTCOMES, STEPS},
};
use crate::wire::Opcode;

/// Numbers the steps of one file in the order of the lines.
#[derive(Default)]
pub(super) struct Steps {
    count: u32,
    setup: bool,
}

impl Steps {
    /// Reads one line, or the lines of a `setup` block, into `steps`.
    pub(super) fn read(&mut self, node: &Node<'_>, steps: &mut Vec<Step>) -> Result<(), Diagnostic> {
        if node.name() == "setup" {
            self.setup = true;
            for child in node.children() {
                self.read(&child, steps)?;
            }
            self.setup = false;
            return node.finish();
        }
        let id = StepId(self.count);
        self.count += 1;
        let setup = self.setup;
        let covers = node.covers()?;
        let action = match node.name() {
            "client" => action(node, Role::Client)?,
            "origin" => action(node, Role::Origin)?,
            "either" => self.either(node)?,
            "together" => self.together(node)?,
            other => {
                return Err(node
                    .error(format!("unknown step `{other}`"))
                    .label("not known")
                    .suggest(other, STEPS));
            }
        };
        node.finish()?;
        steps.push(Step { id, span: node.line_span(), setup, covers, action });
        Ok(())
    }

    fn either(&mut self, node: &Node<'_>) -> Result<Action, Diagnostic> {
        let mut outcomes = Vec::new();
        for child in node.children() {
            if child.name() != "outcome" {
                let unknown = child.error(format!("unknown line `{}` in an `either`", child.name()));
                return Err(unknown.label("not known").suggest(child.name(), ["outcome"]));
            }
            let name = child.argument("a name")?.text()?;
            let verdict = match child.prop("verdict") {
                None => OutcomeVerdict::Pass,
                Some(entry) => match entry.string()?.value {
                    "pass" => OutcomeVerdict::Pass,
                    "observed" => OutcomeVerdict::Observed,
                    "violation" => OutcomeVerdict::Violation,
                    other => {
                        let unknown = entry.error(format!("an outcome cannot be `{other}`"));
                        return Err(unknown.label("not a verdict").suggest(other, OUTCOMES));
                    }
                },
            };
            let mut steps = Vec::new();
            for step in child.children() {
                self.read(&step, &mut steps)?;
            }
            child.finish()?;
            if !matches!(steps.first().map(|step| &step.action), Some(Action::Await { .. })) {
                return Err(child
                    .error("an outcome begins with what is received or seen")
                    .label("no expectation comes first"));
            }
            outcomes.push(Outcome { name, verdict, span: child.line_span(), steps });
        }
        if outcomes.len() < 2 {
            return Err(node.error("`either` needs two outcomes or more").label("too few"));
        }
        Ok(Action::Either(outcomes))
    }

    fn together(&mut self, node: &Node<'_>) -> Result<Action, Diagnostic> {
        let mut steps = Vec::new();
        for child in node.children() {
            self.read(&child, &mut steps)?;
        }
        if steps.len() < 2 || steps.iter().any(|step| !matches!(step.action, Action::Do { .. })) {
            return Err(node
                .error("`together` holds two acts or more")
                .label("expectations wait by themselves"));
        }
        Ok(Action::Together(steps))
    }
}

/// `client "name" verb …` or `client verb …`.
fn action(node: &Node<'_>, role: Role) -> Result<Action, Diagnostic> {
    let known: &[&str] = if role == Role::Client { &CLIENT } else { &ORIGIN };
    let first = node.argument("a verb such as `sends`")?;
    let word = first.string()?.value;
    // A name is quoted and a verb is bare, but KDL does not tell them apart: the verb decides.
    let (name, verb) = if known.contains(&word) {
        (String::new(), first)
    } else {
        match node.optional() {
            Some(second) if is_one_of(&second, known) => (word.to_owned(), second),
            // Two words and no verb: the one that looks like a verb was meant to be it.
            Some(second) if closest(word, known).is_none() => return Err(unknown_verb(role, &second, known)),
            _ => return Err(unknown_verb(role, &first, known)),
        }
    };
    let actor = Actor { role, name };
    let act = |act| Ok(Action::Do { actor: actor.clone(), act });
    let wait = |wait| Ok(Action::Await { actor: actor.clone(), wait });
    match (role, verb.string()?.value) {
        (Role::Client, "connects") => act(Act::Connect),
        (_, "sends") => act(send(node)?),
        (_, "starts-sending") => act(Act::StartSend(data(node)?)),
        (_, "stops-reading") => act(Act::StopReading),
        (_, "reads-on") => act(Act::ReadOn),
        (_, "half-closes") => act(Act::HalfClose),
        (_, "closes") => act(Act::Close),
        (_, "resets") => act(Act::Reset),
        (Role::Origin, "takes-connections") => act(Act::Listen(Listening::Takes)),
        (Role::Origin, "refuses-connections") => act(Act::Listen(Listening::Refuses)),
        (Role::Origin, "ignores-connections") => act(Act::Listen(Listening::Ignores)),
        (Role::Origin, "accepts") => wait(Wait::Accept),
        (Role::Origin, "receives-request") => {
            wait(Wait::Request { on: on(node)?, head_only: false, checks: parse_checks(node)? })
        }
        (Role::Origin, "receives-head") => {
            wait(Wait::Request { on: on(node)?, head_only: true, checks: parse_checks(node)? })
        }
        (Role::Client, "receives-response") => {
            wait(Wait::Response { head_only: node.flag("head-only")?, checks: parse_checks(node)? })
        }
        (Role::Client, "receives-interim") => wait(Wait::Interim { checks: parse_checks(node)? }),
        (_, "receives-bytes") => wait(Wait::Bytes(data(node)?)),
        (_, "receives-part-of") => wait(Wait::PartOf(data(node)?)),
        (_, "is-held-back") => {
            let size = |name| node.prop(name).map(|entry| entry.size()).transpose();
            wait(Wait::HeldBack { within: size("within")?, memory: size("memory")? })
        }
        (_, "receives-nothing") => {
            let entry = node
                .prop("for")
                .ok_or_else(|| node.error("`receives-nothing` needs a time").help("add for=\"50ms\""))?;
            wait(Wait::Nothing(entry.duration()?))
        }
        (_, "sees-close") => wait(end(node, EndingWanted::Close)?),
        (_, "sees-reset") => wait(end(node, EndingWanted::Reset)?),
        (_, "sees-end") => wait(end(node, EndingWanted::Any)?),
        _ => Err(unknown_verb(role, &verb, known)),
    }
}

fn unknown_verb(role: Role, verb: &Entry<'_>, known: &[&str]) -> Diagnostic {
    let word = verb.string().map_or("", |word| word.value);
    verb.error(format!("unknown step `{role} {word}`"))
        .label(format!("the {role} cannot do this"))
        .suggest(word, known.iter().copied())
}

fn is_one_of(word: &Entry<'_>, known: &[&str]) -> bool {
    word.string().is_ok_and(|word| known.contains(&word.value))
}

fn end(node: &Node<'_>, ending: EndingWanted) -> Result<Wait, Diagnostic> {
    Ok(Wait::End { ending, discarding: node.flag("discarding")? })
}

fn on(node: &Node<'_>) -> Result<On, Diagnostic> {
    let Some(entry) = node.prop("on") else { return Ok(On::Any) };
    match entry.string()?.value {
        "any" => Ok(On::Any),
        "same" => Ok(On::Same),
        "new" => Ok(On::New),
        other => Err(entry
            .error(format!("a request comes on no connection `{other}`"))
            .label("unknown")
            .suggest(other, CONNECTIONS)),
    }
}

fn send(node: &Node<'_>) -> Result<Act, Diagnostic> {
    let chunk = node.prop("chunk").map(|entry| {
        entry.size().and_then(|size| {
            if size == 0 { Err(entry.error("a write has at least one octet")) } else { Ok(size) }
        })
    });
    let gap = node.prop("gap").map(|entry| entry.duration());
    Ok(Act::Send { chunk: chunk.transpose()?, gap: gap.transpose()?, data: data(node)? })
}

/// All remaining arguments, as octets.
pub(super) fn data(node: &Node<'_>) -> Result<Data, Diagnostic> {
    let pieces = node.rest().iter().map(piece).collect::<Result<Vec<_>, _>>()?;
    if pieces.is_empty() {
        return Err(node.error(format!("`{}` names no octets", node.name())).label("which octets?"));
    }
    Ok(Data(pieces))
}

fn piece(entry: &Entry<'_>) -> Result<Piece, Diagnostic> {
    let frame = |opcode| Ok(Piece::Frame(opcode, entry.template()?));
    match entry.ty() {
        None => Ok(Piece::Text(entry.template()?)),
        Some("head") => Ok(Piece::Head(entry.template()?)),
        Some("lines") => Ok(Piece::Lines(entry.template()?)),
        Some("hex") => Ok(Piece::Hex(hex(entry)?)),
        Some("noise") => Ok(Piece::Noise(entry.size()?)),
        Some("every-octet") => Ok(Piece::EveryOctet(entry.size()?)),
        Some("ws-text") => frame(Opcode::Text),
        Some("ws-binary") => frame(Opcode::Binary),
        Some("ws-ping") => frame(Opcode::Ping),
        Some("ws-pong") => frame(Opcode::Pong),
        Some("ws-close") => frame(Opcode::Close),
        Some(other) => {
            let unknown = entry.error(format!("there are no octets of the kind `{other}`"));
            Err(unknown.label("unknown kind").suggest(other, OCTETS))
        }
    }
}

/// Octets in hexadecimal.
pub(super) fn hex(entry: &Entry<'_>) -> Result<Vec<u8>, Diagnostic> {
    let digits: Vec<char> = entry.string()?.value.chars().filter(|c| !c.is_whitespace()).collect();
    let octet = |pair: &[char]| match pair {
        [high, low] => u8::try_from(high.to_digit(16)? * 16 + low.to_digit(16)?).ok(),
        _ => None,
    };
    let octets: Option<Vec<u8>> = digits.chunks(2).map(octet).collect();
    octets.ok_or_else(|| entry.error("expected pairs of hexadecimal digits").label("not hexadecimal"))
}

/// `never "name" { origin accepts }` and the like.
pub(super) fn parse_never(node: &Node<'_>) -> Result<Never, Diagnostic> {
    let name = node.argument("a name")?.text()?;
    let covers = node.covers()?;
    let mut children = node.children();
    node.finish()?;
    let (Some(child), None) = (children.next(), children.next()) else {
        return Err(node.error("`never` holds exactly one line").label("what must not be seen?"));
    };
    let role = match child.name() {
        "client" => Role::Client,
        "origin" => Role::Origin,
        other => {
            return Err(child
                .error(format!("unknown role `{other}`"))
                .label("not known")
                .suggest(other, ["client", "origin"]));
        }
    };
    let verb = child.argument("what is never seen")?;
    let sight = match (role, verb.string()?.value) {
        (Role::Origin, "accepts") => Sight::Dialled,
        (Role::Origin, "receives-request") => Sight::Request,
        (_, "receives-more") => Sight::More(role),
        (_, "receives-bytes") => Sight::Bytes(role, data(&child)?),
        (_, other) => {
            let known: &[&str] = if role == Role::Client { &CLIENT_SIGHTS } else { &ORIGIN_SIGHTS };
            let unknown = verb.error(format!("`never` cannot look for `{role} {other}`"));
            return Err(unknown.label("not known").suggest(other, known.iter().copied()));
        }
    };
    child.finish()?;
    Ok(Never { name, covers, span: node.line_span(), sight })
}
