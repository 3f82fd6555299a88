//! As whom a target runs, and whose its folder is.

use std::{fs, io, path::Path};

use rustix::process::getuid;

/// The user whom a target is told to run as: the one that its definition names if we are root, and
/// otherwise ourselves.
pub(super) fn user(named: Option<&str>) -> String {
    match named {
        Some(name) if getuid().is_root() => name.to_owned(),
        _ => std::env::var("USER").unwrap_or_else(|_| "root".to_owned()),
    }
}

/// Gives `folder` to the user `named`, if we are root and someone is named.
pub(super) fn hand_over(folder: &Path, named: Option<&str>) -> io::Result<()> {
    let Some(name) = named.filter(|_| getuid().is_root()) else { return Ok(()) };
    let (user, group) = ids(&fs::read_to_string("/etc/passwd")?, name)
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("there is no user `{name}`")))?;
    let give = |path: &Path| std::os::unix::fs::chown(path, Some(user), Some(group));
    let mut folders = vec![folder.to_owned()];
    while let Some(path) = folders.pop() {
        give(&path)?;
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { folders.push(entry.path()) } else { give(&entry.path())? }
        }
    }
    Ok(())
}

/// The ids of user and group in the text of `/etc/passwd`.
fn ids(passwd: &str, name: &str) -> Option<(u32, u32)> {
    passwd.lines().find_map(|line| {
        let mut parts = line.split(':');
        let found = parts.next()? == name;
        let (user, group) = (parts.nth(1)?.parse().ok()?, parts.next()?.parse().ok()?);
        found.then_some((user, group))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stand_behind_the_password() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:34:w:/var/www:/bin/false\n";
        assert_eq!(ids(passwd, "www-data"), Some((33, 34)));
        assert_eq!(ids(passwd, "www"), None);
    }
}
