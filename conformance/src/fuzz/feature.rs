//! What cases hold, counted: which corners of the strategies a run has reached.

use super::{
    case::{Case, Content, Last, Protocol, members},
    model,
};

/// Every feature that is counted, in the order of a report.
pub const FEATURES: [&str; 34] = [
    "Connection on several lines",
    "empty list members",
    "a nominated field in front of its nomination",
    "a nominated field that is not there",
    "whitespace around a value",
    "a name with other characters",
    "an empty value",
    "a value beyond ASCII",
    "a value with a tab",
    "a value of 200 octets or more",
    "several lines of one name",
    "an uncommon method",
    "a target in percent encoding",
    "a target of 200 octets or more",
    "a request cut into writes",
    "counted request content",
    "chunked request content",
    "chunk extensions",
    "request trailers",
    "several requests",
    "pipelined requests",
    "interim responses",
    "an answer that is no 2xx",
    "an answer without content",
    "a chunked answer",
    "an answer up to the end of the connection",
    "an answer to HEAD",
    "Upgrade without its option",
    "an empty Upgrade",
    "several protocols on offer",
    "a sound 101",
    "a 101 that opens no tunnel",
    "early octets",
    "octets glued to a 101",
];

/// The features of a case, as places in [`FEATURES`].
#[must_use]
pub fn features(case: &Case) -> Vec<usize> {
    let mut has = [false; FEATURES.len()];
    has[19] = case.exchanges.len() > 1;
    has[20] = case.pipelined && case.exchanges.len() > 1;
    for exchange in &case.exchanges {
        let (request, answer) = (&exchange.request, &exchange.answer);
        let fields = &request.fields;
        let lines: Vec<usize> = (0..fields.len()).filter(|at| fields[*at].is("Connection")).collect();
        has[0] |= lines.len() > 1;
        let lists = fields.iter().filter(|field| field.is("Connection") || field.is("Upgrade"));
        has[1] |= lists.clone().any(|list| {
            list.value.split(|octet| *octet == b',').any(|member| member.trim_ascii().is_empty())
        });
        for option in members(fields, "Connection") {
            let bears = |at: &usize| fields[*at].name.as_bytes().eq_ignore_ascii_case(&option);
            match ((0..fields.len()).find(bears), lines.first()) {
                (Some(at), Some(line)) => has[2] |= at < *line,
                _ => has[3] = true,
            }
        }
        for field in fields {
            has[4] |= (field.before, field.after) != (" ", "");
            has[5] |= !field.name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
            has[6] |= field.value.is_empty();
            has[7] |= !field.value.is_ascii();
            has[8] |= field.value.contains(&b'\t');
            has[9] |= field.value.len() >= 200;
            has[10] |= fields.iter().filter(|other| other.is(&field.name)).count() > 1;
        }
        has[11] |= !matches!(&*request.method, "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS");
        has[12] |= request.suffix.contains('%');
        has[13] |= request.suffix.len() >= 200;
        has[14] |= !request.cuts.0.is_empty();
        has[15] |= matches!(request.content, Content::Counted(_));
        if let Content::Chunked { extension, trailers, .. } = &request.content {
            has[16] = true;
            has[17] |= !extension.is_empty();
            has[18] |= !trailers.is_empty();
        }
        has[21] |= !answer.interims.is_empty();
        has[26] |= request.method == "HEAD";
        let upgrade = fields.iter().any(|field| field.is("Upgrade"));
        has[27] |= upgrade && !members(fields, "Upgrade").is_empty() && !model::asks(request);
        has[28] |= upgrade && members(fields, "Upgrade").is_empty();
        has[29] |= members(fields, "Upgrade").len() > 1;
        match &answer.last {
            Last::Final { status, content, .. } => {
                has[22] |= !matches!(status, 200..=299);
                has[23] |= matches!(status, 204 | 304);
                has[24] |= matches!(content, Content::Chunked { .. });
                has[25] |= matches!(content, Content::UntilClose(_));
            }
            Last::Switch { head, tunnel, .. } => {
                let sound = model::asks(request)
                    && model::is_sound(head)
                    && !matches!(head.protocol, Protocol::NotOffered | Protocol::Unnamed);
                has[if sound { 30 } else { 31 }] = true;
                has[32] |= !tunnel.early.is_empty();
                has[33] |= !tunnel.glued.is_empty();
            }
        }
    }
    (0..FEATURES.len()).filter(|at| has[*at]).collect()
}
