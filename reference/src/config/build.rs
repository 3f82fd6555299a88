//! Gives directives their meaning: from the tree to a checked [`Config`].
//!
//! It owns which directive is allowed where, what it takes and what it
//! inherits. It reads no text and resolves no variable itself.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
};

use super::{
    Config, Location, Server, Upstream, UpstreamId,
    error::{ConfigError, Problem, Span},
    level::{self, Level},
    tree::{Directive, Tree},
    variables::{Variables, fault},
};

type Fault = (Problem, Span);

const MAIN: &[&str] = &["events", "http", "include"];
const HTTP: &[&str] = &["include", "map", "server", "upstream"];
const UPSTREAM: &[&str] = &["include", "server"];
const LOCATION: &[&str] = &["include", "proxy_pass"];

/// Builds the configuration, or says what is wrong with it.
pub(super) fn build(tree: &Tree) -> Result<Config, ConfigError> {
    let mut builder = Builder::default();
    builder.main(tree).map_err(|(problem, at)| ConfigError::new(problem, at, &tree.sources))?;
    Ok(Config { servers: builder.servers, upstreams: builder.upstreams })
}

#[derive(Default)]
struct Builder<'a> {
    variables: Variables<'a>,
    upstreams: Vec<Upstream>,
    /// How many of `upstreams` were declared by name.
    declared: usize,
    servers: Vec<Arc<Server>>,
}

impl<'a> Builder<'a> {
    fn main(&mut self, tree: &'a Tree) -> Result<(), Fault> {
        let mut http = None;
        for directive in &tree.directives {
            match directive.name.text.as_str() {
                "events" => match block(directive, 0, "events { }")?.first() {
                    Some(inner) => return Err(unknown(inner, "events", &[])),
                    None => continue,
                },
                "http" if http.is_some() => return Err(duplicate(directive)),
                "http" => http = Some(directive),
                _ => return Err(unknown(directive, "the file", MAIN)),
            }
        }
        let start = Span { source: 0, start: 0, end: 0 };
        self.http(http.ok_or((Problem::Missing { place: "the file", name: "http" }, start))?)
    }

    fn http(&mut self, http: &'a Directive) -> Result<(), Fault> {
        let directives = block(http, 0, "http { … }")?;
        let mut level = Level::default();
        let mut servers = Vec::new();
        // Maps and upstreams may be declared behind their use, as in nginx.
        for directive in directives {
            match directive.name.text.as_str() {
                "map" => self.variables.declare(directive)?,
                "upstream" => self.upstream(directive)?,
                "server" => servers.push(directive),
                _ => {}
            }
        }
        self.declared = self.upstreams.len();
        self.variables.resolve()?;
        for directive in directives {
            let known = HTTP.contains(&directive.name.text.as_str());
            if !known && !level.take(directive, &mut self.variables)? {
                return Err(unknown(directive, "http", level::KNOWN_IN_HTTP));
            }
        }
        if servers.is_empty() {
            return Err(missing(http, "http", "server"));
        }
        servers.into_iter().try_for_each(|server| self.server(server, &level))
    }

    fn upstream(&mut self, upstream: &'a Directive) -> Result<(), Fault> {
        let directives = block(upstream, 1, "upstream name { server host:port; }")?;
        let name = &upstream.arguments[0];
        if self.upstreams.iter().any(|other| other.name == name.text) {
            return Err((Problem::Duplicate { name: name.text.clone() }, name.at));
        }
        let mut addresses = Vec::new();
        for directive in directives {
            match (directive.name.text.as_str(), directive.arguments.as_slice()) {
                ("server", [address]) if directive.block.is_none() => {
                    addresses.push(resolve(&address.text, address.at)?);
                }
                ("server", _) => {
                    return Err(fault(&directive.name, "takes one argument", "server host:port;"));
                }
                _ => return Err(unknown(directive, "upstream", UPSTREAM)),
            }
        }
        if addresses.is_empty() {
            return Err(missing(upstream, "upstream", "server"));
        }
        self.upstreams.push(Upstream { name: name.text.clone(), addresses });
        Ok(())
    }

    fn server(&mut self, server: &'a Directive, http: &Level) -> Result<(), Fault> {
        let directives = block(server, 0, "server { … }")?;
        let mut level = Level::default();
        let (mut listen, mut locations) = (Vec::new(), Vec::new());
        for directive in directives {
            match directive.name.text.as_str() {
                "listen" => listen.push(self.listen(directive, &listen)?),
                "location" => locations.push(directive),
                _ if level.take(directive, &mut self.variables)? => {}
                _ => return Err(unknown(directive, "server", level::KNOWN_IN_SERVER)),
            }
        }
        if listen.is_empty() {
            return Err(missing(server, "server", "listen"));
        }
        let level = level.inherit(http);
        let mut built: Vec<Location> = Vec::new();
        for location in locations {
            let next = self.location(location, &level)?;
            if built.iter().any(|other| other.prefix == next.prefix) {
                return Err(duplicate(location));
            }
            built.push(next);
        }
        built.sort_by_key(|location| std::cmp::Reverse(location.prefix.len()));
        let header_timeout = level.header_timeout();
        self.servers.push(Arc::new(Server { listen, locations: built, header_timeout }));
        Ok(())
    }

