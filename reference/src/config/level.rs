//! What may be said in `http`, `server` and `location` alike, and how the
//! inner level inherits it from the outer.
//!
//! It owns the `proxy_*` settings and their defaults; it never looks at
//! blocks.

use std::time::Duration;

use hyper::{
    header::{self, HeaderName},
    http::HeaderValue,
};

use super::{
    Limits,
    error::{Problem, Span},
    lexer::Word,
    tree::Directive,
    value::{Part, Value, Variable},
    variables::{Variables, fault},
};

type Fault = (Problem, Span);

pub(super) const KNOWN_IN_HTTP: &[&str] = &[
    "client_header_timeout",
    "include",
    "map",
    "proxy_connect_timeout",
    "proxy_http_version",
    "proxy_read_timeout",
    "proxy_send_timeout",
    "proxy_set_header",
    "server",
    "upstream",
];
pub(super) const KNOWN_IN_SERVER: &[&str] = &[
    "client_header_timeout",
    "include",
    "listen",
    "location",
    "proxy_connect_timeout",
    "proxy_http_version",
    "proxy_read_timeout",
    "proxy_send_timeout",
    "proxy_set_header",
];
pub(super) const KNOWN_IN_LOCATION: &[&str] = &[
    "include",
    "proxy_connect_timeout",
    "proxy_http_version",
    "proxy_pass",
    "proxy_read_timeout",
    "proxy_send_timeout",
    "proxy_set_header",
];

/// nginx's default for each of its timeouts used here.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// Fields that describe this hop's own framing; no configuration writes them.
const OWN_FIELDS: [HeaderName; 5] =
    [header::CONTENT_LENGTH, header::EXPECT, header::TE, header::TRAILER, header::TRANSFER_ENCODING];

/// The settings of one level; what is not said here is inherited.
#[derive(Debug, Default, Clone)]
pub(super) struct Level {
    fields: Option<Vec<(HeaderName, Value)>>,
    header: Option<Duration>,
    connect: Option<Duration>,
    read: Option<Duration>,
    send: Option<Duration>,
    version: Option<()>,
}

impl Level {
    /// Takes the directive if it is one of this kind; says whether it was.
    pub(super) fn take<'a>(
        &mut self,
        directive: &'a Directive,
        variables: &mut Variables<'a>,
    ) -> Result<bool, Fault> {
        let twice = match directive.name.text.as_str() {
            "proxy_set_header" => {
                let field = set_header(directive, variables)?;
                self.fields.get_or_insert_default().push(field);
                false
            }
            "proxy_http_version" => self.version.replace(http_version(directive)?).is_some(),
            "proxy_connect_timeout" => self.connect.replace(duration(directive)?).is_some(),
            "proxy_read_timeout" => self.read.replace(duration(directive)?).is_some(),
            "proxy_send_timeout" => self.send.replace(duration(directive)?).is_some(),
            "client_header_timeout" => self.header.replace(duration(directive)?).is_some(),
            _ => return Ok(false),
        };
        match twice {
            true => {
                let name = directive.name.text.clone();
                Err((Problem::Duplicate { name }, directive.name.at))
            }
            false => Ok(true),
        }
    }

    /// A level that sets fields of its own inherits none, as in nginx.
    pub(super) fn inherit(self, outer: &Level) -> Level {
        Level {
            fields: self.fields.or_else(|| outer.fields.clone()),
            header: self.header.or(outer.header),
            connect: self.connect.or(outer.connect),
            read: self.read.or(outer.read),
            send: self.send.or(outer.send),
            version: self.version.or(outer.version),
        }
    }

    /// The fields to set; Host is set even if nothing says so. Connection is
    /// not: current nginx keeps upstream connections open by default.
    pub(super) fn fields(&self) -> Vec<(HeaderName, Value)> {
        let mut fields = self.fields.clone().unwrap_or_default();
        if !fields.iter().any(|(name, _)| name == header::HOST) {
            fields.push((header::HOST, Value(vec![Part::Variable(Variable::ProxyHost)])));
        }
        fields
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            connect: self.connect.unwrap_or(DEFAULT_TIMEOUT),
            read: self.read.unwrap_or(DEFAULT_TIMEOUT),
            send: self.send.unwrap_or(DEFAULT_TIMEOUT),
        }
    }

    pub(super) fn header_timeout(&self) -> Duration {
        self.header.unwrap_or(DEFAULT_TIMEOUT)
    }
}

fn set_header<'a>(
    directive: &'a Directive,
    variables: &mut Variables<'a>,
) -> Result<(HeaderName, Value), Fault> {
    let [name, value] = directive.arguments.as_slice() else {
        return Err(fault(&directive.name, "takes two arguments", "a field name and a value"));
    };
    let Ok(field) = HeaderName::from_bytes(name.text.as_bytes()) else {
        return Err(fault(name, "is no field name", "a token such as Upgrade"));
    };
    if OWN_FIELDS.contains(&field) {
        return Err(fault(name, "is the proxy's own to write", "another field"));
    }
    if HeaderValue::from_bytes(value.text.as_bytes()).is_err() {
        return Err(fault(value, "has a control character", "printable text"));
    }
    Ok((field, variables.value(value)?))
}

/// Statement 5 of the page: a request goes upstream as HTTP/1.1, here always.
fn http_version(directive: &Directive) -> Result<(), Fault> {
    let version = only(directive, "1.1")?;
    match version.text.as_str() {
        "1.1" => Ok(()),
        _ => Err(fault(version, "is no version to choose", "1.1: upstream is always HTTP/1.1")),
    }
}

/// A time in nginx's notation: `500ms`, `60`, `1m30s`.
fn duration(directive: &Directive) -> Result<Duration, Fault> {
    const SHAPE: &str = "a time such as 500ms, 60s, 1m30s or 1h";
    let word = only(directive, SHAPE)?;
    parse_duration(&word.text)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| fault(word, "is no time to wait", SHAPE))
}

fn parse_duration(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let units = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, after) = behind.split_at(units);
        let milliseconds: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "" if after.is_empty() => 1_000,
            _ => return None,
        };
        let part = number.parse::<u32>().ok().map(u64::from)?.checked_mul(milliseconds)?;
        total += Duration::from_millis(part);
        rest = after;
    }
    Some(total)
}

fn only<'a>(directive: &'a Directive, expected: &'static str) -> Result<&'a Word, Fault> {
    match directive.arguments.as_slice() {
        [word] if directive.block.is_none() => Ok(word),
        _ => Err(fault(&directive.name, "takes one argument", expected)),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("60", Some(60_000))]
    #[case("500ms", Some(500))]
    #[case("1m30s", Some(90_000))]
    #[case("1h", Some(3_600_000))]
    #[case("1d", Some(86_400_000))]
    #[case("1m30", Some(90_000))]
    #[case("", Some(0))]
    #[case("s", None)]
    #[case("5x", None)]
    #[case("-1s", None)]
    #[case("99999999999999999999s", None)]
    fn times_are_nginx_times(#[case] text: &str, #[case] milliseconds: Option<u64>) {
        assert_eq!(parse_duration(text), milliseconds.map(Duration::from_millis));
    }
}
