//! How cases are made: one strategy for each class, all of them shrinkable.
//!
//! Whatever a strategy yields is well formed, or is odd in a way that the model knows of. It never looks at
//! a target but for what that one claims.

mod fields;
mod messages;

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    prop_oneof,
    sample::select,
    strategy::BoxedStrategy,
};

use super::case::{
    Answer, Case, Class, Content, Exchange, Last, Protocol, Request, Speech, SwitchHead, Tunnel,
};
use crate::{
    scenario::{Capability, Role, Route},
    target::Offer,
};
pub(super) use fields::pooled;
use fields::{connection, end_to_end, hop_by_hop, simple_fields, upgrade_values};
use messages::{content, cuts, octets, status, suffix};

/// What a target claims, as far as cases depend on it.
#[derive(Clone, Debug)]
pub struct Ground {
    routes: Vec<Route>,
    any_token: bool,
    raw_tunnel: bool,
    upgrades: bool,
}

impl Ground {
    /// Of one target, or of several: what all of them claim.
    ///
    /// # Errors
    ///
    /// When they have no route in common.
    pub fn of(offers: &[&Offer]) -> Result<Self, NoRoute> {
        let all = |capability| offers.iter().all(|offer| offer.capabilities.contains(&capability));
        let routes: Vec<Route> = [Route::Plain, Route::Explicit, Route::Mapped]
            .into_iter()
            .filter(|route| offers.iter().all(|offer| offer.routes.contains_key(route)))
            .collect();
        if routes.is_empty() {
            return Err(NoRoute);
        }
        Ok(Self {
            routes,
            any_token: all(Capability::AnyToken),
            raw_tunnel: all(Capability::RawTunnel),
            upgrades: all(Capability::OriginDecides),
        })
    }

    /// Whether cases of `class` apply.
    #[must_use]
    pub fn has(&self, class: Class) -> bool {
        let passes = self.routes.iter().any(|route| *route != Route::Plain);
        match class {
            Class::Upgrade => self.upgrades,
            Class::Switch => self.upgrades && passes,
            Class::Tunnel => self.upgrades && passes && self.raw_tunnel,
            _ => true,
        }
    }

    fn route(&self) -> impl Strategy<Value = Route> + use<> {
        select(self.routes.clone())
    }

    fn passing_route(&self) -> impl Strategy<Value = Route> + use<> {
        select(self.routes.iter().copied().filter(|route| *route != Route::Plain).collect::<Vec<_>>())
    }
}

/// Targets that have no route in common, apart from `timed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no route `plain`, `explicit` or `mapped` that all targets offer")]
pub struct NoRoute;

/// The cases of one class.
pub fn cases(class: Class, ground: &Ground) -> BoxedStrategy<Case> {
    let one = move |route: BoxedStrategy<Route>, exchange: BoxedStrategy<Exchange>| {
        let case =
            move |(route, exchange)| Case { class, route, exchanges: vec![exchange], pipelined: false };
        (route, exchange).prop_map(case).boxed()
    };
    let anywhere = ground.route().boxed();
    match class {
        Class::Plain => one(anywhere, plain().boxed()),
        Class::Connection => one(anywhere, answered(with_fields(connection())).boxed()),
        Class::HopByHop => one(anywhere, answered(with_fields(hop_by_hop())).boxed()),
        Class::EndToEnd => one(anywhere, end_to_end_both().boxed()),
        Class::Target => one(anywhere, answered(targets().boxed()).boxed()),
        Class::Content => one(anywhere, contents().boxed()),
        Class::Interim => one(anywhere, interims().boxed()),
        Class::Answer => one(anywhere, answers().boxed()),
        Class::Reuse => several(class, anywhere, vec(plain_or_posted(), 2..=4).boxed()),
        Class::Upgrade => {
            let exchanges = (vec(refused_upgrade(ground), 1..=2), plain_or_posted());
            several(class, anywhere, exchanges.prop_map(|(first, last)| [first, vec![last]].concat()).boxed())
        }
        Class::Switch => one(ground.passing_route().boxed(), switches(ground).boxed()),
        Class::Tunnel => {
            let exchanges = (vec(plain_or_posted(), 0..=1), tunnels(ground));
            let exchanges = exchanges.prop_map(|(mut first, last)| {
                first.push(last);
                first
            });
            let case = move |(route, exchanges)| Case { class, route, exchanges, pipelined: false };
            (ground.passing_route(), exchanges).prop_map(case).boxed()
        }
    }
}