    fn listen(&self, directive: &Directive, here: &[SocketAddr]) -> Result<SocketAddr, Fault> {
        let [word] = directive.arguments.as_slice() else {
            return Err(fault(&directive.name, "takes one argument", "listen address:port;"));
        };
        let address = match word.text.parse::<u16>() {
            Ok(port) => SocketAddr::from(([0, 0, 0, 0], port)),
            Err(_) => resolve(&word.text, word.at)?,
        };
        // There are no server names here, so two servers could not share one.
        let mut taken = self.servers.iter().flat_map(|server| &server.listen).chain(here);
        match address.port() != 0 && taken.any(|other| *other == address) {
            true => Err((Problem::Duplicate { name: format!("listen {}", word.text) }, word.at)),
            false => Ok(address),
        }
    }

    fn location(&mut self, location: &'a Directive, server: &Level) -> Result<Location, Fault> {
        let directives = block(location, 1, "location /prefix/ { … }")?;
        let prefix = &location.arguments[0];
        if !prefix.text.starts_with('/') {
            return Err(fault(prefix, "is no prefix", "a path that starts with /"));
        }
        let mut level = Level::default();
        let mut pass = None;
        for directive in directives {
            match directive.name.text.as_str() {
                "proxy_pass" if pass.is_some() => return Err(duplicate(directive)),
                "proxy_pass" => pass = Some(self.proxy_pass(directive)?),
                // A head is read before any location is known.
                "client_header_timeout" => {
                    return Err(unknown(directive, "location", level::KNOWN_IN_LOCATION));
                }
                _ if level.take(directive, &mut self.variables)? => {}
                _ if LOCATION.contains(&directive.name.text.as_str()) => {}
                _ => return Err(unknown(directive, "location", level::KNOWN_IN_LOCATION)),
            }
        }
        let (upstream, proxy_host) = pass.ok_or_else(|| missing(location, "location", "proxy_pass"))?;
        let level = level.inherit(server);
        let (fields, limits) = (level.fields(), level.limits());
        Ok(Location { prefix: prefix.text.clone(), upstream, proxy_host, fields, limits })
    }

    fn proxy_pass(&mut self, pass: &Directive) -> Result<(UpstreamId, String), Fault> {
        let [url] = pass.arguments.as_slice() else {
            return Err(fault(&pass.name, "takes one argument", "http://host:port"));
        };
        let Some(host) = url.text.strip_prefix("http://").filter(|host| !host.is_empty()) else {
            return Err(fault(url, "is no http:// address", "http://host:port"));
        };
        if host.contains(['/', '?', '$']) {
            return Err(fault(url, "has more than an address", "no path and no variable"));
        }
        let known = self.upstreams.iter().position(|upstream| upstream.name == host);
        if let Some(index) = known {
            return Ok((UpstreamId(index), host.into()));
        }
        let address = resolve(host, url.at).map_err(|(problem, at)| match host.contains(':') {
            true => (problem, at),
            false => {
                let declared = &self.upstreams[..self.declared];
                let known = declared.iter().map(|upstream| upstream.name.clone()).collect();
                (Problem::UnknownUpstream { name: host.into(), known }, at)
            }
        })?;
        self.upstreams.push(Upstream { name: host.into(), addresses: vec![address] });
        Ok((UpstreamId(self.upstreams.len() - 1), host.into()))
    }
}

/// Resolves `host`, `host:port` or an address; the port is 80 if none is said.
fn resolve(host: &str, at: Span) -> Result<SocketAddr, Fault> {
    let address = host.parse().ok();
    let lookup = || host.to_socket_addrs().ok()?.next();
    let with_port = || (host, 80).to_socket_addrs().ok()?.next();
    let bare = !host.contains(':');
    address
        .or_else(|| if bare { with_port() } else { lookup() })
        .ok_or_else(|| (Problem::Unresolvable(host.into()), at))
}

fn block<'a>(
    directive: &'a Directive,
    arguments: usize,
    shape: &'static str,
) -> Result<&'a [Directive], Fault> {
    match &directive.block {
        Some(block) if directive.arguments.len() == arguments => Ok(block),
        Some(_) => Err(fault(&directive.name, "has other arguments", shape)),
        None => Err(fault(&directive.name, "has no block", shape)),
    }
}

fn unknown(directive: &Directive, place: &'static str, known: &'static [&'static str]) -> Fault {
    let name = directive.name.text.clone();
    (Problem::UnknownDirective { name, place, known }, directive.name.at)
}

fn duplicate(directive: &Directive) -> Fault {
    let words = [&directive.name].into_iter().chain(&directive.arguments);
    let name = words.map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    (Problem::Duplicate { name }, directive.name.at)
}

fn missing(directive: &Directive, place: &'static str, name: &'static str) -> Fault {
    (Problem::Missing { place, name }, directive.name.at)
}
