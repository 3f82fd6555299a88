//! What is written is what was read.

use std::{path::Path, sync::Arc};

use proptest::prelude::*;

use super::super::{Library, Scenario, ScenarioId, Source, lint, parse_scenario, write_scenario};

fn read(text: &str) -> Scenario {
    let source = Arc::new(Source { path: "written.kdl".into(), text: text.to_owned() });
    parse_scenario(ScenarioId("area/written".to_owned()), source)
        .unwrap_or_else(|mistake| panic!("{}\n{text}", mistake.render(false)))
}

/// Everything that a scenario says, without where that stands in its file.
fn said(scenario: &Scenario) -> String {
    let source = Arc::new(Source { path: "".into(), text: String::new() });
    let scenario = Scenario { id: ScenarioId(String::new()), source, ..scenario.clone() };
    let text = format!("{scenario:?}");
    let mut rest = text.as_str();
    let mut said = String::new();
    while let Some((before, span)) = rest.split_once("span: Span { ") {
        said += before;
        rest = span.split_once('}').expect("a span ends").1;
    }
    said + rest
}

#[test]
fn every_scenario_of_the_suite_is_read_again_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let library = Library::load(&folder).expect("the suite has no mistakes");
    for scenario in &library.scenarios {
        let text = write_scenario(scenario);
        let again = read(&text);
        assert_eq!(said(scenario), said(&again), "{}\n{text}", scenario.id);
        let mistakes = lint(&again, &library.catalogue);
        assert!(mistakes.is_empty(), "{}\n{text}", mistakes[0].render(false));
    }
}

const SHOWN: &str = r#"title "A title"
why "A reason."
covers "tun-a" "tun-b"
routes "explicit" "mapped"
needs "raw-tunnel"

matrix {
    row "one" needs="any-token" column="a \"b\" \\ \u{e9}"
}

setup {
    client sends chunk=1 gap="5ms" (head)"""
        GET {path} HTTP/1.1
        X-Odd: {{column}} \\ "" {column}
        """ (hex)"00 ff" "text\r\n"
    origin receives-request on="new" {
        field "X-Odd" equals=(hex)"61 ff" covers="tun-b"
        field "Set-Cookie" {
            line "a=1"
            line "b=2"
        }
        no-other-field "Via"
        control "Host"
    }
}
either {
    outcome "one" verdict="observed" {
        client receives-response head-only=#true {
            status "200" in="400..=499"
        }
    }
    outcome "two" {
        client receives-nothing for="2s"
    }
}
together {
    client sends (noise)"64KiB"
    client "second" sends (ws-text)"hi"
}
client sees-end discarding=#true covers="tun-b"
never "more" covers="tun-b" {
    client receives-more
}
"#;

#[test]
fn it_is_written_as_a_person_would() {
    assert_eq!(write_scenario(&read(SHOWN)), SHOWN);
}

/// A file that holds `text` as octets, as a head, as lines and as a value.
fn holding(text: &str, octets: &[u8]) -> String {
    let mut scenario = read(SHOWN);
    let template = super::super::Template::literal(text);
    scenario.title = "t".to_owned();
    let super::super::Action::Do { act: super::super::Act::Send { data, .. }, .. } =
        &mut scenario.steps[0].action
    else {
        panic!("the first step sends")
    };
    use super::super::Piece;
    data.0 = vec![
        Piece::Text(template.clone()),
        Piece::Head(template.clone()),
        Piece::Lines(template.clone()),
        Piece::Hex(octets.to_vec()),
    ];
    let written = write_scenario(&scenario);
    assert_eq!(said(&scenario), said(&read(&written)), "{written}");
    written
}

#[test]
fn odd_texts_are_read_again_as_they_were() {
    for text in [
        "",
        " ",
        "\"\"\"",
        "\\",
        "a\n\nb",
        "a\r\nb",
        "\t",
        "{",
        "}}",
        "\u{0}",
        "\u{feff}",
        "\u{2028}",
        "é",
        "\u{202e}",
        " x\ny ",
        "\u{7f}",
        "\u{10ffff}",
    ] {
        holding(text, text.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn any_text_is_read_again_as_it_was(text in any::<String>(), octets in any::<Vec<u8>>()) {
        holding(&text, &octets);
    }

    #[test]
    fn any_lines_are_read_again_as_they_were(text in "([ -~]{0,12}\n?){0,5}") {
        holding(&text, b"");
    }
}
