use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use super::{super::model::Report, names, render_html};

/// What would be markup, end a script or a comment, or turn, hide or control what is beside it.
const HOSTILE: &str = "</script><script>alert(1)</script><!-- ]]> ::error::x & \" ' {{data}} {{script}} \
     \u{1b}]0;title\u{7}\u{0}\u{7f}\u{9b}2J \u{202e}\u{2066}\u{200f}\u{61c}\u{feff}\u{ffff}\u{2028}end";

fn row(id: &str, verdict: &str, text: &str) -> Value {
    json!({
        "id": id, "title": text, "why": text, "file": "scenarios/a/one.kdl", "verdict": verdict,
        "outcome": text, "note": text, "standing": "unexpected",
        "covers": [{ "id": "rule", "summary": text, "citation": "RFC 9110 §7.8", "severity": "fail" }],
        "known": { "verdict": "pass", "reason": text, "link": "javascript:alert(1)" },
        "findings": [{
            "severity": "fail", "requirement": "rule", "line": 3, "span": [0, 1],
            "expected": "a 101", "came": text,
        }],
        "turns": [
            { "step": 0, "line": 1, "role": "client", "kind": { "missing": text } },
            { "step": 1, "line": 2, "role": "origin", "name": text, "kind": {
                "received": { "octets": "GET / HTTP/1.1\\r\\nX: <script>\\x1b\\xff\\r\\n\\r\\n", "total": 30 },
            } },
        ],
        "rerun": format!("hopspec run {text}"),
    })
}

fn report(target: &str, version: Option<&str>, rows: &[Value]) -> Report {
    let timing: serde_json::Map<String, Value> =
        rows.iter().map(|row| (row["id"].as_str().unwrap().to_owned(), timing(&row["title"]))).collect();
    serde_json::from_value(json!({
        "schema_version": 1, "suite_version": "0.1.0", "selection": [], "seed": 0,
        "target": { "name": target, "version": version, "routes": ["mapped"] },
        "rows": rows,
        "summary": {
            "verdicts": { "fail": rows.len() }, "unexpected": rows.len(), "unmet": 0,
            "interrupted": false, "not_played": 0, "exit_code": 1,
        },
        "timing": { "started": 0, "total_millis": 1, "lanes": 1, "rows": timing },
    }))
    .unwrap()
}

fn timing(text: &Value) -> Value {
    json!({ "micros": 7, "log": text, "events": [
        { "at": 1, "conn": 0, "what": { "opened": { "role": "client", "name": text } } },
        { "at": 2, "conn": 0, "what": { "write-failed": text } },
    ] })
}