fn several(
    class: Class,
    route: BoxedStrategy<Route>,
    exchanges: BoxedStrategy<Vec<Exchange>>,
) -> BoxedStrategy<Case> {
    let case = move |(route, exchanges, pipelined)| Case { class, route, exchanges, pipelined };
    (route, exchanges, any::<bool>()).prop_map(case).boxed()
}

/// A request without content, with `fields`.
fn with_fields(fields: impl Strategy<Value = Vec<super::case::Field>> + 'static) -> BoxedStrategy<Request> {
    let request = |(fields, cuts)| Request {
        method: "GET".to_owned(),
        suffix: String::new(),
        fields,
        content: Content::None,
        cuts,
    };
    (fields, cuts()).prop_map(request).boxed()
}

fn answered(request: BoxedStrategy<Request>) -> impl Strategy<Value = Exchange> {
    (request, octets(0..20)).prop_map(|(request, body)| Exchange {
        answer: ok(if request.method == "HEAD" { Vec::new() } else { body }),
        request,
    })
}

fn ok(body: Vec<u8>) -> Answer {
    finally(200, Vec::new(), Content::Counted(body), Default::default())
}

fn finally(
    status: u16,
    fields: Vec<super::case::Field>,
    content: Content,
    cuts: super::case::Cuts,
) -> Answer {
    Answer { interims: Vec::new(), last: Last::Final { status, fields, content, cuts } }
}

fn plain() -> impl Strategy<Value = Exchange> {
    answered(with_fields(simple_fields(0..6)))
}

/// Requests whose end has to be found by whoever reads the next one.
fn plain_or_posted() -> impl Strategy<Value = Exchange> {
    let posted = (simple_fields(0..3), content(0..300), cuts(), content(0..300), cuts()).prop_map(
        |(fields, request, cuts, answer, answer_cuts)| Exchange {
            request: Request {
                method: "POST".to_owned(),
                suffix: String::new(),
                fields,
                content: request,
                cuts,
            },
            answer: finally(200, Vec::new(), counted(answer), answer_cuts),
        },
    );
    prop_oneof![plain(), posted]
}

/// An answer that more answers may follow says where it ends.
fn counted(content: Content) -> Content {
    if content == Content::None { Content::Counted(Vec::new()) } else { content }
}

fn end_to_end_both() -> impl Strategy<Value = Exchange> {
    (with_fields(end_to_end(0..8)), end_to_end(0..6), octets(0..40)).prop_map(|(request, fields, body)| {
        Exchange { request, answer: finally(200, fields, Content::Counted(body), Default::default()) }
    })
}

fn targets() -> impl Strategy<Value = Request> {
    let methods = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "REPORT", "M-SEARCH", "QUERY",
    ];
    let methods = prop_oneof![select(methods.to_vec()).prop_map(str::to_owned), "[A-Z][A-Z-]{2,11}"];
    let is_fit = |method: &String| !matches!(method.as_str(), "CONNECT" | "TRACE");
    (methods.prop_filter("these have rules of their own", is_fit), suffix(), cuts()).prop_map(
        |(method, suffix, cuts)| Request { method, suffix, fields: Vec::new(), content: Content::None, cuts },
    )
}

fn contents() -> impl Strategy<Value = Exchange> {
    let methods = select(vec!["POST", "PUT", "PATCH", "GET", "DELETE"]);
    let answer = prop_oneof![
        4 => content(0..3000).prop_map(counted),
        1 => octets(0..3000).prop_map(Content::UntilClose),
    ];
    (methods, content(0..20_000), cuts(), answer, cuts()).prop_map(
        |(method, content, cuts, answer, answer_cuts)| Exchange {
            request: Request {
                method: method.to_owned(),
                suffix: String::new(),
                fields: Vec::new(),
                content,
                cuts,
            },
            answer: finally(200, Vec::new(), answer, answer_cuts),
        },
    )
}

fn interims() -> impl Strategy<Value = Exchange> {
    let interim = (select(vec![103, 102, 103, 199]), simple_fields(0..3));
    (plain(), vec(interim, 1..=3)).prop_map(|(mut exchange, interims)| {
        exchange.answer.interims = interims;
        exchange
    })
}

