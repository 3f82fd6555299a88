//! What each directive means, where it may stand and what it takes.
//!
//! Each block begins as a copy of what is set around it, which is how nginx
//! inherits. A directive changes that copy, and nothing else.

use std::net::{SocketAddr, ToSocketAddrs};
use std::{cmp::Reverse, collections::BTreeMap, sync::Arc, time::Duration};

use hyper::header::{self, HeaderName};
use hyper::http::HeaderValue;

use super::parse::{Directive, Word};
use super::value::{Map, Maps, Value};
use super::{Config, Limits, Location, Server, error::ConfigError};

/// What a directive looks like, where it stands, and what it does. The first
/// word of `usage` is its name, the others are its arguments.
struct Rule {
    usage: &'static str,
    within: Within,
    repeats: bool,
    apply: Apply,
}

/// All directives. Those of a block are applied in this order, so that what
/// others refer to or inherit is there, whatever their order in the file.
const RULES: &[Rule] = &[
    once("events { }", &["the file"], |scope, events| scope.enter(events).map(drop)),
    once("http { … }", &["the file"], http),
    many("map $source $variable { … }", &["http"], map),
    many("upstream name { … }", &["http"], upstream),
    many("server host:port;", &["upstream"], address),
    many("listen address:port;", &["server"], address),
    once("client_header_timeout time;", &["http", "server"], |scope, of| time(of, &mut scope.limits.header)),
    once("client_body_timeout time;", ROUTE, |scope, of| time(of, &mut scope.limits.body)),
    once("send_timeout time;", &["http", "server"], |scope, of| time(of, &mut scope.limits.answer)),
    once("proxy_connect_timeout time;", ROUTE, |scope, of| time(of, &mut scope.limits.connect)),
    once("proxy_read_timeout time;", ROUTE, |scope, of| time(of, &mut scope.limits.read)),
    once("proxy_send_timeout time;", ROUTE, |scope, of| time(of, &mut scope.limits.send)),
    once("proxy_http_version 1.1;", ROUTE, http_version),
    many("proxy_set_header name value;", ROUTE, set_header),
    once("proxy_pass http://host:port;", &["location"], proxy_pass),
    many("location /prefix/ { … }", &["server"], location),
    many("server { … }", &["http"], server),
];

/// Where a setting of routes may stand: around them, too.
const ROUTE: Within = &["http", "server", "location"];

/// The names of blocks.
type Within = &'static [&'static str];

type Apply = fn(&mut Scope, &Directive) -> Result<(), ConfigError>;

const fn once(usage: &'static str, within: Within, apply: Apply) -> Rule {
    Rule { usage, within, repeats: false, apply }
}

const fn many(usage: &'static str, within: Within, apply: Apply) -> Rule {
    Rule { usage, within, repeats: true, apply }
}

/// Fields that frame a message on one hop; no configuration writes them.
const OWN_FIELDS: [HeaderName; 5] =
    [header::CONTENT_LENGTH, header::EXPECT, header::TE, header::TRAILER, header::TRANSFER_ENCODING];

/// Builds the configuration, or says what is wrong with it.
pub(super) fn build(file: &Directive) -> Result<Config, ConfigError> {
    let servers = Scope::default().enter(file)?.servers;
    needs(file, "http", servers.is_empty())?;
    Ok(Config { servers })
}

/// What is known within one block.
#[derive(Default, Clone)]
struct Scope {
    limits: Limits,
    fields: Vec<(HeaderName, Value)>,
    /// This block sets fields itself, so it inherits none.
    has_own_fields: bool,
    maps: Maps,
    upstreams: BTreeMap<String, Vec<SocketAddr>>,
    /// Those that this block is about: to listen on, or to forward to.
    addresses: Vec<SocketAddr>,
    /// What `proxy_pass` says behind `http://`.
    proxy_host: Option<HeaderValue>,
    locations: Vec<Arc<Location>>,
    servers: Vec<Arc<Server>>,
}

