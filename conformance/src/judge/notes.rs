//! What the judge writes down: findings, each as grave as its rule, and the turns of the conversation.

use super::{
    redact::Redaction,
    verdict::{Finding, Turn, TurnKind},
};
use crate::{
    requirement::{Catalogue, Requirement, RequirementId, Severity},
    scenario::{Bindings, Role, Row, Span, Step},
};

/// The judge's notes on one exchange.
pub(super) struct Notes<'a> {
    row: &'a Row,
    catalogue: &'a Catalogue,
    pub(super) redaction: Redaction,
    pub(super) findings: Vec<Finding>,
    pub(super) turns: Vec<Turn>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(row: &'a Row, catalogue: &'a Catalogue, names: &Bindings) -> Self {
        Self { row, catalogue, redaction: Redaction::of(names), findings: Vec::new(), turns: Vec::new() }
    }

    pub(super) fn main_requirement(&self) -> &'a RequirementId {
        &self.row.scenario.covers[0].value
    }

    pub(super) fn report(
        &mut self,
        step: &Step,
        span: Span,
        covers: Option<&RequirementId>,
        severity: Severity,
        expected: String,
        came: String,
    ) {
        let requirement = covers.or(step.covers.as_ref()).unwrap_or_else(|| self.main_requirement()).clone();
        let severity = if step.setup { Severity::Inconclusive } else { severity };
        self.push(span, requirement, severity, expected, came);
    }

    /// `severity` is [`Severity::Fail`] for "as grave as the rule says".
    pub(super) fn push(
        &mut self,
        span: Span,
        requirement: RequirementId,
        severity: Severity,
        expected: String,
        came: String,
    ) {
        let rule = self.catalogue.get(&requirement).map_or(Severity::Fail, Requirement::severity);
        let severity = if severity == Severity::Fail { rule } else { severity };
        let line = self.row.scenario.source.line(span);
        let span = [span.start, span.end];
        let came = self.redaction.text(&came);
        let expected = self.redaction.text(&expected);
        self.findings.push(Finding { severity, requirement, line, span, expected, came });
    }

    pub(super) fn missing(&mut self, step: &Step, role: Role, why: &str) {
        self.turn(step, role, "", TurnKind::Missing(why.to_owned()));
    }

    pub(super) fn turn(&mut self, step: &Step, role: Role, name: &str, kind: TurnKind) {
        let line = self.row.scenario.source.line(step.span);
        self.turns.push(Turn { step: step.id, line, role, name: name.to_owned(), kind });
    }
}
