//! The HTML report: pages that need nothing but themselves, neither a server nor a network.
//!
//! A page is a frame, a style, static tables and a script, with the report beside them as JSON. The
//! tables are all there is without JavaScript; the script makes everything else of the JSON. Text is
//! made harmless before it is put there, in [`data`] and [`markup`], and the script only ever adds
//! text nodes: nothing that a target sent can become markup.

mod data;
mod markup;
mod overview;
mod run;

#[cfg(test)]
mod tests;

use super::model::Report;

/// The page to begin with.
const INDEX: &str = "index.html";

/// Renders `reports`: names of files, and their texts. One report is a page of its own; several have
/// a page each, and one in front of them that compares them.
#[must_use]
pub fn render_html(reports: &[Report]) -> Vec<(String, String)> {
    if let [report] = reports {
        return vec![(INDEX.to_owned(), run::page(report, 0, None))];
    }
    let names = names(reports);
    let index = (INDEX.to_owned(), overview::page(reports, &names));
    let others = run::Others::new(INDEX, reports, &names);
    let page =
        |(place, name): (usize, &String)| (name.clone(), run::page(&reports[place], place, Some(&others)));
    std::iter::once(index).chain(names.iter().enumerate().map(page)).collect()
}

/// A name for the page of each report; no two are the same, nor on a file system that folds case.
fn names(reports: &[Report]) -> Vec<String> {
    let mut taken = vec![INDEX.to_owned()];
    let name = |report: &Report| {
        let version = report.target.version.as_deref().map(|version| format!("-{version}"));
        let text = format!("{}{}", report.target.name, version.unwrap_or_default());
        let harmless = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
        let stem: String = text.chars().map(harmless).take(80).collect();
        // Neither hidden nor an option of some command.
        let stem = stem.trim_matches(['.', '-']);
        let stem = if stem.is_empty() { "run" } else { stem };
        let tried = (1..).map(|number| match number {
            1 => format!("{stem}.html"),
            _ => format!("{stem}-{number}.html"),
        });
        let free = tried.into_iter().find(|name| !taken.contains(&name.to_lowercase()));
        let name = free.unwrap_or_default();
        taken.push(name.to_lowercase());
        name
    };
    reports.iter().map(name).collect()
}
