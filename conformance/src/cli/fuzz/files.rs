//! Findings as files: a scenario that is ready to be played, and the transcript beside it.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    cli::{args::Fuzz, failure::Failure},
    exit,
    fuzz::{Find, Hunt, Key, Known},
    report::render_exchange,
};

/// Writes each new finding below `folder`. Returns where.
pub(super) fn write(
    folder: &Path,
    target: &str,
    args: &Fuzz,
    hunt: &Hunt,
    known: &Known,
) -> Result<Vec<(Key, PathBuf)>, Failure> {
    let mut written = Vec::new();
    let area = folder.join("fuzz");
    for (key, kind) in hunt.kinds.iter().filter(|(key, _)| known.of(key).is_none()) {
        let Some(find) = &kind.find else { continue };
        fs::create_dir_all(&area).map_err(|error| Failure::unwritable(exit::OUR_FAULT, &area, &error))?;
        let path = area.join(format!("{}.kdl", slug(key)));
        let put = |path: &Path, text: String| {
            fs::write(path, text).map_err(|error| {
                Failure::plain(exit::OUR_FAULT, format!("cannot write {}: {error}", path.display()))
            })
        };
        put(&path, text(key, find, target, args, folder))?;
        if let Some(transcript) = &find.result.transcript {
            let json = serde_json::to_string_pretty(transcript).map_err(|error| Failure::ours(&error))?;
            put(&path.with_extension("json"), json)?;
        }
        written.push((key.clone(), path));
    }
    Ok(written)
}

/// A file name that says what the finding is.
fn slug(key: &Key) -> String {
    let mut slug = String::new();
    for letter in format!("{} {}", key.property, key.manner).chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}

fn text(key: &Key, find: &Find, target: &str, args: &Fuzz, folder: &Path) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "// {key}.");
    let _ = writeln!(
        text,
        "// Seen of {target} in {} of {} plays; made of case {}, seed {}.",
        find.came.0, find.came.1, find.number, args.seed
    );
    let _ = writeln!(text, "// Play it again:");
    let _ =
        writeln!(text, "//   hopspec run --target {target} --with {} fuzz/{}", folder.display(), slug(key));
    if let Some(transcript) = &find.result.transcript {
        text += "//\n// On the wire:\n";
        for line in render_exchange(&transcript.shortened()).lines() {
            let _ = writeln!(text, "// {line}");
        }
    }
    text.push('\n');
    text += &format!("{:#?}", find.script.row.scenario);
    text
}
