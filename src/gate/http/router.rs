//! Which path leads where, and who may go there.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tracing::debug;

use super::hall::Hall;
use super::keys::{Schemes, authorise};
use super::problem::{Kind, Problem};
use super::{hook, scan, service};

/// Who may use a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Open,
    /// Anyone where the configuration opens metrics, else whoever shows a key.
    Metrics,
    /// Whoever shows a key.
    Key,
    /// Whoever shows a key, or sends it as the password of Basic authentication.
    Hook,
}

/// A path.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path, parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

const fn route(method: &'static str, path: &'static str, access: Access) -> Route {
    Route { method, path, access }
}

/// Every path there is.
pub const ROUTES: &[Route] = &[
    route("GET", "/health", Access::Open),
    route("GET", "/ready", Access::Open),
    route("GET", "/metrics", Access::Metrics),
    route("POST", "/v1/scan", Access::Key),
    route("GET", "/v1/reports/{id}", Access::Key),
    route("GET", "/v1/version", Access::Key),
    route("GET", "/v1/openapi.json", Access::Key),
    route("POST", "/v1/reload", Access::Key),
    route("POST", "/hooks/stalwart", Access::Hook),
];

/// The whole door.
pub(super) fn router(hall: Arc<Hall>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let handler = match (route.method, route.path) {
            (_, "/health") => get(service::health),
            (_, "/ready") => get(service::ready),
            (_, "/metrics") => get(service::metrics),
            (_, "/v1/scan") => post(scan::scan),
            (_, "/v1/reports/{id}") => get(scan::report),
            (_, "/v1/version") => get(service::version),
            (_, "/v1/openapi.json") => get(service::openapi),
            (_, "/hooks/stalwart") => post(hook::stalwart),
            (_, "/v1/reload") => post(service::reload),
            _ => continue,
        };
        let guard = from_fn_with_state((hall.clone(), route.access), admit);
        router = router.route(route.path, handler.layer(guard));
    }
    router
        .method_not_allowed_fallback(wrong_method)
        .fallback(nothing_here)
        .layer(from_fn(with_headers))
        .with_state(hall)
}

/// Lets a request through to its handler, or not.
async fn admit(State((hall, access)): State<(Arc<Hall>, Access)>, request: Request, next: Next) -> Response {
    let settings = hall.settings();
    let schemes = match access {
        Access::Open => None,
        Access::Metrics if settings.open_metrics => None,
        Access::Metrics | Access::Key => Some(Schemes::Api),
        Access::Hook => Some(Schemes::Hook),
    };
    if let Some(schemes) = schemes {
        match authorise(request.headers(), &settings.keys, schemes) {
            Ok(key) => debug!(key, "http: request"),
            // The body is not read: the client has no right to its memory.
            Err(problem) if request.method() == Method::POST => return problem.closing().into_response(),
            Err(problem) => return problem.into_response(),
        }
    }
    next.run(request).await
}

/// Headers every response has.
async fn with_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &str); 3] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn nothing_here() -> Problem {
    Problem::new(Kind::NotFound, "path", "No such path.")
}

async fn wrong_method() -> Problem {
    Problem::new(Kind::MethodNotAllowed, "method", "This path is not used with this method.")
}
