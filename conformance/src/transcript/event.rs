//! The events of an exchange, in the order in which we saw them.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{
    scenario::{Listening, Role, Route, StepId},
    wire::{escape, unescape},
};

/// One connection of either role, numbered in the order of opening.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct ConnId(pub u32);

/// Octets, stored as printable text that can be read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Octets(pub Vec<u8>);

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&escape(&self.0))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        unescape(&text).map(Self).ok_or_else(|| D::Error::custom("not escaped octets"))
    }
}

impl schemars::JsonSchema for Octets {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Octets".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "octets as printable ASCII with \\r \\n \\t \\\\ and \\xNN",
        })
    }
}

/// How the other side ended what it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// FIN: no more octets will come.
    Fin,
    /// RST: octets may have been lost.
    Reset,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A connection exists: ours to the target, or the target's to the origin.
    Opened {
        /// Whose end of it we hold.
        role: Role,
        /// The client's name for it.
        name: String,
    },
    /// The target did not accept our connection.
    Refused {
        /// The client's name for it.
        name: String,
        /// What the system said.
        why: String,
    },
    /// We sent octets.
    Sent(Octets),
    /// Octets arrived.
    Received(Octets),
    /// We sent so many octets of the noise, behind what was sent of it before.
    SentNoise(usize),
    /// Octets of the noise arrived, as they should: only counted.
    ReceivedNoise {
        /// How many octets of the noise had come before.
        from: usize,
        /// How many came.
        octets: usize,
    },
    /// What we began to write was taken to its end.
    SentAll,
    /// What we began to write is not taken any more, after so many octets of it.
    HeldBack(usize),
    /// We read no more.
    StoppedReading,
    /// We read again.
    ReadsOn,
    /// The other side ended its stream.
    Ended(Ending),
    /// We sent FIN and go on reading.
    HalfClosed,
    /// We closed.
    Closed,
    /// We reset.
    Reset,
    /// A write failed: the other side is gone.
    WriteFailed(String),
    /// A write did not finish in time: the other side does not read.
    WriteStalled,
    /// More arrived than is kept; reading stopped.
    Flooded,
    /// A step began.
    Began(StepId),
    /// A step is over.
    Over {
        /// Which.
        step: StepId,
        /// Its time ran out before it could be decided.
        late: bool,
    },
    /// All steps are over, and we ended our side of every connection.
    Closing,
    /// The origin's listener changed.
    Listens(Listening),
    /// Memory that the target's processes hold, in octets.
    TargetMemory(u64),
    /// The process under test ended.
    TargetGone,
}

/// What happened, when, and on which connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Event {
    /// Microseconds since the exchange began.
    pub at: u64,
    /// The connection, for events that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conn: Option<ConnId>,
    /// What happened.
    pub what: What,
}

impl Event {
    /// Time since the exchange began.
    #[must_use]
    pub fn since_start(&self) -> Duration {
        Duration::from_micros(self.at)
    }
}

/// A finished exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Transcript {
    /// The scenario that was played.
    pub scenario: String,
    /// On which route.
    pub route: Route,
    /// With which row of its matrix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// What the names in the scenario stood for when it began.
    pub bindings: BTreeMap<String, String>,
    /// Everything that happened, in order.
    pub events: Vec<Event>,
}

impl Transcript {
    /// Octets of one write or read that a report shows.
    const SHOWN: usize = 2048;
    /// Octets of one exchange that a report shows.
    const SHOWN_IN_ALL: usize = 32 << 10;
    /// Events that a report shows.
    const EVENTS: usize = 2000;

    /// What was on the wire, with long runs of octets cut and what follows very many left out: enough
    /// to be looked at, and too little to be judged again.
    #[must_use]
    pub fn shortened(&self) -> Vec<Event> {
        let mut left = Self::SHOWN_IN_ALL;
        let mut cut = |octets: &Octets| {
            let shown = octets.0.len().min(Self::SHOWN).min(left);
            left -= shown;
            (shown > 0).then(|| Octets(octets.0[..shown].to_vec()))
        };
        let mut shorten = |event: &Event| {
            let what = match &event.what {
                What::Began(_) | What::Over { .. } => return None,
                What::Sent(octets) => What::Sent(cut(octets)?),
                What::Received(octets) => What::Received(cut(octets)?),
                what => what.clone(),
            };
            Some(Event { at: event.at, conn: event.conn, what })
        };
        self.events.iter().filter_map(&mut shorten).take(Self::EVENTS).collect()
    }
}
