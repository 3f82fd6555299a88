//! One request and its answer: forwarded, waited for, judged, relayed.
//!
//! Both directions move at the same time: the answer may come before the request is complete, and
//! what the client sends ahead of the answer is read and held.

use crate::answer;
use crate::body::{self, Body, Framing, Lost};
use crate::connection::{Ending, refuse};
use crate::fault::Fault;
use crate::forward;
use crate::gate::{self, Passage};
use crate::head::{self, Missing, Sender};
use crate::proxy::Proxy;
use crate::request::{Ask, Request, Route};
use crate::response::Response;
use crate::tunnel::Tunnel;
use crate::wire::{End, Peer, Sink, Source};
use std::future::pending;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How many octets are held for a client that does not wait for its answer.
const HELD: usize = 256 * 1024;

/// How long an origin may be silent before its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// How long an origin may be silent in a tunnel.
const TUNNEL_IDLE: Duration = Duration::from_secs(60);

/// The same on the timed route.
const TIMED_IDLE: Duration = Duration::from_millis(1000);

/// One request under way.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    proxy: &'a Proxy,
    client: &'a mut Peer,
    origin: Peer,
    request: Request,
    ask: Ask,
    upload: Body,
}

/// Why there is no answer to relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// The client is to be told.
    Status(u16),
    /// The client is gone.
    ClientGone,
    /// What came is not HTTP.
    Garbage,
    /// Nothing came, and nothing will.
    Ended,
}

/// A response and what it does.
#[derive(Debug)]
struct Judged {
    response: Response,
    passage: Passage,
}

