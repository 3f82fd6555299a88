//! One request from start to end.
//!
//! ```text
//! admit -> find the location -> rewrite the request -> ask the origin
//!       -> relay its answer, or switch to a tunnel
//! ```
//!
//! It owns that order, and the waiting. What each step means is in the module
//! it calls, and any of them may end the exchange with a refusal.

use std::pin::{Pin, pin};
use std::task::Poll;
use std::{cell::Cell, convert::Infallible, future::poll_fn, mem, net::SocketAddr, rc::Rc, sync::Arc};

use bytes::Bytes;
use http_body_util::Either;
use hyper::body::{Body, Incoming};
use hyper::http::{HeaderValue, request};
use hyper::{Request, Response, StatusCode, Version, header};
use tokio::{net::TcpStream, sync::mpsc, time::Instant};

use crate::access::{Answer, Entry, Logged, Owed};
use crate::body::{Ending, Progress, Relayed};
use crate::config::{Location, Server};
use crate::tunnel::Patience;
use crate::upstream::{self, Connection, Pool};
use crate::{admit, refusal::Refusal, rewrite, upgrade, wire};

/// What the exchanges on one client connection have in common.
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) server: Arc<Server>,
    pub(crate) pool: Rc<Pool>,
    /// Interim heads for this client; see `wire.rs`.
    pub(crate) interims: mpsc::Sender<Bytes>,
    pub(crate) owed: Owed,
    /// Filled by the exchange that ends HTTP on this connection.
    pub(crate) switched: Cell<Option<Switched>>,
}

/// A tunnel that is about to begin: the origin's side, and its line in the log.
pub(crate) struct Switched {
    pub(crate) origin: Origin,
    pub(crate) entry: Entry,
}

/// An origin that has switched.
pub(crate) struct Origin {
    pub(crate) socket: TcpStream,
    /// What it sent right behind its 101.
    pub(crate) early: Bytes,
    pub(crate) patience: Patience,
}

/// A request that is ready to leave.
struct Forward {
    location: Arc<Location>,
    request: Request<()>,
    body: Relayed,
    upload: Rc<Progress>,
    /// The protocols that the client offered, and what of that is sent.
    offer: Option<HeaderValue>,
    sent_upgrade: Option<HeaderValue>,
    takes_interims: bool,
}

/// Answers one request; a refusal is an answer, too.
///
/// All that needs no waiting is done before the future is made, and that is a
/// block, since an `async fn` keeps a second place for what it is given: an
/// exchange takes 1 KiB so, and took 2.8 KiB and 1,000 instructions more.
pub(crate) fn exchange(
    client: Rc<Client>,
    request: Request<Incoming>,
) -> impl Future<Output = Result<Answer, Infallible>> + use<> {
    let (mut head, body) = request.into_parts();
    let has_body = !body.is_end_stream();
    let upload = Rc::new(Progress::default());
    let entry = Entry::begin(client.address, &client.owed, &head, upload.clone());
    let mut forward = prepare(&client, &mut head, body, upload);
    async move {
        Ok(match &mut forward {
            Err(refusal) => refuse(refusal, has_body, entry),
            Ok(forward) => match attempt(&client, forward).await {
                Err(refusal) => refuse(&refusal, has_body, entry),
                Ok((answer, origin)) => pass_on(&client, answer, origin, entry),
            },
        })
    }
}

fn pass_on(client: &Client, answer: Response<Relayed>, origin: Option<Origin>, mut entry: Entry) -> Answer {
    entry.answered(answer.status());
    let entry = match origin {
        // The line goes on with the tunnel.
        Some(origin) => {
            client.switched.set(Some(Switched { origin, entry }));
            None
        }
        None => Some(entry),
    };
    answer.map(|body| Logged::new(Either::Left(body), entry))
}

fn refuse(refusal: &Refusal, has_body: bool, mut entry: Entry) -> Answer {
    entry.refused(refusal);
    refusal.answer(has_body).map(|body| Logged::new(Either::Right(body), Some(entry)))
}

/// Makes of what came in what is to leave.
fn prepare(
    client: &Client,
    head: &mut request::Parts,
    body: Incoming,
    upload: Rc<Progress>,
) -> Result<Forward, Refusal> {
    let host = admit::admit(head)?;
    // `OPTIONS *` speaks of the whole server.
    let path = if head.uri.path() == "*" { "/" } else { head.uri.path() };
    let nowhere = Refusal::new(StatusCode::NOT_FOUND, "no location for this path");
    let location = client.server.location(path).ok_or(nowhere)?;
    let offer = upgrade::settle_offer(head);
    let request = rewrite::rewrite_request(location, head, &body, &host, client.address.ip());
    let sent_upgrade = offer.as_ref().and_then(|_| request.headers().get(header::UPGRADE)).cloned();
    // RFC 9110 §15.2: no 1xx ever goes to an HTTP/1.0 client.
    let takes_interims = head.version == Version::HTTP_11;
    let body = Relayed::request(body, location.limits.body, &upload);
    Ok(Forward { location: location.clone(), request, body, upload, offer, sent_upgrade, takes_interims })
}

impl Forward {
    /// The request as it is sent now. What may have to be sent again, which is
    /// only what has no body, is kept as well.
    fn take_request(&mut self, may_repeat: bool, interims: &mpsc::Sender<Bytes>) -> Request<Relayed> {
        let copy = if may_repeat { self.request.clone() } else { Request::default() };
        let mut request = mem::replace(&mut self.request, copy);
        if self.takes_interims {
            pass_on_interims(&mut request, interims.clone());
        }
        request.map(|()| mem::replace(&mut self.body, Relayed::empty()))
    }
}

