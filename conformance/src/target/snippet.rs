//! The part of a target's configuration that makes a route, for whoever wants to have it.

use super::Definition;
use crate::scenario::Route;

/// A line of a template that begins a part: what follows makes the routes that it names. `end` ends it.
const MARK: &str = "# explain: ";

impl Definition {
    /// The lines of its templates between `# explain: ROUTE...` and `# explain: end`, for `route`.
    /// Empty where no template has such marks.
    ///
    /// # Errors
    ///
    /// When a template cannot be read, names a route that does not exist, or has a mark without its
    /// partner: in words.
    pub fn snippet(&self, route: Route) -> Result<Vec<String>, String> {
        self.marked(&self.template_texts()?, route)
    }

    /// The same, from the texts of its templates.
    pub(super) fn marked(&self, templates: &[String], route: Route) -> Result<Vec<String>, String> {
        let mut parts = Vec::new();
        for (file, text) in self.files.iter().zip(templates) {
            let part = marked(text, route);
            parts.extend(part.map_err(|what| format!("{}: {what}", file.template.display()))?);
        }
        Ok(parts)
    }
}

/// The parts of `text` that make `route`, each without the indentation that all its lines share.
fn marked(text: &str, route: Route) -> Result<Vec<String>, String> {
    let mut parts = Vec::new();
    let mut open: Option<(bool, Vec<&str>)> = None;
    for line in text.lines() {
        match (line.trim_start().strip_prefix(MARK), &mut open) {
            (Some("end"), Some((wanted, lines))) => {
                if *wanted {
                    parts.push(dedented(lines));
                }
                open = None;
            }
            (Some("end"), None) => return Err(format!("`{MARK}end` ends nothing")),
            (Some(_), Some(_)) => return Err(format!("`{}` stands within another part", line.trim())),
            (Some(names), None) => {
                let mut wanted = false;
                for name in names.split_whitespace() {
                    let named = Route::named(name)
                        .ok_or_else(|| format!("`{}`: there is no route `{name}`", line.trim()))?;
                    wanted |= named == route;
                }
                open = Some((wanted, Vec::new()));
            }
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    if open.is_some() { Err(format!("a part has no `{MARK}end`")) } else { Ok(parts) }
}

fn dedented(lines: &[&str]) -> String {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(shared..).unwrap_or_default()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TEXT: &str = "top\n# explain: mapped timed\n    a\n      b\n\n    # explain: end\nc\n\
                        # explain: explicit\n\td\n# explain: end\n";

    #[rstest]
    #[case(Route::Plain, &[])]
    #[case(Route::Mapped, &["a\n  b\n"])]
    #[case(Route::Explicit, &["d"])]
    fn a_part_belongs_to_the_routes_that_it_names(#[case] route: Route, #[case] parts: &[&str]) {
        assert_eq!(marked(TEXT, route).unwrap(), parts);
    }

    #[rstest]
    #[case("# explain: mappd\n# explain: end\n", "`# explain: mappd`: there is no route `mappd`")]
    #[case("# explain: end\n", "`# explain: end` ends nothing")]
    #[case("# explain: plain\n# explain: mapped\n", "`# explain: mapped` stands within another part")]
    #[case("# explain: plain\n", "a part has no `# explain: end`")]
    fn a_mark_that_makes_no_sense_is_named(#[case] text: &str, #[case] message: &str) {
        assert_eq!(marked(text, Route::Plain).unwrap_err(), message);
    }
}
