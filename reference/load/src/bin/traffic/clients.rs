//! Clients in languages of their own: each checks what it hears, and tells of every conversation.

use std::{collections::BTreeMap, io, net::SocketAddr, process::Stdio, time::Duration};

use hopspec::target::Definition;
use hopspec_load::tools::{Server, command, output, program};
use tokio::process::Command;

use crate::Outcome;

/// How long all conversations of a client may take together.
const LONGEST: Duration = Duration::from_secs(180);

/// A script of a tool, which holds its conversations and reports.
pub(crate) async fn speak(
    tool: &Definition,
    who: &str,
    script: &str,
    through: SocketAddr,
    outcome: &mut Outcome,
) {
    let mut client = command(tool);
    client.args([script, &format!("ws://{through}")]);
    report(who, &output(client, LONGEST).await, outcome);
}

/// A page in a browser, which comes through the proxy itself, and reports through it.
pub(crate) async fn chromium(
    server: &mut Server,
    through: SocketAddr,
    outcome: &mut Outcome,
) -> io::Result<()> {
    let find = |name| program(name, "apt-get install chromium");
    let others = ["chromium-browser", "google-chrome"];
    let program = find("chromium")
        .or_else(|missing| others.into_iter().find_map(|name| find(name).ok()).ok_or(missing))?;
    // Removed with all that the browser leaves in it, however this ends.
    let profile = tempfile::tempdir()?;
    let mut browser = Command::new(program);
    browser
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        // A page of a few connections is no page to be held back in the background.
        .args(["--disable-background-timer-throttling", "--remote-debugging-port=0"])
        .arg(format!("http://{through}/page"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut browser = browser.spawn()?;
    let told = server.report(LONGEST).await;
    browser.kill().await?;
    report("chromium", &told, outcome);
    Ok(())
}

/// Tells of every conversation in a report: what went wrong in it, or null.
fn report(who: &str, told: &io::Result<String>, outcome: &mut Outcome) {
    let parsed = told.as_ref().map_err(ToString::to_string).and_then(|text| {
        serde_json::from_str::<BTreeMap<String, Option<String>>>(text).map_err(|error| error.to_string())
    });
    match parsed {
        Ok(conversations) if conversations.is_empty() => {
            outcome.tell(who, "conversations", Some("it held none"))
        }
        Ok(conversations) => {
            for (name, wrong) in conversations {
                outcome.tell(who, &name, wrong.as_deref());
            }
        }
        Err(error) => outcome.tell(who, "conversations", Some(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(told: io::Result<String>) -> usize {
        let mut outcome = Outcome::default();
        report("somebody", &told, &mut outcome);
        outcome.wrong
    }

    #[test]
    fn a_report_counts_what_went_wrong_and_is_not_empty() {
        assert_eq!(wrong(Ok(r#"{"text": null, "binary": null}"#.into())), 0);
        assert_eq!(wrong(Ok(r#"{"text": "another one", "binary": null}"#.into())), 1);
        assert_eq!(wrong(Ok("{}".into())), 1);
        assert_eq!(wrong(Ok("Traceback".into())), 1);
        assert_eq!(wrong(Err(io::ErrorKind::TimedOut.into())), 1);
    }
}
