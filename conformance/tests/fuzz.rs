//! Fuzzing finds nothing in a sound proxy and each property broken in one that breaks it; what it finds
//! becomes a scenario that fails there and nowhere else.

mod support;

use std::{collections::BTreeSet, path::Path};

use futures_util::{StreamExt, stream};
use hopspec::{
    clock::Patience,
    fuzz::{
        Bounds, Class, Ground, Hunt, Hunted, Key, Maker, Property, Script, Seen, hunt,
        property::{self, *},
        shrink_all,
    },
    requirement::Catalogue,
    runner::{Interrupt, Launch, Plan},
    scenario::{Library, ScenarioId, Source, lint, parse_scenario, write_scenario},
    target::{Definition, Offer},
};
use tokio::sync::watch;

use support::{block_on, built};

/// Each property, a fault that breaks it, and the class that shows it.
const BROKEN: &[(Property, &str, Class)] = &[
    (REQUEST_CROSSES, "refuse-unknown-methods", Class::Target),
    (METHOD, "unknown-method-is-get", Class::Target),
    (TARGET, "drop-query", Class::Target),
    (VERSION, "upstream-http10", Class::Plain),
    (ONE_HOST, "second-host", Class::Plain),
    (REQUEST_FIELD, "drop-end-to-end-fields", Class::EndToEnd),
    (REQUEST_LINES, "reorder-duplicate-fields", Class::EndToEnd),
    (REQUEST_LATIN, "recode-values", Class::EndToEnd),
    (NOMINATED, "keep-nominated-fields", Class::Connection),
    (OPTION_STAYS, "relay-connection-options", Class::Connection),
    (KEEP_ALIVE, "keep-keep-alive", Class::HopByHop),
    (PROXY_CONNECTION, "keep-proxy-connection", Class::HopByHop),
    (TE, "keep-te", Class::HopByHop),
    (HTTP2_SETTINGS, "keep-http2-settings", Class::HopByHop),
    (UPGRADE_STAYS, "forward-upgrade-by-default", Class::Upgrade),
    (EMPTY_UPGRADE, "send-empty-upgrade", Class::Upgrade),
    (UPGRADE_TRAVELS, "first-upgrade-line-only", Class::Upgrade),
    (UPGRADE_OPTION, "missing-connection-option", Class::Upgrade),
    (REQUEST_ADDED, "add-max-forwards", Class::Plain),
    (REQUEST_CONTENT, "alter-request-body", Class::Content),
    (REQUEST_TRAILERS, "merge-trailers", Class::Content),
    (NO_OTHER_REQUEST, "drop-content-by-method", Class::Content),
    (ANSWER_CROSSES, "alter-status", Class::Answer),
    (INTERIM, "swallow-interim", Class::Interim),
    (ANSWER_FIELD, "drop-response-fields", Class::Answer),
    (ANSWER_COOKIES, "merge-set-cookie", Class::Answer),
    (ANSWER_NOMINATED, "keep-nominated-response-fields", Class::Answer),
    (ANSWER_OPTION_STAYS, "relay-response-connection-options", Class::Answer),
    (ANSWER_KEEP_ALIVE, "keep-response-keep-alive", Class::Answer),
    (ANSWER_PROXY_CONNECTION, "keep-response-proxy-connection", Class::Answer),
    (ANSWER_ADDED, "accept-on-refusal", Class::Upgrade),
    (ANSWER_CONTENT, "alter-refusal-body", Class::Upgrade),
    (ANSWER_TRAILERS, "merge-response-trailers", Class::Content),
    (NO_OTHER_ANSWER, "drop-content-by-method", Class::Content),
    (SWITCH_CROSSES, "require-reason-phrase", Class::Switch),
    (SWITCH_PROTOCOL, "duplicate-upgrade-on-101", Class::Switch),
    (SWITCH_OPTION, "drop-101-option", Class::Switch),
    (SWITCH_FIELD, "accept-altered", Class::Switch),
    (SWITCH_NOMINATED, "keep-nominated-on-101", Class::Switch),
    (UNASKED_SWITCH, "relay-unasked-101", Class::Switch),
    (OTHER_PROTOCOL, "accept-other-protocol", Class::Switch),
    (UNNAMED_PROTOCOL, "accept-101-without-upgrade", Class::Switch),
    (NO_OPTION, "relay-101-without-connection", Class::Switch),
    (EARLY, "early-bytes-dropped", Class::Tunnel),
    (GLUED, "glued-bytes-dropped", Class::Tunnel),
    (TO_ORIGIN, "flip-octet", Class::Tunnel),
    (TO_CLIENT, "lossy-utf8", Class::Tunnel),
    (ALIVE, "crash-on-upgrade", Class::Upgrade),
    (CLIENT_LEAVES, "ignore-client-fin", Class::Tunnel),
    (ORIGIN_LEAVES, "ignore-origin-fin", Class::Tunnel),
];

fn catalogue() -> Catalogue {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    Library::load(&folder).expect("the suite has no mistakes").catalogue
}

fn plan(catalogue: &Catalogue, fault: Option<&str>, jobs: usize, scale: f64) -> Plan {
    let mut definition = Definition::by_contract(built("faulty"));
    definition.args.extend(fault.into_iter().flat_map(|fault| ["--fault".to_owned(), fault.to_owned()]));
    definition.offers = Offer::everything();
    Plan {
        launch: Launch::Program(Box::new(definition)),
        rows: Vec::new(),
        catalogue: catalogue.clone(),
        jobs,
        patience: Patience::scaled(scale),
        seed: 0,
        mode: None,
        watcher: None,
    }
}

