//! One request from start to end.
//!
//! ```text
//! admit -> find the location -> rewrite the request -> ask the origin
//!       -> relay its answer, or switch to a tunnel
//! ```
//!
//! It owns that order, and the waiting. What each step means is in the module
//! it calls. Nothing here reads from a socket.

use std::{
    cell::Cell, convert::Infallible, error::Error, net::SocketAddr, rc::Rc, sync::Arc, time::Duration,
};

use bytes::Bytes;
use hyper::{
    Request, Response, StatusCode, Version,
    body::{Body, Incoming},
    header,
    http::{HeaderValue, request, response},
};
use tokio::{net::TcpStream, sync::Notify, time::sleep};
use tracing::{info, warn};

use crate::{
    admit,
    body::{Content, Ending, Relayed},
    config::{Limits, Server},
    interim::Interims,
    refusal::Refusal,
    rewrite,
    upgrade::{self, Offer},
    upstream::{Connection, Pool, UpstreamError},
};

/// How long a client may pause within a request body.
const BODY_PAUSE: Duration = Duration::from_secs(60);

/// What the exchanges on one client connection have in common.
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) server: Arc<Server>,
    pub(crate) pools: Rc<[Rc<Pool>]>,
    pub(crate) interims: Arc<Interims>,
    /// Filled by the exchange that ends HTTP on this connection.
    pub(crate) switched: Cell<Option<Switched>>,
}

/// The origin's side of a tunnel that is about to begin.
pub(crate) struct Switched {
    pub(crate) origin: TcpStream,
    /// What the origin sent right behind its 101.
    pub(crate) early: Bytes,
    pub(crate) limits: Limits,
}

/// Answers one request; a refusal is an answer, too.
pub(crate) async fn exchange(
    client: Rc<Client>,
    request: Request<Incoming>,
) -> Result<Response<Content>, Infallible> {
    let (mut head, body) = request.into_parts();
    let has_body = !body.is_end_stream();
    client.interims.client_waits(!has_body);
    let answer = match attempt(&client, &mut head, body).await {
        Ok(answer) => answer,
        Err(refusal) => {
            report(&client, &head, &refusal);
            refusal.answer(refusal.closes(has_body))
        }
    };
    client.interims.client_waits(false);
    Ok(answer)
}

async fn attempt(
    client: &Client,
    head: &mut request::Parts,
    body: Incoming,
) -> Result<Response<Content>, Refusal> {
    let host = admit::admit(head)?;
    let path = head.uri.path();
    let location = client.server.location(if path == "*" { "/" } else { path });
    let location = location.ok_or(Refusal::NoLocation)?;
    let offer = Offer::of(head);

    let mut request =
        rewrite::rewrite_request(location, head, &body, offer.as_ref(), &host, client.address.ip());
    let sent_upgrade = request.headers().get(header::UPGRADE).cloned();
    // RFC 9110 §15.2: no 1xx ever goes to an HTTP/1.0 client.
    if head.version == Version::HTTP_11 {
        let interims = client.interims.clone();
        hyper::ext::on_informational(&mut request, move |answer| {
            interims.push(answer.status(), answer.headers());
        });
    }

    let (pool, limits) = (&client.pools[location.upstream.0], location.limits);
    let progress = Rc::new(Progress::default());
    let told = progress.clone();
    let body = Relayed::new(body, BODY_PAUSE, move |ending| told.end(ending));
    let (answer, connection) = ask(pool, limits, request, body, &progress).await?;

    let (answer, incoming) = answer.into_parts();
    if answer.status != StatusCode::SWITCHING_PROTOCOLS {
        return relay(answer, incoming, connection, pool.clone(), limits);
    }
    let complete = progress.ended.get() == Some(Ending::Complete);
    let protocol = upgrade::check_switch(offer.as_ref(), sent_upgrade.as_ref(), &answer, complete)?;
    switch(client, limits, answer, protocol, connection).await
}

