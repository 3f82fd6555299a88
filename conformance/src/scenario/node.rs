//! A strict view of a KDL node: everything in it must be asked for, or it is an error.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    sync::Arc,
    time::Duration,
};

use kdl::{KdlEntry, KdlNode, KdlValue};

use super::{
    data::Template,
    diagnostic::{Diagnostic, Source},
    model::{Span, Spanned},
};
use crate::requirement::RequirementId;

/// A node whose arguments, properties and lines are counted as they are read.
pub(super) struct Node<'a> {
    pub(super) source: &'a Arc<Source>,
    node: &'a KdlNode,
    read: RefCell<Vec<usize>>,
    /// Its lines were asked for.
    opened: Cell<bool>,
    /// Properties that were asked for, for "did you mean".
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Node<'a> {
    pub(super) fn new(source: &'a Arc<Source>, node: &'a KdlNode) -> Self {
        Self { source, node, read: RefCell::default(), opened: Cell::default(), asked: RefCell::default() }
    }

    pub(super) fn name(&self) -> &'a str {
        self.node.name().value()
    }

    /// The name alone: where a caret points when the node itself is wrong.
    pub(super) fn span(&self) -> Span {
        let span = self.node.name().span();
        Span { start: span.offset(), end: span.offset() + span.len() }
    }

    /// From the name to the end of the first line.
    pub(super) fn line_span(&self) -> Span {
        let start = self.span().start;
        let end = self.source.text[start..].find('\n').map_or(self.source.text.len(), |at| start + at);
        Span { start, end: start + self.source.text[start..end].trim_end().len() }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.source, self.span(), message)
    }

    pub(super) fn children(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.opened.set(true);
        let source = self.source;
        self.node.iter_children().map(move |node| Node::new(source, node))
    }

    /// The next argument that was not read yet.
    fn next(&self) -> Option<&'a KdlEntry> {
        let mut read = self.read.borrow_mut();
        let (at, entry) = self
            .node
            .entries()
            .iter()
            .enumerate()
            .find(|(at, entry)| entry.name().is_none() && !read.contains(at))?;
        read.push(at);
        Some(entry)
    }

    fn property(&self, name: &'static str) -> Option<&'a KdlEntry> {
        self.asked.borrow_mut().push(name);
        let entries = self.node.entries().iter().enumerate();
        let mut found = None;
        for (at, entry) in entries {
            if entry.name().is_some_and(|key| key.value() == name) {
                self.read.borrow_mut().push(at);
                found = Some(entry);
            }
        }
        found
    }

    /// All remaining arguments, each with its type annotation.
    pub(super) fn rest(&self) -> Vec<Entry<'a>> {
        std::iter::from_fn(|| self.next()).map(|entry| Entry { source: self.source, entry }).collect()
    }

    pub(super) fn argument(&self, what: &str) -> Result<Entry<'a>, Diagnostic> {
        self.optional().ok_or_else(|| {
            self.error(format!("`{}` needs {what}", self.name())).label(format!("{what} is missing"))
        })
    }

    pub(super) fn optional(&self) -> Option<Entry<'a>> {
        self.next().map(|entry| Entry { source: self.source, entry })
    }

    pub(super) fn prop(&self, name: &'static str) -> Option<Entry<'a>> {
        self.property(name).map(|entry| Entry { source: self.source, entry })
    }

    pub(super) fn flag(&self, name: &'static str) -> Result<bool, Diagnostic> {
        self.prop(name).map_or(Ok(false), |entry| entry.boolean())
    }

    /// The properties that were not asked for by name.
    pub(super) fn columns(&self) -> Result<Vec<(String, String)>, Diagnostic> {
        let mut columns = Vec::new();
        for (at, entry) in self.node.entries().iter().enumerate() {
            let Some(key) = entry.name() else { continue };
            if self.read.borrow().contains(&at) {
                continue;
            }
            self.read.borrow_mut().push(at);
            let value = Entry { source: self.source, entry };
            columns.push((key.value().to_owned(), value.text()?));
        }
        Ok(columns)
    }

    pub(super) fn covers(&self) -> Result<Option<RequirementId>, Diagnostic> {
        let Some(entry) = self.prop("covers") else { return Ok(None) };
        Ok(Some(RequirementId(entry.string()?.value.to_owned())))
    }

    /// Fails for whatever was not asked for.
    pub(super) fn finish(&self) -> Result<(), Diagnostic> {
        if let (false, Some(child)) = (self.opened.get(), self.node.iter_children().next()) {
            let child = Node::new(self.source, child);
            return Err(child
                .error(format!("`{}` holds no further lines", self.name()))
                .label("not expected here"));
        }
        // KDL lets the last one win; here it is a mistake, because a reader may see the first.
        let mut keys = BTreeSet::new();
        let twice = |entry: &&KdlEntry| entry.name().is_some_and(|key| !keys.insert(key.value().to_owned()));
        if let Some(entry) = self.node.entries().iter().find(twice) {
            let key = entry.name().map_or("", |key| key.value());
            let message = format!("the property `{key}` stands twice");
            return Err(Diagnostic::new(self.source, entry_span(entry), message).label("the second one"));
        }
        let read = self.read.borrow();
        let Some((_, entry)) = self.node.entries().iter().enumerate().find(|(at, _)| !read.contains(at))
        else {
            return Ok(());
        };
        let entry_span = entry_span(entry);
        match entry.name() {
            Some(key) => {
                let message = format!("`{}` has no property `{}`", self.name(), key.value());
                let key_span = Span { start: entry_span.start, end: entry_span.start + key.value().len() };
                Err(Diagnostic::new(self.source, key_span, message)
                    .label("unknown property")
                    .suggest(key.value(), self.asked.borrow().iter().copied()))
            }
            None => Err(Diagnostic::new(
                self.source,
                entry_span,
                format!("`{}` takes no further argument", self.name()),
            )
            .label("one too many")),
        }
    }
}

