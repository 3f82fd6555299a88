//! `hopspec fuzz --against`: where two targets differ.

use std::fmt::Write;

use super::{
    QUICK, bounds, files, maker, plan,
    shown::{Shown, over},
};
use crate::{
    cli::{args::Fuzz, failure::Failure, launch::name, signal::interruptible, suite::Suite},
    exit,
    fuzz::{Against, Difference, Ground, Hunted, Side, against},
    report::render_exchange,
    runner::Launch,
};

pub(super) fn compared(suite: &Suite, args: &Fuzz, launches: [Launch; 2]) -> Result<u8, Failure> {
    let catalogue = &suite.catalogue()?;
    let names = launches.each_ref().map(name);
    let plans = launches.each_ref().map(|launch| plan(args, launch, catalogue, QUICK));
    let offers = plans.each_ref().map(|plan| plan.offer());
    let maker = maker(args, &Ground::of(&offers).map_err(|error| Failure::usage(&error))?)?;
    let shown = Shown::new(args.quiet, bounds(args));
    let found = interruptible(async |interrupt| {
        let side = |at: usize| Side { name: &names[at], plan: &plans[at] };
        let told = |cases, kinds| shown.played(cases, kinds);
        Ok(against([side(0), side(1)], &maker, bounds(args), &told, interrupt).await?)
    })?;
    shown.finish();
    render(&found, &names);
    let folder = args.findings.join(format!("{}-against-{}", names[0], names[1]));
    for (kind, difference) in &found.kinds {
        let Some((script, results)) = &difference.find else { continue };
        let wire = |at: usize| {
            let events = results[at].transcript.iter().flat_map(crate::transcript::Transcript::shortened);
            format!("At {}:\n{}", names[at], render_exchange(&events.collect::<Vec<_>>()))
        };
        let about = format!("{kind}.\n\n{}\n{}", wire(0), wire(1));
        files::put(&folder, &files::slug(kind), &about, &script.row.scenario)?;
    }
    if !found.kinds.is_empty() {
        anstream::eprintln!("written: {}", folder.display());
    }
    Ok(if found.interrupted { exit::INCONCLUSIVE } else { exit::CONFORMANT })
}

fn render(found: &Against, [one, other]: &[String; 2]) {
    let mut text = String::new();
    let mut kinds: Vec<(&String, &Difference)> = found.kinds.iter().collect();
    kinds.sort_by_key(|(_, difference)| std::cmp::Reverse(difference.sightings.count));
    for (kind, difference) in kinds {
        let count = difference.sightings.count;
        let first = difference.sightings.first();
        let again = if difference.find.is_some() { "" } else { "; it did not come again" };
        let _ = writeln!(text, "{count:>9} cases, first {first:>6}{again}: {kind}");
    }
    let told = format!("{} alike, {} kinds of differences", found.same, found.kinds.len());
    let told = over(found.cases, found.took, &told, found.interrupted);
    let _ = writeln!(text, "\n{one} against {other}: {told}");
    anstream::eprintln!("{text}");
}