impl<'a> Exchange<'a> {
    /// Prepares to forward `request` to `origin`.
    pub(crate) fn new(
        proxy: &'a Proxy,
        client: &'a mut Peer,
        origin: Peer,
        request: Request,
        ask: Ask,
    ) -> Exchange<'a> {
        let altered = proxy.fault == Fault::AlterRequestBody;
        let upload = Body::new(request.framing, true, altered);
        Exchange { proxy, client, origin, request, ask, upload }
    }

    /// Sees the request through to its answer or its tunnel.
    pub(crate) async fn run(mut self) -> Ending {
        let fault = self.proxy.fault;
        // Only a fault lets this method come so far.
        if self.request.method == "CONNECT" {
            self.client.sink.push(b"HTTP/1.1 200 OK\r\n\r\n");
            return self.tunnel(None).await;
        }
        let expects = self.request.is_http10 && self.request.fields.has("expect");
        if expects && fault == Fault::HonourHttp10Expect {
            self.client.sink.push(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        let proxy = self.proxy;
        let head = forward::head(&self.request, &self.ask, &proxy.upstream, fault);
        self.origin.sink.push(&head);
        if fault == Fault::TunnelBeforeAnswer && self.ask.passed.is_some() {
            return self.tunnel(None).await;
        }
        let judged = match self.await_answer().await {
            Ok(judged) => judged,
            Err(Failure::ClientGone) => {
                self.origin.reset();
                return Ending::Reset;
            }
            Err(Failure::Ended | Failure::Garbage) if fault == Fault::EarlyEndClosesSilently => {
                return Ending::Close;
            }
            Err(Failure::Garbage) if fault == Fault::RelayGarbageAnswer => {
                let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
                self.client.sink.push(head);
                let mut rest = Body::new(Framing::UntilClose, false, false);
                let _ = rest.run(&mut self.origin.source, &mut self.client.sink).await;
                return Ending::Close;
            }
            Err(Failure::Ended | Failure::Garbage) => return refuse(self.client, 502, false, fault).await,
            Err(Failure::Status(status)) => return refuse(self.client, status, false, fault).await,
        };
        match judged.passage {
            Passage::Tunnel => {
                let head = if judged.response.status == 101 {
                    answer::switch(&judged.response, fault)
                } else {
                    answer::answer(&judged.response, &self.ask, false, false, fault)
                };
                self.client.sink.push(&head);
                self.tunnel(Some(&judged.response)).await
            }
            Passage::Refuse if fault == Fault::Empty200OnBad101 && judged.response.status == 101 => {
                refuse(self.client, 200, true, fault).await
            }
            Passage::Refuse => refuse(self.client, 502, false, fault).await,
            Passage::Close => Ending::Close,
            Passage::Answer | Passage::Interim => self.relay(judged.response).await,
        }
    }

    /// Sends the request, relays interim responses, and gives back the response that decides.
    async fn await_answer(&mut self) -> Result<Judged, Failure> {
        let fault = self.proxy.fault;
        let leaks = fault == Fault::EarlyBytesAtOnce && self.ask.passed.is_some();
        let mut after_interim = false;
        loop {
            let raw = tokio::select! {
                failure = upload(&mut self.upload, &mut self.client.source, &mut self.origin.sink, leaks) => {
                    return Err(failure);
                }
                raw = head::read(&mut self.origin.source, Sender::Origin) => raw,
                () = sleep(ANSWER_WITHIN) => return Err(Failure::Status(504)),
            };
            let raw = raw.map_err(|missing| match missing {
                Missing::Truncated | Missing::NotHttp => Failure::Garbage,
                Missing::Ended => Failure::Ended,
                Missing::TooLong if fault == Fault::CrashOnOversizedHead => std::process::exit(3),
                Missing::TooLong => Failure::Status(502),
            })?;
            let Ok(response) = Response::parse(&raw, &self.request.method, fault) else {
                self.origin.source.buf.splice(..0, raw.octets);
                return Err(Failure::Garbage);
            };
            let passage = gate::passage(&response, &self.ask, after_interim, fault);
            if passage != Passage::Interim {
                return Ok(Judged { response, passage });
            }
            after_interim = true;
            if gate::relays_interim(&response, self.request.is_http10, fault) {
                self.client.sink.push(&answer::interim(&response, fault));
                let flushed = self.client.sink.flush().await;
                flushed.map_err(|_| Failure::ClientGone)?;
            }
        }
    }

    /// Relays a final answer, head and content.
    async fn relay(mut self, mut response: Response) -> Ending {
        let fault = self.proxy.fault;
        let refuses = self.ask.passed.is_some();
        if refuses && fault == Fault::RefusalHangs {
            return pending().await;
        }
        if refuses && fault == Fault::RefusalClosesSilently {
            return Ending::Close;
        }
        if refuses && fault == Fault::RefusalBecomes502 {
            return refuse(self.client, 502, false, fault).await;
        }
        if fault == Fault::ReplaceErrorAnswers && response.status >= 400 {
            return refuse(self.client, 502, false, fault).await;
        }
        if refuses && fault == Fault::RefusalLosesBody {
            response.fields.remove("transfer-encoding");
            response.fields.remove("content-length");
            response.fields.push("Content-Length", "0");
            response.framing = Framing::None;
        }
        let mut last = self.request.is_last();
        if fault == Fault::IgnoreClientClose && !self.request.is_http10 {
            last = false;
        }
        // RFC 9112 §9.6: what the client still owes would be read as its next request.
        let closes = last || response.framing == Framing::UntilClose || !self.upload.is_complete();
        let unchunks = self.request.is_http10 && fault != Fault::ChunksToHttp10;
        let mut head = answer::answer(&response, &self.ask, closes, unchunks, fault);
        if fault == Fault::MergeTrailers && response.framing == Framing::Chunked {
            let trailers = body::trailers_ahead(&mut self.origin.source).await;
            let blank_line = head.len() - 2;
            head.splice(blank_line..blank_line, trailers);
        }
        self.client.sink.push(&head);
        let mut content = Body::of_response(&response, !unchunks, fault);
        let carried = tokio::select! {
            carried = content.run(&mut self.origin.source, &mut self.client.sink) => carried,
            _ = upload(&mut self.upload, &mut self.client.source, &mut self.origin.sink, false) => {
                Err(Lost::ReceiverGone)
            }
        };
        match carried {
            Ok(()) => {}
            // A content that the connection's end delimits must not look complete.
            Err(Lost::Short) if response.framing == Framing::UntilClose => return Ending::Reset,
            Err(Lost::Short | Lost::Malformed) => return Ending::Close,
            Err(Lost::ReceiverGone) => {
                self.origin.reset();
                return Ending::Reset;
            }
        }
        if refuses {
            self.spoil_what_follows().await;
        }
        if fault == Fault::LeftoverAnswersNextRequest && !self.origin.source.buf.is_empty() {
            self.proxy.park(self.origin);
        } else if fault == Fault::KeepFinishedOrigin {
            let origin = self.origin;
            drop(tokio::spawn(async move {
                let _kept = origin;
                std::future::pending::<()>().await
            }));
        } else {
            drop(tokio::spawn(self.origin.close()));
        }
        if closes || refuses && fault == Fault::RefusalClosesUnannounced {
            Ending::Close
        } else {
            Ending::Again
        }
    }

    /// What faults do behind an answer that refused an Upgrade.
    async fn spoil_what_follows(&mut self) {
        let fault = self.proxy.fault;
        if fault == Fault::StaleBytesAfterRefusal {
            let mut stale = Body::new(Framing::UntilClose, false, false);
            let relayed = stale.run(&mut self.origin.source, &mut self.client.sink);
            let _ = timeout(Duration::from_millis(300), relayed).await;
        }
        if fault == Fault::EarlyBytesAfterRefusalPiped {
            let early = self.client.source.take_all();
            self.origin.sink.push(&early);
            let _ = self.origin.sink.flush().await;
        }
        if fault == Fault::PipelinedRequestDropped {
            self.client.source.take_all();
        }
    }

    async fn tunnel(self, response: Option<&Response>) -> Ending {
        let idle = match self.request.route() {
            Route::Timed => TIMED_IDLE,
            _ => TUNNEL_IDLE,
        };
        let fault = self.proxy.fault;
        let tunnel = Tunnel::new(self.client, self.origin, self.upload, response, idle, fault);
        tunnel.run(self.proxy).await
    }
}

/// Sends what there is of the request, then holds what the client sends ahead. It ends only if
/// the request cannot be completed.
async fn upload(body: &mut Body, from: &mut Source, to: &mut Sink, leaks: bool) -> Failure {
    // What was sent before, and interrupted, goes first even if the content is complete.
    let sent = match to.flush().await {
        Ok(()) => body.run(from, to).await,
        Err(_) => Err(Lost::ReceiverGone),
    };
    match sent {
        Ok(()) => {}
        Err(Lost::Malformed) => return Failure::Status(400),
        Err(Lost::Short) => return Failure::ClientGone,
        // An origin may answer, and close, without reading on.
        Err(Lost::ReceiverGone) => return pending().await,
    }
    loop {
        if leaks && body.is_complete() {
            to.push(&from.take_all());
            let _ = to.flush().await;
        }
        match from.end {
            Some(End::Reset) => return Failure::ClientGone,
            Some(End::Fin) => return pending().await,
            None if from.buf.len() >= HELD => return pending().await,
            None => from.fill().await,
        }
    }
}
