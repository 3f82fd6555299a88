//! Folders of scenarios: the suite's own, and broken ones.

use std::{collections::BTreeSet, fs, path::Path};

use rstest::rstest;

use super::*;

#[test]
fn every_scenario_of_the_suite_is_without_mistakes() {
    let library = Library::load(&suite_folder()).unwrap_or_else(|error| panic!("{error}"));
    let ids: Vec<String> = library.rows().iter().map(Row::id).collect();
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "row ids are distinct");
    for scenario in &library.scenarios {
        assert!(!scenario.catches.is_empty(), "{} names no fault that it catches", scenario.id);
    }
}

#[test]
fn every_word_of_the_language_is_listed_once() {
    for words in vocabulary() {
        let distinct: BTreeSet<&str> = words.words.iter().copied().collect();
        assert_eq!(distinct.len(), words.words.len(), "{}", words.kind);
    }
}

fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("requirements")).unwrap();
    for name in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "title \"unfinished\"\n").unwrap();
    }
    folder
}

fn told(error: &LibraryError, folder: &Path) -> String {
    error.to_string().replace(&folder.display().to_string(), "")
}

#[rstest]
#[case::no_files(&[], "there is no scenario in ")]
#[case::no_area(&["name.kdl"], "/name.kdl is no scenario id")]
#[case::two_areas(&["a/b/name.kdl"], "/a/b/name.kdl is no scenario id")]
#[case::capitals(&["area/Name.kdl"], "/area/Name.kdl is no scenario id")]
#[case::underscore(&["area/a_name.kdl"], "/area/a_name.kdl is no scenario id")]
fn a_folder_that_cannot_be_a_suite_is_refused(#[case] files: &[&str], #[case] begins: &str) {
    let folder = folder(files);
    let error = Library::load(folder.path()).unwrap_err();
    let text = told(&error, folder.path());
    assert!(text.starts_with(begins), "{text}");
}

#[test]
fn the_mistakes_of_all_files_are_told_at_once() {
    let folder = folder(&["area/one.kdl", "area/two.kdl", "area/no-scenario.txt"]);
    let Err(LibraryError::Mistakes(found)) = Library::load(folder.path()) else { panic!() };
    let names: Vec<&str> =
        found.iter().map(|m| m.source.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["one.kdl", "two.kdl"]);
}

#[test]
fn a_folder_without_requirements_is_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let error = Library::load(folder.path()).unwrap_err();
    assert_eq!(told(&error, folder.path()), "cannot read requirements from /requirements");
}
