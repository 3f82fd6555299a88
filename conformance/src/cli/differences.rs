//! `hopspec differences`: what two targets do differently on the wire, and who is right.

use std::{fs, path::Path};

use super::{
    args::{Differences as Args, Run},
    failure::{Failure, out},
    launch::rerun,
    play::play,
    results::unreadable,
    suite::Suite,
};
use crate::{
    exit,
    report::{Explanations, Report, differ, write_whole},
    scenario::Library,
};

pub(super) fn differences(named: Option<&Path>, args: &Args) -> Result<u8, Failure> {
    let suite = Suite::find(named)?;
    let library = suite.library()?;
    let (target, against) = (&args.target, &args.against);
    let path = suite.targets().join(target).join(format!("against-{against}.toml"));
    let explanations =
        Explanations::load(&path, &library.catalogue).map_err(|error| Failure::usage(&error))?;
    let one = |name: &String| played(&suite, named, &library, name, args.jobs);
    let (left, right) = (one(target)?, one(against)?);
    let found = differ(&left, &right);
    let (open, idle) = (explanations.open(&found), explanations.idle(&found));
    if !open.is_empty() || !idle.is_empty() {
        let mut text = String::new();
        for what in &open {
            let rows = &found.on_the_wire[*what];
            let first = rows.first().map(String::as_str).unwrap_or_default();
            text += &format!("not explained: {what} ({} rows, such as {first})\n", rows.len());
        }
        idle.iter().for_each(|what| text += &format!("explained, and not seen: {what}\n"));
        out(&text)?;
        return Err(Failure::plain(exit::VIOLATION, format!("{} does not fit", path.display())));
    }
    let version = |report: &Report| report.target.version.clone().unwrap_or_default();
    let page = format!(
        "# {target} {} and {against} {}\n\nWritten by `cargo xtask differences {target} {against}`.\n\n{}",
        version(&left),
        version(&right),
        explanations.page([target, against], &found, &library.catalogue)
    );
    let folder = suite.results();
    let page_path = folder.join(format!("{target}-and-{against}.md"));
    fs::create_dir_all(&folder).map_err(|error| unreadable(&folder, &error))?;
    write_whole(&page, &page_path).map_err(|error| Failure::ours(&error))?;
    out(&format!(
        "{} kinds of difference, all explained: {}\n",
        found.on_the_wire.len(),
        page_path.display()
    ))?;
    Ok(exit::CONFORMANT)
}

fn played(
    suite: &Suite,
    named: Option<&Path>,
    library: &Library,
    target: &str,
    jobs: u16,
) -> Result<Report, Failure> {
    let run = Run::everything(Some(target), None, jobs);
    let played = play(suite, library, &run, rerun(named, &run))?;
    if let Some(unusable) = played.unusable {
        return Err(unusable);
    }
    if played.report.summary.interrupted {
        return Err(Failure::plain(exit::INCONCLUSIVE, "interrupted: nothing was compared"));
    }
    Ok(played.report)
}