fn answers() -> impl Strategy<Value = Exchange> {
    let methods = select(vec!["GET", "GET", "HEAD", "OPTIONS", "DELETE"]);
    let fields = prop_oneof![fields::answer_fields(), connection(), end_to_end(0..5)];
    (methods, status(), fields, content(0..200), cuts()).prop_map(
        |(method, status, fields, content, cuts)| {
            let content = match (status, counted(content)) {
                // No content, and so no word about it (RFC 9110 §8.6, RFC 9112 §6.1).
                (204 | 304, _) => Content::None,
                (_, Content::Chunked { chunks, extension, .. }) if method == "HEAD" => {
                    Content::Chunked { chunks, extension, trailers: Vec::new() }
                }
                (_, content) => content,
            };
            let request = Request {
                method: method.to_owned(),
                suffix: String::new(),
                fields: Vec::new(),
                content: Content::None,
                cuts: Default::default(),
            };
            Exchange { request, answer: finally(status, fields, content, cuts) }
        },
    )
}

fn refused_upgrade(ground: &Ground) -> impl Strategy<Value = Exchange> + use<> {
    let statuses = select(vec![200, 400, 401, 403, 404, 204, 302, 503]);
    (with_fields(upgrade_values(ground.any_token)), statuses, octets(0..20)).prop_map(
        |(request, status, body)| {
            let content = if status == 204 { Content::None } else { Content::Counted(body) };
            Exchange { request, answer: finally(status, Vec::new(), content, Default::default()) }
        },
    )
}

/// A request that asks for an upgrade, with a few other fields.
fn asking(ground: &Ground) -> BoxedStrategy<Request> {
    let asks = |request: &Request| super::model::asks(request);
    with_fields(upgrade_values(ground.any_token)).prop_filter("it asks", asks).boxed()
}

fn switches(ground: &Ground) -> impl Strategy<Value = Exchange> + use<> {
    let request = prop_oneof![6 => asking(ground), 1 => with_fields(simple_fields(0..3))];
    let protocol = prop_oneof![
        6 => Just(Protocol::Offered),
        1 => Just(Protocol::OtherLetters),
        1 => Just(Protocol::NotOffered),
        1 => Just(Protocol::Unnamed),
    ];
    let connection = prop_oneof![
        5 => select(vec![vec!["Upgrade"], vec!["upgrade"], vec!["UPGRADE"]]),
        2 => select(vec![vec!["keep-alive, Upgrade"], vec!["keep-alive", "upgrade"], vec![",Upgrade,,"], vec!["X-Hop-A, Upgrade"]]),
        1 => select(vec![vec![], vec!["keep-alive"]]),
    ];
    let reason = select(vec!["Switching Protocols", "", "Web Socket Protocol Handshake", "OK"]);
    let head = (protocol, connection, reason).prop_map(|(protocol, connection, reason)| SwitchHead {
        protocol,
        connection: connection.into_iter().map(str::to_owned).collect(),
        reason: reason.to_owned(),
    });
    (request, head, fields::switch_fields(), cuts()).prop_map(|(request, head, fields, cuts)| Exchange {
        request,
        answer: Answer { interims: Vec::new(), last: Last::Switch { head, fields, cuts, tunnel: silent() } },
    })
}

fn silent() -> Tunnel {
    Tunnel { early: Vec::new(), glued: Vec::new(), talk: Vec::new(), leaves_first: Role::Client }
}

fn tunnels(ground: &Ground) -> impl Strategy<Value = Exchange> + use<> {
    let head = SwitchHead {
        protocol: Protocol::Offered,
        connection: vec!["Upgrade".to_owned()],
        reason: "Switching Protocols".to_owned(),
    };
    let role = || select(vec![Role::Client, Role::Origin]);
    let speech = (role(), octets(1..5000), cuts(), any::<bool>())
        .prop_map(|(from, octets, cuts, both)| Speech { from, octets, cuts, both });
    let tunnel = (octets(0..200), octets(0..200), vec(speech, 0..5), role())
        .prop_map(|(early, glued, talk, leaves_first)| Tunnel { early, glued, talk, leaves_first });
    (asking(ground), cuts(), tunnel).prop_map(move |(request, cuts, tunnel)| Exchange {
        request,
        answer: Answer {
            interims: Vec::new(),
            last: Last::Switch { head: head.clone(), fields: Vec::new(), cuts, tunnel },
        },
    })
}
