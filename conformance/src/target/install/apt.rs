//! Packages of the system, by `apt-get`: as root, and without starting their services.

use rustix::process::getuid;

use super::{InstallError, Shell};

/// Tells the packages' scripts to start nothing, unless the machine has such a policy already.
const POLICY: &str = "\
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\\nexit 101\\n' > $policy
    chmod +x $policy
    trap 'rm -f $policy' EXIT
fi
";

/// The packages that an installation of `wanted` would bring.
pub(super) fn not_yet_installed(shell: &Shell<'_>, wanted: &[String]) -> Result<Vec<String>, InstallError> {
    let simulate = || {
        let options = ["--simulate", "--quiet", "install", "--no-install-recommends"].map(str::to_owned);
        shell.run("apt-get", options.into_iter().chain(wanted.iter().cloned()))
    };
    // A machine that never asked for the list of packages knows none of them.
    let planned = match simulate() {
        Ok(planned) => planned,
        Err(InstallError::Failed { .. }) => {
            as_root(shell, "apt-get update --quiet", &[])?;
            simulate()?
        }
        Err(error) => return Err(error),
    };
    Ok(planned.lines().filter_map(new_package).map(str::to_owned).collect())
}

/// The package in a line `Inst NAME (VERSION …)`; one that replaces an older version says `[OLD]`.
fn new_package(line: &str) -> Option<&str> {
    let mut words = line.strip_prefix("Inst ")?.split(' ');
    let name = words.next()?;
    words.next().filter(|next| next.starts_with('(')).map(|_| name)
}

pub(super) fn install(shell: &Shell<'_>, wanted: &[String]) -> Result<(), InstallError> {
    let script = format!("{POLICY}apt-get --yes --quiet install --no-install-recommends \"$@\"");
    as_root(shell, &script, wanted)
}

/// Removes the packages of the shell's step.
pub(super) fn remove(shell: &Shell<'_>) -> Result<(), InstallError> {
    let super::Step::Apt(packages) = shell.step else { return Ok(()) };
    as_root(shell, &format!("{POLICY}apt-get --yes --quiet purge \"$@\""), packages)
}

fn as_root(shell: &Shell<'_>, script: &str, words: &[String]) -> Result<(), InstallError> {
    let script = format!("set -e\nexport DEBIAN_FRONTEND=noninteractive\n{script}");
    let mut command: Vec<String> = ["sh", "-c", &script, "sh"].map(str::to_owned).into();
    command.extend(words.iter().cloned());
    if !getuid().is_root() {
        command.splice(0..0, ["sudo", "--non-interactive"].map(str::to_owned));
    }
    let mut command = command.into_iter();
    shell.run(&command.next().unwrap_or_default(), command).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_new_unless_it_replaces_one() {
        assert_eq!(new_package("Inst nginx-light (1.22.1-9 Debian:12 [amd64])"), Some("nginx-light"));
        assert_eq!(new_package("Inst libssl3 [3.0.1] (3.0.2 Debian:12 [amd64])"), None);
        assert_eq!(new_package("Conf nginx-light (1.22.1-9 Debian:12 [amd64])"), None);
    }
}
