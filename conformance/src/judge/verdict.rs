//! What became of a scenario against a target.

use serde::{Deserialize, Serialize};

use crate::{
    requirement::{RequirementId, Severity},
    scenario::{Role, StepId},
    transcript::{Ending, Octets},
};

/// The verdict on one row.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that was expected came, and nothing that must not.
    Pass,
    /// An allowed difference, named by its outcome.
    Observed,
    /// A recommendation is not followed.
    Warn,
    /// A rule is broken.
    Fail,
    /// The target does not claim what the scenario needs.
    NotApplicable,
    /// Something before the rule in question did not hold.
    Inconclusive,
    /// The target crashed, hung or stopped listening.
    TargetDown,
    /// The mistake is ours.
    HarnessError,
}

impl Verdict {
    /// Every verdict, in the order of a summary.
    pub const ALL: [Self; 8] = [
        Self::Pass,
        Self::Observed,
        Self::Warn,
        Self::Fail,
        Self::NotApplicable,
        Self::Inconclusive,
        Self::TargetDown,
        Self::HarnessError,
    ];

    /// Its word in reports and expectation files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Observed => "observed",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
            Self::Inconclusive => "inconclusive",
            Self::TargetDown => "target-down",
            Self::HarnessError => "harness-error",
        }
    }
}

/// One thing that was not as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// The rule that says so.
    pub requirement: RequirementId,
    /// The line of the scenario file, counted from 1.
    pub line: usize,
    /// The place in the scenario file, as octet offsets.
    pub span: [usize; 2],
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
}

/// Octets for a report: all of them, or the beginning of many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Excerpt {
    /// The first octets.
    pub octets: Octets,
    /// How many there were.
    pub total: usize,
}

impl Excerpt {
    /// As many octets as a report shows.
    const SHOWN: usize = 2048;

    /// An excerpt of `octets`.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        Self { octets: Octets(octets[..octets.len().min(Self::SHOWN)].to_vec()), total: octets.len() }
    }
}

/// One line of the conversation, as the steps made or took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Turn {
    /// The step.
    pub step: StepId,
    /// Its line in the scenario file.
    pub line: usize,
    /// Whose turn it was.
    pub role: Role,
    /// The connection's name, empty for the role's usual one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What happened.
    pub kind: TurnKind,
}

/// What happened in a turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TurnKind {
    /// We sent octets.
    Sent(Excerpt),
    /// We began to write so many octets.
    StartedSending(usize),
    /// Octets came and were taken.
    Received(Excerpt),
    /// The beginning of what was sent came, and was taken.
    Part,
    /// The target opened a connection.
    Accepted,
    /// The other side ended its stream.
    Ended(Ending),
    /// The other side ended its stream, in whichever way.
    Over,
    /// We read no more.
    StoppedReading,
    /// We read again.
    ReadsOn,
    /// What we write is not taken any more, as expected.
    HeldBack,
    /// We sent FIN.
    HalfClosed,
    /// We closed.
    Closed,
    /// We reset.
    Reset,
    /// Nothing came, as expected.
    Silence,
    /// What was awaited did not come.
    Missing(String),
}

/// The verdict on one row, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The branch that was taken, where a scenario has alternatives worth naming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Everything that was not as expected.
    pub findings: Vec<Finding>,
    /// The conversation.
    pub turns: Vec<Turn>,
}
