//! `hopspec targets`: listing, installing and removing, with steps that need no registry.

mod support;

use support::{Finished, ROUTES, Suite};

/// A small suite, where `sound` can be installed, `stuck` cannot, and `broken` is no definition.
fn suite() -> Suite {
    let suite = Suite::small();
    suite.target("faulty", &[], &ROUTES);
    let text = std::fs::read_to_string(suite.path("target.toml")).expect("the definition");
    let program = format!("program = \"{}\"", suite.path("faulty").display());
    let by = |name: &str, step: &str| {
        text.replace("name = \"faulty\"", &format!("name = \"{name}\"\ninstall = [{{ run = {step} }}]"))
            .replace(&program, "program = \"@CACHE@/proxy\"")
            .replace("hint = \"cargo build --examples\"\n", "")
    };
    let copy = format!("[\"cp\", \"{}\", \"@CACHE@/proxy\"]", suite.path("faulty").display());
    suite.write("conformance/targets/sound/target.toml", &by("sound", &copy));
    let fails = "[\"sh\", \"-c\", \"echo no such package >&2; exit 7\"]";
    suite.write("conformance/targets/stuck/target.toml", &by("stuck", fails));
    suite.write("conformance/targets/broken/target.toml", "name = \n");
    suite
}

/// With a cache of its own.
fn targets(suite: &Suite, args: &str) -> Finished {
    suite.shell(&format!("HOPSPEC_CACHE=cache exec hopspec targets {args}")).finish()
}

#[test]
fn a_target_is_installed_by_its_steps_used_and_removed() {
    let suite = suite();
    let run = "HOPSPEC_CACHE=cache exec hopspec run --quiet --target sound";
    suite
        .shell(run)
        .finish()
        .ends(3, &["sound is not installed: ", "to get it: cargo xtask targets install sound"]);
    targets(&suite, "install sound").ends(0, &["[1/1] sound: run cp ", "is installed\n"]);
    suite.shell(run).finish().ends(0, &[]);
    targets(&suite, "install sound").ends(0, &["is installed already"]);
    targets(&suite, "remove sound").ends(0, &["[1/1] sound: removed"]);
    suite.shell(run).finish().ends(3, &["sound is not installed: "]);
    // There is nothing left to remove, which is no mistake.
    targets(&suite, "remove sound").ends(0, &["removed"]);
}

#[test]
fn a_step_that_fails_says_what_it_printed_and_the_others_go_on() {
    let suite = suite();
    let done = targets(&suite, "install stuck sound");
    done.ends(
        3,
        &["  | no such package", "`sh` ended with exit status: 7", "[2/2] sound: ", "error: failed: stuck"],
    );
    assert!(suite.path("cache/sound/proxy").is_file());
    let definition = suite.path("conformance/targets/stuck/target.toml");
    let text = std::fs::read_to_string(&definition).expect("the definition");
    suite.write("conformance/targets/stuck/target.toml", &text.replace("\"sh\"", "\"no-such-client\""));
    targets(&suite, "install stuck").ends(3, &["there is no `no-such-client` here"]);
    suite.write("flat", "a file where the folder should be");
    let install = "HOPSPEC_CACHE=flat exec hopspec targets install sound";
    suite.shell(install).finish().ends(3, &["cannot write to DIR/flat/sound"]);
}

#[test]
fn a_broken_definition_concerns_its_own_target_alone() {
    let suite = suite();
    let listed = targets(&suite, "");
    listed.ends(
        2,
        &["targets/broken/target.toml is not a target definition", "error: broken definitions: broken"],
    );
    assert!(listed.out.contains("sound") && listed.out.contains("stuck"), "{}", listed.out);
    targets(&suite, "install sound").ends(0, &["is installed"]);
    targets(&suite, "install broken").ends(2, &["targets/broken/target.toml is not a target definition"]);
    targets(&suite, "install other").ends(2, &["error: there is no target `other`: known are "]);
    targets(&suite, "remove --all").ends(2, &["sound: removed", "error: broken definitions: broken"]);

    suite.write(
        "README.md",
        "<!-- The table is written by `cargo xtask matrix`. -->\n<!-- End of the table. -->\n",
    );
    targets(&suite, "install sound").ends(0, &[]);
    let matrix = "HOPSPEC_CACHE=cache exec hopspec matrix";
    suite
        .shell(matrix)
        .finish()
        .ends(2, &["sound (version unknown): 4 rows", "error: broken definitions: broken"]);
    let readme = std::fs::read_to_string(suite.path("README.md")).expect("the README");
    assert!(readme.contains("| [sound]("), "what was published is in the table: {readme}");
    suite.shell(&format!("{matrix} sound")).finish().ends(0, &[]);
    let checked = suite.hopspec(&["check"]);
    checked.ends(2, &["targets/broken/target.toml is not a target definition"]);
    assert!(!checked.err.contains("sound"), "{}", checked.err);
}
