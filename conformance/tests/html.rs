//! The HTML report in a real browser: it opens, filters, a cell opens its exchange; it prints nothing,
//! loads nothing, fits a phone, and an accessibility checker finds nothing.
//!
//! It needs node, Debian's chromium, and the two packages of `browser/package.json`:
//!
//! ```sh
//! mkdir -p ~/.cache/hopspec-browser
//! cp conformance/tests/browser/package*.json ~/.cache/hopspec-browser/
//! npm ci --prefix ~/.cache/hopspec-browser
//! ```
//!
//! `HOPSPEC_BROWSER_MODULES` names another folder. Without them nothing is asserted, unless
//! `HOPSPEC_REQUIRE_BROWSER` is set: then that is a failure.

use std::{
    env, fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use hopspec::report::{Report, render_html};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

/// The browser takes no longer, on whatever machine.
const BOUND: Duration = Duration::from_secs(240);

/// What a target could send to confuse a reader.
const HOSTILE: &str = "</script><script>hacked=1</script><img src=x onerror=hacked=1> ]]> ::error::no \
     \u{1b}]0;title\u{7} \u{202e}turned\u{2066} \u{200f}";

/// Node, the browser and the folder with the packages, if they are there.
fn needed() -> Result<(PathBuf, PathBuf, PathBuf), String> {
    let paths = env::var_os("PATH").unwrap_or_default();
    let find = |names: &[&str]| {
        let found = env::split_paths(&paths)
            .find_map(|folder| names.iter().map(|name| folder.join(name)).find(|path| path.is_file()));
        found.ok_or_else(|| format!("no {} on the search path", names.join(" nor ")))
    };
    let modules = env::var_os("HOPSPEC_BROWSER_MODULES").map(PathBuf::from).or_else(|| {
        let home = PathBuf::from(env::var_os("HOME")?);
        let cache = env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
        Some(cache.join("hopspec-browser"))
    });
    let modules = modules.unwrap_or_default();
    for package in ["puppeteer-core", "axe-core"] {
        if !modules.join("node_modules").join(package).join("package.json").is_file() {
            return Err(format!("no {package} below {}", modules.display()));
        }
    }
    Ok((find(&["node"])?, find(&["chromium", "chromium-browser", "google-chrome"])?, modules))
}

fn sent(role: &str, octets: &str) -> Value {
    json!({ "step": 0, "line": 1, "role": role, "kind": { "sent": { "octets": octets, "total": octets.len() } } })
}

fn received(role: &str, octets: &str) -> Value {
    json!({ "step": 0, "line": 1, "role": role, "kind": { "received": { "octets": octets, "total": octets.len() } } })
}

fn turn(role: &str, kind: Value) -> Value {
    json!({ "step": 0, "line": 1, "role": role, "name": "second", "kind": kind })
}

fn row(id: &str, verdict: &str, standing: &str, severity: &str) -> Value {
    let scenario = id.split(':').next().unwrap_or_default();
    json!({
        "id": id, "title": "The switch is relayed", "why": "Nobody gets through.",
        "file": format!("scenarios/{scenario}.kdl"), "verdict": verdict, "standing": standing,
        "covers": [{ "id": "9110-7.8-a", "summary": "A switch is relayed.", "citation": "RFC 9110 §7.8", "severity": severity }],
        "findings": [], "turns": [sent("client", "GET / HTTP/1.1\\r\\n\\r\\n")],
        "rerun": format!("hopspec run --target proxy {id}"),
    })
}

/// A request that was changed on its way, and an answer that never came.
fn failing() -> Value {
    let mut row = row("tunnel-gate/switch:mapped", "fail", "known", "fail");
    row["known"] =
        json!({ "verdict": "fail", "reason": "a reason that is known", "link": "https://example.org/1" });
    row["findings"] = json!([{
        "severity": "fail", "requirement": "9110-7.8-a", "line": 7, "span": [0, 1],
        "expected": "a 101", "came": "the client is told 502",
    }]);
    row["turns"] = json!([
        sent(
            "client",
            "GET /mapped/hop-0a HTTP/1.1\\r\\nHost: {authority}\\r\\nX-Hop: gone\\r\\nUpgrade: frob/1\\r\\n\\r\\n"
        ),
        received(
            "origin",
            "GET /mapped/hop-0a HTTP/1.1\\r\\nHost: backend\\r\\nupgrade: frob/1\\r\\nVia: 1.1 proxy\\r\\n\\r\\n"
        ),
        turn("origin", json!("reset")),
        turn("client", json!({ "missing": "a response" })),
        turn("client", json!("silence")),
    ]);
    row
}

fn hostile() -> Value {
    let mut row = row("routing/hostile:plain", "fail", "unexpected", "fail");
    row["outcome"] = json!(HOSTILE);
    row["note"] = json!(HOSTILE);
    row["known"] = json!({ "verdict": "pass", "reason": HOSTILE, "link": "javascript:hacked=1" });
    row["turns"] = json!([
        sent("client", "GET /plain/hop-0b HTTP/1.1\\r\\nHost: {authority}\\r\\n\\r\\n"),
        received(
            "client",
            "HTTP/1.1 200 <script>hacked=1</script>\\r\\nX: \\x1b[31m\\x00\\xff ]]>\\r\\n\\r\\n<img src=x onerror=hacked=1>"
        ),
        turn("client", json!({ "missing": HOSTILE })),
    ]);
    row
}

fn report(target: &str, version: &str, rows: &[Value]) -> Report {
    let mut verdicts = serde_json::Map::new();
    for row in rows {
        let count = verdicts.entry(row["verdict"].as_str().expect("a word")).or_insert(json!(0));
        *count = json!(count.as_u64().unwrap_or_default() + 1);
    }
    let events = json!([
        { "at": 100, "conn": 0, "what": { "opened": { "role": "client", "name": "" } } },
        { "at": 1250, "conn": 0, "what": { "sent": "GET /mapped/hop-0a HTTP/1.1\\r\\n\\r\\n" } },
        { "at": 2500, "conn": 0, "what": { "ended": "reset" } },
        { "at": 2600, "what": "closing" },
    ]);
    let value = json!({
        "schema_version": 1, "suite_version": "0.1.0", "selection": [], "seed": 0,
        "target": { "name": target, "version": version, "routes": ["plain", "mapped"] },
        "rows": rows,
        "summary": {
            "verdicts": verdicts, "unexpected": 1, "unmet": 0, "interrupted": false, "not_played": 0, "exit_code": 1,
        },
        "timing": { "started": 1_700_000_000, "total_millis": 1500, "lanes": 2, "rows": {
            "tunnel-gate/switch:mapped": { "micros": 900, "events": events },
            "routing/hostile:plain": { "micros": 900, "log": HOSTILE },
        } },
    });
    serde_json::from_value(value).expect("a report")
}

/// Five rows in four scenarios.
fn rows() -> Vec<Value> {
    vec![
        row("hop-by-hop/option:mapped", "pass", "fine", "warn"),
        row("routing/path", "pass", "fine", "observed"),
        hostile(),
        row("tunnel-gate/switch:plain", "observed", "fine", "fail"),
        failing(),
    ]
}

fn write(folder: &Path, reports: &[Report]) {
    fs::create_dir_all(folder).expect("a folder");
    for (name, text) in render_html(reports) {
        fs::write(folder.join(name), text).expect("a file");
    }
}

#[test]
fn pages_open_filter_and_show_what_was_on_the_wire() {
    let (node, chromium, modules) = match needed() {
        Ok(needed) => needed,
        Err(missing) => {
            assert!(env::var_os("HOPSPEC_REQUIRE_BROWSER").is_none(), "{missing}");
            eprintln!("nothing is asserted: {missing}");
            return;
        }
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (one, many) = (folder.path().join("one"), folder.path().join("many"));
    write(&one, &[report("proxy", "1", &rows())]);
    // The second differs in one verdict, and in one more conversation.
    let mut others = rows();
    others[0]["verdict"] = json!("warn");
    others[1]["turns"] = json!([sent("client", "GET /other HTTP/1.1\\r\\n\\r\\n")]);
    let reports = [
        report("proxy", "1", &rows()),
        report("other", "2", &others),
        report(HOSTILE, HOSTILE, &rows()[1..]),
    ];
    write(&many, &reports);

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/check.mjs");
    let said = folder.path().join("said");
    let output = fs::File::create(&said).expect("a file");
    let mut command = Command::new(node);
    command.arg(script).args([&modules, &chromium, &one, &many]);
    // Whatever the browser leaves behind lies in the folder that is removed.
    command.env("TMPDIR", folder.path()).stdin(Stdio::null()).process_group(0);
    command.stderr(output.try_clone().expect("a handle")).stdout(output);
    let mut child = command.spawn().expect("node starts");
    let group = Pid::from_child(&child);
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break Some(status);
        }
        if began.elapsed() > BOUND {
            break None;
        }
        thread::sleep(Duration::from_millis(50));
    };
    if status.is_none() {
        let _ = kill_process_group(group, Signal::KILL);
        let _ = child.wait();
    }
    let said = fs::read_to_string(said).unwrap_or_default();
    let status = status.unwrap_or_else(|| panic!("the browser took longer than {BOUND:?}\n{said}"));
    assert!(status.success(), "{said}");
}