/// Gets an answer, on a kept connection if there is one.
async fn ask(
    pool: &Pool,
    limits: Limits,
    request: Request<()>,
    body: Relayed,
    progress: &Progress,
) -> Result<(Response<Incoming>, Connection), Refusal> {
    let mut connection = pool.get(limits).await?;
    // The origin may have closed a kept connection just now. RFC 9110 §9.2.2:
    // what may be repeated, and has no body to repeat, gets a second try.
    let may_repeat = connection.is_reused
        && request.method().is_idempotent()
        && progress.ended.get() == Some(Ending::Complete);
    let spare = may_repeat.then(|| request.clone());
    let received_before = connection.received();

    let answer = connection.send(request.map(|()| body));
    let failure = match in_time(answer, progress, limits).await {
        Ok(answer) => return Ok((answer, connection)),
        Err(failure) => failure,
    };
    match (spare, failure) {
        (Some(spare), Refusal::Upstream(UpstreamError::Answer(_)))
            if connection.received() == received_before =>
        {
            let mut connection = pool.connect(limits).await?;
            let answer = connection.send(spare.map(|()| Relayed::empty()));
            Ok((in_time(answer, progress, limits).await?, connection))
        }
        (_, failure) => Err(failure),
    }
}

/// Waits for an answer: as long as the request takes, and then as long as
/// the origin may be silent.
async fn in_time(
    answer: impl Future<Output = hyper::Result<Response<Incoming>>>,
    progress: &Progress,
    limits: Limits,
) -> Result<Response<Incoming>, Refusal> {
    let silence = async {
        progress.ended().await;
        sleep(limits.read).await;
    };
    let error = tokio::select! {
        biased;
        answer = answer => match answer {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        },
        () = silence => return Err(UpstreamError::Silent.into()),
    };
    match progress.ended.get() {
        Some(fault @ (Ending::Stalled | Ending::Broken)) => Err(Refusal::Body(fault)),
        _ if is_timeout(&error) => Err(UpstreamError::Silent.into()),
        _ => Err(UpstreamError::Answer(error).into()),
    }
}

/// Passes on an ordinary answer.
fn relay(
    mut answer: response::Parts,
    incoming: Incoming,
    connection: Connection,
    pool: Rc<Pool>,
    limits: Limits,
) -> Result<Response<Content>, Refusal> {
    rewrite::rewrite_answer(&mut answer, &incoming)?;
    // What an HTTP/1.0 origin keeps open, hyper would use with HTTP/1.0.
    let is_reusable = answer.version == Version::HTTP_11;
    answer.version = Version::HTTP_11;
    let body = Relayed::new(incoming, limits.read, move |ending| {
        if ending == Ending::Complete && is_reusable {
            pool.put(connection);
        }
    });
    Ok(Response::from_parts(answer, Content::Relayed(body)))
}

/// Answers 101 and leaves the origin's socket to whoever drives the client's
/// connection; from there on neither side speaks HTTP.
async fn switch(
    client: &Client,
    limits: Limits,
    mut answer: response::Parts,
    protocol: HeaderValue,
    connection: Connection,
) -> Result<Response<Content>, Refusal> {
    let (origin, early) = connection.into_socket().await?;
    client.switched.set(Some(Switched { origin, early, limits }));
    upgrade::rewrite_switch(&mut answer.headers, protocol);
    Ok(Response::from_parts(answer, Content::empty()))
}

/// How far a request body has come.
#[derive(Debug, Default)]
struct Progress {
    ended: Cell<Option<Ending>>,
    changed: Notify,
}

impl Progress {
    fn end(&self, ending: Ending) {
        self.ended.set(Some(ending));
        self.changed.notify_waiters();
    }

    async fn ended(&self) {
        // One thread: nothing ends between the look and the wait.
        if self.ended.get().is_none() {
            self.changed.notified().await;
        }
    }
}

/// Says why a request was refused, to those who run this proxy.
fn report(client: &Client, head: &request::Parts, refusal: &Refusal) {
    let status = refusal.status().as_u16();
    let cause = refusal.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    let (address, method, path) = (client.address, &head.method, head.uri.path());
    match refusal {
        Refusal::Upstream(_) => {
            warn!("{status} to {address} for {method} {path}: {refusal}{cause}")
        }
        _ => info!("{status} to {address} for {method} {path}: {refusal}{cause}"),
    }
}

/// Whether a write to the origin made no progress; see `wire.rs`.
fn is_timeout(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>());
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::TimedOut)
}
