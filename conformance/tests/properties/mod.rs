//! Properties of our own readers: the fuzz targets hold them against octets that a fuzzer finds, the tests
//! against mutations of sound input.

pub(crate) mod message;
pub(crate) mod scenario;
pub(crate) mod suite;
pub(crate) mod transcript;
