//! Connection: its members, the fields that it names, and the fields that never cross a hop.
//!
//! It decides what is removed, never what is added.

use crate::fault::{Fault, Seeded};
use crate::head::{Field, Fields, Sender, trimmed};

/// RFC 9112 §6, RFC 9110 §7.2: what makes a message readable is no option of a connection.
const NEVER_NOMINATED: [(&str, Fault); 3] = [
    ("host", Fault::NominationRemovesHost),
    ("content-length", Fault::NominationRemovesContentLength),
    ("transfer-encoding", Fault::NominationRemovesTransferEncoding),
];

/// RFC 9110 §7.6.1: removed even where Connection forgot them.
const HOP_BY_HOP: [&str; 6] =
    ["connection", "keep-alive", "proxy-connection", "te", "http2-settings", "upgrade"];

/// How a Connection is read. The sound reading has nothing set.
#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    first_line_only: bool,
    first_member_only: bool,
    stops_at_empty_member: bool,
    space_only: bool,
}

/// All options of a Connection, as they are spelt: any line, any member.
pub(crate) fn options(fields: &Fields) -> Vec<Vec<u8>> {
    read(fields, Reading::default())
}

/// Whether Connection has that option, in any letter case.
pub(crate) fn has_option(fields: &Fields, option: &str) -> bool {
    let options = options(fields);
    options.iter().any(|member| member.eq_ignore_ascii_case(option.as_bytes()))
}

/// The members of a list field, over all its lines and without the empty ones.
pub(crate) fn members(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|octet| *octet == b',').map(trimmed).filter(|member| !member.is_empty())
}

/// What of a request may cross the hop.
pub(crate) fn end_to_end_request(fields: &Fields, fault: Seeded) -> Fields {
    let reading = Reading {
        first_line_only: fault == Fault::NominatedFirstLineOnly,
        first_member_only: fault == Fault::NominatedFirstMemberOnly,
        stops_at_empty_member: fault == Fault::NominatedStopsAtEmptyMember,
        space_only: fault == Fault::NominatedIgnoresTab,
    };
    let mut nominated = read(fields, reading);
    if fault == Fault::KeepNominatedFields {
        nominated.clear();
    }
    let kept = |field: &Field| {
        (fault == Fault::KeepKeepAlive && field.is("keep-alive"))
            || (fault == Fault::KeepProxyConnection && field.is("proxy-connection"))
            || (fault == Fault::KeepTe && field.is("te"))
            || (fault == Fault::KeepHttp2Settings && field.is("http2-settings"))
    };
    let exact = fault == Fault::NominatedCaseSensitive;
    let mut removed: Vec<String> = Vec::new();
    let crosses = |field: &&Field| {
        if kept(field) {
            return true;
        }
        if is_hop_by_hop(field, fault) {
            return false;
        }
        if !is_nominated(field, &nominated, exact, Sender::Client, fault) {
            return true;
        }
        let again = removed.iter().any(|name| field.is(name));
        removed.push(field.name.clone());
        fault == Fault::NominatedFirstOccurrenceOnly && again
    };
    Fields(fields.0.iter().filter(crosses).cloned().collect())
}

/// What of a response may cross the hop.
pub(crate) fn end_to_end_response(fields: &Fields, status: u16, fault: Seeded) -> Fields {
    let reading =
        Reading { first_line_only: fault == Fault::ResponseNominatedFirstLineOnly, ..Reading::default() };
    let mut nominated = read(fields, reading);
    if fault == Fault::KeepNominatedResponseFields {
        nominated.clear();
    }
    if fault == Fault::KeepNominatedOn101 && status == 101 {
        nominated.clear();
    }
    let kept = |field: &Field| {
        (fault == Fault::KeepResponseKeepAlive && field.is("keep-alive"))
            || (fault == Fault::KeepResponseProxyConnection && field.is("proxy-connection"))
    };
    let exact = fault == Fault::ResponseNominatedCaseSensitive;
    let crosses = |field: &&Field| {
        kept(field)
            || !(is_hop_by_hop(field, fault) || is_nominated(field, &nominated, exact, Sender::Origin, fault))
    };
    Fields(fields.0.iter().filter(crosses).cloned().collect())
}

fn is_hop_by_hop(field: &Field, fault: Seeded) -> bool {
    let capsules = fault == Fault::DropCapsuleProtocol && field.is("capsule-protocol");
    capsules || HOP_BY_HOP.iter().any(|name| field.is(name))
}

fn is_nominated(field: &Field, nominated: &[Vec<u8>], exact: bool, sender: Sender, fault: Seeded) -> bool {
    let protected = NEVER_NOMINATED
        .iter()
        .any(|(name, lifted)| field.is(name) && !(sender == Sender::Client && fault == *lifted));
    let name = field.name.as_bytes();
    // RFC 8470 §5.1: nobody on the way removes it.
    !protected
        && !field.is("early-data")
        && nominated.iter().any(|option| option == name || (!exact && option.eq_ignore_ascii_case(name)))
}

fn read(fields: &Fields, reading: Reading) -> Vec<Vec<u8>> {
    let lines = if reading.first_line_only { 1 } else { usize::MAX };
    let mut found = Vec::new();
    for line in fields.all("connection").take(lines) {
        let members = line
            .split(|octet| *octet == b',')
            .map(|member| if reading.space_only { without_spaces(member) } else { trimmed(member) });
        for member in members {
            if !member.is_empty() {
                found.push(member.to_vec());
            } else if reading.stops_at_empty_member {
                break;
            }
            if reading.first_member_only {
                break;
            }
        }
    }
    found
}

/// `member` without SP around it; HTAB stays, as a fault would have it.
fn without_spaces(mut member: &[u8]) -> &[u8] {
    while let Some(rest) = member.strip_prefix(b" ") {
        member = rest;
    }
    while let Some(rest) = member.strip_suffix(b" ") {
        member = rest;
    }
    member
}
