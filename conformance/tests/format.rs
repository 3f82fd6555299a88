//! The documentation of the scenario language says what the parser does: every example in
//! `scenarios/FORMAT.md` is read, and every word of the parser is mentioned there.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use hopspec::scenario::{
    Diagnostic, Library, Scenario, ScenarioId, Source, lint, parse_scenario, vocabulary,
};

const FORMAT: &str = include_str!("../../scenarios/FORMAT.md");

/// A fenced block and the last line of prose before it.
struct Block {
    kind: &'static str,
    before: &'static str,
    line: usize,
    text: String,
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut before = "";
    let mut lines = FORMAT.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let body = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
            let text = body.map(|line| format!("{line}\n")).collect();
            blocks.push(Block { kind, before, line: number + 1, text });
        } else if !line.is_empty() {
            before = line;
        }
    }
    blocks
}

fn suite() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"))
}

/// Everything that is wrong with a text, and what it was read as.
fn read(text: &str, line: usize, library: &Library) -> (Vec<Diagnostic>, Option<Scenario>) {
    let source = Arc::new(Source { path: format!("FORMAT.md, line {line}").into(), text: text.to_owned() });
    match parse_scenario(ScenarioId("format/example".to_owned()), source) {
        Ok(scenario) => (lint(&scenario, &library.catalogue), Some(scenario)),
        Err(mistake) => (vec![mistake], None),
    }
}

/// A fragment as a whole file. What it leaves out stands before or behind it.
fn wrapped(steps: &str) -> String {
    let mut text = String::from("title \"t\"\nwhy \"w\"\ncovers \"tun-a\"\nroutes \"mapped\"\n");
    // A fragment about later steps speaks of a connection that earlier ones made.
    if !steps.contains("origin receives-request") && steps.contains("origin ") {
        text.push_str("origin receives-request\n");
    }
    text.push_str(steps);
    if !["receives", "sees-", "accepts"].iter().any(|wait| steps.contains(wait)) {
        text.push_str("client receives-response\n");
    }
    text
}

fn told(mistakes: &[Diagnostic]) -> String {
    mistakes.iter().map(|mistake| mistake.render(false)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_example_is_what_it_claims_to_be() {
    let library = Library::load(&suite()).unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for block in blocks() {
        *counts.entry(block.kind).or_default() += 1;
        match block.kind {
            "kdl scenario" => {
                let (mistakes, scenario) = read(&block.text, block.line, &library);
                assert!(mistakes.is_empty(), "{}", told(&mistakes));
                assert!(!scenario.unwrap().catches.is_empty(), "line {}: it catches nothing", block.line);
            }
            "kdl steps" => {
                let (mistakes, _) = read(&wrapped(&block.text), block.line, &library);
                assert!(mistakes.is_empty(), "{}", told(&mistakes));
            }
            "kdl wrong" => {
                let message = block.before.strip_prefix("> error: ").unwrap_or_default();
                let (mistakes, _) = read(&block.text, block.line, &library);
                let messages: Vec<&str> = mistakes.iter().map(|mistake| mistake.message.as_str()).collect();
                assert_eq!(messages, [message], "line {}", block.line);
            }
            other => panic!("line {}: a block of the kind `{other}` is not tested", block.line),
        }
    }
    for kind in ["kdl scenario", "kdl steps", "kdl wrong"] {
        assert!(counts.contains_key(kind), "no block of the kind `{kind}`");
    }
}

#[test]
fn every_word_of_the_parser_is_explained() {
    let unsaid: Vec<String> = vocabulary()
        .iter()
        .flat_map(|words| words.words.iter().map(|word| (words.kind, *word)))
        .filter(|(kind, word)| {
            let said = match *kind {
                "kind of octets" => format!("`({word})`"),
                "built-in name" => format!("`{{{word}}}`"),
                "connection" => format!("`on=\"{word}\"`"),
                _ => format!("`{word}`"),
            };
            // A sight is written behind its role.
            !FORMAT.contains(&said) && !FORMAT.contains(&format!("`origin {word}`"))
        })
        .map(|(kind, word)| format!("{kind} `{word}`"))
        .collect();
    assert_eq!(unsaid, [""; 0], "scenarios/FORMAT.md does not mention these");
}

#[test]
fn every_word_of_the_parser_is_shown_in_an_example() {
    let shown: String =
        blocks().iter().filter(|block| block.kind != "kdl wrong").map(|block| block.text.as_str()).collect();
    let words: Vec<&str> = shown.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
    let missing: Vec<String> = vocabulary()
        .iter()
        .filter(|words| !["route", "capability", "connection", "outcome"].contains(&words.kind))
        .flat_map(|kind| kind.words.iter().map(move |word| (kind.kind, *word)))
        .filter(|(_, word)| !words.contains(word))
        .map(|(kind, word)| format!("{kind} `{word}`"))
        .collect();
    assert_eq!(missing, [""; 0], "no example in scenarios/FORMAT.md uses these");
}
