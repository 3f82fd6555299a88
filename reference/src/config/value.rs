//! Values with `$variables` in them, and the `map` that derives one from another.
//!
//! Which names exist is checked when the configuration is read; what they
//! stand for is looked up for each request, and cannot fail.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use bytes::Bytes;
use hyper::{HeaderMap, header::HeaderName, http::HeaderValue};

use super::error::ConfigError;
use super::parse::{Directive, Word};

/// What a request offers to variables.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    /// The fields as the client sent them, before any for this hop is removed.
    pub(crate) fields: &'a HeaderMap,
    pub(crate) host: &'a str,
    pub(crate) proxy_host: &'a HeaderValue,
    pub(crate) remote: IpAddr,
}

/// A value as configured: text and variables in a row.
#[derive(Debug, Clone)]
pub(crate) struct Value(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(HeaderValue),
    /// `$http_<name>`: all lines of that field, as one list.
    Field(HeaderName),
    Host,
    ProxyHost,
    RemoteAddr,
    Mapped(Arc<Map>),
}

/// The variables that a `map` has made, by their names.
pub(super) type Maps = BTreeMap<String, Arc<Map>>;

/// `map $source $variable { … }`.
#[derive(Debug)]
pub(super) struct Map {
    source: Value,
    rows: BTreeMap<Vec<u8>, Value>,
    default: Option<Value>,
}

impl Value {
    /// Finds the variables in a word.
    pub(super) fn parse(word: &Word, maps: &Maps) -> Result<Self, ConfigError> {
        let mut pieces = word.text.split('$');
        let mut parts = Vec::from_iter(text(pieces.next().unwrap_or_default(), word)?);
        for piece in pieces {
            let end = piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(piece.len());
            let (name, rest) = piece.split_at(end);
            parts.push(variable(name, word, maps)?);
            parts.extend(text(rest, word)?);
        }
        Ok(Value(parts))
    }

    /// `$proxy_host`, which Host is unless something else is said.
    pub(super) fn proxy_host() -> Self {
        Value(vec![Part::ProxyHost])
    }

    /// What the value is for this request. It shares the memory of where it
    /// comes from, unless it is put together.
    pub(crate) fn of(&self, facts: &Facts<'_>) -> HeaderValue {
        match &self.0[..] {
            [part] => part.of(facts),
            parts => joined(parts.iter().map(|part| part.of(facts)), b""),
        }
    }
}

impl Part {
    fn of(&self, facts: &Facts<'_>) -> HeaderValue {
        match self {
            Part::Text(text) => text.clone(),
            Part::Field(name) => {
                let mut lines = facts.fields.get_all(name).iter();
                match (lines.next(), lines.next()) {
                    (None, _) => EMPTY,
                    (Some(line), None) => line.clone(),
                    // RFC 9110 §5.3: several lines of a field are one list, in their order.
                    (Some(first), Some(second)) => {
                        joined([first, second].into_iter().chain(lines).cloned(), b", ")
                    }
                }
            }
            Part::Host => value(facts.host.to_owned()),
            Part::ProxyHost => facts.proxy_host.clone(),
            Part::RemoteAddr => value(facts.remote.to_string()),
            Part::Mapped(map) => map.select(facts).map_or(EMPTY, |value| value.of(facts)),
        }
    }
}

const EMPTY: HeaderValue = HeaderValue::from_static("");

fn joined(pieces: impl Iterator<Item = HeaderValue>, between: &[u8]) -> HeaderValue {
    let pieces: Vec<_> = pieces.collect();
    let bytes: Vec<_> = pieces.iter().map(HeaderValue::as_bytes).collect();
    value(bytes.join(between))
}

/// What came in as a field, and out of a checked text, is a valid value.
fn value(bytes: impl Into<Bytes>) -> HeaderValue {
    HeaderValue::from_maybe_shared(bytes.into()).unwrap_or(EMPTY)
}

impl Map {
    /// Reads the rows of a `map`. They may use the maps above this one.
    pub(super) fn parse(map: &Directive, maps: &Maps) -> Result<Self, ConfigError> {
        let mut parsed =
            Map { source: Value::parse(&map.arguments[0], maps)?, rows: BTreeMap::new(), default: None };
        for Directive { name, arguments, block } in map.block.iter().flatten() {
            let ([value], None) = (&arguments[..], block) else {
                return Err(name.error("needs one value", "`key value;`"));
            };
            if name.text.starts_with('~') {
                return Err(name.error("is a regular expression", "a string"));
            }
            let value = Value::parse(value, maps)?;
            let before = match &*name.text {
                "default" => parsed.default.replace(value),
                key => parsed.rows.insert(key.to_ascii_lowercase().into(), value),
            };
            if before.is_some() {
                return Err(name.error("is given twice", "it once"));
            }
        }
        Ok(parsed)
    }

    /// Statement 3 of the page: Connection is derived from Upgrade, or any
    /// value from any other. As in nginx, keys are compared without regard
    /// to case.
    fn select(&self, facts: &Facts<'_>) -> Option<&Value> {
        let key = self.source.of(facts).as_bytes().to_ascii_lowercase();
        self.rows.get(&key).or(self.default.as_ref())
    }
}

/// The text between two variables, if there is any.
fn text(text: &str, word: &Word) -> Result<Option<Part>, ConfigError> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = HeaderValue::from_bytes(text.as_bytes());
    let value = value.map_err(|_| word.error("is no field value", "text without control characters"))?;
    Ok(Some(Part::Text(value)))
}

fn variable(name: &str, word: &Word, maps: &Maps) -> Result<Part, ConfigError> {
    let field = name.strip_prefix("http_").map(|field| field.replace('_', "-"));
    Ok(match (name, maps.get(name), field.and_then(|field| field.parse().ok())) {
        (_, Some(map), _) => Part::Mapped(map.clone()),
        (_, _, Some(field)) => Part::Field(field),
        ("host", ..) => Part::Host,
        ("proxy_host", ..) => Part::ProxyHost,
        ("remote_addr", ..) => Part::RemoteAddr,
        _ => {
            let known = ["http_<field>", "host", "proxy_host", "remote_addr"].into_iter();
            let error = word.error("has an unknown variable", "one of those below");
            return Err(error.knowing(name, "variables", known.chain(maps.keys().map(String::as_str))));
        }
    })
}
