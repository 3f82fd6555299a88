//! What a scenario is once it was read.

use std::{fmt, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    diagnostic::Source,
    timeline::{Never, Step},
};
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
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Nothing about Upgrade is configured.
    Plain,
    /// Upgrade and `Connection: upgrade` are passed explicitly.
    Explicit,
    /// Connection is derived from Upgrade: `upgrade`, or `close` when it is empty.
    Mapped,
    /// As `mapped`, with those of the limits of a second that the target claims.
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

    /// The route with that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.name() == name)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that a target must declare before a scenario applies to it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
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
    /// Its route `timed` gives up a tunnel whose origin was silent for a second.
    IdleLimit,
    /// Its route `timed` gives up an origin that did not answer within a second.
    AnswerLimit,
    /// Its route `timed` gives up connecting to the origin after a second.
    ConnectLimit,
    /// Gives up a request head that is not complete within two seconds.
    HeadLimit,
    /// Its route `timed` gives up a request whose content pauses for a second.
    BodyLimit,
    /// Its `answer-limit` holds for upgrades as well.
    UpgradeAnswerLimit,
    /// On its route `mapped` a request without Upgrade, or with an empty one, asks the origin to close.
    MapToClose,
    /// It lets the origin decide on an upgrade: no 101 of its own before that.
    OriginDecides,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 12] = [
        Self::RawTunnel,
        Self::AnyToken,
        Self::Http10Client,
        Self::UpgradeWithBody,
        Self::IdleLimit,
        Self::AnswerLimit,
        Self::ConnectLimit,
        Self::HeadLimit,
        Self::BodyLimit,
        Self::UpgradeAnswerLimit,
        Self::MapToClose,
        Self::OriginDecides,
    ];

    /// What is claimed for a target without a definition: everything that needs no configuration.
    pub const UNCONFIGURED: [Self; 5] =
        [Self::RawTunnel, Self::AnyToken, Self::Http10Client, Self::UpgradeWithBody, Self::OriginDecides];

    /// Its word in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RawTunnel => "raw-tunnel",
            Self::AnyToken => "any-token",
            Self::Http10Client => "http10-client",
            Self::UpgradeWithBody => "upgrade-with-body",
            Self::IdleLimit => "idle-limit",
            Self::AnswerLimit => "answer-limit",
            Self::ConnectLimit => "connect-limit",
            Self::HeadLimit => "head-limit",
            Self::BodyLimit => "body-limit",
            Self::UpgradeAnswerLimit => "upgrade-answer-limit",
            Self::MapToClose => "map-to-close",
            Self::OriginDecides => "origin-decides",
        }
    }

    /// The capability with that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }
}

/// A condition under which the same scenarios are played.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Client and origin write octet by octet.
    Drip,
    /// The origin waits before each write.
    Slow,
    /// The target is reloaded, or started anew, in front of each row.
    Reload,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Drip, Self::Slow, Self::Reload];
    /// So many octets of one act are written one by one; what lies behind them is bulk.
    pub const DRIPPED: usize = 4096;
    /// How long a slow origin waits.
    pub const WAIT: Duration = Duration::from_millis(20);

    /// Its word in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Drip => "drip",
            Self::Slow => "slow",
            Self::Reload => "reload",
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
    /// What a target must declare for this row, beside what the scenario needs.
    pub needs: Vec<Capability>,
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

    /// What a target must declare before it applies.
    pub fn needs(&self) -> impl Iterator<Item = Capability> {
        let own = self.matrix.map_or(&[][..], |row| &self.scenario.matrix[row].needs);
        self.scenario.needs.iter().chain(own).copied()
    }

    /// The values of its matrix row.
    #[must_use]
    pub fn values(&self) -> &[(String, String)] {
        self.matrix.map_or(&[], |row| &self.scenario.matrix[row].values)
    }
}
