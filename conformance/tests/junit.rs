//! JUnit XML against the schema that Jenkins' xUnit plugin checks it by.
//!
//! It needs xmllint, and the schema, which the source package of pytest carries (it writes the same
//! format):
//!
//! ```sh
//! python3 -m venv venv
//! venv/bin/pip download --no-deps --no-binary :all: pytest==8.3.4
//! tar xzf pytest-8.3.4.tar.gz
//! export HOPSPEC_JUNIT_SCHEMA=$PWD/pytest-8.3.4/testing/example_scripts/junit-10.xsd
//! ```
//!
//! Without them nothing is asserted, unless `HOPSPEC_REQUIRE_JUNIT_SCHEMA` is set: then that is a failure.

mod support;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use rstest::rstest;
use support::{ROUTES, SPARED, Suite};

/// The schema, if it and what checks by it are there.
fn schema() -> Option<PathBuf> {
    let schema = env::var_os("HOPSPEC_JUNIT_SCHEMA").map(PathBuf::from).filter(|path| path.is_file());
    let checker = Command::new("xmllint").arg("--version").output();
    if let (Some(schema), Ok(_)) = (schema, &checker) {
        return Some(schema);
    }
    let required = env::var_os("HOPSPEC_REQUIRE_JUNIT_SCHEMA").is_some();
    assert!(!required, "HOPSPEC_JUNIT_SCHEMA names no file, or there is no xmllint: {checker:?}");
    None
}

/// What the schema has against `file`.
fn mistakes(schema: &Path, file: &Path) -> Result<(), String> {
    let checked =
        Command::new("xmllint").arg("--noout").arg("--schema").args([schema, file]).output().unwrap();
    if checked.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&checked.stderr).into_owned())
}

/// Passed, failed, skipped and broken cases; the garbage holds every octet that XML forbids.
#[rstest]
#[case::sound("faulty", &[], 0, "failures=\"0\"")]
#[case::failures("faulty", &["--fault", "keep-nominated-fields"], 1, "<failure ")]
#[case::garbage("hollow", &["garbage", "--spare", SPARED], 1, "<failure ")]
#[case::flood("hollow", &["flood-body", "--spare", SPARED], 1, "<error ")]
#[case::unusable("hollow", &["drop"], 3, "target-down")]
fn it_keeps_to_the_schema_of_a_consumer(
    #[case] example: &str,
    #[case] args: &[&str],
    #[case] code: i32,
    #[case] holds: &str,
) {
    let Some(schema) = schema() else { return };
    let suite = Suite::small();
    suite.target(example, args, &ROUTES);
    suite.run(&["--quiet", "--timeout-scale", "0.1", "--report", "junit=junit.xml"]).ends(code, &[]);
    let path = suite.path("junit.xml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(holds), "{text}");
    assert_eq!(mistakes(&schema, &path), Ok(()), "{text}");
    // The check can fail.
    suite.write("junit.xml", &text.replacen("<testcase ", "<testcase colour=\"red\" ", 1));
    let told = mistakes(&schema, &path).unwrap_err();
    assert!(told.contains("The attribute 'colour' is not allowed"), "{told}");
}
