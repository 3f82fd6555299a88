//! What a target printed or logged.

use std::{
    fs,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Where a target's output goes.
const PRINTED: &str = "target.log";

/// Of each file at most the last MiB: a target may log without end.
const MOST: u64 = 1 << 20;

/// The files that a target logs to.
#[derive(Debug)]
pub(super) struct Logs {
    files: Vec<PathBuf>,
    failures: Vec<String>,
}

impl Logs {
    /// What is printed, and `files` below `dir`. Lines that hold one of `failures` are failures.
    pub(super) fn new(dir: &Path, files: &[PathBuf], failures: &[String]) -> Self {
        let files = std::iter::once(Path::new(PRINTED)).chain(files.iter().map(PathBuf::as_path));
        Self { files: files.map(|file| dir.join(file)).collect(), failures: failures.to_vec() }
    }

    /// The file that the target prints to, empty.
    pub(super) fn printed(&self) -> io::Result<fs::File> {
        fs::File::create(&self.files[0])
    }

    /// The last lines of each file.
    pub(super) fn tail(&self) -> String {
        let tails = self.files.iter().map(|file| {
            let text = read(file);
            let lines: Vec<&str> = text.lines().collect();
            lines[lines.len().saturating_sub(20)..].join("\n")
        });
        tails.filter(|tail| !tail.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Lines that are failures of the target's own.
    pub(super) fn failures(&self) -> Vec<String> {
        if self.failures.is_empty() {
            return Vec::new();
        }
        let fails = |line: &&str| self.failures.iter().any(|mark| line.contains(mark));
        self.files
            .iter()
            .flat_map(|file| read(file).lines().filter(fails).map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }
}

/// A file that is not there yet says nothing.
fn read(path: &Path) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = fs::File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(MOST)))?;
        let mut octets = Vec::new();
        file.read_to_end(&mut octets)?;
        Ok(octets)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_found_in_what_is_printed_and_in_files() {
        let dir = tempfile::tempdir().expect("a folder");
        let logs = Logs::new(dir.path(), &["error.log".into(), "absent.log".into()], &["[alert]".to_owned()]);
        drop(logs.printed().expect("a file"));
        fs::write(dir.path().join(PRINTED), "all is well\n[alert] one\n").expect("a file");
        fs::write(dir.path().join("error.log"), "[alert] two\n[error] three\n").expect("a file");
        assert_eq!(logs.failures(), ["[alert] one", "[alert] two"]);
        assert_eq!(logs.tail(), "all is well\n[alert] one\n[alert] two\n[error] three");
    }
}
