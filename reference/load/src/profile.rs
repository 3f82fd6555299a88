//! Whose instructions they are: a file of callgrind's, summed up by library.
//!
//! Code that was inlined counts for the library whose source it is. The standard library's own, which is
//! inlined nearly everywhere, counts for the library of the function that it ended up in. It takes a build
//! that knows its lines, which the profile `fast` makes.

use std::collections::{BTreeMap, HashMap};

/// Instructions by library: `libc` is the system's, and [`ITSELF`] the program's own.
pub type Shares = BTreeMap<String, u64>;

/// What the program has of its own, under no library's name.
pub const ITSELF: &str = "itself";

/// All instructions of a file that callgrind wrote, by library. What tells nothing is left out.
#[must_use]
pub fn shares(written: &str) -> Shares {
    let (mut files, mut functions, mut objects) = (Names::default(), Names::default(), Names::default());
    let mut shares = Shares::new();
    let mut is_of_a_call = false;
    for line in written.lines() {
        match line.split_once('=') {
            Some(("fl" | "fi" | "fe", name)) => files.enter(name),
            Some(("cfl" | "cfi", name)) => drop(files.resolve(name)),
            Some(("fn", name)) => functions.enter(name),
            Some(("cfn", name)) => drop(functions.resolve(name)),
            Some(("ob", name)) => objects.enter(name),
            Some(("cob", name)) => drop(objects.resolve(name)),
            // The next line is what the called function took, which is counted there.
            Some(("calls", _)) => is_of_a_call = true,
            _ => {
                let Some(count) = cost(line) else { continue };
                if !std::mem::take(&mut is_of_a_call) {
                    let library = library(objects.current, files.current, functions.current);
                    *shares.entry(library.replace('_', "-")).or_default() += count;
                }
            }
        }
    }
    shares
}

/// The count of a line `<position> <count>`, where a position may be relative, or the same as before.
fn cost(line: &str) -> Option<u64> {
    let (position, count) = line.split_once(' ')?;
    let is_position = position == "*" || position.trim_start_matches(['+', '-']).parse::<u64>().is_ok();
    is_position.then(|| count.parse().ok()).flatten()
}

/// Names of one kind: `(7) name` the first time, `(7)` from then on.
#[derive(Default)]
struct Names<'a> {
    known: HashMap<&'a str, &'a str>,
    current: &'a str,
}

impl<'a> Names<'a> {
    fn resolve(&mut self, text: &'a str) -> &'a str {
        match text.split_once(") ") {
            Some((id, name)) => {
                self.known.insert(id, name);
                name
            }
            None => self.known.get(text.trim_end_matches(')')).copied().unwrap_or_default(),
        }
    }

    fn enter(&mut self, text: &'a str) {
        self.current = self.resolve(text);
    }
}

fn library<'a>(object: &str, file: &'a str, function: &'a str) -> &'a str {
    if object.contains("/libc.so") {
        return "libc";
    }
    // …/registry/src/<index>/<name>-<version>/src/lib.rs
    if let Some((_, path)) = file.split_once("/registry/src/") {
        let folder = path.split('/').nth(1).unwrap_or_default();
        return folder.rsplit_once('-').map_or(folder, |(name, _)| name);
    }
    if file.starts_with("/rustc/") || file.contains("/library/") {
        return crate_of(function);
    }
    if file.contains("/src/") { ITSELF } else { "others" }
}

/// The library of a function, by its name or, if that is the standard library's, its first parameter's.
fn crate_of(function: &str) -> &str {
    let is_std = |name: &str| ["core", "alloc", "std"].contains(&name);
    let words = function.split(|character: char| !character.is_alphanumeric() && character != '_');
    // A word is a library's name if a path begins with it.
    let begins = |word: &&str| {
        let at = word.as_ptr() as usize - function.as_ptr() as usize;
        !word.is_empty() && function[at + word.len()..].starts_with("::") && !function[..at].ends_with("::")
    };
    match words.filter(begins).find(|word| !is_std(word)) {
        Some("reference" | "bare") => ITSELF,
        Some(name) => name,
        None => "std",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "\
version: 1
positions: line
events: Ir

ob=(1) /proxy
fl=(1) /home/.cargo/registry/src/index-1/hyper-util-0.1.20/src/rt.rs
fn=(1) <hyper_util::rt::TokioIo<T> as hyper::rt::Read>::poll_read
10 5
+2 7
fi=(2) /rustc/1234/library/core/src/ptr/mod.rs
* 11
fe=(1)
-1 1
cfi=(3) /build/reference/src/wire.rs
cfn=(2) reference::wire::poll
calls=3 40
12 1000
fn=(2)
fl=(3)
40 100
ob=(2) /usr/lib/libc.so.6
fl=(4) ./string/memmove.S
fn=(3) memcpy
1 17
totals: 141
";

    #[test]
    fn each_library_gets_its_own_lines_and_what_is_inlined_into_them() {
        let expected = [("hyper-util", 24), ("itself", 100), ("libc", 17)];
        assert_eq!(shares(WRITTEN), expected.map(|(name, count)| (name.to_owned(), count)).into());
    }

    #[test]
    fn what_is_no_cost_counts_nothing() {
        for line in ["", "summary: 5", "desc: Trigger: Program termination", "x 5", "7", "7 x"] {
            assert_eq!(cost(line), None, "{line}");
        }
    }

    #[test]
    fn the_standard_library_works_for_others() {
        for (function, expected) in [
            ("core::ptr::drop_in_place<http::request::Parts>", "http"),
            ("<alloc::vec::Vec<T> as core::clone::Clone>::clone", "std"),
            ("reference::exchange::attempt::{{closure}}", ITSELF),
            ("<core::iter::Map<tokio::x::Y> as Iterator>::next", "tokio"),
            ("main", "std"),
        ] {
            assert_eq!(crate_of(function), expected, "{function}");
        }
    }
}
