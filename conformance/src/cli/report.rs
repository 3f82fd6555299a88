//! `hopspec report` and `hopspec compare`: reports rendered from the JSON of a run, now or later.

use std::{
    env, fs,
    path::{Path, PathBuf},
    slice,
};

use super::{
    args::{Compare, Report as Args},
    failure::{Failure, out},
    rendering::{Format, Formats, Rendering},
};
use crate::{
    exit,
    report::{
        Report, compare as compared, read_report, render_annotations, render_comparison, render_html,
        render_json, render_junit, render_markdown, render_tap, write_whole,
    },
};

pub(super) fn report(args: &Args) -> Result<u8, Failure> {
    let reports = args.reports.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let Formats { junit, markdown, tap, html } = &args.formats;
    let files = [(junit, Format::Junit), (markdown, Format::Markdown), (tap, Format::Tap)];
    for (path, format) in files {
        let Some(path) = path else { continue };
        let [report] = &reports[..] else {
            return Err(Failure::plain(exit::USAGE, "only HTML sets several reports side by side"));
        };
        write(report, &Rendering { format, path: path.clone() })?;
    }
    if let Some(folder) = html {
        write_pages(&reports, folder)?;
    }
    Ok(exit::CONFORMANT)
}

pub(super) fn compare(args: &Compare) -> Result<u8, Failure> {
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    let found = compared(&before, &after);
    out(&render_comparison(&before, &after, &found))?;
    Ok(if found.worse.is_empty() { exit::CONFORMANT } else { exit::VIOLATION })
}

fn read(path: &Path) -> Result<Report, Failure> {
    read_report(path).map_err(|error| Failure::usage(&error))
}

/// Writes `report` in one format.
pub(super) fn write(report: &Report, rendering: &Rendering) -> Result<(), Failure> {
    let path = &rendering.path;
    let text = match rendering.format {
        Format::Json => render_json(report),
        Format::Junit => render_junit(report),
        Format::Markdown => render_markdown(report),
        Format::Tap => render_tap(report),
        Format::Html => return write_pages(slice::from_ref(report), path),
    };
    if path.as_os_str() == "-" {
        return out(&text);
    }
    write_whole(&text, path).map_err(|error| Failure::ours(&error))
}

/// The folder is made if it is not there; pages of an earlier run that have other names stay.
fn write_pages(reports: &[Report], folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::unwritable(exit::OUR_FAULT, folder, &error))?;
    for (name, text) in render_html(reports) {
        write_whole(&text, &folder.join(name)).map_err(|error| Failure::ours(&error))?;
    }
    Ok(())
}

/// In a job on GitHub, tells it what to mark, and where.
pub(super) fn annotate(report: &Report) -> Result<(), Failure> {
    if env::var_os("GITHUB_ACTIONS").is_none_or(|value| value != "true") {
        return Ok(());
    }
    // Its paths count from the root of the repository.
    let root = env::var_os("GITHUB_WORKSPACE").map(PathBuf::from).or_else(|| env::current_dir().ok());
    let root = root.unwrap_or_default();
    let file = |file: &str| {
        let path = std::path::absolute(file).unwrap_or_default();
        path.strip_prefix(&root).unwrap_or(&path).display().to_string()
    };
    out(&render_annotations(report, file))
}
