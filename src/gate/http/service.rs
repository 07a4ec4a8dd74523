//! What is not about mails: health, metrics, version, reload.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::hall::Hall;
use super::problem::{Kind, Problem};
use crate::gate::metrics::{Exposition, MEDIA_TYPE, expose_desk, expose_store};
use crate::model::report::SCHEMA_VERSION;

/// How long the store may take to say how large it is.
const SOON: Duration = Duration::from_secs(1);

/// A JSON document.
pub(super) fn document(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], format!("{value:#}\n")).into_response()
}

/// The process answers.
pub(super) async fn health() -> Response {
    document(StatusCode::OK, &json!({ "status": "ok" }))
}

/// Whether something sent now would be scanned.
pub(super) async fn ready(State(hall): State<Arc<Hall>>) -> Result<Response, Problem> {
    let workers = hall.checkpoint.desk().stats().workers;
    if workers.places > 0 && workers.idle == 0 && workers.busy == 0 {
        return Err(Problem::new(Kind::Unavailable, "workers", "No worker is running."));
    }
    Ok(document(StatusCode::OK, &json!({ "status": "ready" })))
}

/// What is counted.
pub(super) async fn metrics(State(hall): State<Arc<Hall>>) -> Response {
    let mut page = Exposition::default();
    hall.checkpoint.metrics().expose(&mut page);
    expose_desk(&hall.checkpoint.desk().stats(), &mut page);
    if let Some(keeper) = hall.checkpoint.keeper() {
        // A store that is busy keeps no one from the other figures.
        let held = keeper.ask(SOON, |store| store.held_bytes()).await.ok();
        expose_store(keeper.counts(), held, &mut page);
    }
    ([(header::CONTENT_TYPE, MEDIA_TYPE)], page.finish()).into_response()
}

/// Which program with which rules answers.
pub(super) async fn version(State(hall): State<Arc<Hall>>) -> Response {
    let rules = hall.checkpoint.desk().stats().rules;
    let version = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "rules": rules,
        "schema": SCHEMA_VERSION,
    });
    document(StatusCode::OK, &version)
}

/// The description of this interface.
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], super::openapi::document()).into_response()
}

/// Has the configuration and the rules read again. What comes of it is in the log and in `sekisho_reloads_total`.
pub(super) async fn reload(State(hall): State<Arc<Hall>>) -> Response {
    hall.checkpoint.control().reload();
    document(StatusCode::ACCEPTED, &json!({ "status": "reload asked for" }))
}
