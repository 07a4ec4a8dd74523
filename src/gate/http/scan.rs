//! Scans and their reports.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::extract::{Path, Query, Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::body;
use super::deadline;
use super::hall::Hall;
use super::problem::{Kind, Problem};
use crate::gate::checkpoint::{Door, Examined, Refused, Request};
use crate::model::Report;
use crate::report::{Json, Sink as _};
use crate::worker::Failure;

/// The longest name an input may be given.
const MAX_NAME: usize = 1_024;
/// Carries the report's id.
const REPORT_ID: HeaderName = HeaderName::from_static("x-report-id");
/// Carries the level of the verdict.
const VERDICT: HeaderName = HeaderName::from_static("x-verdict");

/// Parameters of a scan.
#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    name: Option<String>,
    pub(super) timeout: Option<String>,
}

/// Scans the body.
pub(super) async fn scan(State(hall): State<Arc<Hall>>, request: HttpRequest) -> Result<Response, Problem> {
    let now = Instant::now();
    let settings = hall.settings();
    let Query(parameters) = Query::<Parameters>::try_from_uri(request.uri())
        .map_err(|_| Problem::new(Kind::BadRequest, "query", "The parameters cannot be read.").closing())?;
    let name = name(parameters.name, request.headers()).map_err(Problem::closing)?;
    let timeout = parameters.timeout.as_deref();
    let deadline = deadline::of(request.headers(), timeout, settings.deadline, now, SystemTime::now())
        .map_err(Problem::closing)?;
    let _place = hall.place()?;
    let mut held = hall.checkpoint.intake().hold();
    let queue = hall.checkpoint.settings().queue.clone();
    let (parts, body) = request.into_parts();
    let bytes =
        body::read(body, &parts.headers, settings.body_max, hall.times.body, deadline.into(), &mut held, &queue)
            .await?;
    let examined = hall
        .checkpoint
        .examine(Request { door: Door::Http, name, bytes, deadline, envelope: None })
        .await
        .map_err(of_refusal)?;
    answer(&examined)
}

/// A report made before.
pub(super) async fn report(State(hall): State<Arc<Hall>>, Path(id): Path<String>) -> Result<Response, Problem> {
    match hall.checkpoint.report(&id).await {
        Some(report) => Ok(of_report(&report, &id)),
        None => Err(Problem::new(Kind::NoReport, "path", "There is no report of this id, or no longer.")),
    }
}

/// What the input is called in the report: what the client says, or by its media type.
fn name(name: Option<String>, headers: &HeaderMap) -> Result<String, Problem> {
    let at = "header Content-Encoding";
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding.as_bytes() != b"identity") {
        return Err(Problem::new(Kind::UnsupportedMedia, at, "Encoded bodies are not taken."));
    }
    let media = match headers.get(header::CONTENT_TYPE) {
        // RFC 9110 section 8.3: what has no type may be taken for octets.
        None => "application/octet-stream",
        Some(value) => value.to_str().unwrap_or_default(),
    };
    let media = media.split(';').next().unwrap_or_default().trim();
    let own = if media.eq_ignore_ascii_case("message/rfc822") {
        "message"
    } else if media.eq_ignore_ascii_case("application/octet-stream") {
        "input"
    } else {
        return Err(Problem::new(Kind::UnsupportedMedia, "header Content-Type", "This media type is not taken."));
    };
    match name {
        Some(name) if name.len() > MAX_NAME => {
            Err(Problem::new(Kind::BadRequest, "parameter name", format!("The name has more than {MAX_NAME} bytes.")))
        }
        Some(name) if !name.is_empty() => Ok(name),
        _ => Ok(own.to_owned()),
    }
}

fn of_refusal(refused: Refused) -> Problem {
    let (kind, detail) = match refused {
        Refused::Overloaded => (Kind::Overloaded, "Too much is waiting for a worker."),
        Refused::Expired => (Kind::Deadline, "No worker was free before the deadline."),
        Refused::TooLarge => (Kind::TooLarge, "The body is larger than anything that is scanned."),
        Refused::Stopping => (Kind::Unavailable, "The daemon is stopping."),
    };
    Problem::new(kind, "server", detail)
}

/// The response of an outcome. A worker that died leaves a report whose level is `error`; one that was out of time, or was
/// never there, leaves nothing to be kept.
fn answer(examined: &Examined) -> Result<Response, Problem> {
    match &examined.failure {
        Some(Failure::TimedOut) => Err(Problem::new(Kind::Deadline, "server", "The scan was stopped at the deadline.")),
        Some(Failure::NotStarted(_)) => Err(Problem::new(Kind::Unavailable, "server", "No worker could be started.")),
        Some(Failure::Crashed { .. } | Failure::OutOfMemory) | None => Ok(of_report(&examined.report, &examined.id)),
    }
}

/// The document `sekisho scan --format json` writes.
fn of_report(report: &Report, id: &str) -> Response {
    let mut text = Vec::new();
    let mut sink = Json::new(&mut text);
    if sink.write(report).and_then(|()| sink.finish()).is_err() {
        return Problem::new(Kind::Unavailable, "server", "The report could not be written.").into_response();
    }
    let mut response = (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], text).into_response();
    let headers = response.headers_mut();
    headers.insert(VERDICT, HeaderValue::from_static(report.verdict.level.as_str()));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REPORT_ID, id);
    }
    response
}
