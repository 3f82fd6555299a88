//! How grave a broken rule is, and how a catalogue is read.

use std::fs;

use rstest::rstest;

use super::*;

fn rule(level: Level, binding: Binding, priority: Priority, loss: bool) -> Requirement {
    Requirement {
        id: RequirementId("r".to_owned()),
        source: "RFC 9110".to_owned(),
        section: "7.8".to_owned(),
        level,
        binding,
        priority,
        area: "a".to_owned(),
        family: Family::Leak,
        summary: "s".to_owned(),
        hazard: "h".to_owned(),
        reading: None,
        loss,
    }
}

#[rstest]
#[case::must_binds_a_gateway(Level::Must, Binding::Direct, Priority::Vital, Severity::Fail)]
#[case::priority_does_not_soften_it(Level::Must, Binding::Direct, Priority::Informational, Severity::Fail)]
#[case::must_not(Level::MustNot, Binding::Direct, Priority::Important, Severity::Fail)]
#[case::endpoints_must(Level::Must, Binding::Endpoint, Priority::Important, Severity::Fail)]
#[case::forward_proxies_must(Level::Must, Binding::ProxyOnly, Priority::Vital, Severity::Warn)]
#[case::forward_proxies_must_not(Level::MustNot, Binding::ProxyOnly, Priority::Important, Severity::Warn)]
#[case::documented(Level::Documented, Binding::Product, Priority::Important, Severity::Fail)]
#[case::should(Level::Should, Binding::Direct, Priority::Vital, Severity::Warn)]
#[case::should_not(Level::ShouldNot, Binding::ProxyOnly, Priority::Important, Severity::Warn)]
#[case::derived_and_vital(Level::Derived, Binding::Derived, Priority::Vital, Severity::Fail)]
#[case::derived(Level::Derived, Binding::Derived, Priority::Important, Severity::Warn)]
#[case::derived_for_information(Level::Derived, Binding::Derived, Priority::Informational, Severity::Warn)]
#[case::may(Level::May, Binding::Direct, Priority::Vital, Severity::Observed)]
#[case::informative(Level::Informative, Binding::Direct, Priority::Vital, Severity::Observed)]
fn level_and_binding_say_how_grave_it_is(
    #[case] level: Level,
    #[case] binding: Binding,
    #[case] priority: Priority,
    #[case] severity: Severity,
) {
    assert_eq!(rule(level, binding, priority, false).severity(), severity);
}

#[rstest]
fn a_loss_of_octets_is_a_failure_whatever_the_keyword_says(
    #[values(Level::Must, Level::Should, Level::May, Level::Informative, Level::Documented, Level::Derived)]
    level: Level,
    #[values(Binding::Direct, Binding::ProxyOnly, Binding::Derived)] binding: Binding,
) {
    assert_eq!(rule(level, binding, Priority::Informational, true).severity(), Severity::Fail);
}

#[test]
fn what_could_not_be_judged_ranks_between_a_warning_and_a_failure() {
    let ranked = [Severity::Observed, Severity::Warn, Severity::Inconclusive, Severity::Fail];
    assert!(ranked.is_sorted());
}

#[rstest]
#[case("RFC 9110", "7.8", "RFC 9110 §7.8")]
#[case("nginx, WebSocket proxying", "the page itself", "nginx, WebSocket proxying, the page itself")]
fn a_rule_is_cited_as_its_document_is(#[case] source: &str, #[case] section: &str, #[case] citation: &str) {
    let rule = Requirement {
        source: source.to_owned(),
        section: section.to_owned(),
        ..rule(Level::Must, Binding::Direct, Priority::Vital, false)
    };
    assert_eq!(rule.citation(), citation);
}

fn entry(id: &str, more: &str) -> String {
    format!(
        "[[requirement]]\nid = '{id}'\nsource = 's'\nsection = '1'\nlevel = 'MUST NOT'\nbinding = 'proxy-only'\n\
         priority = 'vital'\narea = 'a'\nfamily = 'leak'\nsummary = 's'\nhazard = 'h'\n{more}\n"
    )
}

fn load(files: &[(&str, String)]) -> Result<Catalogue, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let place = format!("{}/", folder.path().display());
    Catalogue::load(folder.path()).map_err(|error| error.to_string().replace(&place, ""))
}

