//! Simpler cases than a given one, for shrinking: each leaves out or replaces one thing.
//!
//! It knows what the parts of a conversation mean, and so what a person would take away next. That comes to
//! a smaller form in far fewer plays than the shrinking of a strategy, which knows only how it chose.

use super::case::{Case, Content, Cuts, Exchange, Field, Last, Protocol, Request, SwitchHead, Tunnel};

/// Cases that are simpler than `case`, those that leave out most in front.
#[must_use]
pub(super) fn simpler(case: &Case) -> Vec<Case> {
    let mut found = Vec::new();
    if case.exchanges.len() > 1 {
        for at in 0..case.exchanges.len() {
            let mut exchanges = case.exchanges.clone();
            exchanges.remove(at);
            found.push(Case { exchanges, ..case.clone() });
        }
    }
    if case.pipelined {
        found.push(Case { pipelined: false, ..case.clone() });
    }
    for (at, exchange) in case.exchanges.iter().enumerate() {
        for exchange in simpler_exchanges(exchange) {
            let mut simpler = case.clone();
            simpler.exchanges[at] = exchange;
            found.push(simpler);
        }
    }
    found.retain(|simpler| simpler != case);
    found
}

fn simpler_exchanges(exchange: &Exchange) -> Vec<Exchange> {
    let requests = simpler_requests(&exchange.request);
    let mut found: Vec<Exchange> =
        requests.into_iter().map(|request| Exchange { request, ..exchange.clone() }).collect();
    let mut answer = |change: &dyn Fn(&mut Exchange)| {
        let mut simpler = exchange.clone();
        change(&mut simpler);
        found.push(simpler);
    };
    for at in 0..exchange.answer.interims.len() {
        answer(&|exchange| drop(exchange.answer.interims.remove(at)));
        for fields in simpler_fields(&exchange.answer.interims[at].1) {
            answer(&|exchange| exchange.answer.interims[at].1.clone_from(&fields));
        }
    }
    for last in simpler_lasts(&exchange.answer.last) {
        answer(&|exchange| exchange.answer.last = last.clone());
    }
    found
}

fn simpler_requests(request: &Request) -> Vec<Request> {
    let mut found = Vec::new();
    for fields in simpler_fields(&request.fields) {
        found.push(Request { fields, ..request.clone() });
    }
    for content in simpler_contents(&request.content) {
        found.push(Request { content, ..request.clone() });
    }
    for suffix in [String::new(), half(&request.suffix)] {
        found.push(Request { suffix, ..request.clone() });
    }
    for method in ["GET", "POST"] {
        found.push(Request { method: method.to_owned(), ..request.clone() });
        if request.method == "GET" {
            break;
        }
    }
    for cuts in simpler_cuts(&request.cuts) {
        found.push(Request { cuts, ..request.clone() });
    }
    found
}

fn simpler_lasts(last: &Last) -> Vec<Last> {
    let mut found = Vec::new();
    match last {
        Last::Final { status, fields, content, cuts } => {
            let with = |status: u16, fields: &[Field], content: &Content, cuts: &Cuts| Last::Final {
                status,
                fields: fields.to_vec(),
                content: content.clone(),
                cuts: cuts.clone(),
            };
            found.push(with(200, fields, &Content::Counted(Vec::new()), cuts));
            found.push(with(200, fields, content, cuts));
            found.extend(simpler_fields(fields).iter().map(|fields| with(*status, fields, content, cuts)));
            let contents = simpler_contents(content);
            found.extend(contents.iter().map(|content| with(*status, fields, content, cuts)));
            found.extend(simpler_cuts(cuts).iter().map(|cuts| with(*status, fields, content, cuts)));
            // Without any framing such an answer would never end.
            found.retain(|last| match last {
                Last::Final { status, content, .. } => {
                    *content != Content::None || matches!(status, 204 | 304)
                }
                Last::Switch { .. } => true,
            });
        }
        Last::Switch { head, fields, cuts, tunnel } => {
            let with = |head: &SwitchHead, fields: &[Field], cuts: &Cuts, tunnel: &Tunnel| Last::Switch {
                head: head.clone(),
                fields: fields.to_vec(),
                cuts: cuts.clone(),
                tunnel: tunnel.clone(),
            };
            for head in [
                SwitchHead { protocol: Protocol::Offered, ..head.clone() },
                SwitchHead { connection: vec!["Upgrade".to_owned()], ..head.clone() },
                SwitchHead { reason: "Switching Protocols".to_owned(), ..head.clone() },
            ] {
                found.push(with(&head, fields, cuts, tunnel));
            }
            found.extend(simpler_fields(fields).iter().map(|fields| with(head, fields, cuts, tunnel)));
            found.extend(simpler_cuts(cuts).iter().map(|cuts| with(head, fields, cuts, tunnel)));
            found.extend(simpler_tunnels(tunnel).iter().map(|tunnel| with(head, fields, cuts, tunnel)));
        }
    }
    found
}

