//! What cases hold, counted: which corners of the strategies a run has reached.

use super::{
    case::{Answer, Case, Content, Exchange, Field, Last, Request, Tunnel, members},
    model,
};

/// Something that a case may hold.
pub struct Feature {
    /// What it is, in a few words.
    pub says: &'static str,
    /// Whether a case holds it.
    pub of: fn(&Case) -> bool,
}

macro_rules! features {
    ($($says:literal => $of:expr;)*) => {
        /// Every feature that is counted, in the order of a report.
        pub const FEATURES: &[Feature] = &[$(Feature { says: $says, of: $of }),*];
    };
}

features! {
    "Connection on several lines" => |case| any(case, |one| lines(&one.request, "Connection").count() > 1);
    "empty list members" => |case| field(case, |field| {
        let is_empty = |member: &[u8]| member.trim_ascii().is_empty();
        (field.is("Connection") || field.is("Upgrade"))
            && field.value.split(|octet| *octet == b',').any(is_empty)
    });
    "a nominated field in front of its nomination" => |case| any(case, |one| {
        let fields = &one.request.fields;
        let nomination = fields.iter().position(|field| field.is("Connection"));
        nominated(&one.request).flatten().any(|at| Some(at) < nomination)
    });
    "a nominated field that is not there" => |case| {
        any(case, |one| nominated(&one.request).any(|place| place.is_none()))
    };
    "whitespace around a value" => |case| field(case, |field| (field.before, field.after) != (" ", ""));
    "a name with other characters" => |case| field(case, |field| {
        !field.name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    });
    "an empty value" => |case| field(case, |field| field.value.is_empty());
    "a value beyond ASCII" => |case| field(case, |field| !field.value.is_ascii());
    "a value with a tab" => |case| field(case, |field| field.value.contains(&b'\t'));
    "a value of 200 octets or more" => |case| field(case, |field| field.value.len() >= 200);
    "several lines of one name" => |case| any(case, |one| {
        one.request.fields.iter().any(|field| lines(&one.request, &field.name).count() > 1)
    });
    "an uncommon method" => |case| any(case, |one| {
        !matches!(&*one.request.method, "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS")
    });
    "a target in percent encoding" => |case| any(case, |one| one.request.suffix.contains('%'));
    "a target of 200 octets or more" => |case| any(case, |one| one.request.suffix.len() >= 200);
    "a request cut into writes" => |case| any(case, |one| !one.request.cuts.0.is_empty());
    "counted request content" => |case| any(case, |one| matches!(one.request.content, Content::Counted(_)));
    "chunked request content" => |case| {
        any(case, |one| matches!(one.request.content, Content::Chunked { .. }))
    };
    "chunk extensions" => |case| any(case, |one| {
        matches!(&one.request.content, Content::Chunked { extension, .. } if !extension.is_empty())
    });
    "request trailers" => |case| any(case, |one| !one.request.content.trailers().is_empty());
    "several requests" => |case| case.exchanges.len() > 1;
    "pipelined requests" => |case| case.pipelined && case.exchanges.len() > 1;
    "interim responses" => |case| any(case, |one| !one.answer.interims.is_empty());
    "an answer that is no 2xx" => |case| {
        finally(case, |status, _| !matches!(status, 200..=299))
    };
    "an answer without content" => |case| finally(case, |status, _| matches!(status, 204 | 304));
    "a chunked answer" => |case| {
        finally(case, |_, content| matches!(content, Content::Chunked { .. }))
    };
    "an answer up to the end of the connection" => |case| {
        finally(case, |_, content| matches!(content, Content::UntilClose(_)))
    };
    "an answer to HEAD" => |case| any(case, |one| one.request.method == "HEAD");
    "Upgrade without its option" => |case| any(case, |one| {
        !members(&one.request.fields, "Upgrade").is_empty() && !model::asks(&one.request)
    });
    "an empty Upgrade" => |case| any(case, |one| {
        lines(&one.request, "Upgrade").count() > 0 && members(&one.request.fields, "Upgrade").is_empty()
    });
    "several protocols on offer" => |case| any(case, |one| members(&one.request.fields, "Upgrade").len() > 1);
    "a sound 101" => |case| {
        any(case, |one| tunnel(&one.answer).is_some() && model::gate(one).is_none())
    };
    "a 101 that opens no tunnel" => |case| any(case, |one| model::gate(one).is_some());
    "early octets" => |case| any(case, |one| tunnel(&one.answer).is_some_and(|one| !one.early.is_empty()));
    "octets glued to a 101" => |case| {
        any(case, |one| tunnel(&one.answer).is_some_and(|one| !one.glued.is_empty()))
    };
}

fn any(case: &Case, holds: impl Fn(&Exchange) -> bool) -> bool {
    case.exchanges.iter().any(holds)
}

/// Some field line of some request.
fn field(case: &Case, holds: impl Fn(&Field) -> bool) -> bool {
    any(case, |exchange| exchange.request.fields.iter().any(&holds))
}

/// Some final answer, by its status and its content.
fn finally(case: &Case, holds: impl Fn(u16, &Content) -> bool) -> bool {
    any(case, |exchange| match &exchange.answer.last {
        Last::Final { status, content, .. } => holds(*status, content),
        Last::Switch { .. } => false,
    })
}

fn tunnel(answer: &Answer) -> Option<&Tunnel> {
    match &answer.last {
        Last::Switch { tunnel, .. } => Some(tunnel),
        Last::Final { .. } => None,
    }
}

fn lines<'a>(request: &'a Request, name: &'a str) -> impl Iterator<Item = &'a Field> {
    request.fields.iter().filter(move |field| field.is(name))
}

/// Where the field of each connection option stands, if there is one.
fn nominated(request: &Request) -> impl Iterator<Item = Option<usize>> {
    let place = |option: Vec<u8>| {
        request.fields.iter().position(|field| field.name.as_bytes().eq_ignore_ascii_case(&option))
    };
    members(&request.fields, "Connection").into_iter().map(place)
}
