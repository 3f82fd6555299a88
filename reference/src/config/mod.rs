//! The configuration: nginx's language, the part of it that the "WebSocket
//! proxying" page uses.
//!
//! ```text
//! text -> lexer: tokens -> tree: directives -> build: Config
//! ```
//!
//! Everything is checked when it is read, so that a request can rely on it.
//! Nothing in here ever touches a connection.

mod build;
mod error;
mod level;
mod lexer;
mod tree;
mod value;
mod variables;

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use hyper::header::HeaderName;

pub use error::ConfigError;
pub(crate) use value::{Facts, Value};

/// A complete, checked configuration.
#[derive(Debug)]
pub struct Config {
    pub(crate) servers: Vec<Arc<Server>>,
    pub(crate) upstreams: Vec<Upstream>,
}

/// A `server`: where it listens and what it serves.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) listen: Vec<SocketAddr>,
    /// The longest prefix first, so that the first match is the right one.
    pub(crate) locations: Vec<Location>,
    pub(crate) header_timeout: Duration,
}

/// A `location`: one route to one upstream.
#[derive(Debug)]
pub(crate) struct Location {
    pub(crate) prefix: String,
    pub(crate) upstream: UpstreamId,
    /// What `$proxy_host` is: the authority written in `proxy_pass`.
    pub(crate) proxy_host: String,
    /// `proxy_set_header`, the inherited ones included.
    pub(crate) fields: Vec<(HeaderName, Value)>,
    pub(crate) limits: Limits,
}

/// How long the other side may keep us waiting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect: Duration,
    /// Between two reads from the origin, its first answer included.
    pub(crate) read: Duration,
    /// Between two successful writes.
    pub(crate) send: Duration,
}

/// Where an upstream stands in [`Config::upstreams`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct UpstreamId(pub(crate) usize);

/// An `upstream`, or the host of a `proxy_pass` that names none.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) name: String,
    /// Tried in turn, each request beginning one further on.
    pub(crate) addresses: Vec<SocketAddr>,
}

impl Config {
    /// Reads a configuration file and what it includes.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|cause| ConfigError::unreadable(path.to_owned(), cause))?;
        Config::parse(&path.display().to_string(), text)
    }

    /// Parses a configuration; `name` is what errors call it, and where
    /// relative includes start.
    pub fn parse(name: &str, text: String) -> Result<Self, ConfigError> {
        build::build(&tree::parse(name, text)?)
    }

    /// The map example of the page for every path, without a file.
    pub fn from_pair(listen: &str, upstream: &str) -> Result<Self, ConfigError> {
        let text = MAPPED.replace("{listen}", listen).replace("{upstream}", upstream);
        Config::parse("--listen and --upstream", text)
    }
}

impl Server {
    /// The location with the longest prefix of this path.
    pub(crate) fn location(&self, path: &str) -> Option<&Location> {
        self.locations.iter().find(|location| path.starts_with(&location.prefix))
    }
}

const MAPPED: &str = "\
http {
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ''      close;
    }
    server {
        listen {listen};
        location / {
            proxy_pass http://{upstream};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }
    }
}
";
