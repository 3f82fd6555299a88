//! Plain HTTP: what curl shows must be the same as without a proxy, and wrk must meet no error.

use std::{io, net::SocketAddr, path::Path, time::Duration};

use hopspec_load::tools::{output, program};
use tokio::process::Command;

use crate::{Outcome, Ways};

const LONGEST: Duration = Duration::from_secs(60);

/// What curl is asked to do: a name, options, and paths that are asked for on one connection if it can.
/// `@FILE` is a file of 2 MiB.
const EXCHANGES: [(&str, &[&str], &[&str]); 11] = [
    ("GET", &[], &["/plain"]),
    ("two requests on one connection", &["-w", "\nconnects: %{num_connects}\n"], &["/plain", "/plain"]),
    ("HEAD", &["-I"], &["/plain"]),
    ("POST with a length", &["-H", "Expect:", "--data-binary", "@FILE"], &["/upload"]),
    (
        "POST in chunks",
        &["-H", "Expect:", "-H", "Transfer-Encoding: chunked", "--data-binary", "@FILE"],
        &["/upload"],
    ),
    ("Expect: 100-continue", &["-H", "Expect: 100-continue", "--data-binary", "@FILE"], &["/upload"]),
    ("PUT", &["-H", "Expect:", "-T", "FILE"], &["/upload"]),
    ("an answer in chunks", &[], &["/chunked"]),
    ("no content", &[], &["/nothing"]),
    ("not found", &[], &["/nowhere"]),
    ("HTTP/1.0", &["--http1.0"], &["/plain"]),
];

/// Fields that speak of one connection, or that differ from one answer to the next.
const OF_A_HOP: [&str; 5] = ["connection", "keep-alive", "transfer-encoding", "date", "via"];

/// curl, once directly and once through the proxy.
pub(crate) async fn curl(ways: Ways, outcome: &mut Outcome) -> io::Result<()> {
    let program = program("curl", "apt-get install curl")?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("upload");
    std::fs::write(&file, vec![b'u'; 2 * 1024 * 1024])?;
    for (name, options, paths) in EXCHANGES {
        let shown = async |server| {
            let curl = request(&program, options, paths, &file, server);
            output(curl, LONGEST).await.map(|text| end_to_end(&text)).map_err(|error| error.to_string())
        };
        let (direct, through) = (shown(ways.direct).await, shown(ways.through).await);
        // Without an answer there is nothing to compare.
        let wrong = match (&direct, &through) {
            (Ok(direct), Ok(through)) if direct == through && !direct.is_empty() => None,
            _ => Some(format!("{through:?} in place of {direct:?}")),
        };
        outcome.tell("curl", name, wrong.as_deref());
    }
    Ok(())
}

fn request(program: &Path, options: &[&str], paths: &[&str], file: &Path, server: SocketAddr) -> Command {
    let mut curl = Command::new(program);
    curl.args(["--silent", "--show-error", "--include", "--noproxy", "*"]);
    curl.args(options.iter().map(|option| option.replace("FILE", &file.display().to_string())));
    curl.args(paths.iter().map(|path| format!("http://{server}{path}")));
    curl
}

/// What of answers speaks of more than one connection: status codes, fields in the order of their names,
/// which means nothing, and content.
fn end_to_end(shown: &str) -> String {
    let mut told = String::new();
    let mut head: Option<Vec<String>> = None;
    for line in shown.lines() {
        match (&mut head, line.strip_prefix("HTTP/1.")) {
            (_, Some(rest)) => {
                told.push_str(rest.get(2..5).unwrap_or_default());
                head = Some(Vec::new());
            }
            (Some(fields), None) if line.is_empty() => {
                fields.sort();
                told.push_str(&fields.join("\n"));
                head = None;
            }
            (Some(fields), None) => {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                let name = name.to_ascii_lowercase();
                if !OF_A_HOP.contains(&&*name) {
                    fields.push(format!("{name}:{value}"));
                }
                continue;
            }
            (None, None) => told.push_str(line),
        }
        told.push('\n');
    }
    told
}

/// wrk, through the proxy.
pub(crate) async fn wrk(through: SocketAddr, quick: bool, outcome: &mut Outcome) -> io::Result<()> {
    let mut wrk = Command::new(program("wrk", "apt-get install wrk")?);
    wrk.args(["-t1", "-c64", if quick { "-d2s" } else { "-d10s" }, &format!("http://{through}/plain")]);
    let wrong = match output(wrk, LONGEST).await {
        Ok(told) => errors(&told),
        Err(error) => Some(error.to_string()),
    };
    outcome.tell("wrk", "64 connections", wrong.as_deref());
    Ok(())
}

/// What wrk says that is an error; that it made no request is one.
fn errors(told: &str) -> Option<String> {
    let line = |start: &str| told.lines().find(|line| line.trim_start().starts_with(start)).map(str::trim);
    let wrong = line("Socket errors").or(line("Non-2xx")).map(str::to_owned);
    let requests = told.lines().find_map(|line| line.trim().split_once(" requests in "));
    let none = requests.is_none_or(|(count, _)| count == "0");
    wrong.or_else(|| none.then(|| "it made no request".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_of_one_connection_is_left_out() {
        let direct =
            "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 2\r\nX-A: B\r\nConnection: keep-alive\r\n\r\nok";
        let through = "HTTP/1.1 200 Fine\r\nx-a: B\r\ncontent-length: 2\r\ndate: then\r\n\r\nok";
        assert_eq!(end_to_end(direct), end_to_end(through));
        for changed in
            [through.replace("200", "201"), through.replace("ok", "no"), through.replace("x-a", "x-b")]
        {
            assert_ne!(end_to_end(direct), end_to_end(&changed), "{changed}");
        }
    }

    #[test]
    fn an_error_of_wrk_is_seen() {
        let fine = "Running 2s test\n  100 requests in 2.00s, 1MB read\nRequests/sec: 50\n";
        assert_eq!(errors(fine), None);
        assert!(errors(&format!("{fine}  Non-2xx or 3xx responses: 3\n")).is_some());
        assert!(errors(&format!("{fine}  Socket errors: connect 0, read 1, write 0, timeout 0\n")).is_some());
        assert!(errors(&fine.replace("100", "0")).is_some());
        assert!(errors("").is_some());
    }
}
