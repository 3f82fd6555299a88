//! One request from start to end.
//!
//! ```text
//! admit -> find the location -> rewrite the request -> ask the origin
//!       -> relay its answer, or switch to a tunnel
//! ```
//!
//! It owns that order, and the waiting. What each step means is in the module
//! it calls, and any of them may end the exchange with a refusal.

use std::{cell::Cell, convert::Infallible, future::poll_fn, net::SocketAddr, rc::Rc, sync::Arc, task::Poll};

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

/// Answers one request; a refusal is an answer, too.
pub(crate) async fn exchange(client: Rc<Client>, request: Request<Incoming>) -> Result<Answer, Infallible> {
    let (mut head, body) = request.into_parts();
    let has_body = !body.is_end_stream();
    let upload = Rc::new(Progress::default());
    let mut entry = Entry::begin(client.address, &client.owed, &head, upload.clone());
    Ok(match attempt(&client, &mut head, body, &upload).await {
        Ok((answer, origin)) => {
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
        Err(refusal) => {
            entry.refused(&refusal);
            refusal.answer(has_body).map(|body| Logged::new(Either::Right(body), Some(entry)))
        }
    })
}

async fn attempt(
    client: &Client,
    head: &mut request::Parts,
    body: Incoming,
    upload: &Rc<Progress>,
) -> Result<(Response<Relayed>, Option<Origin>), Refusal> {
    let host = admit::admit(head)?;
    // `OPTIONS *` speaks of the whole server.
    let path = if head.uri.path() == "*" { "/" } else { head.uri.path() };
    let nowhere = Refusal::new(StatusCode::NOT_FOUND, "no location for this path");
    let location = client.server.location(path).ok_or(nowhere)?;
    let offer = upgrade::settle_offer(head);

    let request = rewrite::rewrite_request(location, head, &body, &host, client.address.ip());
    let sent_upgrade = request.headers().get(header::UPGRADE).cloned();
    // RFC 9110 §15.2: no 1xx ever goes to an HTTP/1.0 client.
    let interims = (head.version == Version::HTTP_11).then_some(&client.interims);
    let body = Relayed::request(body, location.limits.body, upload);
    let (mut answer, connection) = ask(&client.pool, location, request, body, upload, interims).await?;
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
/// `interims` meanwhile.
async fn ask(
    pool: &Pool,
    location: &Arc<Location>,
    mut request: Request<()>,
    mut body: Relayed,
    upload: &Progress,
    interims: Option<&mpsc::Sender<Bytes>>,
) -> Result<(Response<Incoming>, Connection), Refusal> {
    let mut kept = pool.take(location);
    // The origin may have closed a kept connection just now. RFC 9110 §9.2.2:
    // what may be repeated, and has no body to repeat, gets a second try, but
    // not once the origin has begun to answer.
    let may_repeat = kept.is_some() && request.method().is_idempotent() && body.is_end_stream();
    let mut spare = may_repeat.then(|| request.clone());
    loop {
        let mut connection = match kept.take() {
            Some(connection) => connection,
            // A box, since most exchanges need no room for it.
            None => Box::pin(Connection::open(location)).await?,
        };
        if let Some(interims) = interims {
            pass_on_interims(&mut request, interims.clone());
        }
        match in_time(&mut connection, request.map(|()| body), upload).await? {
            Ok(answer) => return Ok((answer, connection)),
            Err(error) => match spare.take() {
                Some(again) if !connection.has_begun_to_answer() => {
                    (request, body) = (again, Relayed::empty());
                }
                _ => return Err(no_answer(upload).because(error)),
            },
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

/// Sends a request and waits for the answer: as long as the request body
/// takes, and then as long as the origin may be silent.
async fn in_time(
    connection: &mut Connection,
    request: Request<Relayed>,
    upload: &Progress,
) -> Result<hyper::Result<Response<Incoming>>, Refusal> {
    let mut answer = std::pin::pin!(connection.send(request));
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
    connection: Connection,
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