struct Silent;

impl Hunted for Silent {
    fn played(&self, _: u64, _: usize) {}
    fn seen(&self, _: &Key, _: u64, _: &Seen) {}
    fn shrinks(&self, _: &Key) {}
}

fn maker(classes: &[Class]) -> Maker {
    Maker::new(7, classes, &Ground::of(&[&Offer::everything()]).expect("it has routes"))
}

fn never() -> Interrupt {
    let (wish, interrupt) = watch::channel(false);
    // Kept for as long as the test runs.
    std::mem::forget(wish);
    Interrupt(interrupt)
}

async fn cases(plan: &Plan, classes: &[Class], count: u64) -> Hunt {
    let bounds = Bounds { cases: Some(count), ..Bounds::default() };
    hunt(plan, &maker(classes), bounds, &Silent, never()).await.expect("the faulty proxy starts")
}

#[test]
fn nothing_is_found_in_a_sound_proxy() {
    let catalogue = catalogue();
    let hunt = block_on(cases(&plan(&catalogue, None, 4, 1.0), &Class::ALL, 1200));
    assert_eq!((hunt.cases, hunt.faults.len()), (1200, 0));
    let found: Vec<String> = hunt.kinds.iter().map(|(key, kind)| format!("{key}: {:?}", kind.seen)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let unreached = hunt.features.iter().filter(|count| **count == 0).count();
    assert_eq!(unreached, 0, "{:?}", hunt.features);
}

#[test]
fn each_property_is_found_broken_where_it_is() {
    let listed: BTreeSet<&str> = BROKEN.iter().map(|(property, ..)| property.says).collect();
    let all: BTreeSet<&str> = property::ALL.iter().map(|property| property.says).collect();
    assert_eq!(listed, all);
    let catalogue = &catalogue();
    let one = |&(property, fault, class): &'static (Property, &str, Class)| async move {
        let plan = plan(catalogue, Some(fault), 1, 0.2);
        let mut kinds = BTreeSet::new();
        // A few cases at a time: most faults show at once.
        for first in (0..200).step_by(20) {
            let bounds = Bounds { first, cases: Some(20), time: None };
            let hunt = hunt(&plan, &maker(&[class]), bounds, &Silent, never()).await.expect("it starts");
            if hunt.kinds.keys().any(|key| key.property.says == property.says) {
                return None;
            }
            kinds.extend(hunt.kinds.keys().map(ToString::to_string));
        }
        Some(format!("{fault}: not `{property}`, but {kinds:?}"))
    };
    let missed = block_on(stream::iter(BROKEN).map(one).buffer_unordered(6).collect::<Vec<_>>());
    let missed: Vec<String> = missed.into_iter().flatten().collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn every_rule_of_a_property_is_in_the_catalogue() {
    let catalogue = catalogue();
    for property in property::ALL {
        assert!(catalogue.get(&property.requirement()).is_some(), "{property}: {}", property.rule);
    }
}

#[test]
fn the_same_seed_gives_the_same_findings() {
    let catalogue = catalogue();
    let found = |jobs| {
        let hunt =
            block_on(cases(&plan(&catalogue, Some("keep-nominated-fields"), jobs, 1.0), &Class::ALL, 240));
        let kinds = hunt.kinds.into_iter().map(|(key, kind)| (key, kind.sightings, kind.seen));
        (hunt.features, kinds.collect::<Vec<_>>())
    };
    assert_eq!(found(1), found(5));
}

#[test]
fn cases_become_scenarios_without_mistakes() {
    let (catalogue, maker) = (catalogue(), maker(&Class::ALL));
    for number in 0..600 {
        let case = maker.case(number).expect("every class applies");
        let script = Script::of(&case, "one", property::METHOD);
        let text = write_scenario(&script.row.scenario);
        let source = Source { path: "one.kdl".into(), text: text.clone() };
        let read = parse_scenario(ScenarioId("fuzz/one".to_owned()), source.into())
            .unwrap_or_else(|mistake| panic!("{}\n{text}", mistake.render(false)));
        assert_eq!(write_scenario(&read), text);
        let mistakes = lint(&read, &catalogue);
        assert!(mistakes.is_empty(), "{}\n{text}", mistakes[0].render(false));
    }
}

#[test]
fn a_finding_is_shrunk_to_what_it_is_about() {
    let catalogue = catalogue();
    let (find, written) = block_on(async {
        let plan = plan(&catalogue, Some("nominated-first-line-only"), 2, 1.0);
        let maker = maker(&[Class::Connection]);
        let bounds = Bounds { cases: Some(100), ..Bounds::default() };
        let mut hunt = hunt(&plan, &maker, bounds, &Silent, never()).await.expect("it starts");
        let key = hunt.kinds.keys().find(|key| key.property.says == NOMINATED.says).expect("found").clone();
        let wanted = [key.clone()];
        shrink_all((&plan, &plan), &maker, &mut hunt, &wanted, &Silent, never()).await.expect("it starts");
        let find = hunt.kinds.remove(&key).and_then(|kind| kind.find).expect("it came again");
        let written = write_scenario(&find.script.row.scenario);
        (find, written)
    });
    assert_eq!(find.came, (3, 3));
    let fields: Vec<&str> = find.case.exchanges[0].request.fields.iter().map(|one| &*one.name).collect();
    // Two lines of Connection, and the field that the second one names.
    assert_eq!(fields.iter().filter(|name| **name == "Connection").count(), 2, "{written}");
    assert_eq!((find.case.exchanges.len(), fields.len()), (1, 3), "{written}");
}
