//! Requirements and what the suite does about them: the command, the page that is made of it, and
//! the pages of the hazards.

mod support;

use std::{collections::BTreeSet, fs};

use hopspec::{requirement::Family, scenario::Library};
use insta::assert_snapshot;
use rstest::rstest;
use support::{Suite, hopspec_in_repository, repository};

/// The small suite, with one rule that is exempt and one that nobody covers.
fn suite() -> Suite {
    let suite = Suite::small();
    let rule = |id: &str, level: &str, area: &str, family: &str| {
        format!(
            "[[requirement]]\nid = '{id}'\nsource = 'RFC 9110'\nsection = '1'\nlevel = '{level}'\n\
             binding = 'direct'\npriority = 'vital'\narea = '{area}'\nfamily = '{family}'\n\
             summary = 'What {id} says | asks.'\nhazard = 'h'\n"
        )
    };
    let more = rule("rule-open", "SHOULD", "hops", "hang") + &rule("rule-exempt", "MAY", "fronts", "leak");
    suite.write("scenarios/requirements/more.toml", &more);
    suite.write(
        "scenarios/requirements/exemptions.toml",
        "[[exempt]]\nids = ['rule-exempt']\nbecause = 'needs-tls'\nreason = 'There is no TLS here.'\n",
    );
    suite.write("scenarios/hazards/leak.md", "# Leak\n\nSomething leaks.\n");
    suite
}

#[test]
fn coverage_is_told_by_area_level_and_hazard() {
    let told = suite().hopspec(&["coverage"]);
    told.ends(0, &[]);
    assert_snapshot!(told.out, @r"
    area    covered  exempt  open  total
    fronts        0       1     0      1
    hops          1       0     1      2
    total         1       1     1      3

    level   covered  exempt  open  total
    MUST          1       0     0      1
    SHOULD        0       0     1      1
    MAY           0       1     0      1
    total         1       1     1      3

    hazard  covered  exempt  open  total
    leak          1       1     0      2
    hang          0       0     1      1
    total         1       1     1      3

    open:
      rule-open  SHOULD, vital
          What rule-open says | asks.

    exempt, needs-tls:
      rule-exempt  What rule-exempt says | asks.
          There is no TLS here.
    ");
}

#[test]
fn coverage_is_told_to_programs() {
    let told = suite().hopspec(&["coverage", "--format", "json"]);
    told.ends(0, &[]);
    assert_snapshot!(told.out, @r#"
    {
      "total": {
        "covered": 1,
        "exempt": 1,
        "open": 1
      },
      "areas": {
        "fronts": {
          "covered": 0,
          "exempt": 1,
          "open": 0
        },
        "hops": {
          "covered": 1,
          "exempt": 0,
          "open": 1
        }
      },
      "levels": {
        "MUST": {
          "covered": 1,
          "exempt": 0,
          "open": 0
        },
        "SHOULD": {
          "covered": 0,
          "exempt": 0,
          "open": 1
        },
        "MAY": {
          "covered": 0,
          "exempt": 1,
          "open": 0
        }
      },
      "families": {
        "leak": {
          "covered": 1,
          "exempt": 1,
          "open": 0
        },
        "hang": {
          "covered": 0,
          "exempt": 0,
          "open": 1
        }
      },
      "open": [
        {
          "id": "rule-open",
          "level": "SHOULD",
          "priority": "vital",
          "summary": "What rule-open says | asks."
        }
      ],
      "exempt": {
        "needs-tls": [
          {
            "id": "rule-exempt",
            "summary": "What rule-exempt says | asks.",
            "reason": "There is no TLS here."
          }
        ]
      }
    }
    "#);
}

#[test]
fn coverage_is_written_as_a_page() {
    let suite = suite();
    let told = suite.hopspec(&["coverage", "--update"]);
    told.ends(0, &[]);
    assert_eq!(told.out, "");
    let page = fs::read_to_string(suite.path("scenarios/COVERAGE.md")).unwrap();
    assert_eq!(suite.hopspec(&["coverage", "--format", "markdown"]).out, page);
    assert_snapshot!(page, @r"
    # Coverage

    Which requirements some scenario covers, which none can cover, and why. Written by
    `cargo xtask coverage --update`; a test holds it against the scenarios.

    `cargo xtask explain <requirement>` shows one with its source and its scenarios,
    `cargo xtask explain <hazard>` what a kind of harm is; its pages stand in [hazards/](hazards/).

    ## By area

    | area | covered | exempt | open | total |
    |---|--:|--:|--:|--:|
    | fronts | 0 | 1 | 0 | 1 |
    | hops | 1 | 0 | 1 | 2 |
    | **total** | 1 | 1 | 1 | 3 |

    ## By level

    | level | covered | exempt | open | total |
    |---|--:|--:|--:|--:|
    | MUST | 1 | 0 | 0 | 1 |
    | SHOULD | 0 | 0 | 1 | 1 |
    | MAY | 0 | 1 | 0 | 1 |
    | **total** | 1 | 1 | 1 | 3 |

    ## By hazard

    | hazard | covered | exempt | open | total |
    |---|--:|--:|--:|--:|
    | [leak](hazards/leak.md) | 1 | 1 | 0 | 2 |
    | [hang](hazards/hang.md) | 0 | 0 | 1 | 1 |
    | **total** | 1 | 1 | 1 | 3 |

    ## Open

    | requirement | level | priority | rule |
    |---|---|---|---|
    | `rule-open` | SHOULD | vital | What rule-open says \| asks. |

    ## Exempt

    ### needs-tls

    | requirement | rule | why no scenario shows it |
    |---|---|---|
    | `rule-exempt` | What rule-exempt says \| asks. | There is no TLS here. |
    ");
}

#[test]
fn an_open_requirement_fails_the_check() {
    let suite = suite();
    let message = "error: requirements that are neither covered nor exempt: 1\n";
    let told = suite.hopspec(&["coverage", "--check"]);
    told.ends(1, &[message]);
    assert!(told.out.contains("\nopen:\n  rule-open "), "{}", told.out);
    let exempt =
        "[[exempt]]\nids = ['rule-open', 'rule-exempt']\nbecause = 'needs-tls'\nreason = 'No TLS.'\n";
    suite.write("scenarios/requirements/exemptions.toml", exempt);
    suite.hopspec(&["coverage", "--check"]).ends(0, &[]);
}

#[rstest]
#[case::covered(
    "rule-must",
    "needs-tls",
    "exemptions.toml: rule-must is covered by hops/nominated, so it is not exempt"
)]
#[case::unknown("rule-mist", "needs-tls", "exemptions.toml: there is no requirement rule-mist")]
#[case::class("rule-open", "needs-time", "exemptions.toml is not an exemption file\n  because: ")]
fn an_exemption_with_a_mistake_is_refused(#[case] id: &str, #[case] because: &str, #[case] message: &str) {
    let suite = suite();
    let text = format!("[[exempt]]\nids = ['{id}']\nbecause = '{because}'\nreason = 'r'\n");
    suite.write("scenarios/requirements/exemptions.toml", &text);
    for command in ["check", "list", "run", "coverage"] {
        suite.hopspec(&[command]).ends(2, &[message]);
    }
}

#[rstest]
#[case::exempt("rule-exempt", "\nExempt, needs-tls: There is no TLS here.\n")]
#[case::open("rule-open", "\nOpen: no scenario covers it yet.\n")]
#[case::covered("rule-must", "\nCovered by:\n  hops/nominated  Nominated")]
#[case::hazard("rule-open", "    hazard: hang. Somebody waits ")]
#[case::hazard_of_a_scenario("hops/plain", "    hazard: leak. What was meant ")]
#[case::page("leak", "# Leak\n\nSomething leaks.\n\nRequirements:\n  rule-exempt  What ")]
#[case::scenarios_of_a_family(
    "leak",
    "\nScenarios:\n  hops/nominated  Nominated fields stay behind\n  hops/plain  "
)]
fn what_a_rule_guards_against_is_explained(#[case] id: &str, #[case] text: &str) {
    let told = suite().hopspec(&["explain", id]);
    told.ends(0, &[]);
    assert!(told.out.contains(text), "{}", told.out);
}

