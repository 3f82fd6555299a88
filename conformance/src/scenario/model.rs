//! What a scenario is once it was read.

use std::{fmt, ops::RangeInclusive, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{data::{Data, Template}, diagnostic::Source};
use crate::requirement::RequirementId;

/// Where something stands in its file, as octet offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First octet.
    pub start: usize,
    /// One past the last octet.
    pub end: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place in the file.
    pub span: Span,
}

/// A path prefix of the target with one configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Nothing about Upgrade is configured.
    Plain,
    /// Upgrade and `Connection: upgrade` are passed explicitly.
    Explicit,
    /// Connection is derived from Upgrade: `upgrade`, or `close` when it is empty.
    Mapped,
    /// As `mapped`, with a tunnel idle limit that the target's definition states.
    Timed,
}

impl Route {
    /// Every route, in the order in which they are written.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Explicit, Self::Mapped, Self::Timed];

    /// Its word in files and row names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Explicit => "explicit",
            Self::Mapped => "mapped",
            Self::Timed => "timed",
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that a target must declare before a scenario applies to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Carries octets that are no WebSocket frames.
    RawTunnel,
    /// Carries any Upgrade token, not only `websocket`.
    AnyToken,
    /// Accepts clients that speak HTTP/1.0.
    Http10Client,
    /// Upgrades a request that has content.
    UpgradeWithBody,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 4] = [Self::RawTunnel, Self::AnyToken, Self::Http10Client, Self::UpgradeWithBody];

    /// Its word in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RawTunnel => "raw-tunnel",
            Self::AnyToken => "any-token",
            Self::Http10Client => "http10-client",
            Self::UpgradeWithBody => "upgrade-with-body",
        }
    }
}

/// A scenario's path below the scenario folder, without suffix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScenarioId(pub String);

impl ScenarioId {
    /// The folder of behaviours that it stands in.
    #[must_use]
    pub fn area(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(area, _)| area)
    }
}

impl fmt::Display for ScenarioId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One file.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its path without suffix.
    pub id: ScenarioId,
    /// The text, for messages that point into it.
    pub source: Arc<Source>,
    /// One behaviour, as a statement.
    pub title: String,
    /// What goes wrong for a user when it fails.
    pub why: String,
    /// The rules that it covers; the first is what a step is judged by unless it says otherwise.
    pub covers: Vec<Spanned<RequirementId>>,
    /// The routes on which it is played, each a row of its own.
    pub routes: Vec<Route>,
    /// What a target must declare.
    pub needs: Vec<Capability>,
    /// Faults of the faulty proxy on which it must fail.
    pub catches: Vec<Spanned<String>>,
    /// It waits for configured timeouts and is started first.
    pub slow: bool,
    /// The matrix: named sets of values.
    pub matrix: Vec<MatrixRow>,
    /// The timeline.
    pub steps: Vec<Step>,
    /// What must not be seen at any time.
    pub nevers: Vec<Never>,
}

/// One row of a matrix.
#[derive(Clone, Debug)]
pub struct MatrixRow {
    /// Its name.
    pub name: String,
    /// What its columns stand for in this row.
    pub values: Vec<(String, String)>,
    /// Where it stands.
    pub span: Span,
}

/// What is played: a scenario on one route with one row of its matrix.
#[derive(Clone, Debug)]
pub struct Row {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// The route.
    pub route: Route,
    /// The row of the matrix, if there is one.
    pub matrix: Option<usize>,
}

impl Row {
    /// `area/name`, then `:route` and `:row` where the scenario has several.
    #[must_use]
    pub fn id(&self) -> String {
        let mut id = self.scenario.id.0.clone();
        if self.scenario.routes.len() > 1 {
            id = format!("{id}:{}", self.route);
        }
        if let Some(row) = self.matrix {
            id = format!("{id}:{}", self.scenario.matrix[row].name);
        }
        id
    }

    /// The values of its matrix row.
    #[must_use]
    pub fn values(&self) -> &[(String, String)] {
        self.matrix.map_or(&[], |row| &self.scenario.matrix[row].values)
    }
}

/// One of the two sides that we play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// In front of the target.
    Client,
    /// Behind the target.
    Origin,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Origin => "origin",
        })
    }
}

/// Who acts or waits: a role, and which of its connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The side.
    pub role: Role,
    /// The connection's name; empty for the role's usual one.
    pub name: String,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.role)?;
        if !self.name.is_empty() {
            write!(f, " \"{}\"", self.name)?;
        }
        Ok(())
    }
}

/// The number of a step in its file, counted in the order of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct StepId(pub u32);

/// One act or expectation of one role.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number.
    pub id: StepId,
    /// Where it stands.
    pub span: Span,
    /// It prepares: if it does not hold, the scenario is inconclusive.
    pub setup: bool,
    /// The rule that it is judged by, where that is not the scenario's first.
    pub covers: Option<RequirementId>,
    /// What is done or awaited.
    pub action: Action,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// A role acts.
    Do {
        /// Who.
        actor: Actor,
        /// What.
        act: Act,
    },
    /// A role waits for something.
    Await {
        /// Who.
        actor: Actor,
        /// For what.
        wait: Wait,
    },
    /// Several things may happen; the first that does decides.
    Either(Vec<Outcome>),
    /// Acts that happen at the same time.
    Together(Vec<Step>),
}

