//! The answers this proxy gives by itself.
//!
//! It owns their status and their form, one for every way in which a request
//! can fail here. None of them ever carries an Upgrade.

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    header::{CONNECTION, CONTENT_TYPE},
    http::HeaderValue,
};

use crate::{
    admit::NotAdmitted,
    body::{Content, Ending},
    upgrade::InvalidSwitch,
    upstream::UpstreamError,
};

/// Why a request gets our answer instead of the origin's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
    #[error("no location for this path")]
    NoLocation,
    #[error("the request body {}", if *.0 == Ending::Stalled { "stalled" } else { "broke off" })]
    Body(Ending),
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    #[error("the origin used a transfer coding other than chunked")]
    UnknownCoding,
    #[error("the origin answered with a status that does not exist")]
    InvalidStatus,
    #[error(transparent)]
    InvalidSwitch(#[from] InvalidSwitch),
}

impl Refusal {
    /// The status, from the meanings in RFC 9110 §15 and RFC 9209 §2.3.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Refusal::NotAdmitted(NotAdmitted::Connect | NotAdmitted::UnknownCoding) => {
                StatusCode::NOT_IMPLEMENTED
            }
            Refusal::NotAdmitted(NotAdmitted::Loop) => StatusCode::LOOP_DETECTED,
            Refusal::NotAdmitted(NotAdmitted::LastHop) => StatusCode::OK,
            Refusal::NotAdmitted(NotAdmitted::Trace) => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::NotAdmitted(_) | Refusal::Body(Ending::Broken | Ending::Complete) => {
                StatusCode::BAD_REQUEST
            }
            Refusal::Body(Ending::Stalled) => StatusCode::REQUEST_TIMEOUT,
            Refusal::NoLocation => StatusCode::NOT_FOUND,
            Refusal::Upstream(UpstreamError::ConnectTimeout | UpstreamError::Silent) => {
                StatusCode::GATEWAY_TIMEOUT
            }
            Refusal::Upstream(_)
            | Refusal::UnknownCoding
            | Refusal::InvalidStatus
            | Refusal::InvalidSwitch(_) => StatusCode::BAD_GATEWAY,
        }
    }

    /// Whether what follows on the client's connection can no longer be
    /// trusted to be a request, or is not worth waiting for.
    pub(crate) fn closes(&self, body_is_unread: bool) -> bool {
        let hop_is_in_doubt = match self {
            Refusal::NotAdmitted(NotAdmitted::LastHop | NotAdmitted::Trace) => false,
            Refusal::NotAdmitted(_) | Refusal::Body(_) => true,
            _ => false,
        };
        hop_is_in_doubt || body_is_unread
    }

    /// The answer itself: a line of text, or nothing for a 200.
    pub(crate) fn answer(&self, close: bool) -> Response<Content> {
        let status = self.status();
        let text = match status.is_success() {
            true => String::new(),
            false => format!("{status}: {self}\n"),
        };
        let mut answer = Response::new(Content::Own(Full::new(Bytes::from(text))));
        *answer.status_mut() = status;
        let fields = answer.headers_mut();
        if !status.is_success() {
            fields.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let methods = HeaderValue::from_static("GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH");
            fields.insert(hyper::header::ALLOW, methods);
        }
        if close {
            fields.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}
