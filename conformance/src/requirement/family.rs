//! Families of hazard: what goes wrong for a user, whichever rule was broken.
//!
//! Each has a page in `scenarios/hazards/`, which begins with the sentence that stands here.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a broken rule does to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Hops disagree about the bounds of messages.
    Smuggling,
    /// Hops disagree about tunnels.
    TunnelConfusion,
    /// The proxy's rules are evaded.
    PolicyBypass,
    /// Something reaches whom it was not for.
    Leak,
    /// Something does not arrive as it was sent.
    DataLoss,
    /// Somebody waits for ever.
    Hang,
    /// Sound peers cannot talk.
    Interoperability,
    /// Nobody can tell what happened.
    Observability,
}

impl Family {
    /// Every family, the gravest first.
    pub const ALL: [Self; 8] = [
        Self::Smuggling,
        Self::TunnelConfusion,
        Self::PolicyBypass,
        Self::Leak,
        Self::DataLoss,
        Self::Hang,
        Self::Interoperability,
        Self::Observability,
    ];

    /// Its word in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Smuggling => "smuggling",
            Self::TunnelConfusion => "tunnel-confusion",
            Self::PolicyBypass => "policy-bypass",
            Self::Leak => "leak",
            Self::DataLoss => "data-loss",
            Self::Hang => "hang",
            Self::Interoperability => "interoperability",
            Self::Observability => "observability",
        }
    }

    /// The family of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }

    /// What goes wrong, in one sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Smuggling => "Two hops disagree about where one message ends and the next begins.",
            Self::TunnelConfusion => {
                "Two hops disagree about whether a connection has become a tunnel, and for which protocol."
            }
            Self::PolicyBypass => "Something gets past the proxy that its rules were there to stop.",
            Self::Leak => "What was meant for one hop, or for one user, reaches another.",
            Self::DataLoss => "Octets or fields are lost, altered or made up on the way.",
            Self::Hang => "Somebody waits for what never comes, and holds a connection meanwhile.",
            Self::Interoperability => "Two peers that both keep to the rules cannot talk through the proxy.",
            Self::Observability => "Nobody can tell from outside what happened between the hops.",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
