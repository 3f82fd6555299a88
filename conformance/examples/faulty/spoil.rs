//! What faults make of the fields that cross a hop from end to end.
//!
//! Without a fault nothing is touched.

use crate::date;
use crate::fault::{Fault, Seeded};
use crate::head::Fields;
use crate::request::Ask;

/// What a request says about whoever sent it.
const ABOUT_THE_CLIENT: [&str; 6] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Spoils the fields of a request that is forwarded.
pub(crate) fn request(fields: &mut Fields, ask: &Ask, fault: Seeded) {
    if fault == Fault::DropExpect {
        fields.remove("expect");
    }
    if fault == Fault::DropAuthorization {
        fields.remove("authorization");
    }
    if fault == Fault::DropProxyAuthorization {
        fields.remove("proxy-authorization");
    }
    if fault == Fault::ProxyCredentialsForTheOrigin {
        for field in fields.0.iter_mut().filter(|field| field.is("proxy-authorization")) {
            field.name = "Authorization".to_owned();
        }
    }
    if fault == Fault::DropEarlyData {
        fields.remove("early-data");
    }
    if fault == Fault::DropCdnLoop {
        fields.remove("cdn-loop");
    }
    if fault == Fault::ForwardedLostOnUpgrade && ask.passed.is_some() {
        for name in ABOUT_THE_CLIENT {
            fields.remove(name);
        }
    }
    if fault == Fault::ReplaceForwarded {
        for (name, value) in [("Forwarded", "for=127.0.0.9"), ("X-Forwarded-For", "127.0.0.9")] {
            fields.remove(name);
            fields.push(name, value);
        }
    }
}

/// Spoils the fields of an answer that is relayed.
pub(crate) fn answer(fields: &mut Fields, fault: Seeded) {
    if fault == Fault::AlterDescriptiveFields {
        for field in &mut fields.0 {
            field.value.make_ascii_lowercase();
        }
    }
    if fault == Fault::ReplaceDateAndServer {
        for (name, value) in [("Date", date::now()), ("Server", "faulty".to_owned())] {
            fields.remove(name);
            fields.push(name, value);
        }
    }
}