fn simpler_tunnels(tunnel: &Tunnel) -> Vec<Tunnel> {
    let mut found = Vec::new();
    for at in 0..tunnel.talk.len() {
        let mut talk = tunnel.talk.clone();
        talk.remove(at);
        found.push(Tunnel { talk, ..tunnel.clone() });
    }
    for early in simpler_octets(&tunnel.early, 0) {
        found.push(Tunnel { early, ..tunnel.clone() });
    }
    for glued in simpler_octets(&tunnel.glued, 0) {
        found.push(Tunnel { glued, ..tunnel.clone() });
    }
    for (at, speech) in tunnel.talk.iter().enumerate() {
        let mut with = |change: &dyn Fn(&mut super::case::Speech)| {
            let mut simpler = tunnel.clone();
            change(&mut simpler.talk[at]);
            found.push(simpler);
        };
        with(&|speech| speech.both = false);
        for octets in simpler_octets(&speech.octets, 1) {
            with(&|speech| speech.octets.clone_from(&octets));
        }
        for cuts in simpler_cuts(&speech.cuts) {
            with(&|speech| speech.cuts.clone_from(&cuts));
        }
    }
    found
}

fn simpler_fields(fields: &[Field]) -> Vec<Vec<Field>> {
    let mut found = Vec::new();
    if fields.len() > 1 {
        found.push(Vec::new());
    }
    for at in 0..fields.len() {
        let mut fewer = fields.to_vec();
        fewer.remove(at);
        found.push(fewer);
    }
    for (at, field) in fields.iter().enumerate() {
        let mut with = |field: Field| {
            let mut simpler = fields.to_vec();
            simpler[at] = field;
            found.push(simpler);
        };
        with(Field { before: " ", after: "", ..field.clone() });
        for value in simpler_octets(&field.value, 0) {
            with(Field { value: value.trim_ascii().to_vec(), ..field.clone() });
        }
        // One member less of what may be a list.
        let members: Vec<&[u8]> = field.value.split(|octet| *octet == b',').collect();
        for skipped in (0..members.len()).filter(|_| members.len() > 1) {
            let kept = members.iter().enumerate().filter(|(at, _)| *at != skipped);
            let kept: Vec<&[u8]> = kept.map(|(_, member)| member.trim_ascii()).collect();
            with(Field { value: kept.join(&b", "[..]), ..field.clone() });
        }
        let lower: Vec<u8> = field.value.trim_ascii().to_ascii_lowercase();
        with(Field { value: lower, ..field.clone() });
    }
    found
}

fn simpler_contents(content: &Content) -> Vec<Content> {
    let mut found = vec![Content::None];
    match content {
        Content::None => {}
        Content::Counted(octets) => {
            found.extend(simpler_octets(octets, 0).into_iter().map(Content::Counted));
        }
        Content::UntilClose(octets) => {
            found.push(Content::Counted(octets.clone()));
            found.extend(simpler_octets(octets, 0).into_iter().map(Content::UntilClose));
        }
        Content::Chunked { chunks, extension, trailers } => {
            let with = |chunks: &[Vec<u8>], extension: &str, trailers: &[Field]| Content::Chunked {
                chunks: chunks.to_vec(),
                extension: extension.to_owned(),
                trailers: trailers.to_vec(),
            };
            found.push(Content::Counted(chunks.concat()));
            found.push(with(chunks, "", trailers));
            found.extend(simpler_fields(trailers).iter().map(|trailers| with(chunks, extension, trailers)));
            for at in 0..chunks.len() {
                let mut fewer = chunks.clone();
                fewer.remove(at);
                found.push(with(&fewer, extension, trailers));
                for octets in simpler_octets(&chunks[at], 1) {
                    let mut simpler = chunks.clone();
                    simpler[at] = octets;
                    found.push(with(&simpler, extension, trailers));
                }
            }
        }
    }
    found
}

fn simpler_octets(octets: &[u8], least: usize) -> Vec<Vec<u8>> {
    let halves = [&octets[..octets.len() / 2], &octets[octets.len() / 2..]];
    let mut found = vec![Vec::new(), b"x".to_vec()];
    found.extend(halves.into_iter().map(<[u8]>::to_vec));
    // The same length, in one letter.
    found.push(vec![b'x'; octets.len()]);
    if octets.len() > 1 {
        found.push(octets[..octets.len() - 1].to_vec());
    }
    // Shorter, or as long and plainer: nothing is simpler than nothing.
    let is_simpler = |one: &Vec<u8>| one.len() < octets.len() || one.iter().all(|octet| *octet == b'x');
    found.retain(|one| (least..=octets.len()).contains(&one.len()) && is_simpler(one) && one != octets);
    found.dedup();
    found
}

fn simpler_cuts(cuts: &Cuts) -> Vec<Cuts> {
    if cuts.0.is_empty() {
        return Vec::new();
    }
    let mut found = vec![Cuts::default()];
    for at in 0..cuts.0.len() {
        let mut fewer = cuts.0.clone();
        fewer.remove(at);
        found.push(Cuts(fewer));
    }
    found
}

/// The first half of a request target, which does not end within an octet in percent encoding.
fn half(text: &str) -> String {
    let mut half = &text[..text.len() / 2];
    if let Some(at) = half.rfind('%').filter(|at| at + 2 >= half.len()) {
        half = &half[..at];
    }
    half.to_owned()
}
