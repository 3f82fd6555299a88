//! Findings as files: a scenario that is ready to be played, and the transcript beside it.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    cli::{args::Fuzz, failure::Failure},
    exit,
    fuzz::{Hunt, Known},
    report::render_exchange,
    scenario::{Scenario, write_scenario},
};

/// Longer names are cut: some file systems take no more than 255 octets.
const NAME: usize = 120;

/// Writes each new finding below `folder`. Returns where.
pub(super) fn write(
    folder: &Path,
    target: &str,
    args: &Fuzz,
    hunt: &Hunt,
    known: &Known,
) -> Result<Vec<PathBuf>, Failure> {
    let mut written = Vec::new();
    for (key, kind) in hunt.kinds.iter().filter(|(key, _)| known.of(key).is_none()) {
        let Some(find) = &kind.find else { continue };
        let slug = slug(&key.to_string());
        let mut about = format!("{key}.\n");
        let (came, plays) = find.came;
        let _ = writeln!(
            about,
            "Seen of {target} in {came} of {plays} plays; made of case {}, seed {}.",
            find.number, args.seed
        );
        let _ = writeln!(about, "\nPlay it again:");
        let _ = writeln!(about, "  hopspec run --target {target} --with {} fuzz/{slug}", folder.display());
        if let Some(transcript) = &find.result.transcript {
            let _ = write!(about, "\nOn the wire:\n{}", render_exchange(&transcript.shortened()));
        }
        let path = put(folder, &slug, &about, &find.script.row.scenario)?;
        if let Some(transcript) = &find.result.transcript {
            let json = serde_json::to_string_pretty(transcript).map_err(|error| Failure::ours(&error))?;
            save(&path.with_extension("json"), &json)?;
        }
        written.push(path);
    }
    Ok(written)
}

/// Writes a scenario with words about it in front.
pub(super) fn put(folder: &Path, slug: &str, about: &str, scenario: &Scenario) -> Result<PathBuf, Failure> {
    let area = folder.join("fuzz");
    fs::create_dir_all(&area).map_err(|error| Failure::unwritable(exit::OUR_FAULT, &area, &error))?;
    let path = area.join(format!("{slug}.kdl"));
    let mut text = String::new();
    for line in about.lines() {
        let _ = writeln!(text, "{}", format!("// {line}").trim_end());
    }
    text.push('\n');
    text += &write_scenario(scenario);
    save(&path, &text)?;
    Ok(path)
}

fn save(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|error| Failure::plain(exit::OUR_FAULT, format!("cannot write {}: {error}", path.display())))
}

/// A file name that says what a finding is.
pub(super) fn slug(words: &str) -> String {
    let mut slug = String::new();
    for letter in words.chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(NAME);
    slug.trim_matches('-').to_owned()
}