/// What a role does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Opens a connection to the target.
    Connect,
    /// Writes octets.
    Send {
        /// Which.
        data: Data,
        /// At most so many for each write.
        chunk: Option<usize>,
        /// Time between writes.
        gap: Option<Duration>,
    },
    /// Sends FIN and goes on reading.
    HalfClose,
    /// Closes both directions.
    Close,
    /// Resets the connection.
    Reset,
}

/// What a role waits for.
#[derive(Clone, Debug)]
pub enum Wait {
    /// A connection from the target.
    Accept,
    /// A request.
    Request {
        /// On which connection.
        on: On,
        /// What must be true of it.
        checks: Vec<Check>,
    },
    /// A final response, or a 101.
    Response {
        /// It answers HEAD.
        head_only: bool,
        /// What must be true of it.
        checks: Vec<Check>,
    },
    /// A 1xx response other than 101.
    Interim {
        /// What must be true of it.
        checks: Vec<Check>,
    },
    /// Exactly these octets next.
    Bytes(Data),
    /// The end of what the other side sends.
    End {
        /// Which end.
        ending: EndingWanted,
        /// Whatever comes before it is passed over.
        discarding: bool,
    },
    /// Nothing for so long.
    Nothing(Duration),
}

/// On which connection the origin expects a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Whichever the target takes.
    Any,
    /// The one that this name stands for already.
    Same,
    /// One that has carried no request yet.
    New,
}

/// Which end of a stream is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndingWanted {
    /// FIN.
    Close,
    /// RST.
    Reset,
    /// Either.
    Any,
}

/// One branch of an `either`.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its name in reports.
    pub name: String,
    /// What it means.
    pub verdict: OutcomeVerdict,
    /// Where it stands.
    pub span: Span,
    /// The first step, an expectation, decides whether this branch is taken.
    pub steps: Vec<Step>,
}

/// What a branch means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeVerdict {
    /// As it should be.
    Pass,
    /// Allowed, and worth recording.
    Observed,
    /// A known wrong; how grave, the requirement says.
    Violation,
}

/// Something that must not be seen at any time, the closing of the connections included.
#[derive(Clone, Debug)]
pub struct Never {
    /// What it is, for reports.
    pub name: String,
    /// The rule that it is judged by.
    pub covers: Option<RequirementId>,
    /// Where it stands.
    pub span: Span,
    /// What is looked for.
    pub sight: Sight,
}

/// What a `never` looks for.
#[derive(Clone, Debug)]
pub enum Sight {
    /// The target connects to the origin.
    Dialled,
    /// These octets arrive, anywhere in a stream.
    Bytes(Role, Data),
    /// Octets arrive that no step has taken.
    More(Role),
    /// A second request arrives.
    Request,
}

/// One thing that must be true of a message.
#[derive(Clone, Debug)]
pub struct Check {
    /// Where it stands.
    pub span: Span,
    /// The rule that it is judged by.
    pub covers: Option<RequirementId>,
    /// It shows that the message arrived whole: if it does not hold, absences prove nothing.
    pub control: bool,
    /// What is compared.
    pub test: Test,
}

/// What a check compares.
#[derive(Clone, Debug)]
pub enum Test {
    /// The method.
    Method(Template),
    /// The request target.
    Target(Template),
    /// The HTTP version, as `1.1`.
    Version(Template),
    /// The status is one of these.
    Status(Vec<StatusWanted>),
    /// The reason phrase.
    Reason(Template),
    /// Field lines of one name.
    Field {
        /// The name.
        name: Template,
        /// What must be true of them.
        tests: Vec<FieldTest>,
        /// Keeps the value under this name.
        capture: Option<String>,
    },
    /// There is no such field line.
    NoField(Template),
    /// The list in this field has no such member.
    NoToken {
        /// Field name.
        name: Template,
        /// Member.
        token: Template,
    },
    /// The content.
    Body(Data),
}

/// A status that is accepted.
#[derive(Clone, Debug)]
pub enum StatusWanted {
    /// This one.
    Exactly(Template),
    /// One of these.
    In(RangeInclusive<u16>),
}

/// What must be true of the lines of one field.
#[derive(Clone, Debug)]
pub enum FieldTest {
    /// There is at least one line.
    Present,
    /// The values, joined by `, `, are this.
    Equals(Template),
    /// The same, letter case aside.
    EqualsIgnoringCase(Template),
    /// There are so many lines.
    Count(usize),
    /// The list has this member, letter case aside, exactly once.
    Token(Template),
    /// The list has exactly these members in this order, letter case aside.
    Tokens(Template),
    /// The list begins with these members, letter case aside.
    Begins(Template),
    /// Each member of the list, if there is any, is one of these.
    Within(Template),
    /// The lines have exactly these values, in this order.
    Lines(Vec<Template>),
}