impl Rule {
    fn name(&self) -> &'static str {
        self.usage.split(' ').next().unwrap_or_default()
    }

    /// Whether the directive looks as it should.
    fn fits(&self, directive: &Directive) -> bool {
        let words = self.usage.split(['{', ';']).next().unwrap_or_default();
        let arguments = words.split_whitespace().count() - 1;
        directive.arguments.len() == arguments && directive.block.is_some() == self.usage.ends_with('}')
    }
}

impl Scope {
    /// What is known at the end of a block, which begins with all that is
    /// known around it.
    fn enter(&self, block: &Directive) -> Result<Scope, ConfigError> {
        let mut found: Vec<(usize, &Directive)> = Vec::new();
        for directive in block.block.iter().flatten() {
            let name = &directive.name;
            let here = |rule: &Rule| rule.within.contains(&&*block.name.text);
            let Some(index) = RULES.iter().position(|rule| here(rule) && rule.name() == name.text) else {
                let known = RULES.iter().filter(|rule| here(rule)).map(Rule::name).chain(["include"]);
                let error = name.error("is no directive known here", "one of those below");
                return Err(error.knowing(&name.text, &format!("in {}", block.name.text), known));
            };
            if !RULES[index].fits(directive) {
                return Err(name.error("has another form", &format!("`{}`", RULES[index].usage)));
            }
            let is_first = !found.iter().any(|(other, _)| *other == index);
            once_only(name, RULES[index].repeats || is_first)?;
            found.push((index, directive));
        }
        found.sort_by_key(|(index, _)| *index);
        let mut scope = Scope { has_own_fields: false, addresses: Vec::new(), ..self.clone() };
        for (index, directive) in found {
            (RULES[index].apply)(&mut scope, directive)?;
        }
        Ok(scope)
    }
}

fn http(scope: &mut Scope, http: &Directive) -> Result<(), ConfigError> {
    scope.servers = scope.enter(http)?.servers;
    needs(http, "server", scope.servers.is_empty())
}

fn map(scope: &mut Scope, map: &Directive) -> Result<(), ConfigError> {
    let variable = &map.arguments[1];
    let Some(name) = variable.text.strip_prefix('$') else {
        return Err(variable.error("is no variable", "`$name`"));
    };
    let map = Map::parse(map, &scope.maps)?;
    once_only(variable, scope.maps.insert(name.into(), Arc::new(map)).is_none())
}

fn upstream(scope: &mut Scope, upstream: &Directive) -> Result<(), ConfigError> {
    let origins = scope.enter(upstream)?.addresses;
    needs(upstream, "server", origins.is_empty())?;
    let name = &upstream.arguments[0];
    once_only(name, scope.upstreams.insert(name.text.clone(), origins).is_none())
}

/// `listen` in a `server`, or `server` in an `upstream`.
fn address(scope: &mut Scope, directive: &Directive) -> Result<(), ConfigError> {
    let word = &directive.arguments[0];
    scope.addresses.extend(match word.text.parse::<u16>() {
        Ok(port) => vec![SocketAddr::from(([0, 0, 0, 0], port))],
        Err(_) => resolve(&word.text, word)?,
    });
    Ok(())
}

fn server(scope: &mut Scope, server: &Directive) -> Result<(), ConfigError> {
    let Scope { addresses: listen, mut locations, limits, .. } = scope.enter(server)?;
    needs(server, "listen", listen.is_empty())?;
    locations.sort_by_key(|location| Reverse(location.prefix.len()));
    scope.servers.push(Arc::new(Server { listen, locations, limits }));
    Ok(())
}

