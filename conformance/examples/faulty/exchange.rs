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
use crate::options;
use crate::proxy::Proxy;
use crate::request::{Ask, Request};
use crate::response::Response;
use crate::reuse::{self, Kept};
use crate::tunnel::Tunnel;
use crate::upload::{Ahead, Failure, upload};
use crate::waits;
use crate::wire::Peer;
use std::future::pending;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// One request under way.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    proxy: &'a Proxy,
    client: &'a mut Peer,
    origin: Peer,
    request: Request,
    ask: Ask,
    upload: Body,
    /// How often the request may be sent again if no answer comes.
    repeats: u8,
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
        let upload = Body::of_request(request.framing, proxy.fault);
        Exchange { proxy, client, origin, request, ask, upload, repeats: 0 }
    }

    /// Sees the request through to its answer or its tunnel. The origin's connection is put into
    /// `kept` if it may be used again; it `is_reused` if it was there before.
    pub(crate) async fn run(mut self, is_reused: bool, kept: &mut Kept) -> Ending {
        let fault = self.proxy.fault;
        self.repeats = self.repeats_allowed(is_reused);
        // Only a fault lets this method come so far.
        if self.request.method == "CONNECT" && fault == Fault::TunnelOnConnect {
            self.client.sink.push(b"HTTP/1.1 200 OK\r\n\r\n");
            return self.tunnel(None).await;
        }
        let expects = self.request.is_http10 && self.request.fields.has("expect");
        if expects && fault == Fault::HonourHttp10Expect {
            self.client.sink.push(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        let proxy = self.proxy;
        let mut head = forward::head(&self.request, &self.ask, &proxy.upstream, fault);
        if is_reused && fault == Fault::OldVersionOnReuse {
            forward::make_old(&mut head);
        }
        self.origin.sink.push(&head);
        if fault == Fault::TunnelBeforeAnswer && self.ask.passed.is_some() {
            return self.tunnel(None).await;
        }
        let upgrade_follows = memchr::memmem::find(&self.client.source.buf, b"\r\nUpgrade:").is_some();
        if fault == Fault::PipelinedUpgradeTunnelsAtOnce && upgrade_follows {
            return self.tunnel(None).await;
        }
        let judged = match self.answer_or_repeat(head).await {
            Ok(judged) => judged,
            Err(Failure::ClientGone) => {
                self.abandon();
                return Ending::Reset;
            }
            Err(Failure::NoAnswer | Failure::Garbage) if fault == Fault::EarlyEndClosesSilently => {
                return Ending::Close;
            }
            Err(Failure::Garbage) if fault == Fault::RelayGarbageAnswer => {
                let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
                self.client.sink.push(head);
                let mut rest = Body::new(Framing::UntilClose, false, false);
                let _ = rest.run(&mut self.origin.source, &mut self.client.sink).await;
                return Ending::Close;
            }
            Err(Failure::NoAnswer | Failure::Garbage) => return refuse(self.client, 502, false, fault).await,
            Err(Failure::Status(504)) => return self.too_late().await,
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
            Passage::Answer | Passage::Interim => self.relay(judged.response, kept).await,
        }
    }

    /// RFC 9110 §9.2.2: what may be repeated, and has no content to repeat, gets a second try if a
    /// connection that was used before turns out to be over.
    fn repeats_allowed(&self, is_reused: bool) -> u8 {
        let fault = self.proxy.fault;
        if fault == Fault::RetryForEver {
            return 3;
        }
        let idempotent = matches!(self.request.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE");
        let repeatable = idempotent && self.request.framing == Framing::None;
        u8::from(repeatable && is_reused || fault == Fault::RetryAnyMethod)
    }

    /// Waits for an answer; if none comes, asks again as often as is allowed.
    async fn answer_or_repeat(&mut self, mut head: Vec<u8>) -> Result<Judged, Failure> {
        let fault = self.proxy.fault;
        if fault == Fault::RetryAnyMethod {
            // Sound repeats have no content; this one needs what came with the head.
            if let Framing::Length(_) = self.request.framing {
                head.extend_from_slice(&self.client.source.buf);
            }
        }
        loop {
            let answer = self.await_answer().await;
            if !matches!(answer, Err(Failure::NoAnswer)) || self.repeats == 0 {
                return answer;
            }
            self.repeats -= 1;
            self.origin =
                self.proxy.dial(waits::dial(self.request.route(), fault)).await.map_err(Failure::Status)?;
            if fault == Fault::RetryLosesUpgrade {
                self.ask.passed = None;
                head = forward::head(&self.request, &self.ask, &self.proxy.upstream, fault);
            }
            self.origin.sink.push(&head);
        }
    }

    /// Ends the attempt of a client that has gone.
    fn abandon(self) {
        if self.proxy.fault == Fault::PoolAbandonedRequest {
            self.proxy.park(self.origin);
        } else if self.proxy.fault == Fault::KeepAbandonedRequest {
            self.origin.keep();
        } else {
            self.origin.reset();
        }
    }

    /// The origin did not answer in time.
    async fn too_late(mut self) -> Ending {
        let fault = self.proxy.fault;
        if fault == Fault::RefusedBecomes200 {
            return refuse(self.client, 200, true, fault).await;
        }
        if fault == Fault::RelayLateAnswer {
            let _ = refuse(self.client, 504, true, fault).await;
            let mut late = Body::new(Framing::UntilClose, false, false);
            let _ = late.run(&mut self.origin.source, &mut self.client.sink).await;
            return Ending::Close;
        }
        if fault == Fault::KeepSilentOrigin {
            self.origin.keep();
        }
        refuse(self.client, 504, false, fault).await
    }

    /// Sends the request, relays interim responses, and gives back the response that decides.
    async fn await_answer(&mut self) -> Result<Judged, Failure> {
        let fault = self.proxy.fault;
        let ahead = match fault.0 {
            Some(Fault::EarlyBytesAtOnce) if self.ask.passed.is_some() => Ahead::Leak,
            Some(Fault::AbortOnHalfClose) => Ahead::Abort,
            _ => Ahead::Hold,
        };
        let mut after_interim = false;
        let ignores = fault == Fault::EarlyAnswerIgnored && !self.upload.is_complete();
        loop {
            let raw = tokio::select! {
                failure = upload(&mut self.upload, &mut self.client.source, &mut self.origin.sink, ahead) => {
                    return Err(failure);
                }
                raw = head::read(&mut self.origin.source, Sender::Origin, fault), if !ignores => raw,
                () = sleep(waits::answer(self.request.route(), fault)) => {
                    return Err(self.out_of_time().await);
                }
            };
            let raw = raw.map_err(|missing| match missing {
                Missing::Ended if !after_interim => Failure::NoAnswer,
                Missing::Truncated if fault == Fault::RetryAfterPart => Failure::NoAnswer,
                Missing::Truncated | Missing::NotHttp => Failure::Garbage,
                Missing::Ended => Failure::Garbage,
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

    /// Whom the wait for an answer ended for: the client may still owe the rest of its content.
    async fn out_of_time(&mut self) -> Failure {
        let fault = self.proxy.fault;
        if self.upload.is_complete() {
            return Failure::Status(504);
        }
        if fault == Fault::StalledContentIsComplete {
            self.upload.make_up(&mut self.origin.sink);
            let _ = self.origin.sink.flush().await;
            return pending().await;
        }
        if fault == Fault::BodyLimitNever {
            return pending().await;
        }
        Failure::Status(408)
    }

    /// Relays a final answer, head and content.
    async fn relay(mut self, mut response: Response, kept: &mut Kept) -> Ending {
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
        if fault == Fault::KeepAliveWins && options::has_option(&self.request.fields, "keep-alive") {
            last = false;
        }
        if fault == Fault::PersistWithHttp10 && self.request.is_http10 {
            last = false;
        }
        // RFC 9112 §9.6: what the client still owes would be read as its next request.
        let owes = !self.upload.is_complete() && fault != Fault::LeftoversAreRequests;
        let closes = last || response.framing == Framing::UntilClose || owes;
        let unchunks = self.request.is_http10 && fault != Fault::ChunksToHttp10;
        let mut head = answer::answer(&response, &self.ask, closes, unchunks, fault);
        if fault == Fault::MergeResponseTrailers && response.framing == Framing::Chunked {
            let trailers = body::trailers_ahead(&mut self.origin.source).await;
            let blank_line = head.len() - 2;
            head.splice(blank_line..blank_line, trailers);
        }
        self.client.sink.push(&head);
        let mut content = Body::of_response(&response, !unchunks, fault);
        if fault == Fault::AnswersMixed {
            self.proxy.trade_content(&mut self.origin.source.buf);
        }
        if refuses && fault == Fault::PoolUnfinishedRefusal {
            let _ = content.step(&mut self.origin.source, &mut self.client.sink);
            let _ = self.client.sink.flush().await;
            self.proxy.park(self.origin);
            return Ending::Close;
        }
        let carried = tokio::select! {
            carried = content.run(&mut self.origin.source, &mut self.client.sink) => carried,
            _ = upload(&mut self.upload, &mut self.client.source, &mut self.origin.sink, Ahead::Hold) => {
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
            self.origin.keep();
        } else if !closes && reuse::may_follow(&self.origin, &self.request, &self.ask, &response, fault) {
            kept.put(self.origin);
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
        let idle = waits::idle(self.request.route());
        Tunnel::new(self.proxy, self.client, self.origin, self.upload, response, idle).run().await
    }
}