/// The JSON of the element `id`.
fn data(page: &str, id: &str) -> Value {
    let (_, rest) = page.split_once(&format!("<script type=\"application/json\" id=\"{id}\">")).unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn is_harmless(page: &str) -> bool {
    page.chars().all(|c| c == '\n' || c == ' ' || c.is_ascii_graphic() || "§…✓–−≈▸▾↑↓·".contains(c))
}

/// One hostile report, and two.
fn hostile_pages() -> Vec<(String, String)> {
    let hostile = || report(HOSTILE, Some(HOSTILE), &[row("a/one:mapped", "fail", HOSTILE)]);
    [render_html(&[hostile()]), render_html(&[hostile(), hostile()])].concat()
}

#[test]
fn hostile_text_is_neither_markup_nor_control() {
    let frame = render_html(&[report("proxy", None, &[])]).remove(0).1;
    let scripts = |page: &str| page.to_lowercase().matches("<script").count();
    for (name, page) in hostile_pages() {
        assert!(is_harmless(&page), "{name}: {:?}", page.chars().find(|c| !is_harmless(&c.to_string())));
        let parts = scripts(&frame) - usize::from(page.contains("id=\"runs\""));
        assert_eq!(scripts(&page), parts, "{name}");
        assert_eq!(page.to_lowercase().matches("</script").count(), parts, "{name}");
        assert!(!page.contains("<!--") && !page.contains("alert(1)</"), "{name}");
    }
}

#[test]
fn hostile_text_is_shown_as_what_it_is() {
    let (_, page) = hostile_pages().remove(0);
    let shown = "</script><script>alert(1)</script><!-- ]]> ::error::x & \" ' {{data}} {{script}} \
         \\u{1b}]0;title\\u{7}\\u{0}\\u{7f}\\u{9b}2J \\u{202e}\\u{2066}\\u{200f}\\u{61c}\\u{feff}\\u{ffff}\\u{2028}end";
    let run = data(&page, "run");
    assert_eq!(run["scenarios"][0]["title"], shown);
    assert_eq!(run["rows"][0]["outcome"], shown);
    let detail = &data(&page, "details")[0];
    assert_eq!(detail["findings"][0]["came"], shown);
    assert_eq!(detail["log"], shown);
    assert_eq!(
        detail["turns"][1]["kind"]["received"]["octets"],
        "GET / HTTP/1.1\\r\\nX: <script>\\x1b\\xff\\r\\n\\r\\n"
    );
    assert!(
        page.contains("<h1>&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- ]]&gt;"),
        "{page}"
    );
}

#[test]
fn a_page_names_no_address_to_load_from() {
    for (name, page) in hostile_pages() {
        for attribute in [" src=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "eval("] {
            assert!(!page.contains(attribute), "{name}: {attribute}");
        }
    }
}

#[test]
fn numbers_stand_there_without_a_script() {
    let rows = [row("a/one:mapped", "fail", "x"), row("a/one:plain", "pass", "x"), row("b/two", "pass", "x")];
    let (_, page) = render_html(&[report("proxy", Some("1"), &rows)]).remove(0);
    let tables = page.split_once("<caption>By area</caption>").unwrap().1.split_once("</table>").unwrap().0;
    insta::assert_snapshot!(tables);
}

#[test]
fn rows_that_two_runs_share_stand_in_one_line() {
    let one = report("one", Some("1"), &[row("a/one:mapped", "fail", "x"), row("a/two", "pass", "x")]);
    let other = report("other", None, &[row("a/two", "warn", "y"), row("b/three", "pass", "x")]);
    let pages = render_html(&[one, other]);
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["index.html", "one-1.html", "other.html"]);
    let matrix = data(&pages[0].1, "runs");
    assert_eq!(matrix["rows"], json!([[0, "mapped"], [1, ""], [2, ""]]));
    assert_eq!(matrix["outcomes"], json!(["x", "y"]));
    let fail = json!(["fail", "unexpected", 0, 0]);
    assert_eq!(matrix["runs"][0]["cells"], json!([fail, ["pass", "unexpected", 0, 0]]));
    // Other words on the wire: another conversation.
    let warn = json!(["warn", "unexpected", 1, 1]);
    assert_eq!(matrix["runs"][1]["cells"], json!([null, warn, ["pass", "unexpected", 0, 0]]));
}

#[rstest]
#[case(&[("nginx", Some("1.22.1")), ("nginx", Some("1.22.1"))], &["nginx-1.22.1.html", "nginx-1.22.1-2.html"])]
#[case(&[("a", None), ("A", None)], &["a.html", "A-2.html"])]
#[case(&[("index", None), ("run", None)], &["index-2.html", "run.html"])]
#[case(&[("../../etc", Some("1/2 3")), ("-rf", None)], &["etc-1-2-3.html", "rf.html"])]
#[case(&[("…", None), ("", None)], &["run.html", "run-2.html"])]
fn pages_have_names_of_their_own(#[case] runs: &[(&str, Option<&str>)], #[case] expected: &[&str]) {
    let reports: Vec<Report> = runs.iter().map(|(target, version)| report(target, *version, &[])).collect();
    assert_eq!(names(&reports), expected);
    assert_eq!(
        expected.iter().map(|name| name.to_lowercase()).collect::<BTreeSet<_>>().len(),
        expected.len()
    );
}

#[test]
fn nothing_makes_a_page_as_well() {
    let pages = render_html(&[]);
    assert_eq!(pages.len(), 1);
    assert_eq!(data(&pages[0].1, "runs")["runs"], json!([]));
    let (_, page) = render_html(&[report("proxy", None, &[])]).remove(0);
    assert_eq!(data(&page, "run")["rows"], json!([]));
    assert_eq!(data(&page, "details"), json!([]));
}
