//! The answers this proxy gives by itself, in place of the origin's.
//!
//! The status says whose fault it was: 4xx the client's, 502 and 504 the
//! origin's (RFC 9110 §15.5, §15.6). None of them ever carries an Upgrade.

use std::error::Error;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE};
use hyper::{Response, StatusCode, http::HeaderValue};

/// Why a request is not forwarded, or its answer not passed on.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) why: &'static str,
    pub(crate) cause: Option<Box<dyn Error>>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, why: &'static str) -> Self {
        Refusal { status, why, cause: None }
    }

    pub(crate) fn because(mut self, cause: impl Error + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// The whole reason, for the log.
    pub(crate) fn reason(&self) -> String {
        let cause = self.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
        format!("{}{cause}", self.why)
    }

    /// The answer: a line of text, or nothing where all is well.
    pub(crate) fn answer(&self, body_is_unread: bool) -> Response<Full<Bytes>> {
        let status = self.status;
        let text = if status.is_success() { String::new() } else { format!("{status}: {}\n", self.why) };
        let mut answer = Response::new(Full::from(text));
        *answer.status_mut() = status;
        let fields = answer.headers_mut();
        fields.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        // RFC 9110 §15.5.6: a 405 has to say what is allowed.
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let methods = HeaderValue::from_static("GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH");
            fields.insert(ALLOW, methods);
        }
        // Where one message was in doubt, so is where the next one begins.
        let in_doubt = [StatusCode::BAD_REQUEST, StatusCode::REQUEST_TIMEOUT, StatusCode::NOT_IMPLEMENTED];
        if body_is_unread || in_doubt.contains(&status) {
            fields.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}
