//! `hopspec judge`.

use std::{fs, path::Path};

use super::{
    failure::{Failure, out},
    suite::Suite,
};
use crate::{
    exit,
    judge::{Verdict, judge_transcript},
    transcript::Transcript,
};

pub(super) fn judge(suite: Option<&Path>, path: &Path) -> Result<u8, Failure> {
    let library = Suite::find(suite)?.library()?;
    let unusable =
        |why: String| Failure::plain(exit::USAGE, format!("{} cannot be judged: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    let transcript: Transcript = serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
    let row = library.rows().into_iter().find(|row| {
        let name = row.matrix.map(|at| &row.scenario.matrix[at].name);
        row.scenario.id.0 == transcript.scenario
            && row.route == transcript.route
            && name == transcript.row.as_ref()
    });
    let row =
        row.ok_or_else(|| unusable(format!("this suite has no such row of `{}`", transcript.scenario)))?;
    let judgement = judge_transcript(&row, &library.catalogue, &transcript);
    let text = serde_json::to_string_pretty(&judgement).map_err(|error| Failure::ours(&error))?;
    out(&format!("{text}\n"))?;
    Ok(match judgement.verdict {
        Verdict::Fail | Verdict::TargetDown => exit::VIOLATION,
        Verdict::Inconclusive => exit::INCONCLUSIVE,
        _ => exit::CONFORMANT,
    })
}
