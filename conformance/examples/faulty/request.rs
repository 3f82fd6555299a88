//! A request as the client sent it: read, and refused if no gateway may forward it.
//!
//! It never changes a field; that is `forward`'s work.

use crate::body::{self, Framing};
use crate::fault::{Fault, Seeded};
use crate::head::{self, Field, Fields, Sender};
use crate::options;

/// A request that may be forwarded.
#[derive(Debug)]
pub(crate) struct Request {
    /// As it was sent.
    pub(crate) method: String,
    /// In origin form, or `*`.
    pub(crate) target: String,
    /// Whether it came as HTTP/1.0.
    pub(crate) is_http10: bool,
    /// All its fields.
    pub(crate) fields: Fields,
    /// How its content is framed.
    pub(crate) framing: Framing,
}

/// The status with which a request is answered that is not forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) u16);

const BAD_REQUEST: Refused = Refused(400);

/// Where a request goes: what its path begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Upgrade is not passed.
    Plain,
    /// Upgrade is passed, and Connection is always `upgrade`.
    Explicit,
    /// Upgrade is passed, and Connection follows from it.
    Mapped,
    /// As `Mapped`, with a short idle limit for tunnels.
    Timed,
}

/// What a request says about Upgrade.
#[derive(Debug)]
pub(crate) struct Ask {
    /// Whose configuration decides what is passed.
    pub(crate) route: Route,
    /// The protocols that the client asked for and that the origin was told of.
    pub(crate) passed: Option<Vec<u8>>,
    /// Whether the client asked, whatever the route made of it.
    pub(crate) asked: bool,
    /// Whether there was an Upgrade line at all.
    pub(crate) has_field: bool,
    /// Whether there was the connection option.
    pub(crate) has_option: bool,
}

impl Request {
    /// Reads a head.
    pub(crate) fn parse(raw: &[u8], fault: Seeded) -> Result<Request, Refused> {
        let lines = head::lines(raw);
        let start = lines.first().ok_or(BAD_REQUEST)?;
        let start = std::str::from_utf8(start).map_err(|_| BAD_REQUEST)?;
        let mut words = start.split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(BAD_REQUEST);
        };
        let printable = |octet: u8| octet.is_ascii_graphic() || octet >= 0x80;
        if !head::is_token(method.as_bytes()) || target.is_empty() || !target.bytes().all(printable) {
            return Err(BAD_REQUEST);
        }
        let is_http10 = match version.strip_prefix("HTTP/").map(str::as_bytes) {
            Some(b"1.0") => true,
            Some([b'1', b'.', minor]) if minor.is_ascii_digit() => false,
            Some([major, b'.', minor]) if major.is_ascii_digit() && minor.is_ascii_digit() => {
                return Err(Refused(505));
            }
            _ => return Err(BAD_REQUEST),
        };
        let fields = Fields::parse(&lines[1..], Sender::Client, fault).map_err(|_| BAD_REQUEST)?;
        if is_http10 && fields.has("transfer-encoding") {
            return Err(BAD_REQUEST);
        }
        let framing = body::framing(&fields, Sender::Client, fault).ok_or(BAD_REQUEST)?;
        let mut request =
            Request { method: method.to_owned(), target: target.to_owned(), is_http10, fields, framing };
        request.check_host(fault)?;
        request.settle_target()?;
        Ok(request)
    }

    /// RFC 9112 §3.2: exactly one Host, except that HTTP/1.0 may do without.
    fn check_host(&self, fault: Seeded) -> Result<(), Refused> {
        let hosts: Vec<&[u8]> = self.fields.all("host").collect();
        if hosts.is_empty() && !self.is_http10 && fault != Fault::AcceptMissingHost {
            return Err(BAD_REQUEST);
        }
        if hosts.len() > 1 && fault != Fault::AcceptSecondHost {
            return Err(BAD_REQUEST);
        }
        let foreign = |octet: &u8| !octet.is_ascii_graphic() || b"/@,\\?#\"<>".contains(octet);
        if hosts.iter().any(|host| host.iter().any(foreign)) {
            return Err(BAD_REQUEST);
        }
        Ok(())
    }

    /// RFC 9112 §3.2.2: the authority of an absolute target takes the place of Host.
    fn settle_target(&mut self) -> Result<(), Refused> {
        if self.method == "CONNECT" || self.target.starts_with('/') || self.target == "*" {
            return Ok(());
        }
        let scheme = self.target.get(..7).ok_or(BAD_REQUEST)?;
        if !scheme.eq_ignore_ascii_case("http://") {
            return Err(BAD_REQUEST);
        }
        let rest = &self.target[7..];
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let authority = rest[..end].to_owned();
        if authority.is_empty() || authority.contains('@') {
            return Err(BAD_REQUEST);
        }
        self.target = match &rest[end..] {
            "" if self.method == "OPTIONS" => "*".to_owned(),
            path if path.starts_with('/') => path.to_owned(),
            query => format!("/{query}"),
        };
        self.fields.remove("host");
        let host = Field { name: "Host".to_owned(), value: authority.into_bytes() };
        self.fields.0.insert(0, host);
        Ok(())
    }

    /// The route of the request.
    pub(crate) fn route(&self) -> Route {
        let routes = [("/plain/", Route::Plain), ("/explicit/", Route::Explicit), ("/timed/", Route::Timed)];
        let found = routes.iter().find(|(prefix, _)| self.target.starts_with(prefix));
        found.map_or(Route::Mapped, |(_, route)| *route)
    }

    /// Whether the client will send no other request.
    pub(crate) fn is_last(&self) -> bool {
        self.is_http10 || options::has_option(&self.fields, "close")
    }
}

