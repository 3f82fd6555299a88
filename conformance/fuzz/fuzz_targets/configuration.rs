//! Any text as a configuration of the reference.

#![no_main]

#[path = "../../../reference/tests/properties/configuration.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|text: &str| property::holds(text));
