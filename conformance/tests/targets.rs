//! Real proxies, where they are installed, and the configuration file that one of them shares with
//! the reference.
//!
//! With `HOPSPEC_REQUIRE_TARGETS` set, as in CI, a proxy that is missing is a failure.

mod support;

use std::{env, fs};

use rstest::rstest;
use support::{hopspec_in_repository, repository};

/// Whether the target can be run here.
fn installed(name: &str) -> bool {
    let found = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"]
        .iter()
        .any(|folder| fs::metadata(format!("{folder}/{name}")).is_ok_and(|about| about.is_file()));
    assert!(found || env::var_os("HOPSPEC_REQUIRE_TARGETS").is_none(), "{name} is not installed");
    found
}

#[rstest]
#[case("nginx")]
#[case("haproxy")]
fn a_real_proxy_deviates_as_its_expectation_file_says(#[case] name: &str) {
    // The verdicts are those of the versions that CI installs; another version may well do better.
    if env::var_os("HOPSPEC_REQUIRE_TARGETS").is_some() && installed(name) {
        hopspec_in_repository(&["run", "--target", name, "--quiet"]).ends(0, &["conformant"]);
    }
}

#[test]
fn one_configuration_file_drives_the_reference_and_nginx_alike() {
    let targets = repository().join("conformance/targets");
    let routes = fs::read_to_string(targets.join("nginx/routes.conf")).expect("the shared file");
    for example in ["proxy_set_header Connection \"upgrade\";", "map $http_upgrade $connection_upgrade {"] {
        assert!(routes.contains(example), "the shared file lacks `{example}`");
    }
    let definition = fs::read_to_string(targets.join("reference/target.toml")).expect("the definition");
    assert!(definition.contains("template = \"../nginx/routes.conf\""), "the reference reads another file");
    // What the page itself states, on each of its routes, holds for both of them.
    let page = [
        "run",
        "--quiet",
        "hop-by-hop/upgrade-stays-by-default",
        "explicit-passing/upgrade-travels",
        "connection-map/absent-upgrade-becomes-close",
        "tunnel-gate/switch-opens-the-tunnel",
        "tunnel-gate/final-answer-opens-no-tunnel",
        "time/silent-origin-ends-the-tunnel",
        "time/origin-pings-keep-the-tunnel",
        "upstream-version/handshake-goes-as-1-1",
    ];
    for name in ["reference", "nginx"] {
        if name == "reference" || installed(name) {
            hopspec_in_repository(&[&page[..], &["--no-expectations", "--target", name]].concat())
                .ends(0, &["rows in", "conformant"]);
        }
    }
}
