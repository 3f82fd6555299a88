//! The configuration: nginx's language, the part of it that the page
//! "WebSocket proxying" uses.
//!
//! ```text
//! text -> parse: words in blocks -> directives: Config, with values in it
//! ```
//!
//! Everything is checked when it is read, so that a request can rely on it.

mod directives;
mod error;
mod parse;
mod value;

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use hyper::header::HeaderName;
use hyper::http::HeaderValue;

pub use error::ConfigError;
pub(crate) use value::{Facts, Value};

/// A complete, checked configuration.
#[derive(Debug)]
pub struct Config {
    pub(crate) servers: Vec<Arc<Server>>,
}

/// A `server`: where it listens and what it serves.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) listen: Vec<SocketAddr>,
    /// The longest prefix first, so that the first match is the right one.
    pub(crate) locations: Vec<Arc<Location>>,
    pub(crate) limits: Limits,
}

/// A `location`: one way to one origin.
#[derive(Debug)]
pub(crate) struct Location {
    pub(crate) prefix: String,
    /// Tried in this order for every new connection.
    pub(crate) origins: Vec<SocketAddr>,
    /// `$proxy_host`: what `proxy_pass` says behind `http://`.
    pub(crate) proxy_host: HeaderValue,
    /// `proxy_set_header`, the inherited ones included.
    pub(crate) fields: Vec<(HeaderName, Value)>,
    pub(crate) limits: Limits,
}

/// How long another side may keep us waiting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// For a request's head, or the next request.
    pub(crate) header: Duration,
    /// Between two reads of a request's body.
    pub(crate) body: Duration,
    /// Between two writes to the client, of what is no tunnel.
    pub(crate) answer: Duration,
    pub(crate) connect: Duration,
    /// Between two reads from the origin, its first answer included.
    pub(crate) read: Duration,
    /// Between two writes to the origin.
    pub(crate) send: Duration,
}

impl Default for Limits {
    /// nginx's default is the same for all of them.
    fn default() -> Self {
        let limit = Duration::from_secs(60);
        Limits { header: limit, body: limit, answer: limit, connect: limit, read: limit, send: limit }
    }
}

impl Config {
    /// Reads a configuration file and what it includes.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        directives::build(&parse::from_command_line(path)?)
    }

    /// Parses a configuration; `name` is what errors call it.
    pub fn parse(name: &str, text: String) -> Result<Self, ConfigError> {
        directives::build(&parse::text(name.into(), text, 0)?)
    }

    /// The map example of the page for every path, without a file.
    pub fn from_pair(listen: &str, upstream: &str) -> Result<Self, ConfigError> {
        let text = include_str!("mapped.conf").replace("{listen}", listen).replace("{upstream}", upstream);
        Config::parse("--listen and --upstream", text)
    }
}

impl Server {
    /// The location with the longest prefix of this path, which is compared
    /// as it was sent: nothing is decoded or tidied up before.
    pub(crate) fn location(&self, path: &str) -> Option<&Arc<Location>> {
        self.locations.iter().find(|location| path.starts_with(&location.prefix))
    }
}
