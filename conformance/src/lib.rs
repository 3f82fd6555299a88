//! hopspec: conformance scenarios for what an HTTP/1.1 reverse proxy does between two hops.
//!
//! ```text
//! scenario file -> scenario -> [target] -> role -> wire -> transcript -> verdict -> report
//! ```
//!
//! Data flows one way. Roles act and record; the judge is a pure function of a scenario and a
//! transcript; only the runner sees the whole line. A target's misbehaviour is data and never an
//! error: errors are ours, and say who made them.
//!
//! Imports follow the same line, which a test holds: `wire`, `requirement`, `scenario`, `transcript`,
//! `target`, `role`, `judge`, `runner`, `report`, `cli`; `clock` and `exit` stand before all of them.

pub mod cli;
pub mod clock;
pub mod exit;
pub mod fuzz;
pub mod judge;
pub mod report;
pub mod requirement;
pub mod role;
pub mod runner;
pub mod scenario;
pub mod target;
pub mod transcript;
pub mod wire;
