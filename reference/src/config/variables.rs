//! Finds the variables in a configured value, and puts the maps in order.
//!
//! It owns the names behind `$`. It never evaluates anything: that needs a
//! request, and is `value.rs`'s.

use std::{collections::BTreeMap, sync::Arc};

use hyper::header::HeaderName;

use super::{
    error::{Problem, Span},
    lexer::Word,
    tree::Directive,
    value::{Map, Part, Value, Variable},
};

type Fault = (Problem, Span);

/// The maps of a configuration: as written, and those already resolved.
#[derive(Debug, Default)]
pub(super) struct Variables<'a> {
    written: BTreeMap<&'a str, &'a Directive>,
    resolved: BTreeMap<&'a str, Arc<Map>>,
    /// The maps being resolved right now; meeting one again is a loop.
    open: Vec<&'a str>,
}

impl<'a> Variables<'a> {
    /// Takes note of a `map`; its rows are read by [`Variables::resolve`].
    pub(super) fn declare(&mut self, map: &'a Directive) -> Result<(), Fault> {
        let [source, target] = map.arguments.as_slice() else {
            return Err(fault(&map.name, "takes two arguments", "map $source $target { … }"));
        };
        let Some(name) = target.text.strip_prefix('$').filter(|name| is_name(name)) else {
            return Err(fault(target, "is no variable", "a variable such as $connection_upgrade"));
        };
        if !source.text.contains('$') {
            return Err(fault(source, "never changes", "a variable such as $http_upgrade"));
        }
        if self.written.insert(name, map).is_some() {
            return Err((Problem::Duplicate { name: format!("${name}") }, target.at));
        }
        Ok(())
    }

    /// Reads the rows of all maps; from here on they can be used in values.
    pub(super) fn resolve(&mut self) -> Result<(), Fault> {
        let written: Vec<_> = self.written.iter().map(|(&name, &map)| (name, map)).collect();
        for (name, map) in written {
            self.map(name, map)?;
        }
        Ok(())
    }

    /// Parses a value, finding each of its variables.
    pub(super) fn value(&mut self, word: &'a Word) -> Result<Value, Fault> {
        let mut parts = Vec::new();
        let mut rest = word.text.as_str();
        while let Some((text, behind)) = rest.split_once('$') {
            if !text.is_empty() {
                parts.push(Part::Text(text.into()));
            }
            let length = behind.find(|c: char| !is_name_character(c)).unwrap_or(behind.len());
            let (name, after) = behind.split_at(length);
            let at = inside(word, word.text.len() - behind.len() - 1, length + 1);
            parts.push(Part::Variable(self.variable(name, at)?));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.into()));
        }
        Ok(Value(parts))
    }

    fn variable(&mut self, name: &str, at: Span) -> Result<Variable, Fault> {
        let known = self.written.get_key_value(name).map(|(&name, &map)| (name, map));
        if let Some((name, map)) = known {
            if self.open.contains(&name) {
                return Err((Problem::MapLoop(name.into()), at));
            }
            return Ok(Variable::Mapped(self.map(name, map)?));
        }
        match name {
            "http_upgrade" => return Ok(Variable::Upgrade),
            "host" => return Ok(Variable::Host),
            "proxy_host" => return Ok(Variable::ProxyHost),
            "remote_addr" => return Ok(Variable::RemoteAddr),
            _ => {}
        }
        let field = name.strip_prefix("http_").map(|field| field.replace('_', "-"));
        match field.and_then(|field| HeaderName::from_bytes(field.as_bytes()).ok()) {
            Some(field) => Ok(Variable::Field(field)),
            None => Err((Problem::UnknownVariable { name: name.into(), known: self.names() }, at)),
        }
    }

    fn map(&mut self, name: &'a str, map: &'a Directive) -> Result<Arc<Map>, Fault> {
        if let Some(map) = self.resolved.get(name) {
            return Ok(map.clone());
        }
        self.open.push(name);
        let source = self.value(&map.arguments[0])?;
        let (mut rows, mut default) = (Vec::new(), None);
        let Some(block) = &map.block else {
            return Err(fault(&map.name, "has no block", "{ default …; 'value' …; }"));
        };
        for row in block {
            let key = row.name.text.to_ascii_lowercase();
            let [value] = row.arguments.as_slice() else {
                return Err(fault(&row.name, "needs one value", "value result;"));
            };
            if key.starts_with('~') {
                return Err(fault(&row.name, "is a regular expression", "a plain string"));
            }
            let value = self.value(value)?;
            let twice = match key.as_str() {
                "default" => default.replace(value).is_some(),
                _ => {
                    // nginx takes a leading backslash for "this is no keyword".
                    let key = key.strip_prefix('\\').unwrap_or(&key).to_owned();
                    let twice = rows.iter().any(|(row, _)| *row == key);
                    rows.push((key, value));
                    twice
                }
            };
            if twice {
                return Err((Problem::Duplicate { name: row.name.text.clone() }, row.name.at));
            }
        }
        self.open.pop();
        let map = Arc::new(Map { source, rows, default: default.unwrap_or_default() });
        self.resolved.insert(name, map.clone());
        Ok(map)
    }

    fn names(&self) -> Vec<String> {
        let fixed = ["http_<field>", "host", "proxy_host", "remote_addr"];
        fixed.iter().chain(self.written.keys()).map(|name| format!("${name}")).collect()
    }
}

/// A complaint about one word.
pub(super) fn fault(word: &Word, fault: &str, expected: &'static str) -> Fault {
    let problem = Problem::Arguments { name: word.text.clone(), fault: fault.into(), expected };
    (problem, word.at)
}

/// The place of a part of a word; all of it if escapes blur the position.
fn inside(word: &Word, offset: usize, length: usize) -> Span {
    match word.verbatim_from {
        Some(from) => Span { start: from + offset, end: from + offset + length, ..word.at },
        None => word.at,
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_character)
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
