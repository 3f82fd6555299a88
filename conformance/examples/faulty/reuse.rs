//! The origin's connection between two requests of one client, and whether it may be used again.
//!
//! A client's requests share one connection to the origin, and no other client's do.

use crate::fault::{Fault, Seeded};
use crate::forward;
use crate::head::{self, Missing, Raw, Sender};
use crate::options;
use crate::request::{Ask, Request};
use crate::response::Response;
use crate::waits;
use crate::wire::Peer;
use std::future::pending;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

/// A connection to the origin that waits for the client's next request.
#[derive(Debug, Default)]
pub(crate) struct Kept(Option<Peer>);

impl Kept {
    /// Keeps a connection for the next request.
    pub(crate) fn put(&mut self, origin: Peer) {
        self.0 = Some(origin);
    }

    /// What was kept, if it is still good.
    pub(crate) fn take(&mut self) -> Option<Peer> {
        self.0.take()
    }

    /// Lets go of a connection on which something came, or ended.
    fn check(&mut self) {
        if let Some(origin) = &mut self.0 {
            origin.source.fill_now();
            if !is_clean(origin) {
                self.let_go();
            }
        }
    }

    async fn stirs(&mut self) {
        match &mut self.0 {
            Some(origin) => origin.source.fill().await,
            None => pending().await,
        }
    }

    fn let_go(&mut self) {
        if let Some(origin) = self.0.take() {
            drop(tokio::spawn(origin.close()));
        }
    }
}

/// Waits for the client's next request. RFC 9112 §9.2, §9.5: whatever meanwhile comes from the
/// origin is no answer to it, and ends that connection.
pub(crate) async fn next_request(
    client: &mut Peer,
    kept: &mut Kept,
    fault: Seeded,
) -> Result<Result<Raw, Missing>, Elapsed> {
    let blind = fault == Fault::UnsolicitedBytesAnswer;
    let source = &mut client.source;
    let mut read = std::pin::pin!(async {
        if source.buf.is_empty() {
            let _ = timeout(waits::BETWEEN_REQUESTS, source.fill()).await;
        }
        timeout(waits::head(fault), head::read(source, Sender::Client, fault)).await
    });
    let raw = loop {
        tokio::select! {
            raw = &mut read => break raw,
            () = kept.stirs(), if !blind => kept.let_go(),
        }
    };
    if !blind {
        kept.check();
    }
    raw
}

/// Whether another request may follow on the origin's connection, once `response` was read.
pub(crate) fn may_follow(
    origin: &Peer,
    request: &Request,
    ask: &Ask,
    response: &Response,
    fault: Seeded,
) -> bool {
    // RFC 9112 §9.3, §9.6: whoever says close, or speaks HTTP/1.0, means this to be the last.
    let close = (options::has_option(&response.fields, "close") || is_old(response, fault))
        && fault != Fault::ReuseAfterClose;
    if fault == Fault::FreshUpstream {
        return false;
    }
    let clean = is_clean(origin) || fault == Fault::UnsolicitedBytesAnswer;
    let says_close = forward::says_close(request, ask, fault)
        && fault != Fault::ReuseUpstream
        && fault != Fault::TrustHttp10Chunks;
    !close && clean && !says_close
}

fn is_old(response: &Response, fault: Seeded) -> bool {
    response.is_http10 && fault != Fault::TrustHttp10Chunks && fault != Fault::OldVersionOnReuse
}

fn is_clean(origin: &Peer) -> bool {
    origin.source.buf.is_empty() && origin.source.end.is_none()
}
