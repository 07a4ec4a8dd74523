//! Connections.

use std::pin::pin;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tracing::debug;

use super::hall::Hall;
use super::patience::{Answering, Patient, Times};
use super::router::router;
use crate::gate::checkpoint::{Checkpoint, Door};

/// Bytes of a request's head (and of anything else read ahead) that are kept.
const HEAD: usize = 64 << 10;
/// Fields of a request's head.
const FIELDS: usize = 100;

/// The door. Cheap to clone; all clones are one, and together answer no more requests at once than may be.
#[derive(Clone)]
pub struct Reception {
    app: TowerToHyperService<axum::Router>,
    checkpoint: Arc<Checkpoint>,
    times: Times,
}

impl Reception {
    /// A door to a checkpoint.
    pub fn new(checkpoint: Arc<Checkpoint>) -> Self {
        Self::within(checkpoint, Times::default())
    }

    /// As [`Reception::new`], with other times.
    pub fn within(checkpoint: Arc<Checkpoint>, times: Times) -> Self {
        let app = TowerToHyperService::new(router(Hall::new(checkpoint.clone(), times)));
        Reception { app, checkpoint, times }
    }

    /// Serves one connection until it ends. Once `stop` is true, what is being answered is finished and the connection closed.
    pub async fn serve<S>(self, stream: S, mut stop: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let _counted = self.checkpoint.metrics().connection(Door::Http);
        let app = self.app;
        let answering = Answering::default();
        let stream = TokioIo::new(Patient::new(stream, self.times, answering.clone()));
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            answering.set(true);
            let answer = app.call(request);
            let answering = answering.clone();
            async move {
                let response = answer.await;
                answering.set(false);
                response
            }
        });
        // Without half-closed connections the end of the client's side is the end of its question.
        let mut builder = http1::Builder::new();
        builder.max_buf_size(HEAD).max_headers(FIELDS).half_close(false);
        let mut served = pin!(builder.serve_connection(stream, service));
        let outcome = tokio::select! {
            outcome = served.as_mut() => outcome,
            () = stopped(&mut stop) => {
                served.as_mut().graceful_shutdown();
                served.await
            }
        };
        if let Err(error) = outcome {
            debug!(%error, "http: connection lost");
        }
    }
}

/// Waits until the daemon stops, or nobody is left to say so.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopping| *stopping).await;
}
