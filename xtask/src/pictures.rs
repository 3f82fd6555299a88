//! The pictures of the README: what a terminal shows, and a page of the HTML report.

use std::{
    env, fs, io,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

/// The row that both show.
const SELECTION: &str = "tunnel-gate/unasked-101-opens-no-tunnel:plain";

/// Runs `hopspec` against nginx, and writes both pictures to `folder`.
pub(crate) fn pictures(hopspec: &Path, folder: &Path) -> io::Result<ExitCode> {
    fs::create_dir_all(folder)?;
    let report = env::temp_dir().join(format!("hopspec-pictures-{}.json", std::process::id()));
    let pages = report.with_extension("pages");
    let run = |args: &[&str]| {
        let mut command = Command::new(hopspec);
        // Only what is shown on a terminal is styled, and this is no terminal.
        command.args(args).env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR").stdout(Stdio::null());
        command.output()
    };
    let shown = run(&["run", "--target", "nginx", "--no-expectations", SELECTION])?;
    let text = String::from_utf8_lossy(&shown.stderr);
    let command = format!("$ cargo xtask conformance --target nginx --no-expectations {SELECTION}\n");
    let picture = anstyle_svg::Term::new().render_svg(&(command + &text));
    fs::write(folder.join("terminal.svg"), picture)?;

    let path = report.display().to_string();
    run(&["run", "--quiet", "--target", "nginx", "--report", &format!("json={path}")])?;
    let rendered = run(&["report", &path, "--html", &pages.display().to_string()])?;
    if !rendered.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&rendered.stderr).into_owned()));
    }
    let browser = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1200,1300"])
        .arg(format!("--screenshot={}", folder.join("page.png").display()))
        .arg(format!("file://{}/index.html#row={SELECTION}", pages.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let _ = (fs::remove_file(&report), fs::remove_dir_all(&pages));
    match browser {
        Ok(status) if status.success() => Ok(ExitCode::SUCCESS),
        Ok(status) => Err(io::Error::other(format!("chromium ended with {status}"))),
        Err(error) => Err(io::Error::other(format!("chromium cannot be started: {error}"))),
    }
}
