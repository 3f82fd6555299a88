//! JUnit XML, as CI systems read it: a suite for each area, a case for each row.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Xml, TestCase, TestCaseStatus, TestSuite};

use super::{
    failure::render_failure,
    model::{Report, RowReport},
    outcome::Outcome,
    plain::plain,
};
use crate::judge::Verdict;

/// Renders `report`. A known deviation is a case that was skipped, with its reason.
#[must_use]
pub fn render_junit(report: &Report) -> String {
    let mut suites: Vec<TestSuite> = Vec::new();
    for row in &report.rows {
        let area = row.area();
        // The rows of an area stand together.
        if suites.last().is_none_or(|suite| suite.name.as_str() != area) {
            suites.push(TestSuite::new(area));
        }
        let Some(suite) = suites.last_mut() else { continue };
        suite.add_test_case(case(report, row));
    }
    for suite in &mut suites {
        let took: Duration = suite.test_cases.iter().filter_map(|case| case.time).sum();
        suite.set_time(took);
    }
    let mut xml = Xml::new(report.title());
    xml.set_time(Duration::from_millis(report.timing.total_millis));
    xml.add_test_suites(suites);
    without_sum_of_skipped(&xml.to_string().unwrap_or_default())
}

/// The schema of Jenkins' xUnit plugin knows what was skipped in each suite, and refuses their sum.
fn without_sum_of_skipped(xml: &str) -> String {
    let Some((before, rest)) = xml.split_once(" skipped=\"") else { return xml.to_owned() };
    match rest.split_once('"') {
        Some((_, after)) if before.contains("<testsuites") && !before.contains("<testsuite ") => {
            before.to_owned() + after
        }
        _ => xml.to_owned(),
    }
}

fn case(report: &Report, row: &RowReport) -> TestCase {
    let block = || plain(&render_failure(row, report.timing.rows.get(&row.id), None, false));
    let not = |kind, message: String, text: Option<String>| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(message).set_type(row.verdict.name());
        if let Some(text) = text {
            status.set_description(text);
        }
        status
    };
    let status = match row.outcome() {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Failed(why) => not(NonSuccessKind::Failure, why, Some(block())),
        Outcome::Broken(why) => not(NonSuccessKind::Error, why, Some(block())),
        Outcome::Known(why) | Outcome::Skipped(why) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why);
            status
        }
    };
    // `area/name:route:row` is the case `route:row` of the class `area.name`.
    let (scenario, rest) = row.id.split_once(':').unwrap_or((&row.id, ""));
    let name = if rest.is_empty() { scenario.rsplit('/').next().unwrap_or_default() } else { rest };
    let mut case = TestCase::new(name, status);
    case.set_classname(scenario.replace('/', "."));
    let micros = report.timing.rows.get(&row.id).map_or(0, |timing| timing.micros);
    case.set_time(Duration::from_micros(micros));
    // Attributes that name the file and the line are not in every consumer's schema: the text has them.
    // What is allowed, or only recommended, is worth knowing in a case that passed.
    if matches!(row.verdict, Verdict::Observed | Verdict::Warn) {
        case.set_system_out(block());
    }
    case
}
