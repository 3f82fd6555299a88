//! Which version of a target is installed.

use std::{cmp::Ordering, fmt, process::Stdio, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::{blanks::fill_cache, definition::Definition};
use crate::clock::deadline;

/// How long a program may take to tell its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a target says of its version. That it says nothing is no failure.
pub async fn version(definition: &Definition) -> Option<Version> {
    let probe = definition.version.as_ref()?;
    let fill = |text: &String| fill_cache(text, &definition.cache);
    let mut command = Command::new(&definition.program);
    command
        .args(probe.args.iter().map(fill))
        .envs(
            definition
                .env
                .iter()
                .filter(|(_, value)| !needs_a_lane(value))
                .map(|(name, value)| (name, fill(value))),
        )
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = deadline(PATIENCE, command.output()).await?.ok()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let (_, rest) = text.split_once(&probe.after)?;
    let word = rest.split_whitespace().next()?.split('/').next()?;
    Some(Version(word.trim_start_matches('v').trim_end_matches([',', ';', ')']).to_owned()))
}

/// Whether a value is known only once a lane exists.
fn needs_a_lane(value: &str) -> bool {
    ["@DIR@", "@LISTEN", "@ORIGIN", "@SPARE"].iter().any(|blank| value.contains(blank))
}

/// A version as a program tells it, ordered by its numbers: `1.9.2` stands before `1.10`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version(pub String);

impl Version {
    /// The numbers up to the first part that is none, without zeros at their end.
    fn numbers(&self) -> Vec<u64> {
        let number = |part: &str| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part[..digits].parse().ok()
        };
        let mut numbers: Vec<u64> = self.0.split(['.', '-', '+']).map_while(number).collect();
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        numbers
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers().cmp(&other.numbers()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let version = Self(text.to_owned());
        if version.numbers().is_empty() { Err(format!("`{text}` is no version")) } else { Ok(version) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let of = |text: &str| text.parse::<Version>().expect("a version");
        assert!(of("1.9.2") < of("1.10"));
        assert!(of("1.22.1") < of("1.29.7"));
        assert!(of("2.6.12-1+deb12u2") > of("2.6.12"));
        assert!(of("2") < of("2.0.1"));
        assert!("current".parse::<Version>().is_err());
    }
}
