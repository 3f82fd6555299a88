//! Fuzzing that ends in a scenario.
//!
//! A *case* is a conversation that a strategy makes up. The *model* says what a gateway owes of it, the
//! *script* turns both into a scenario, and that is played and judged like any other. What fails is shrunk
//! over the wire, and the smallest conversation is written down as a scenario file.
//!
//! ```text
//! strategy -> case -> model -> script -> (runner, judge) -> hunt -> find -> file
//! ```

mod against;
pub mod case;
mod deal;
mod feature;
mod hunt;
mod key;
mod known;
mod made;
pub mod model;
mod octets;
pub mod property;
mod script;
mod sent;
mod shrink;
mod simpler;
mod strategy;

pub use against::{Against, Difference, Side, against};
pub use case::{Case, Class};
pub use deal::{Bounds, Sightings};
pub use feature::{FEATURES, Feature};
pub use hunt::{Find, Hunt, Hunted, Kind, hunt, shrink_all};
pub use key::{Key, Seen, keys};
pub use known::{Entry, Known, KnownError};
pub use made::Maker;
pub use property::Property;
pub use script::Script;
pub use strategy::{Ground, NoRoute, cases};
