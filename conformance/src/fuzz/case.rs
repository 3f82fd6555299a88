//! What a case is: a conversation over one client connection, as data.
//!
//! It says what both roles send, and nothing about what a target owes; that is the model's.

use std::fmt;

use crate::{
    scenario::{Role, Route},
    wire::{escape, tokens},
};

/// One conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it was made to be about.
    pub class: Class,
    /// Where it takes place.
    pub route: Route,
    /// The requests, one behind the other on one connection, and their answers. Never empty.
    pub exchanges: Vec<Exchange>,
    /// Every request is sent before the first answer is.
    pub pipelined: bool,
}

/// What cases are about: each class has its own strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Plain requests with a few fields.
    Plain,
    /// Connection lists, and the fields that they nominate.
    Connection,
    /// Fields for one hop, and names that look like theirs.
    HopByHop,
    /// End-to-end fields with any legal octets, short and long.
    EndToEnd,
    /// Methods and request targets.
    Target,
    /// Content in either framing, with extensions and trailers.
    Content,
    /// Several requests on one connection, pipelined or not.
    Reuse,
    /// Interim responses.
    Interim,
    /// Final statuses and the fields of answers.
    Answer,
    /// Upgrade values, and final answers to them.
    Upgrade,
    /// Heads of a 101, asked for or not, sound or not.
    Switch,
    /// What a tunnel carries, and how it ends.
    Tunnel,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 12] = [
        Self::Plain,
        Self::Connection,
        Self::HopByHop,
        Self::EndToEnd,
        Self::Target,
        Self::Content,
        Self::Reuse,
        Self::Interim,
        Self::Answer,
        Self::Upgrade,
        Self::Switch,
        Self::Tunnel,
    ];

    /// Its word on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Connection => "connection",
            Self::HopByHop => "hop-by-hop",
            Self::EndToEnd => "end-to-end",
            Self::Target => "target",
            Self::Content => "content",
            Self::Reuse => "reuse",
            Self::Interim => "interim",
            Self::Answer => "answer",
            Self::Upgrade => "upgrade",
            Self::Switch => "switch",
            Self::Tunnel => "tunnel",
        }
    }

    /// The class with that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// A request and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What the client sends.
    pub request: Request,
    /// What the origin answers.
    pub answer: Answer,
}

/// A request of HTTP/1.1. Its head begins with a line of its own making and a Host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// What follows the exchange's own path in the request target.
    pub suffix: String,
    /// Field lines, those of the framing left out.
    pub fields: Vec<Field>,
    /// Its content.
    pub content: Content,
    /// How it is written.
    pub cuts: Cuts,
}

/// One field line.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The value, without whitespace around it.
    pub value: Vec<u8>,
    /// What stands in front of the value, behind the colon: spaces and tabs.
    pub before: &'static str,
    /// What stands behind the value: spaces and tabs.
    pub after: &'static str,
}

impl Field {
    /// `name: value`.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), value: value.into(), before: " ", after: "" }
    }

    /// Whether it has this name, letter case aside.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}{}{}", self.name, self.before, escape(&self.value), self.after)
    }
}

/// The content of a message, and its framing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// None, and nothing that says so.
    None,
    /// Content-Length.
    Counted(Vec<u8>),
    /// Chunked transfer coding.
    Chunked {
        /// The chunks, none of them empty.
        chunks: Vec<Vec<u8>>,
        /// What follows each size, such as `;a=b`.
        extension: String,
        /// The trailer section.
        trailers: Vec<Field>,
    },
    /// Up to the end of the connection. Only in the last answer.
    UntilClose(Vec<u8>),
}

impl Content {
    /// The octets, without the framing.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        match self {
            Self::None => Vec::new(),
            Self::Counted(octets) | Self::UntilClose(octets) => octets.clone(),
            Self::Chunked { chunks, .. } => chunks.concat(),
        }
    }

    /// The trailer section.
    #[must_use]
    pub fn trailers(&self) -> &[Field] {
        match self {
            Self::Chunked { trailers, .. } => trailers,
            _ => &[],
        }
    }
}

/// Where a message is cut into writes: each number is taken modulo the message's length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts(pub Vec<u16>);

/// What the origin answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Statuses of the 1xx responses in front of it, 101 not among them, and their fields.
    pub interims: Vec<(u16, Vec<Field>)>,
    /// The answer itself.
    pub last: Last,
}

/// The answer that ends an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Last {
    /// A final response.
    Final {
        /// The status, from 200 to 599.
        status: u16,
        /// Field lines, those of the framing left out.
        fields: Vec<Field>,
        /// Its content.
        content: Content,
        /// How it is written.
        cuts: Cuts,
    },
    /// A 101, and what follows it. Only in the last exchange.
    Switch {
        /// What is in its head.
        head: SwitchHead,
        /// Other field lines.
        fields: Vec<Field>,
        /// How it is written.
        cuts: Cuts,
        /// What the tunnel carries, if there is one.
        tunnel: Tunnel,
    },
}

/// The head of a 101.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchHead {
    /// The protocol that it names.
    pub protocol: Protocol,
    /// The lines of Connection.
    pub connection: Vec<String>,
    /// The reason phrase.
    pub reason: String,
}

/// The protocol that a 101 names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// The first one on offer, in the client's letters.
    Offered,
    /// The first one on offer, in other letters.
    OtherLetters,
    /// One that is not on offer.
    NotOffered,
    /// There is no Upgrade field.
    Unnamed,
}

/// What follows a 101.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tunnel {
    /// What the client wrote together with its request.
    pub early: Vec<u8>,
    /// What the origin writes together with its 101.
    pub glued: Vec<u8>,
    /// What is said, one after the other.
    pub talk: Vec<Speech>,
    /// Who sends FIN first.
    pub leaves_first: Role,
}

/// Octets that one side sends into a tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speech {
    /// Who sends them.
    pub from: Role,
    /// Which; at least one.
    pub octets: Vec<u8>,
    /// How they are written.
    pub cuts: Cuts,
    /// The other side says the same number of octets at the same time.
    pub both: bool,
}

/// The members of a list field, of all its lines, empty ones left out.
#[must_use]
pub fn members(fields: &[Field], name: &str) -> Vec<Vec<u8>> {
    fields
        .iter()
        .filter(|field| field.is(name))
        .flat_map(|field| tokens(&field.value).collect::<Vec<_>>())
        .collect()
}
