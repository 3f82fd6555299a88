//! Values with `$variables` in them, and the `map` that derives one from another.
//!
//! It owns what a variable means at the time of a request. Which names exist
//! is checked once, when the configuration is built; so nothing here fails.

use std::{net::IpAddr, sync::Arc};

use hyper::{HeaderMap, header::HeaderName, http::HeaderValue};

/// What a request offers to variables: the fields as the client sent them,
/// before any of them was removed.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) fields: &'a HeaderMap,
    /// The client's Upgrade, if it counts; see `upgrade.rs` for when it does.
    pub(crate) upgrade: Option<&'a HeaderValue>,
    pub(crate) host: &'a str,
    pub(crate) proxy_host: &'a str,
    pub(crate) remote: IpAddr,
}

/// A value as configured: text and variables in a row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Value(pub(super) Vec<Part>);

/// A piece of a value.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Text(String),
    Variable(Variable),
}

/// The variables that exist.
#[derive(Debug, Clone)]
pub(super) enum Variable {
    /// `$http_upgrade`, which is not simply a field: it is empty unless the
    /// client really asked.
    Upgrade,
    /// `$http_<name>`: all lines of that field, joined as one list.
    Field(HeaderName),
    Host,
    ProxyHost,
    RemoteAddr,
    Mapped(Arc<Map>),
}

/// `map $source $target { … }`.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) source: Value,
    /// Keys are in lower case: nginx compares them without regard to case.
    pub(super) rows: Vec<(String, Value)>,
    pub(super) default: Value,
}

impl Value {
    /// What the value is for this request.
    pub(crate) fn of(&self, facts: &Facts<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.append(facts, &mut bytes);
        bytes
    }

    fn append(&self, facts: &Facts<'_>, bytes: &mut Vec<u8>) {
        for part in &self.0 {
            match part {
                Part::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                Part::Variable(variable) => variable.append(facts, bytes),
            }
        }
    }
}

impl Variable {
    fn append(&self, facts: &Facts<'_>, bytes: &mut Vec<u8>) {
        match self {
            Variable::Upgrade => bytes.extend(facts.upgrade.iter().flat_map(|v| v.as_bytes())),
            Variable::Field(name) => {
                // RFC 9110 §5.3: several lines mean one list, in their order.
                for (index, line) in facts.fields.get_all(name).iter().enumerate() {
                    bytes.extend_from_slice(if index == 0 { b"" } else { b", " });
                    bytes.extend_from_slice(line.as_bytes());
                }
            }
            Variable::Host => bytes.extend_from_slice(facts.host.as_bytes()),
            Variable::ProxyHost => bytes.extend_from_slice(facts.proxy_host.as_bytes()),
            Variable::RemoteAddr => bytes.extend_from_slice(facts.remote.to_string().as_bytes()),
            Variable::Mapped(map) => map.select(facts).append(facts, bytes),
        }
    }
}

impl Map {
    /// Statement 3 of the page: Connection is derived from Upgrade, or any
    /// value from any other.
    fn select(&self, facts: &Facts<'_>) -> &Value {
        let key = self.source.of(facts);
        let row = self.rows.iter().find(|(row, _)| row.as_bytes().eq_ignore_ascii_case(&key));
        row.map_or(&self.default, |(_, value)| value)
    }
}
