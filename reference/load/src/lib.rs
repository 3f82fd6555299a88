//! Load for proxies: what the reference is measured, soaked and shown real traffic with.
//!
//! ```text
//! origin <- [proxy, on a core of its own] <- work -> figures, or callgrind -> profile
//! ```
//!
//! Origin and clients share a thread, which has the other core. Nothing here judges; the programs in
//! `bin/` do.

pub mod cores;
pub mod entry;
pub mod figures;
pub mod http;
pub mod origin;
pub mod profile;
pub mod proxy;
pub mod tools;
pub mod work;
