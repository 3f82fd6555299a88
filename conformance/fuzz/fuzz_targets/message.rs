//! Any octets as a message.

#![no_main]

#[path = "../../tests/properties/message.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| property::holds(octets));
