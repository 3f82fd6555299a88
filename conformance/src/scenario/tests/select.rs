//! Rows, their ids, and which of them are meant.

use rstest::rstest;

use super::*;

const STEPS: &str = "client receives-response {\n    reason \"{x}\"\n}\n";
const MATRIX: &str = "matrix {\n    row \"a\" x=\"1\"\n    row \"b\" x=\"2\"\n}\n";

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
    Library { scenarios, catalogue: Catalogue::default() }
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
    assert_eq!(library.rows()[4].values(), []);
    assert_eq!(library.scenario("gate/other").unwrap().id.area(), "gate");
    assert!(library.scenario("gate/other:a").is_none());
}

#[rstest]
#[case::everything(&[], None, None, None, 7)]
#[case::one_scenario(&["gate/both"], None, None, None, 4)]
#[case::one_row(&["gate/both:mapped:b"], None, None, None, 1)]
#[case::one_area(&["gate/*"], None, None, None, 5)]
#[case::one_area_by_two_stars(&["gate/**"], None, None, None, 5)]
#[case::all_by_two_stars(&["**"], None, None, None, 7)]
#[case::rows_of_one_route(&["*/*:mapped:*"], None, None, None, 2)]
#[case::rows_by_their_name(&["*/*:a"], None, None, None, 3)]
#[case::alternatives(&["{gate/other,tunnel/raw}"], None, None, None, 3)]
#[case::two_patterns_add_up(&["gate/other", "tunnel/raw"], None, None, None, 3)]
#[case::overlapping_patterns_count_once(&["gate/both", "gate/*"], None, None, None, 5)]
#[case::area(&[], Some("tunnel"), None, None, 2)]
#[case::covers(&[], None, Some("tun-b"), None, 1)]
#[case::needs(&[], None, None, Some("raw-tunnel"), 2)]
#[case::filters_narrow_a_pattern(&["**"], Some("gate"), Some("tun-a"), None, 5)]
fn patterns_and_filters_choose_rows(
    #[case] patterns: &[&str],
    #[case] area: Option<&str>,
    #[case] covers: Option<&str>,
    #[case] needs: Option<&str>,
    #[case] count: usize,
) {
    let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    let owned = |word: Option<&str>| word.map(str::to_owned);
    let selection = Selection::new(&patterns, owned(area), owned(covers), owned(needs)).unwrap();
    assert_eq!(selection.choose(library().rows()).unwrap().len(), count);
    assert_eq!(selection.words(), patterns);
}

#[rstest]
#[case::no_such_scenario(&["gate/none"], None, "gate/none")]
#[case::a_star_stays_in_its_folder(&["*"], None, "*")]
#[case::one_of_two_matches_nothing(&["gate/*", "gone/*"], None, "gone/*")]
#[case::nothing_is_left(&["tunnel/*"], Some("gate"), "--area gate")]
#[case::no_such_area(&[], Some("gat"), "--area gat")]
fn what_matches_nothing_is_an_error(
    #[case] patterns: &[&str],
    #[case] area: Option<&str>,
    #[case] named: &str,
) {
    let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    let selection = Selection::new(&patterns, area.map(str::to_owned), None, None).unwrap();
    let error = selection.choose(library().rows()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("`{named}` matches no scenario; `hopspec list` shows what there is")
    );
}

#[test]
fn what_is_no_pattern_is_an_error() {
    let error = Selection::new(&["gate/[".to_owned()], None, None, None).unwrap_err();
    assert_eq!(error.to_string(), "`gate/[` is not a pattern");
}