async fn attempt(
    client: &Client,
    forward: &mut Forward,
) -> Result<(Response<Relayed>, Option<Origin>), Refusal> {
    let (mut answer, connection) = ask(client, forward).await?;
    let Forward { location, upload, offer, sent_upgrade, .. } = forward;
    let body_ended = upload.ending();
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        let mut answer = relay(answer, connection, client.pool.clone(), location)?;
        // RFC 9112 §9.3: only behind a request that was surely read to its end
        // stands another one.
        if body_ended != Some(Ending::Complete) {
            answer.headers_mut().append(header::CONNECTION, HeaderValue::from_static("close"));
        }
        return Ok((answer, None));
    }

    // A 101 leaves the origin's socket to whoever drives the client's
    // connection; from there on neither side speaks HTTP.
    let switching = hyper::upgrade::on(&mut answer);
    let (mut answer, _) = answer.into_parts();
    let is_complete = body_ended == Some(Ending::Complete);
    let protocol = upgrade::check_switch(offer.as_ref(), sent_upgrade.as_ref(), &answer, is_complete)?;
    let (socket, early) = upstream::into_socket(switching).await?;
    upgrade::rewrite_switch(&mut answer.headers, protocol);
    let patience = Patience { silence: location.limits.read, stall: location.limits.send };
    let origin = Origin { socket, early, patience };
    Ok((Response::from_parts(answer, Relayed::empty()), Some(origin)))
}

/// Gets an answer, on a kept connection if there is one. Interim answers go to
/// the client meanwhile.
async fn ask(
    client: &Client,
    forward: &mut Forward,
) -> Result<(Response<Incoming>, Box<Connection>), Refusal> {
    let mut kept = client.pool.take(&forward.location);
    // The origin may have closed a kept connection just now. RFC 9110 §9.2.2:
    // what may be repeated, and has no body to repeat, gets a second try, but
    // not once the origin has begun to answer.
    let is_repeatable = forward.request.method().is_idempotent() && forward.body.is_end_stream();
    let mut may_repeat = kept.is_some() && is_repeatable;
    loop {
        let mut connection = match kept.take() {
            Some(connection) => connection,
            // A box, since most exchanges need no room for it.
            None => Box::pin(Connection::open(&forward.location)).await?,
        };
        let mut answer = pin!(connection.send(forward.take_request(may_repeat, &client.interims)));
        match in_time(answer.as_mut(), &mut connection, &forward.upload).await? {
            Ok(answer) => return Ok((answer, connection)),
            Err(_) if may_repeat && !connection.has_begun_to_answer() => may_repeat = false,
            Err(error) => return Err(no_answer(&forward.upload).because(error)),
        }
    }
}

/// Has interim answers sent to the client. The origin's 100 is for this hop,
/// which has met the client's expectation (RFC 9110 §10.1.1).
fn pass_on_interims(request: &mut Request<()>, interims: mpsc::Sender<Bytes>) {
    hyper::ext::on_informational(request, move |answer| {
        if answer.status() != StatusCode::CONTINUE {
            let _ = interims.try_send(wire::interim_head(answer.status(), answer.headers().clone()));
        }
    });
}

/// Why there is no answer: if the request broke off, that is the reason.
fn no_answer(upload: &Progress) -> Refusal {
    match upload.ending() {
        Some(Ending::Stalled) => Refusal::new(StatusCode::REQUEST_TIMEOUT, "the request body stalled"),
        Some(Ending::Broken) => Refusal::new(StatusCode::BAD_REQUEST, "the request body broke off"),
        _ => Refusal::new(StatusCode::BAD_GATEWAY, "the origin gave no valid answer"),
    }
}

/// Waits for the answer: as long as the request body takes, and then as long as
/// the origin may be silent.
async fn in_time<T>(
    mut answer: Pin<&mut impl Future<Output = T>>,
    connection: &mut Connection,
    upload: &Progress,
) -> Result<T, Refusal> {
    let limit = connection.location.limits.read;
    poll_fn(|cx| {
        if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
            return Poll::Ready(Ok(answer));
        }
        let since = upload.ended.get().map_or_else(Instant::now, |(_, since)| since);
        connection
            .silence
            .poll(cx, since + limit)
            .map(|()| Err(Refusal::new(StatusCode::GATEWAY_TIMEOUT, "the origin did not answer in time")))
    })
    .await
}

/// Passes on an ordinary answer.
fn relay(
    answer: Response<Incoming>,
    connection: Box<Connection>,
    pool: Rc<Pool>,
    location: &Location,
) -> Result<Response<Relayed>, Refusal> {
    let (mut answer, incoming) = answer.into_parts();
    rewrite::rewrite_answer(&mut answer, &incoming)?;
    // What an HTTP/1.0 origin keeps open, hyper would use with HTTP/1.0.
    let is_reusable = answer.version == Version::HTTP_11;
    answer.version = Version::HTTP_11;
    let body = Relayed::answer(incoming, location.limits.read, move |ending| {
        if ending == Ending::Complete && is_reusable {
            pool.put(connection);
        }
    });
    Ok(Response::from_parts(answer, body))
}
