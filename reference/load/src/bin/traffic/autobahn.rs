//! The Autobahn Testsuite as a client: each of its cases, directly and through the reference.

use std::{collections::BTreeMap, ffi::OsStr, io, net::SocketAddr, time::Duration};

use hopspec::target::Definition;
use hopspec_load::tools::{command, output};
use serde::Deserialize;

use crate::{Outcome, Ways, named};

/// The cases that are no load: framing, pings, reserved bits, opcodes, fragmentation, UTF-8, closing,
/// and automatic fragmentation.
const QUICK: [&str; 2] = ["[1-7].*", "10.*"];
const ALL: [&str; 1] = ["*"];

/// How long all cases may take.
const LONGEST: Duration = Duration::from_secs(1800);

/// What a case came to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Result {
    behavior: String,
    behavior_close: String,
    remote_close_code: Option<u16>,
}

/// By the number of the case.
type Results = BTreeMap<String, Result>;

/// Plays the cases, and tells which come to something else than without a proxy.
pub(crate) async fn play(
    autobahn: &Definition,
    ways: Ways,
    quick: bool,
    outcome: &mut Outcome,
) -> io::Result<()> {
    let patterns = if quick { &QUICK[..] } else { &ALL[..] };
    let (direct, through) = tokio::try_join!(
        run(autobahn, ways.direct, "direct", patterns),
        run(autobahn, ways.through, "through", patterns)
    )?;
    let who = named(autobahn).await;
    let other = differing(&direct, &through);
    // A case that hangs on a clock may come to two things without a proxy as well.
    let again = match other.is_empty() {
        true => Results::new(),
        false => run(autobahn, ways.direct, "again", &other).await?,
    };
    let passed = |results: &Results| results.values().filter(|result| result.behavior == "OK").count();
    println!(
        "      {who}: {} cases; OK directly {}, through the reference {}",
        direct.len(),
        passed(&direct),
        passed(&through)
    );
    let (wrong, wavering): (Vec<_>, Vec<_>) =
        other.iter().partition(|case| again.get(*case) == direct.get(*case));
    for case in wavering {
        println!("      case {case} comes to two things without a proxy as well, and is left out");
    }
    for case in &wrong {
        let came = format!("{:?} in place of {:?}", through.get(*case), direct.get(*case));
        outcome.tell(&who, &format!("case {case}"), Some(&came));
    }
    if direct.is_empty() {
        outcome.tell(&who, "all cases", Some("there are none"));
    } else if wrong.is_empty() {
        outcome.tell(&who, "all cases come to the same", None);
    }
    Ok(())
}

/// The cases that are not the same in both, one that is missing included.
fn differing(direct: &Results, through: &Results) -> Vec<String> {
    let mut cases: Vec<_> = direct.keys().chain(through.keys()).cloned().collect();
    cases.sort();
    cases.dedup();
    cases.retain(|case| direct.get(case) != through.get(case));
    cases
}

async fn run(
    autobahn: &Definition,
    server: SocketAddr,
    agent: &str,
    patterns: &[impl AsRef<OsStr>],
) -> io::Result<Results> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("results.json");
    let mut client = command(autobahn);
    client.arg("fuzzingclient.py").arg(autobahn.cache.join("cases"));
    client.arg(format!("ws://{server}/echo")).arg(&file).args(patterns);
    let played = output(client, LONGEST).await;
    let results = std::fs::read(&file);
    played.map_err(|error| io::Error::other(format!("{}, {agent}: {error}", autobahn.name)))?;
    serde_json::from_slice(&results?).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(of: &[(&str, &str, u16)]) -> Results {
        let result = |(case, behavior, code): &(&str, &str, u16)| {
            let result = Result {
                behavior: (*behavior).to_owned(),
                behavior_close: "OK".to_owned(),
                remote_close_code: Some(*code),
            };
            ((*case).to_owned(), result)
        };
        of.iter().map(result).collect()
    }

    #[test]
    fn a_case_that_came_to_something_else_or_not_at_all_is_found() {
        let direct = results(&[("1.1.1", "OK", 1000), ("2.1", "OK", 1000), ("5.9", "OK", 1002)]);
        assert!(differing(&direct, &direct.clone()).is_empty());
        let through = results(&[("1.1.1", "OK", 1000), ("2.1", "FAILED", 1000), ("5.9", "OK", 1006)]);
        assert_eq!(differing(&direct, &through), ["2.1", "5.9"]);
        let through = results(&[("1.1.1", "OK", 1000), ("5.9", "OK", 1002), ("6.1", "OK", 1000)]);
        assert_eq!(differing(&direct, &through), ["2.1", "6.1"]);
    }
}
