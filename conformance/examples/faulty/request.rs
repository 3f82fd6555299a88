//! A request as the client sent it: read, and refused if no gateway may forward it.
//!
//! Of its fields it changes only those that frame it; the rest is `forward`'s work.

use crate::body::Framing;
use crate::fault::{Fault, Seeded};
use crate::framing;
use crate::head::{self, Fields, Sender};
use crate::line::RequestLine;
use crate::options;

/// A request that may be forwarded.
#[derive(Debug)]
pub(crate) struct Request {
    /// As it was sent.
    pub(crate) method: String,
    /// In origin form, or `*`.
    pub(crate) target: String,
    /// The minor version of HTTP/1 that it came with.
    pub(crate) minor: u8,
    /// Whether it came as HTTP/1.0.
    pub(crate) is_http10: bool,
    /// Its request line, if a fault lets that travel on untouched.
    pub(crate) untouched: Option<String>,
    /// Whether a line of its head ended in LF alone.
    pub(crate) has_bare_lf: bool,
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
        let RequestLine { method, target, minor, untouched } = RequestLine::parse(start, fault)?;
        let mut is_http10 = minor == 0;
        let has_bare_lf = head::has_bare_lf(raw);
        if has_bare_lf && fault == Fault::RefuseBareLf {
            return Err(BAD_REQUEST);
        }
        let mut fields = Fields::parse(&lines[1..], Sender::Client, fault).map_err(|_| BAD_REQUEST)?;
        // RFC 9112 §6.1: chunks in HTTP/1.0 cannot be trusted.
        if is_http10 && fields.has("transfer-encoding") {
            if fault == Fault::TakeHttp10ForHttp11 {
                is_http10 = false;
            } else if fault == Fault::PassOverCodingInHttp10 {
                fields.remove("transfer-encoding");
            } else {
                return Err(BAD_REQUEST);
            }
        }
        let framing = framing::settle(&mut fields, &method, fault)?;
        let mut request =
            Request { method, target, minor, is_http10, untouched, has_bare_lf, fields, framing };
        request.check_limits(fault)?;
        request.check_host(fault)?;
        request.settle_target(fault)?;
        Ok(request)
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
    if fault == Fault::UpgradeByCanonicalNames && !fields.spell_an_upgrade_canonically() {
        return false;
    }
    options::has_option(fields, "upgrade")
}