/// One argument or property value.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    source: &'a Arc<Source>,
    entry: &'a KdlEntry,
}

impl<'a> Entry<'a> {
    pub(super) fn span(&self) -> Span {
        entry_span(self.entry)
    }

    pub(super) fn ty(&self) -> Option<&'a str> {
        self.entry.ty().map(kdl::KdlIdentifier::value)
    }

    pub(super) fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.source, self.span(), message)
    }

    pub(super) fn string(&self) -> Result<Spanned<&'a str>, Diagnostic> {
        let value = self
            .entry
            .value()
            .as_string()
            .ok_or_else(|| self.error("expected a string").label("not a string"))?;
        Ok(Spanned { value, span: self.span() })
    }

    pub(super) fn text(&self) -> Result<String, Diagnostic> {
        Ok(self.string()?.value.to_owned())
    }

    pub(super) fn template(&self) -> Result<Template, Diagnostic> {
        Template::parse(self.string()?.value).map_err(|why| self.error(why).label("in this text"))
    }

    pub(super) fn boolean(&self) -> Result<bool, Diagnostic> {
        self.entry
            .value()
            .as_bool()
            .ok_or_else(|| self.error("expected #true or #false").label("not a boolean"))
    }

    /// A count, as a number or as text such as `64KiB`.
    pub(super) fn size(&self) -> Result<usize, Diagnostic> {
        let size = match self.entry.value() {
            KdlValue::Integer(number) => usize::try_from(*number).ok(),
            KdlValue::String(text) => parse_size(text),
            _ => None,
        };
        size.ok_or_else(|| self.error("expected a size such as 3, \"64KiB\" or \"1MiB\"").label("not a size"))
    }

    /// A time such as `50ms` or `2s`.
    pub(super) fn duration(&self) -> Result<Duration, Diagnostic> {
        let text = self.string()?.value;
        let millis = match text.strip_suffix("ms") {
            Some(digits) => digits.parse().ok(),
            None => text.strip_suffix('s').and_then(|digits| digits.parse::<u64>().ok()?.checked_mul(1000)),
        };
        // A step that waits for hours is a mistake, whoever wrote it.
        millis.filter(|millis| *millis <= 600_000).map(Duration::from_millis).ok_or_else(|| {
            self.error("expected a time up to 600s such as \"50ms\" or \"2s\"").label("not a time")
        })
    }
}

fn parse_size(text: &str) -> Option<usize> {
    let (digits, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let factor = match unit {
        "" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        _ => return None,
    };
    digits.parse::<usize>().ok()?.checked_mul(factor).filter(|size| *size <= 1 << 30)
}

/// Where an argument or property stands.
fn entry_span(entry: &KdlEntry) -> Span {
    let span = entry.span();
    Span { start: span.offset(), end: span.offset() + span.len() }
}
