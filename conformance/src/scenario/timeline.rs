//! The timeline of a scenario: who acts and waits, and what must never be seen.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use super::{checks::Check, data::Data, model::Span};
use crate::requirement::RequirementId;

/// One of the two sides that we play.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
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
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
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
    /// Begins to write octets, and goes on with it in the background.
    StartSend(Data),
    /// Reads no more from the connection, so that what comes piles up.
    StopReading,
    /// Reads again.
    ReadOn,
    /// Sends FIN and goes on reading.
    HalfClose,
    /// Closes both directions.
    Close,
    /// Resets the connection.
    Reset,
    /// The origin's listener changes.
    Listen(Listening),
}

/// How the origin treats connections that the target opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Listening {
    /// They are accepted.
    Takes,
    /// Nobody listens: each is refused.
    Refuses,
    /// The queue is full: an attempt gets no answer.
    Ignores,
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
        /// Its head suffices, and nothing of it is taken.
        head_only: bool,
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
    /// The end of what the other side sends, and before it nothing but the beginning of these octets.
    PartOf(Data),
    /// What we began to write is not taken any more.
    HeldBack {
        /// The target took at most so many octets.
        within: Option<usize>,
        /// Its memory grew by at most so many octets.
        memory: Option<usize>,
    },
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
