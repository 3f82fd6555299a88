//! What must be true of a message.

use std::ops::RangeInclusive;

use super::{
    data::{Data, Template},
    model::Span,
};
use crate::requirement::RequirementId;

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
        /// Where they are looked for.
        section: Section,
        /// The name.
        name: Template,
        /// What must be true of them.
        tests: Vec<FieldTest>,
        /// Keeps the value under this name.
        capture: Option<String>,
    },
    /// There is no such field line.
    NoField {
        /// Where it is looked for.
        section: Section,
        /// The name.
        name: Template,
    },
    /// The list in this field has no such member.
    NoToken {
        /// Field name.
        name: Template,
        /// Member.
        token: Template,
    },
    /// There is no field line beside those of these names, those that other checks of the message name, and
    /// what the target declares to add.
    NoOtherField(Vec<Template>),
    /// The content.
    Body(Data),
}

impl Test {
    /// Whether it wants something not to be there, which proves nothing by itself.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        matches!(self, Test::NoField { .. } | Test::NoToken { .. } | Test::NoOtherField(_))
    }
}

/// Which of the two sections of a message holds a field line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// In front of the content.
    Header,
    /// Behind the last chunk.
    Trailer,
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
    /// The values, joined by `, `, are these octets, whether they are text or not.
    EqualsOctets(Vec<u8>),
    /// The values, joined by `, `, are this, letter case aside.
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
