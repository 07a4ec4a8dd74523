use super::client::{Open, PATIENT, http, settings};
use crate::gate::http::{Access, ROUTES};

const KEYS: [&str; 3] = ["Authorization: Bearer secret", "authorization: bearer secret", "X-Api-Key: secret"];

#[tokio::test]
async fn only_health_is_open() {
    let door = Open::patient().await;
    // Workers take a moment to start.
    while door.ask("GET /ready HTTP/1.1", b"").await.status != 200 {
        tokio::task::yield_now().await;
    }
    for route in ROUTES {
        let head = format!("{} {} HTTP/1.1", route.method, route.path.replace("{id}", "none"));
        let answer = door.ask(&head, b"").await;
        if route.access == Access::Open {
            assert_eq!(answer.status, 200, "{head}");
            continue;
        }
        assert_eq!((answer.status, answer.problem().as_str()), (401, "unauthorized"), "{head}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"sekisho\""));
        let wrong = door.ask(&format!("{head}\r\nX-Api-Key: Secret"), b"").await;
        assert_eq!((wrong.status, wrong.problem().as_str()), (401, "unauthorized"), "{head}");
        for key in KEYS {
            let answer = door.ask(&format!("{head}\r\n{key}"), b"").await;
            assert_ne!((answer.status, route.path), (401, route.path), "{head} with {key}");
        }
    }
}

#[tokio::test]
async fn without_keys_nothing_but_health_is_open() {
    let mut settings = settings();
    http(&mut settings).keys.clear();
    let door = Open::with(settings, PATIENT).await;
    for route in ROUTES.iter().filter(|route| route.access != Access::Open) {
        let head = format!("{} {} HTTP/1.1\r\nX-Api-Key: secret", route.method, route.path.replace("{id}", "none"));
        let answer = door.ask(&head, b"").await;
        assert_eq!((answer.status, answer.problem().as_str()), (403, "closed"), "{head}");
    }
    assert_eq!(door.ask("GET /health HTTP/1.1", b"").await.status, 200);
}

#[tokio::test]
async fn metrics_can_be_opened() {
    let mut settings = settings();
    http(&mut settings).open_metrics = true;
    let door = Open::with(settings, PATIENT).await;
    let page = door.ask("GET /metrics HTTP/1.1", b"").await;
    assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert!(page.text().contains("# TYPE sekisho_examined_total counter\n"));
    assert!(page.text().contains("sekisho_connections_open{door=\"http\"} 1\n"));
}

#[tokio::test]
async fn a_key_is_taken_away_by_a_reload() {
    let door = Open::patient().await;
    let head = "GET /v1/version HTTP/1.1\r\nX-Api-Key: secret";
    assert_eq!(door.ask(head, b"").await.status, 200);
    let mut without = settings();
    http(&mut without).keys[0].0 = "0".repeat(64);
    door.checkpoint.reload(without, None);
    assert_eq!(door.ask(head, b"").await.status, 401);
}

#[tokio::test]
async fn every_response_forbids_keeping_and_guessing_and_names_no_server() {
    let door = Open::patient().await;
    for head in ["GET /health HTTP/1.1", "GET /v1/scan HTTP/1.1", "GET /none HTTP/1.1", "POST /v1/scan HTTP/1.1"] {
        let answer = door.ask(head, b"").await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{head}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{head}");
        assert_eq!(answer.header("server"), None, "{head}");
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_problems() {
    let door = Open::patient().await;
    for head in ["GET / HTTP/1.1", "GET /v1/ HTTP/1.1", "GET /health/ HTTP/1.1", "POST //v1/scan HTTP/1.1"] {
        let answer = door.ask(head, b"").await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not-found"), "{head}");
    }
    for (head, allow) in [("DELETE /health HTTP/1.1", "GET,HEAD"), ("GET /v1/scan HTTP/1.1", "POST")] {
        let answer = door.ask(head, b"").await;
        assert_eq!((answer.status, answer.problem().as_str()), (405, "method-not-allowed"), "{head}");
        assert_eq!(answer.header("allow"), Some(allow), "{head}");
    }
    let head = door.ask("HEAD /health HTTP/1.1", b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn a_reload_is_asked_of_the_daemon() {
    let door = Open::patient().await;
    assert_eq!(door.ask("POST /v1/reload HTTP/1.1\r\nX-Api-Key: secret", b"").await.status, 202);
    assert_eq!(door.checkpoint.control().next().await, crate::gate::Order::Reload);
}