impl Ask {
    /// What `request`, the connection's `number`th, says about Upgrade.
    pub(crate) fn of(request: &Request, number: usize, fault: Seeded) -> Ask {
        let fields = &request.fields;
        let offered = offered(fields, fault);
        let has_option = asks_by_option(fields, fault);
        // RFC 9110 §7.8: Upgrade in an HTTP/1.0 request is ignored.
        let understood = !request.is_http10 || fault == Fault::HonourHttp10Upgrade;
        let optional = has_option || fault == Fault::TunnelOnUpgradeOnly;
        let mut asked = understood && optional && options::members(&offered).next().is_some();
        let has_content = fields.has("content-length") || fields.has("transfer-encoding");
        if fault == Fault::UpgradeOnlyByGet && request.method != "GET" {
            asked = false;
        }
        if fault == Fault::NoUpgradeWithLength && has_content {
            asked = false;
        }
        if fault == Fault::UpgradeOnlyFirstRequest && number > 1 {
            asked = false;
        }
        let mut route = request.route();
        if fault == Fault::DropUpgradeAlways {
            route = Route::Plain;
        }
        let passes = route != Route::Plain || fault == Fault::ForwardUpgradeByDefault;
        Ask {
            route,
            passed: (asked && passes).then_some(offered),
            asked,
            has_field: fields.has("upgrade"),
            has_option,
        }
    }
}

/// The protocols offered. RFC 9113 §3.1 made `h2c` obsolete, and an origin that took it would
/// speak HTTP/2 unseen.
fn offered(fields: &Fields, fault: Seeded) -> Vec<u8> {
    let mut offered = fields.joined("upgrade");
    if fault == Fault::EmptyMemberEndsUpgrade {
        let end =
            offered.split(|octet| *octet == b',').take_while(|member| !head::trimmed(member).is_empty());
        let length = end.map(|member| member.len() + 1).sum::<usize>();
        offered.truncate(length.saturating_sub(1));
    }
    if fault == Fault::UpgradeVersionDropped {
        offered = options::members(&offered)
            .map(|member| name_of(member).to_vec())
            .collect::<Vec<_>>()
            .join(&b", "[..]);
    }
    let is_http2 = |member: &[u8]| match fault.0 {
        Some(Fault::PassH2c) => false,
        Some(Fault::H2cCaseSensitive) => matches!(member, b"h2c" | b"h2"),
        Some(Fault::H2cAloneOnly) => offered.eq_ignore_ascii_case(b"h2c"),
        _ => [&b"h2c"[..], b"h2"].iter().any(|name| member.eq_ignore_ascii_case(name)),
    };
    if !options::members(&offered).any(is_http2) {
        return offered;
    }
    if fault == Fault::H2cTakesTheList {
        return Vec::new();
    }
    options::members(&offered).filter(|member| !is_http2(member)).collect::<Vec<_>>().join(&b", "[..])
}

/// A protocol without its version.
pub(crate) fn name_of(protocol: &[u8]) -> &[u8] {
    protocol.split(|octet| *octet == b'/').next().unwrap_or(protocol)
}

/// RFC 9110 §7.8: Upgrade counts only beside its connection option.
fn asks_by_option(fields: &Fields, fault: Seeded) -> bool {
    let lines: Vec<&[u8]> = fields.all("connection").collect();
    if fault == Fault::ExactMatchConnection {
        return matches!(lines[..], [b"Upgrade"]);
    }
    if fault == Fault::ConnectionFirstLineOnly {
        let mut members = options::members(lines.first().copied().unwrap_or_default());
        return members.any(|member| member.eq_ignore_ascii_case(b"upgrade"));
    }
    if fault == Fault::UpgradeCaseSensitiveOption {
        let options = options::options(fields);
        return options.iter().any(|member| member == b"Upgrade");
    }
    options::has_option(fields, "upgrade")
}
