//! A minimal HTTP/1.1 reverse proxy that does the Upgrade hop right, written
//! to be read.
//!
//! It is the answer key of the hopspec suite: small enough to be read from
//! top to bottom, and right where deployed proxies differ. It is not a
//! product: no TLS, no HTTP/2, no cache, no rewriting, no reload.
//!
//! ```text
//! serve -> session -> exchange -> admit -> rewrite -> upstream -> relay
//!             |            '-> or a refusal, at any of these steps
//!             '-> tunnel, once an exchange has switched
//! ```
//!
//! The page "WebSocket proxying" of nginx's documentation makes five
//! statements. Each is one place here:
//!
//! 1. Upgrade and Connection do not travel by themselves:
//!    `fields::remove_hop_by_hop`.
//! 2. A configuration passes them on explicitly: `rewrite::set_configured`.
//! 3. Connection may be derived from Upgrade: `config::value::Map::select`.
//! 4. A tunnel needs the client's asking and the origin's 101:
//!    `upgrade::check_switch`.
//! 5. Upstream it is HTTP/1.1 (`rewrite::rewrite_request`), and a tunnel with
//!    a silent origin is closed (`tunnel::Tunnel::deadline`).
//!
//! Reading order: `exchange`, `rewrite`, `fields`, `upgrade`, `tunnel`; then
//! `admit`, `refusal`, `body`, `upstream`; then `session`, `serve`, `wire`, `interim`;
//! `config` whenever a value's origin is in question.

mod admit;
mod body;
mod config;
mod exchange;
mod fields;
mod interim;
mod refusal;
mod rewrite;
mod serve;
mod session;
mod tunnel;
mod upgrade;
mod upstream;
mod wire;

pub use config::{Config, ConfigError};
pub use serve::{BindError, GRACE, Proxy, Running};