#[rstest]
#[case::no_page(&["explain", "hang"], "cannot read scenarios/hazards/hang.md: No such file")]
#[case::no_such_family(&["list", "--family", "hung"], "[possible values: smuggling, ")]
#[case::none_of_the_family(&["list", "--family", "hang"], "`--family hang` matches no scenario")]
#[case::two_wishes(&["coverage", "--update", "--format", "json"], "cannot be used with")]
fn a_family_that_is_not_there_is_wrong_usage(#[case] args: &[&str], #[case] message: &str) {
    suite().hopspec(args).ends(2, &[message]);
}

#[test]
fn the_page_of_the_suite_is_up_to_date() {
    let told = hopspec_in_repository(&["coverage", "--format", "markdown"]);
    told.ends(0, &[]);
    let page = fs::read_to_string(repository().join("scenarios/COVERAGE.md")).expect("the page");
    assert!(page == told.out, "scenarios/COVERAGE.md is out of date: cargo xtask coverage --update");
}

#[test]
fn every_family_has_a_page_and_guards_against_something() {
    let folder = repository().join("scenarios/hazards");
    let names: BTreeSet<String> = fs::read_dir(&folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, Family::ALL.iter().map(|family| format!("{family}.md")).collect());
    let library = Library::load(&repository().join("scenarios")).expect("no mistakes");
    for family in Family::ALL {
        let page = fs::read_to_string(folder.join(format!("{family}.md"))).expect("a page");
        let mut blocks = page.split("\n\n");
        let title = blocks.next().unwrap_or_default().to_lowercase().replace(' ', "-");
        assert_eq!(title, format!("#-{family}"));
        assert_eq!(blocks.next(), Some(family.sentence()), "{family} begins with its sentence");
        let words = page.split_whitespace().count();
        assert!((150..=300).contains(&words), "{family} has {words} words");
        let mut rules = library.catalogue.0.values();
        assert!(rules.any(|rule| rule.family == family), "no requirement is of the family {family}");
        let id = hopspec::requirement::RequirementId(family.name().to_owned());
        assert!(library.catalogue.get(&id).is_none(), "{family} is a requirement as well");
    }
}
