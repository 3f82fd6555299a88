//! Any text as a scenario.

#![no_main]

#[path = "../../tests/properties/scenario.rs"]
mod property;
#[path = "../../tests/properties/suite.rs"]
mod suite;

libfuzzer_sys::fuzz_target!(|text: &str| property::holds(text));
