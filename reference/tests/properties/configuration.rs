//! What holds of any text that is read as a configuration.

use reference::Config;

/// It is refused with a message that shows the place, or accepted, and then always as the same.
pub(crate) fn holds(text: &str) {
    // What another file holds is not this text's.
    if text.contains("include") {
        return;
    }
    match Config::parse("fuzzed.conf", text.to_owned()) {
        Ok(config) => {
            let again = Config::parse("fuzzed.conf", text.to_owned()).expect("it was accepted before");
            assert_eq!(format!("{config:?}"), format!("{again:?}"));
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(error.render().contains("error"));
        }
    }
}
