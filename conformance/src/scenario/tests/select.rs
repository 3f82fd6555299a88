//! Rows, their ids, and which of them are meant.

use rstest::rstest;

use super::*;

const STEPS: &str = "client receives-response {\n    reason \"{x}\"\n}\n";
const MATRIX: &str =
    "matrix {\n    row \"a\" x=\"1\"\n    row \"b\" x=\"2\" needs=\"any-token http10-client\"\n}\n";

fn scenario(id: &str, routes: &str, more: &str) -> Arc<Scenario> {
    let text = format!("title \"t\"\nwhy \"w\"\ncovers \"tun-a\"\nroutes {routes}\n{more}{STEPS}");
    let source = Arc::new(Source { path: format!("{id}.kdl").into(), text });
    Arc::new(parse_scenario(ScenarioId(id.to_owned()), source).unwrap())
}

fn library() -> Library {
    let scenarios = vec![
        scenario("gate/both", "\"explicit\" \"mapped\"", MATRIX),
        scenario("gate/other", "\"plain\"", "covers \"tun-b\"\n"),
        scenario("tunnel/raw", "\"mapped\"", &format!("needs \"raw-tunnel\"\n{MATRIX}")),
    ];
    Library { scenarios, catalogue: catalogue(), exemptions: Exemptions::default() }
}

#[test]
fn a_scenario_expands_to_its_routes_and_rows() {
    let library = library();
    let ids: Vec<String> = library.rows().iter().map(Row::id).collect();
    assert_eq!(
        ids,
        [
            "gate/both:explicit:a",
            "gate/both:explicit:b",
            "gate/both:mapped:a",
            "gate/both:mapped:b",
            "gate/other",
            "tunnel/raw:a",
            "tunnel/raw:b",
        ]
    );
    assert_eq!(library.rows()[1].values(), [("x".to_owned(), "2".to_owned())]);
    let needs = |row: usize| library.rows()[row].needs().map(Capability::name).collect::<Vec<_>>();
    assert_eq!((needs(0), needs(4), needs(5)), (vec![], vec![], vec!["raw-tunnel"]));
    assert_eq!(needs(6), ["raw-tunnel", "any-token", "http10-client"]);
    assert_eq!(library.rows()[4].values(), []);
    assert_eq!(library.scenario("gate/other").unwrap().id.area(), "gate");
    assert!(library.scenario("gate/other:a").is_none());
}

/// Filters by their flags.
fn filters(given: &[(&str, &str)]) -> Filters {
    let of = |flag: &str| given.iter().find(|(name, _)| *name == flag).map(|(_, value)| *value);
    Filters {
        area: of("area").map(str::to_owned),
        covers: of("covers").map(str::to_owned),
        family: of("family").and_then(Family::named),
        needs: of("needs").map(str::to_owned),
    }
}

#[rstest]
#[case::everything(&[], &[], 7)]
#[case::one_scenario(&["gate/both"], &[], 4)]
#[case::one_row(&["gate/both:mapped:b"], &[], 1)]
#[case::one_area(&["gate/*"], &[], 5)]
#[case::one_area_by_two_stars(&["gate/**"], &[], 5)]
#[case::all_by_two_stars(&["**"], &[], 7)]
#[case::rows_of_one_route(&["*/*:mapped:*"], &[], 2)]
#[case::rows_by_their_name(&["*/*:a"], &[], 3)]
#[case::alternatives(&["{gate/other,tunnel/raw}"], &[], 3)]
#[case::two_patterns_add_up(&["gate/other", "tunnel/raw"], &[], 3)]
#[case::overlapping_patterns_count_once(&["gate/both", "gate/*"], &[], 5)]
#[case::area(&[], &[("area", "tunnel")], 2)]
#[case::covers(&[], &[("covers", "tun-b")], 1)]
#[case::family(&[], &[("family", "hang")], 1)]
#[case::needs(&[], &[("needs", "raw-tunnel")], 2)]
#[case::needs_of_a_row(&[], &[("needs", "any-token")], 3)]
#[case::filters_narrow_a_pattern(&["**"], &[("area", "gate"), ("covers", "tun-a")], 5)]
fn patterns_and_filters_choose_rows(
    #[case] patterns: &[&str],
    #[case] given: &[(&str, &str)],
    #[case] count: usize,
) {
    let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    let selection = Selection::new(&patterns, filters(given)).unwrap();
    assert_eq!(selection.choose(&library()).unwrap().len(), count);
    assert_eq!(selection.words(), patterns);
}

#[rstest]
#[case::no_such_scenario(&["gate/none"], &[], "gate/none")]
#[case::a_star_stays_in_its_folder(&["*"], &[], "*")]
#[case::one_of_two_matches_nothing(&["gate/*", "gone/*"], &[], "gone/*")]
#[case::nothing_is_left(&["tunnel/*"], &[("area", "gate")], "--area gate")]
#[case::no_such_area(&[], &[("area", "gat")], "--area gat")]
#[case::no_row_of_the_family(&[], &[("needs", "raw-tunnel"), ("family", "hang")], "--family hang --needs raw-tunnel")]
fn what_matches_nothing_is_an_error(
    #[case] patterns: &[&str],
    #[case] given: &[(&str, &str)],
    #[case] named: &str,
) {
    let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    let selection = Selection::new(&patterns, filters(given)).unwrap();
    let error = selection.choose(&library()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("`{named}` matches no scenario; `hopspec list` shows what there is")
    );
}

#[test]
fn what_is_no_pattern_is_an_error() {
    let error = Selection::new(&["gate/[".to_owned()], Filters::default()).unwrap_err();
    assert_eq!(error.to_string(), "`gate/[` is not a pattern");
}
