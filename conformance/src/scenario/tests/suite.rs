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

/// A suite of one scenario, which covers `tun-a`, and of the rules `tun-a` and `tun-b`.
fn small(exempt: &str) -> (tempfile::TempDir, Result<Library, LibraryError>) {
    let folder = folder(&[]);
    fs::create_dir(folder.path().join("area")).unwrap();
    fs::write(folder.path().join("area/name.kdl"), file("client receives-response\n")).unwrap();
    let rule = "source = 's'\nsection = '1'\nlevel = 'MUST'\nbinding = 'direct'\npriority = 'vital'\n\
                area = 'a'\nfamily = 'leak'\nsummary = 's'\nhazard = 'h'\n";
    let rules = ["tun-a", "tun-b"].map(|id| format!("[[requirement]]\nid = '{id}'\n{rule}"));
    fs::write(folder.path().join("requirements/rules.toml"), rules.concat()).unwrap();
    let exempt = match exempt {
        "" => String::new(),
        id => format!("[[exempt]]\nids = ['{id}']\nbecause = 'needs-tls'\nreason = 'r'\n"),
    };
    fs::write(folder.path().join("requirements/exemptions.toml"), exempt).unwrap();
    let library = Library::load(folder.path());
    (folder, library)
}

#[rstest]
#[case::open("", "Open")]
#[case::exempt("tun-b", "Exempt")]
fn a_rule_is_covered_exempt_or_open(#[case] exempt: &str, #[case] standing: &str) {
    let library = small(exempt).1.unwrap();
    let of = |id: &str| format!("{:?}", library.standing(&RequirementId(id.to_owned())));
    assert_eq!(of("tun-a"), "Covered");
    assert!(of("tun-b").starts_with(standing), "{}", of("tun-b"));
}

#[test]
fn what_a_scenario_covers_is_not_exempt() {
    let (folder, library) = small("tun-a");
    assert_eq!(
        told(&library.unwrap_err(), folder.path()),
        "/requirements/exemptions.toml: tun-a is covered by area/name, so it is not exempt"
    );
}

#[test]
fn an_exemption_of_no_rule_is_refused() {
    let (folder, library) = small("tun-c");
    assert_eq!(
        told(&library.unwrap_err(), folder.path()),
        "/requirements/exemptions.toml: there is no requirement tun-c"
    );
}