fn location(scope: &mut Scope, location: &Directive) -> Result<(), ConfigError> {
    let prefix = &location.arguments[0];
    if !prefix.text.starts_with('/') {
        return Err(prefix.error("is no prefix", "a path that starts with /"));
    }
    once_only(prefix, scope.locations.iter().all(|other| other.prefix != prefix.text))?;
    let inner = scope.enter(location)?;
    let Scope { addresses: origins, proxy_host, mut fields, limits, .. } = inner;
    let Some(proxy_host) = proxy_host else { return needs(location, "proxy_pass", true) };
    // Host is set even if nothing says so. Connection is not, as in current
    // nginx, so connections to the origin are kept.
    if !fields.iter().any(|(name, _)| name == header::HOST) {
        fields.push((header::HOST, Value::proxy_host()));
    }
    let prefix = prefix.text.clone();
    scope.locations.push(Arc::new(Location { prefix, origins, proxy_host, fields, limits }));
    Ok(())
}

fn proxy_pass(scope: &mut Scope, pass: &Directive) -> Result<(), ConfigError> {
    let url = &pass.arguments[0];
    let host = url.text.strip_prefix("http://").filter(|host| !host.contains(['/', '?', '$']));
    let host =
        host.ok_or_else(|| url.error("cannot be passed to", "http://host:port, and no path or variable"))?;
    let known = || scope.upstreams.keys().map(String::as_str);
    let proxy_host = HeaderValue::from_bytes(host.as_bytes());
    scope.proxy_host = Some(proxy_host.map_err(|_| url.error("has no valid host", "http://host:port"))?);
    scope.addresses = match scope.upstreams.get(host) {
        Some(origins) => origins.clone(),
        None => resolve(host, url).map_err(|error| error.knowing(host, "upstreams", known()))?,
    };
    Ok(())
}

fn set_header(scope: &mut Scope, set: &Directive) -> Result<(), ConfigError> {
    let (name, value) = (&set.arguments[0], &set.arguments[1]);
    let field = name.text.parse().map_err(|_| name.error("is no field name", "a token such as Upgrade"))?;
    if OWN_FIELDS.contains(&field) {
        return Err(name.error("is the proxy's own to write", "another field"));
    }
    if !std::mem::replace(&mut scope.has_own_fields, true) {
        scope.fields.clear();
    }
    scope.fields.push((field, Value::parse(value, &scope.maps)?));
    Ok(())
}

/// Statement 5 of the page: a request goes upstream as HTTP/1.1, here always.
fn http_version(_: &mut Scope, version: &Directive) -> Result<(), ConfigError> {
    match &version.arguments[0] {
        version if version.text == "1.1" => Ok(()),
        other => Err(other.error("is no version to choose", "1.1")),
    }
}

/// A time in nginx's notation: `500ms`, `60s`, or `60`, which is the same.
fn time(directive: &Directive, limit: &mut Duration) -> Result<(), ConfigError> {
    let word = &directive.arguments[0];
    let number = word.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &word.text[number.len()..] {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    *limit = Duration::from_millis(number.parse::<u32>().map_or(0, |number| unit * u64::from(number)));
    match limit.is_zero() {
        true => Err(word.error("is no time to wait", "a time such as 500ms, 60s, 5m or 1h")),
        false => Ok(()),
    }
}

/// Resolves a name or an address; the port is 80 if none is said.
fn resolve(host: &str, word: &Word) -> Result<Vec<SocketAddr>, ConfigError> {
    let found = host.to_socket_addrs().or_else(|_| (host, 80).to_socket_addrs());
    Ok(found.map_err(|_| word.error("cannot be resolved", "host:port"))?.collect())
}

fn once_only(word: &Word, is_first: bool) -> Result<(), ConfigError> {
    if is_first { Ok(()) } else { Err(word.error("is given twice", "it once")) }
}

fn needs(block: &Directive, inner: &str, is_missing: bool) -> Result<(), ConfigError> {
    let error = || block.name.error(&format!("has no `{inner}`"), &format!("`{inner}` in it"));
    if is_missing { Err(error()) } else { Ok(()) }
}
