//! What must be true of a message: the lines inside `receives-request` and `receives-response`.

use super::{
    checks::{Check, FieldTest, Section, StatusWanted, Test},
    diagnostic::Diagnostic,
    node::{Entry, Node},
    parse_step::{data, hex},
    vocabulary::{CHECKS, FIELD_TESTS},
};

pub(super) fn parse_checks(node: &Node<'_>) -> Result<Vec<Check>, Diagnostic> {
    node.children().map(|child| parse_check(&child)).collect()
}

fn parse_check(node: &Node<'_>) -> Result<Check, Diagnostic> {
    let covers = node.covers()?;
    let test = match node.name() {
        "method" => Test::Method(node.argument("a method")?.template()?),
        "target" => Test::Target(node.argument("a target")?.template()?),
        "version" => Test::Version(node.argument("a version")?.template()?),
        "reason" => Test::Reason(node.argument("a reason phrase")?.template()?),
        "status" => Test::Status(statuses(node)?),
        "field" | "control" => field(node, Section::Header)?,
        "trailer" => field(node, Section::Trailer)?,
        "no-field" => no_field(node, Section::Header)?,
        "no-trailer" => no_field(node, Section::Trailer)?,
        "no-token" => Test::NoToken {
            name: node.argument("a field name")?.template()?,
            token: node.argument("a list member")?.template()?,
        },
        "no-other-field" => {
            Test::NoOtherField(node.rest().iter().map(Entry::template).collect::<Result<_, _>>()?)
        }
        "body" => Test::Body(data(node)?),
        other => {
            return Err(node
                .error(format!("unknown check `{other}`"))
                .label("not known")
                .suggest(other, CHECKS));
        }
    };
    node.finish()?;
    Ok(Check { span: node.line_span(), covers, control: node.name() == "control", test })
}

fn statuses(node: &Node<'_>) -> Result<Vec<StatusWanted>, Diagnostic> {
    let mut wanted = Vec::new();
    if let Some(entry) = node.prop("in") {
        let range = entry.string()?.value.split_once("..=").and_then(|(from, to)| {
            let (from, to): (u16, u16) = (from.parse().ok()?, to.parse().ok()?);
            (from <= to).then_some(from..=to)
        });
        let range = range
            .ok_or_else(|| entry.error("expected a range such as \"400..=599\"").label("not a range"))?;
        wanted.push(StatusWanted::In(range));
    }
    for entry in node.rest() {
        wanted.push(StatusWanted::Exactly(entry.template()?));
    }
    if wanted.is_empty() {
        return Err(node.error("`status` names no status").label("which one?"));
    }
    Ok(wanted)
}

/// `field "Name" equals="…" count=1` and the other tests that can be combined.
fn field(node: &Node<'_>, section: Section) -> Result<Test, Diagnostic> {
    let name = node.argument("a field name")?.template()?;
    let mut tests = Vec::new();
    for key in FIELD_TESTS {
        let Some(entry) = node.prop(key) else { continue };
        tests.push(match key {
            "equals" => equals(&entry)?,
            "equals-i" => FieldTest::EqualsIgnoringCase(entry.template()?),
            "count" => FieldTest::Count(count(&entry, section)?),
            "token" => FieldTest::Token(entry.template()?),
            "tokens" => FieldTest::Tokens(entry.template()?),
            "begins" => FieldTest::Begins(entry.template()?),
            _ => FieldTest::Within(entry.template()?),
        });
    }
    let capture = node.prop("capture").map(|entry| entry.text()).transpose()?;
    let mut lines = Vec::new();
    for child in node.children() {
        if child.name() != "line" {
            return Err(child
                .error(format!("unknown line `{}` in a field", child.name()))
                .label("not known")
                .suggest(child.name(), ["line"]));
        }
        lines.push(child.argument("a value")?.template()?);
        child.finish()?;
    }
    if !lines.is_empty() {
        tests.push(FieldTest::Lines(lines));
    }
    if tests.is_empty() {
        tests.push(FieldTest::Present);
    }
    Ok(Test::Field { section, name, tests, capture })
}

/// Text, or octets that no text can say.
fn equals(entry: &Entry<'_>) -> Result<FieldTest, Diagnostic> {
    match entry.ty() {
        None => Ok(FieldTest::Equals(entry.template()?)),
        Some("hex") => Ok(FieldTest::EqualsOctets(hex(entry)?)),
        Some(other) => {
            let unknown = entry.error(format!("a value is no `{other}`")).label("unknown kind");
            Err(unknown.suggest(other, ["hex"]))
        }
    }
}

fn no_field(node: &Node<'_>, section: Section) -> Result<Test, Diagnostic> {
    Ok(Test::NoField { section, name: node.argument("a field name")?.template()? })
}

/// How many lines. None at all is an absence, which has to be written as one.
fn count(entry: &Entry<'_>, section: Section) -> Result<usize, Diagnostic> {
    let absence = match section {
        Section::Header => "write `no-field`",
        Section::Trailer => "write `no-trailer`",
    };
    match entry.size()? {
        0 => Err(entry.error("no line at all is an absence").label("not a count").help(absence)),
        count => Ok(count),
    }
}