#[test]
fn every_file_of_the_folder_is_read() {
    let files =
        [("a.toml", entry("one", "")), ("b.toml", entry("two", "loss = true")), ("c.txt", "no".to_owned())];
    let catalogue = load(&files).unwrap();
    assert_eq!(catalogue.0.len(), 2);
    let severity = |id: &str| catalogue.get(&RequirementId(id.to_owned())).unwrap().severity();
    assert_eq!((severity("one"), severity("two")), (Severity::Warn, Severity::Fail));
}

#[rstest]
#[case::no_toml("one", "=", "a.toml is not a requirements file")]
#[case::unknown_key("one", "severity = 'fail'", "a.toml is not a requirements file")]
#[case::twice("two", "", "requirement two is defined twice, the second time in b.toml")]
fn a_broken_catalogue_is_refused(#[case] id: &str, #[case] more: &str, #[case] message: &str) {
    let error = load(&[("a.toml", entry(id, more)), ("b.toml", entry("two", ""))]).unwrap_err();
    assert_eq!(error, message);
}

#[test]
fn a_family_is_found_by_the_name_that_files_use() {
    for family in Family::ALL {
        assert_eq!(Family::named(family.name()), Some(family));
        let written = toml::Value::try_from(family).unwrap();
        assert_eq!(written.as_str(), Some(family.name()));
    }
    assert_eq!(Family::named("nothing"), None);
}

#[rstest]
#[case::missing("family = 'leak'\n", "", "missing field `family`")]
#[case::unknown("'leak'", "'leek'", "unknown variant `leek`")]
fn a_rule_belongs_to_a_known_family(#[case] from: &str, #[case] to: &str, #[case] cause: &str) {
    let error = toml::from_str::<File>(&entry("one", "").replace(from, to)).err().unwrap();
    assert!(error.to_string().contains(cause), "{error}");
}

/// An exemption file of these entries, read beside the rules `one` and `two`.
fn exempt(entries: &[&str]) -> Result<Exemptions, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules.toml"), entry("one", "") + &entry("two", "")).unwrap();
    let path = folder.path().join(EXEMPTIONS);
    let text: String = entries.iter().map(|entry| format!("[[exempt]]\n{entry}\n")).collect();
    fs::write(&path, text).unwrap();
    // The file among the rules is not taken for one of them.
    let catalogue = Catalogue::load(folder.path()).unwrap();
    let place = format!("{}/", folder.path().display());
    Exemptions::load(&path, &catalogue).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}\n{cause}").replace(&place, "")
    })
}

const SOUND: &str = "ids = ['one']\nbecause = 'needs-tls'\nreason = 'There is no TLS.'";

#[test]
fn an_exemption_gives_its_class_and_its_reason() {
    let exemptions = exempt(&[SOUND]).unwrap();
    let of = |id: &str| exemptions.of(&RequirementId(id.to_owned()));
    let one = of("one").unwrap();
    assert_eq!((one.because, &*one.reason), (Because::NeedsTls, "There is no TLS."));
    assert!(of("two").is_none());
}

#[test]
fn without_a_file_nothing_is_exempt() {
    let none = Exemptions::load(Path::new("no/such/file.toml"), &Catalogue::default()).unwrap();
    assert!(none.0.is_empty());
}

#[rstest]
#[case::unknown_rule("'one'", "'three'", "exemptions.toml: there is no requirement three")]
#[case::twice_in_a_list("'one'", "'one', 'one'", "exemptions.toml: one is exempt twice")]
#[case::no_rule("'one'", "", "exemptions.toml: an entry names no requirement")]
#[case::no_reason("'There is no TLS.'", "' '", "exemptions.toml: the entry for one gives no reason")]
#[case::reason_left_out("reason = 'There is no TLS.'", "", "missing field `reason`")]
#[case::unknown_class("needs-tls", "too-hard", "unknown variant `too-hard`, expected one of `needs-tls`")]
#[case::unknown_key("reason", "why", "unknown field `why`")]
fn an_exemption_that_does_not_hold_is_refused(#[case] from: &str, #[case] to: &str, #[case] message: &str) {
    let error = exempt(&[&SOUND.replace(from, to)]).unwrap_err();
    assert!(error.contains(message), "{error}");
}

#[test]
fn a_rule_is_exempt_once() {
    let error = exempt(&[SOUND, &SOUND.replace("'one'", "'two', 'one'")]).unwrap_err();
    assert_eq!(error, "exemptions.toml: one is exempt twice\n");
}
