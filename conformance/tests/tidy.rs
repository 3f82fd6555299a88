//! The shape of the code, as far as a test can hold it: imports go one way, and files stay short.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The line of the data. A module may use what stands before it, and never what stands behind.
const LINE: [&str; 13] = [
    "exit",
    "clock",
    "wire",
    "requirement",
    "scenario",
    "transcript",
    "target",
    "role",
    "judge",
    "runner",
    "report",
    "fuzz",
    "cli",
];

/// Longer files hold more than one thing.
const LINES: usize = 400;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let rust = files.into_iter().filter(|path| path.extension().is_some_and(|suffix| suffix == "rs"));
    folders.iter().flat_map(|folder| sources(folder)).chain(rust).collect()
}

/// The modules of this crate that a text names behind `crate::`.
fn used(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let (mut depth, mut start) = (1, 0);
            for (at, sign) in list.char_indices() {
                let ends = depth == 1 && (sign == ',' || sign == '}');
                if ends {
                    names.insert(first_word(&list[start..at]));
                    start = at + 1;
                }
                match sign {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            names.insert(first_word(rest));
        }
    }
    names
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

#[test]
fn imports_follow_the_line_of_the_data() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for path in sources(&src) {
        let below = path.strip_prefix(&src).expect("below src").with_extension("");
        let module = below.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
        // Tests may look at what they please.
        let is_test = below.iter().any(|part| part == "tests");
        let Some(place) = LINE.iter().position(|name| *name == module).filter(|_| !is_test) else { continue };
        let text = fs::read_to_string(&path).expect("a source file");
        for name in used(&text) {
            let Some(other) = LINE.iter().position(|known| *known == name) else { continue };
            assert!(other <= place, "{}: `{module}` uses `{name}`, which stands behind it", below.display());
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} imports were found");
}

#[test]
fn no_source_file_is_long() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in ["conformance", "reference", "xtask"] {
        for path in sources(&root.join(folder)) {
            let lines = fs::read_to_string(&path).expect("a source file").lines().count();
            assert!(lines <= LINES, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn imports_are_found_in_lists_and_alone() {
    let text = "use crate::{a::B, c::{D, e::F},\n    g};\nfn x() { crate::h::i() }";
    assert_eq!(used(text), BTreeSet::from(["a", "c", "g", "h"]));
}
