//! Scenario files: one timeline each, read from top to bottom.
//!
//! Owns the grammar, its types and the expansion into rows. It never opens a connection and
//! never judges; the grammar is documented in `scenarios/FORMAT.md`.

mod checks;
mod data;
mod diagnostic;
mod library;
mod lint;
mod model;
mod node;
mod parse;
mod parse_message;
mod parse_step;
mod select;
mod timeline;
mod vocabulary;
mod write;

pub use checks::{Check, FieldTest, Section, StatusWanted, Test};
pub use data::{Bindings, Data, Piece, Run, Template, UnboundName};
pub use diagnostic::{Diagnostic, Source};
pub use library::{Library, LibraryError, Standing};
pub use lint::lint;
pub use model::{Capability, MatrixRow, Mode, Route, Row, Scenario, ScenarioId, Span, Spanned};
pub use parse::parse_scenario;
pub use select::{Filters, SelectError, Selection};
pub use timeline::{
    Act, Action, Actor, EndingWanted, Listening, Never, On, Outcome, OutcomeVerdict, Role, Sight, Step,
    StepId, Wait,
};
pub use vocabulary::{Words, vocabulary};
pub use write::write_scenario;

#[cfg(test)]
mod tests;
