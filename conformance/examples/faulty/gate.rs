//! The gate: what a response opens, ends or breaks.
//!
//! A pure judgement of one head. It writes nothing, and knows nothing of connections.

use crate::fault::{Fault, Seeded};
use crate::options;
use crate::request::{Ask, name_of};
use crate::response::Response;

/// What becomes of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// Relay the head and wait for the next one.
    Interim,
    /// Relay the head and its content; HTTP goes on.
    Answer,
    /// Relay the head; the tunnel begins.
    Tunnel,
    /// Relay nothing of it: a bad gateway.
    Refuse,
    /// Close the client's connection without an answer.
    Close,
}

/// Judges a response; `after_interim` says that another 1xx came before.
pub(crate) fn passage(response: &Response, ask: &Ask, after_interim: bool, fault: Seeded) -> Passage {
    if fault == Fault::RequireWholeHeadInOneRead && response.reads > 1 {
        return Passage::Refuse;
    }
    match response.status {
        101 => {
            if fault == Fault::InterimBefore101Refused && after_interim {
                return Passage::Refuse;
            }
            switch(response, ask, fault)
        }
        100..200 => {
            if fault == Fault::InterimIsFinal {
                return Passage::Answer;
            }
            Passage::Interim
        }
        status => {
            let asked = ask.passed.is_some();
            if asked && fault == Fault::TunnelOnAnyStatus {
                return Passage::Tunnel;
            }
            if asked && fault == Fault::TunnelOn2xx && (200..300).contains(&status) {
                return Passage::Tunnel;
            }
            if asked && fault == Fault::TunnelOnUpgradeField && response.fields.has("upgrade") {
                return Passage::Tunnel;
            }
            Passage::Answer
        }
    }
}

/// Whether an interim response reaches the client.
pub(crate) fn relays_interim(response: &Response, to_http10: bool, fault: Seeded) -> bool {
    if fault == Fault::SwallowInterim || (fault == Fault::SwallowContinue && response.status == 100) {
        return false;
    }
    // RFC 9110 §15.2: HTTP/1.0 has no 1xx.
    !to_http10 || fault == Fault::InterimToHttp10
}

/// What becomes of a 101.
fn switch(response: &Response, ask: &Ask, fault: Seeded) -> Passage {
    let Some(offered) = &ask.passed else {
        return unasked(ask, fault);
    };
    let fields = &response.fields;
    if fault == Fault::Fail101WithLength && (fields.has("content-length") || fields.has("transfer-encoding"))
    {
        return Passage::Close;
    }
    if fault == Fault::RequireReasonPhrase && response.reason != b"Switching Protocols" {
        return Passage::Refuse;
    }
    if fault == Fault::RequireFieldNameCase && !response.fields.spell_an_upgrade_canonically() {
        return Passage::Refuse;
    }
    // RFC 9110 §15.2: HTTP/1.0 has no 1xx.
    if response.is_http10 && fault != Fault::Accept101InHttp10 {
        return Passage::Refuse;
    }
    let mends_option = fault == Fault::Relay101WithoutConnection;
    // RFC 9110 §7.8: whoever sends Upgrade sends the connection option with it.
    if !options::has_option(fields, "upgrade") && !mends_option {
        return Passage::Refuse;
    }
    // RFC 9110 §15.2.2: a 101 names the protocols that it switches to.
    if !fields.has("upgrade") && fault == Fault::Accept101WithoutUpgrade {
        return Passage::Tunnel;
    }
    if chosen_among(&fields.joined("upgrade"), offered, fault) { Passage::Tunnel } else { Passage::Refuse }
}

/// What becomes of a 101 to a request whose Upgrade the origin never saw.
fn unasked(ask: &Ask, fault: Seeded) -> Passage {
    if fault == Fault::RelayUnasked101 {
        return Passage::Answer;
    }
    if fault == Fault::TunnelOnUnasked101 && !ask.has_field {
        return Passage::Tunnel;
    }
    if fault == Fault::TunnelOnUnpassedUpgrade && ask.asked {
        return Passage::Tunnel;
    }
    if fault == Fault::TunnelOnConnectionOnly && ask.has_option && !ask.has_field {
        return Passage::Tunnel;
    }
    Passage::Refuse
}

/// RFC 9110 §7.8: a server switches only to protocols that were offered.
fn chosen_among(chosen: &[u8], offered: &[u8], fault: Seeded) -> bool {
    let mut protocols = options::members(chosen).peekable();
    if protocols.peek().is_none() {
        return false;
    }
    if fault == Fault::AcceptOtherProtocol {
        return true;
    }
    if fault == Fault::CompareWholeUpgradeField {
        return chosen.eq_ignore_ascii_case(offered);
    }
    if fault == Fault::CompareNamesOnly {
        return protocols.all(|one| {
            options::members(offered).any(|other| name_of(other).eq_ignore_ascii_case(name_of(one)))
        });
    }
    if fault == Fault::CompareBySubstring {
        return protocols.all(|one| memchr::memmem::find(offered, one).is_some());
    }
    if fault == Fault::CompareUpgradeCaseSensitively {
        return protocols.all(|one| options::members(offered).any(|other| other == one));
    }
    protocols.all(|one| options::members(offered).any(|other| other.eq_ignore_ascii_case(one)))
}
