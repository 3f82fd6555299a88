//! From the text of a scenario file to a [`Scenario`]: its frame. Steps are read in `parse_step`.

use std::sync::Arc;

use kdl::KdlDocument;

use super::{
    diagnostic::{Diagnostic, Source},
    model::{Capability, MatrixRow, Route, Scenario, ScenarioId, Span, Spanned},
    node::Node,
    parse_step::{Steps, parse_never},
    vocabulary::LINES,
};
use crate::requirement::RequirementId;

/// Reads one scenario.
///
/// # Errors
///
/// The first mistake, with its place: broken KDL, an unknown word, a missing part.
pub fn parse_scenario(id: ScenarioId, source: Arc<Source>) -> Result<Scenario, Diagnostic> {
    let document = KdlDocument::parse_v2(&source.text).map_err(|error| broken_kdl(&source, &error))?;
    let mut scenario = Scenario {
        id,
        source: Arc::clone(&source),
        title: String::new(),
        why: String::new(),
        covers: Vec::new(),
        routes: Vec::new(),
        needs: Vec::new(),
        catches: Vec::new(),
        slow: false,
        matrix: Vec::new(),
        steps: Vec::new(),
        nevers: Vec::new(),
    };
    let mut steps = Steps::default();
    for node in document.nodes() {
        let node = Node::new(&source, node);
        match node.name() {
            "title" => once(&node, &mut scenario.title)?,
            "why" => once(&node, &mut scenario.why)?,
            "covers" => {
                for name in names(&node)? {
                    scenario.covers.push(Spanned { value: RequirementId(name.value), span: name.span });
                }
            }
            "routes" => {
                for name in names(&node)? {
                    let route = one_of(&source, &name, "route", &Route::ALL, Route::name)?;
                    if scenario.routes.contains(&route) {
                        let twice =
                            Diagnostic::new(&source, name.span, format!("the route `{route}` stands twice"));
                        return Err(twice.label("the second time"));
                    }
                    scenario.routes.push(route);
                }
            }
            "needs" => {
                for name in names(&node)? {
                    scenario.needs.push(one_of(
                        &source,
                        &name,
                        "capability",
                        &Capability::ALL,
                        Capability::name,
                    )?);
                }
            }
            "catches" => scenario.catches.extend(names(&node)?),
            "slow" => scenario.slow = true,
            "matrix" => {
                for child in node.children() {
                    scenario.matrix.push(matrix_row(&source, &child)?);
                }
            }
            "never" => {
                scenario.nevers.push(parse_never(&node)?);
                continue;
            }
            "setup" | "client" | "origin" | "either" | "together" => {
                steps.read(&node, &mut scenario.steps)?;
                continue;
            }
            other => {
                return Err(node
                    .error(format!("unknown line `{other}`"))
                    .label("not known")
                    .suggest(other, LINES));
            }
        }
        node.finish()?;
    }
    complete(&scenario)?;
    Ok(scenario)
}

/// What every scenario must have.
fn complete(scenario: &Scenario) -> Result<(), Diagnostic> {
    let start = Span { start: 0, end: scenario.source.text.find('\n').unwrap_or(scenario.source.text.len()) };
    let missing = |what: &str, help: &str| {
        Err(Diagnostic::new(&scenario.source, start, format!("the scenario has no {what}"))
            .label("in this file")
            .help(help))
    };
    if scenario.title.is_empty() {
        return missing("title", "add a line `title \"what is true\"`");
    }
    if scenario.why.is_empty() {
        return missing("reason", "add a line `why \"what goes wrong for a user when it fails\"`");
    }
    if scenario.covers.is_empty() {
        return missing("requirement", "add a line `covers \"requirement-id\"`");
    }
    if scenario.routes.is_empty() {
        return missing(
            "route",
            "add a line `routes \"plain\" \"explicit\" \"mapped\"` with those that apply",
        );
    }
    if scenario.steps.is_empty() {
        return missing("steps", "add lines that begin with `client` or `origin`");
    }
    Ok(())
}

fn broken_kdl(source: &Arc<Source>, error: &kdl::KdlError) -> Diagnostic {
    let Some(first) = error.diagnostics.first() else {
        return Diagnostic::new(source, Span { start: 0, end: 0 }, "not a KDL document");
    };
    let start = first.span.offset();
    let message = first.message.clone().unwrap_or_else(|| "not KDL".to_owned());
    let place = Span { start, end: start + first.span.len().max(1) };
    let mistake = Diagnostic::new(source, place, format!("broken KDL: {message}"));
    let mistake = mistake.label(first.label.clone().unwrap_or_else(|| "here".to_owned()));
    match &first.help {
        Some(help) => mistake.help(help.clone()),
        None => mistake,
    }
}

/// A line that says its sentence once and for all.
fn once(node: &Node<'_>, sentence_of: &mut String) -> Result<(), Diagnostic> {
    if !sentence_of.is_empty() {
        return Err(node.error(format!("`{}` stands twice", node.name())).label("the second one"));
    }
    *sentence_of = sentence(node)?;
    Ok(())
}

fn sentence(node: &Node<'_>) -> Result<String, Diagnostic> {
    let entry = node.argument("a sentence")?;
    let text = entry.text()?;
    if text.trim().is_empty() {
        return Err(entry.error(format!("`{}` is empty", node.name())).label("say it in one sentence"));
    }
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn names(node: &Node<'_>) -> Result<Vec<Spanned<String>>, Diagnostic> {
    let names = node
        .rest()
        .iter()
        .map(|entry| entry.string().map(|name| Spanned { value: name.value.to_owned(), span: name.span }))
        .collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() {
        return Err(node.error(format!("`{}` names nothing", node.name())).label("at least one name"));
    }
    Ok(names)
}

fn one_of<T: Copy>(
    source: &Arc<Source>,
    name: &Spanned<String>,
    what: &str,
    known: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<T, Diagnostic> {
    known.iter().copied().find(|known| word(*known) == name.value).ok_or_else(|| {
        Diagnostic::new(source, name.span, format!("there is no {what} `{}`", name.value))
            .label(format!("unknown {what}"))
            .suggest(&name.value, known.iter().map(|known| word(*known)))
    })
}

fn matrix_row(source: &Arc<Source>, node: &Node<'_>) -> Result<MatrixRow, Diagnostic> {
    if node.name() != "row" {
        return Err(node
            .error(format!("unknown line `{}` in a matrix", node.name()))
            .label("not known")
            .suggest(node.name(), ["row"]));
    }
    let entry = node.argument("a name")?;
    let name = entry.text()?;
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err(entry
            .error("a row is named by lower-case letters, digits and hyphens")
            .label("not a row name"));
    }
    let mut needs = Vec::new();
    if let Some(entry) = node.prop("needs") {
        let Spanned { value, span } = entry.string()?;
        for word in value.split_whitespace() {
            let word = Spanned { value: word.to_owned(), span };
            needs.push(one_of(source, &word, "capability", &Capability::ALL, Capability::name)?);
        }
    }
    let values = node.columns()?;
    node.finish()?;
    Ok(MatrixRow { name, needs, values, span: node.line_span() })
}
