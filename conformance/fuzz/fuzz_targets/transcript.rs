//! Any text as a transcript.

#![no_main]

#[path = "../../tests/properties/transcript.rs"]
mod property;
#[path = "../../tests/properties/suite.rs"]
mod suite;

libfuzzer_sys::fuzz_target!(|text: &str| property::holds(text));
