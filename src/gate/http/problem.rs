//! What went wrong, as a document (RFC 9457): what, where, and what to do.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Media type of the document (RFC 9457 section 3).
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// The sorts of problems there are: the last part of a document's `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something in the request cannot be understood.
    BadRequest,
    /// No key was shown, or one that is not known.
    Unauthorized,
    /// No key is set up, so that none can be right.
    Closed,
    /// There is nothing at this path.
    NotFound,
    /// There is no report of this id, or no longer.
    NoReport,
    /// The path is known, the method is not.
    MethodNotAllowed,
    /// The body came too slowly.
    SlowBody,
    /// The body is too large.
    TooLarge,
    /// The body's media type or encoding is not taken.
    UnsupportedMedia,
    /// As many requests as may be are at work.
    Busy,
    /// Too much is waiting.
    Overloaded,
    /// No worker answers, or the daemon is stopping.
    Unavailable,
    /// The answer was not there in time.
    Deadline,
}

impl Kind {
    /// Every sort.
    pub(super) const ALL: [Kind; 13] = [
        Kind::BadRequest,
        Kind::Unauthorized,
        Kind::Closed,
        Kind::NotFound,
        Kind::NoReport,
        Kind::MethodNotAllowed,
        Kind::SlowBody,
        Kind::TooLarge,
        Kind::UnsupportedMedia,
        Kind::Busy,
        Kind::Overloaded,
        Kind::Unavailable,
        Kind::Deadline,
    ];

    /// The `type` of the document.
    pub(super) const fn uri(self) -> &'static str {
        match self {
            Kind::BadRequest => "urn:sekisho:problem:bad-request",
            Kind::Unauthorized => "urn:sekisho:problem:unauthorized",
            Kind::Closed => "urn:sekisho:problem:closed",
            Kind::NotFound => "urn:sekisho:problem:not-found",
            Kind::NoReport => "urn:sekisho:problem:no-report",
            Kind::MethodNotAllowed => "urn:sekisho:problem:method-not-allowed",
            Kind::SlowBody => "urn:sekisho:problem:slow-body",
            Kind::TooLarge => "urn:sekisho:problem:too-large",
            Kind::UnsupportedMedia => "urn:sekisho:problem:unsupported-media",
            Kind::Busy => "urn:sekisho:problem:busy",
            Kind::Overloaded => "urn:sekisho:problem:overloaded",
            Kind::Unavailable => "urn:sekisho:problem:unavailable",
            Kind::Deadline => "urn:sekisho:problem:deadline",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Kind::BadRequest => StatusCode::BAD_REQUEST,
            Kind::Unauthorized => StatusCode::UNAUTHORIZED,
            Kind::Closed => StatusCode::FORBIDDEN,
            Kind::NotFound | Kind::NoReport => StatusCode::NOT_FOUND,
            Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Kind::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            // RFC 6585 section 4 against RFC 9110 section 15.6.4: this client is one too many; the daemon has too much.
            Kind::Busy => StatusCode::TOO_MANY_REQUESTS,
            Kind::Overloaded | Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Deadline => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Kind::BadRequest => "The request cannot be understood",
            Kind::Unauthorized => "A key is needed",
            Kind::Closed => "No keys are set up",
            Kind::NotFound => "There is nothing here",
            Kind::NoReport => "No such report",
            Kind::MethodNotAllowed => "Not with this method",
            Kind::SlowBody => "The body came too slowly",
            Kind::TooLarge => "Too large",
            Kind::UnsupportedMedia => "This kind of body is not taken",
            Kind::Busy => "Too many requests at once",
            Kind::Overloaded => "Too much is waiting",
            Kind::Unavailable => "Nothing can be scanned at the moment",
            Kind::Deadline => "Not done in time",
        }
    }

    const fn remedy(self) -> &'static str {
        match self {
            Kind::BadRequest => "Correct the named part of the request; /v1/openapi.json describes what is taken.",
            Kind::Unauthorized => {
                "Send a key as `Authorization: Bearer …` or `X-Api-Key: …`; `sekisho key new` makes one."
            }
            Kind::Closed => "Make a key with `sekisho key new` and put its line into the configuration.",
            Kind::NotFound => "/v1/openapi.json lists the paths.",
            Kind::NoReport => "Scan the input again: reports are kept for a while only.",
            Kind::MethodNotAllowed => "The Allow header names the methods.",
            Kind::SlowBody => "Send the body without pauses.",
            Kind::TooLarge => "Scan it with `sekisho scan`, or raise the limit in the configuration.",
            Kind::UnsupportedMedia => {
                "Send the bytes themselves as application/octet-stream, or a mail as message/rfc822, without Content-Encoding."
            }
            Kind::Busy | Kind::Overloaded => "Try again after the seconds Retry-After names.",
            Kind::Unavailable => "Try again later; the log of the daemon says why.",
            Kind::Deadline => "Allow more time, or take it as not scanned. It was not found clean.",
        }
    }

    /// Seconds after which trying again makes sense.
    const fn retry_after(self) -> Option<&'static str> {
        match self {
            Kind::Busy => Some("1"),
            Kind::Overloaded => Some("5"),
            Kind::Unavailable => Some("10"),
            _ => None,
        }
    }
}

/// A problem with a request.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) kind: Kind,
    detail: String,
    at: &'static str,
    closes: bool,
}

impl Problem {
    /// A problem: what is wrong with this request, and in which part of it.
    pub(super) fn new(kind: Kind, at: &'static str, detail: impl Into<String>) -> Self {
        Problem { kind, detail: detail.into(), at, closes: false }
    }

    /// The connection cannot be used further, as the body was not read.
    pub(super) fn closing(self) -> Self {
        Problem { closes: true, ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let document = json!({
            "type": self.kind.uri(),
            "title": self.kind.title(),
            "status": status.as_u16(),
            "detail": self.detail,
            "where": self.at,
            "remedy": self.kind.remedy(),
        });
        let mut response = (status, format!("{document:#}\n")).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.kind.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if self.kind == Kind::Unauthorized {
            // RFC 9110 section 11.6.1: every 401 names a scheme.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"sekisho\""));
        }
        if self.closes {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
