//! `hopspec list`.

use std::{fmt::Write, path::Path};

use super::{
    args::{Filter, List},
    failure::{Failure, out},
    suite::Suite,
};
use crate::{
    exit,
    scenario::{Filters, Library, Row, Selection},
};

pub(super) fn list(suite: Option<&Path>, list: &List) -> Result<u8, Failure> {
    let library = Suite::find(suite)?.library()?;
    let rows = select(&library, &list.selectors, &list.filter)?.1;
    let mut text = String::new();
    if list.rows {
        for row in &rows {
            let _ = writeln!(text, "{}", row.id());
        }
    } else {
        for scenario in &library.scenarios {
            let count = rows.iter().filter(|row| row.scenario.id == scenario.id).count();
            if count > 0 {
                let _ = writeln!(text, "{:<60} {count:>3}  {}", scenario.id.0, scenario.title);
            }
        }
    }
    out(&text)?;
    Ok(exit::CONFORMANT)
}

/// The selection, and the rows that it means.
pub(super) fn select(
    library: &Library,
    selectors: &[String],
    filter: &Filter,
) -> Result<(Selection, Vec<Row>), Failure> {
    let filters = Filters {
        area: filter.area.clone(),
        covers: filter.covers.clone(),
        family: filter.family,
        needs: filter.needs.clone(),
    };
    let selection = Selection::new(selectors, filters).map_err(|error| Failure::usage(&error))?;
    let rows = selection.choose(library).map_err(|error| Failure::usage(&error))?;
    Ok((selection, rows))
}
