//! The hook of the Stalwart mail server ("MTA hooks", `crates/smtp/src/inbound/hooks` of its source): it posts what it knows
//! of an SMTP transaction as JSON, and does what the answer says.
//!
//! [`question`] reads what it posts, [`message`] puts the mail together again, [`judge`] has it scanned and carries the
//! decision out, [`answer`] is what it is told.

mod answer;
mod judge;
mod message;
mod question;

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::extract::{Query, Request as HttpRequest, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use tokio::task::spawn_blocking;

use self::judge::judge;
use self::question::{Hooked, QuestionError, Stage};
use super::body::{self, Taken};
use super::deadline;
use super::hall::Hall;
use super::problem::{Kind, Problem};
use super::scan::Parameters;
use super::service::document;

/// How long a mail may take where the request does not say. Stalwart waits 30 seconds for a hook if not told otherwise, and
/// an answer that comes later is none.
const USUAL: &str = "28";
/// JSON for each byte of a message: line ends and quotes take two for one, most bytes take one.
const GROWTH: u64 = 2;
/// What there is besides the message.
const BESIDES: u64 = 256 << 10;
/// Above this, reading JSON takes long enough to be done elsewhere.
const READ_HERE: usize = 256 << 10;

/// Answers a hook.
pub(super) async fn stalwart(State(hall): State<Arc<Hall>>, request: HttpRequest) -> Result<Response, Problem> {
    let now = Instant::now();
    let settings = hall.checkpoint.settings();
    let http = settings.http.clone().unwrap_or_default();
    let Query(parameters) = Query::<Parameters>::try_from_uri(request.uri())
        .map_err(|_| Problem::new(Kind::BadRequest, "query", "The parameters cannot be read.").closing())?;
    let timeout = parameters.timeout.as_deref().unwrap_or(USUAL);
    let deadline = deadline::of(request.headers(), Some(timeout), http.deadline, now, SystemTime::now())
        .map_err(Problem::closing)?;
    let _place = hall.place()?;
    let mut held = hall.checkpoint.intake().hold();
    let (parts, body) = request.into_parts();
    let most = http.body_max.saturating_mul(GROWTH).saturating_add(BESIDES);
    let taken = body::take(body, &parts.headers, most, hall.times.body, deadline.into(), &mut held, &settings.queue);
    let answer = match taken.await? {
        Taken::Whole(json) => {
            let hooked = read(json).await?;
            if hooked.stage == Stage::Data && hooked.mail.is_none() {
                return Err(Problem::new(Kind::BadRequest, "body", "The stage is data, but there is no message."));
            }
            judge(&hall, &settings, hooked, deadline).await
        }
        Taken::Beginning(json) => {
            // Who sent it to whom stands before the message: the action can be that for mails that are too large.
            let hooked = Hooked::beginning(&json).map_err(of_question)?;
            judge(&hall, &settings, hooked, deadline).await
        }
    };
    let answer = serde_json::to_value(&answer)
        .map_err(|_| Problem::new(Kind::Unavailable, "server", "The answer could not be written."))?;
    Ok(document(StatusCode::OK, &answer))
}

async fn read(json: Bytes) -> Result<Hooked, Problem> {
    let hooked = if json.len() <= READ_HERE {
        Hooked::read(&json)
    } else {
        spawn_blocking(move || Hooked::read(&json))
            .await
            .map_err(|_| Problem::new(Kind::Unavailable, "server", "The body could not be read."))?
    };
    hooked.map_err(of_question)
}

fn of_question(error: QuestionError) -> Problem {
    Problem::new(Kind::BadRequest, "body", format!("The body is no question of a Stalwart hook: {error}"))
}
