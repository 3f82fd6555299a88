//! A minimal HTTP/1.1 reverse proxy that does the Upgrade hop right, written
//! to be read: the answer key of the hopspec suite.
//!
//! It is not a product: no TLS, no HTTP/2, no cache, no rewriting, no reload.
//!
//! ```text
//! serve -> session -> exchange -> admit -> rewrite -> upstream -> relay
//!             |            '-> or a refusal, at any of these steps
//!             '-> tunnel, once an exchange has switched
//!
//! alarm: what waits too long     wire: sockets under hyper
//! access: what came of it all    splice: bulk that is not copied
//! watched: a client's reset
//! ```
//!
//! Reading order, and where each of the five statements of nginx's page
//! "WebSocket proxying" is, are in `README.md`.

mod access;
mod admit;
mod alarm;
mod body;
mod config;
mod exchange;
mod fields;
mod refusal;
mod rewrite;
mod serve;
mod session;
mod sockets;
mod splice;
mod tunnel;
mod upgrade;
mod upstream;
mod watched;
mod wire;

pub use config::{Config, ConfigError};
pub use serve::{GRACE, Running, start};
