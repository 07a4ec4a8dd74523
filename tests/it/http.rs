//! The HTTP door as its own description has it: every path answers, and every answer has the shape that is promised.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use sekisho::config::{Http, Settings};
use sekisho::gate::desk::Desk;
use sekisho::gate::{Checkpoint, http};
use sekisho::worker::{Setup, Workshop};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::schema::check;

/// A door of its own thread; it goes with the test's process.
fn open() -> (SocketAddr, String) {
    let (key, digest) = http::new_key().expect("random bytes");
    let settings = Settings {
        http: Some(Http { keys: vec![(digest, "test".to_owned())], ..Http::default() }),
        ..Settings::default()
    };
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async move {
            let workshop = Arc::new(Workshop::without_isolation(Setup::default()).expect("rules compile"));
            let desk = Desk::open(workshop, &settings.workers, &settings.queue);
            let reception = http::Reception::new(Checkpoint::new(desk, settings));
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
            tell.send(listener.local_addr().expect("an address")).expect("the test waits");
            let (_stop, stopped) = watch::channel(false);
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(reception.clone().serve(stream, stopped.clone()));
            }
        });
    });
    (told.recv().expect("the door opens"), key)
}

/// A response.
struct Answer {
    status: u16,
    media: String,
    id: Option<String>,
    body: Vec<u8>,
}

fn ask(address: SocketAddr, head: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the door is open");
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a time limit");
    let head = format!("{head}\r\nHost: sekisho\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).expect("it reads");
    // It may answer, and close, before it has read everything.
    let _ = stream.write_all(body);
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(all[..end].to_vec()).expect("a head is text");
    let header =
        |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned));
    let media = header("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().to_owned();
    let status = head[9..12].parse().expect("a status");
    Answer { status, media, id: header("x-report-id"), body: all[end + 4..].to_vec() }
}

#[test]
fn every_answer_is_as_described() {
    let (address, key) = open();
    let description: Value = serde_json::from_str(&http::openapi()).expect("the description is JSON");
    let keyed = |head: &str| format!("{head}\r\nX-Api-Key: {key}");
    let mail = (sekisho_samples::find("t01").expect("t01").make)();
    let scan = keyed("POST /v1/scan HTTP/1.1\r\nContent-Type: message/rfc822");
    let scanned = ask(address, &scan, &mail);
    let id = scanned.id.clone().expect("a report has an id");
    let again = ask(address, &keyed(&format!("GET /v1/reports/{id} HTTP/1.1")), b"");
    assert!(again.status == 200 && again.body == scanned.body, "the report by its id is the report");
    let hook = json!({
        "context": { "stage": "data" },
        "envelope": { "from": { "address": "a@example.com" }, "to": [{ "address": "b@example.net" }] },
        "message": { "headers": [["Subject", " s\r\n"]], "contents": "x\r\n", "size": 16 },
    });
    let hook = hook.to_string();
    // Workers take a moment to start; by now one has answered.
    let cases = [
        ("/health", "get", 200, ask(address, "GET /health HTTP/1.1", b"")),
        ("/ready", "get", 200, ask(address, "GET /ready HTTP/1.1", b"")),
        ("/metrics", "get", 200, ask(address, &keyed("GET /metrics HTTP/1.1"), b"")),
        ("/metrics", "get", 401, ask(address, "GET /metrics HTTP/1.1", b"")),
        ("/v1/scan", "post", 200, scanned),
        ("/v1/scan", "post", 400, ask(address, &keyed("POST /v1/scan?timeout=x HTTP/1.1"), b"x")),
        ("/v1/scan", "post", 401, ask(address, "POST /v1/scan HTTP/1.1", b"")),
        ("/v1/scan", "post", 415, ask(address, &keyed("POST /v1/scan HTTP/1.1\r\nContent-Type: text/plain"), b"x")),
        ("/v1/scan", "post", 504, ask(address, &keyed("POST /v1/scan HTTP/1.1\r\nX-Request-Deadline: 1"), b"x")),
        ("/v1/reports/{id}", "get", 200, again),
        ("/v1/reports/{id}", "get", 404, ask(address, &keyed("GET /v1/reports/none HTTP/1.1"), b"")),
        ("/v1/version", "get", 200, ask(address, &keyed("GET /v1/version HTTP/1.1"), b"")),
        ("/v1/openapi.json", "get", 200, ask(address, &keyed("GET /v1/openapi.json HTTP/1.1"), b"")),
        ("/v1/reload", "post", 202, ask(address, &keyed("POST /v1/reload HTTP/1.1"), b"")),
        ("/hooks/stalwart", "post", 200, ask(address, &keyed("POST /hooks/stalwart HTTP/1.1"), hook.as_bytes())),
        ("/hooks/stalwart", "post", 400, ask(address, &keyed("POST /hooks/stalwart HTTP/1.1"), b"{}")),
    ];
    // The checker knows references by their place in a schema of its own.
    let mut root = json!({ "$defs": description["components"]["schemas"] });
    root = serde_json::from_str(&root.to_string().replace("#/components/schemas/", "#/$defs/")).expect("JSON");
    let mut wrong = Vec::new();
    for (path, method, status, answer) in &cases {
        let at = format!("{method} {path} {status}");
        if answer.status != *status {
            wrong.push(format!("{at}: answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
            continue;
        }
        let content = &description["paths"][path][method]["responses"][status.to_string()]["content"][&answer.media];
        if content.is_null() {
            wrong.push(format!("{at}: {} is not described", answer.media));
        } else if answer.media.ends_with("json") {
            let schema = content["schema"].to_string().replace("#/components/schemas/", "#/$defs/");
            let schema: Value = serde_json::from_str(&schema).expect("JSON");
            let body: Value = serde_json::from_slice(&answer.body).expect("a JSON body");
            check(&body, &schema, &root, &at, &mut wrong);
        }
    }
    for route in http::ROUTES {
        if !cases.iter().any(|(path, _, status, _)| *path == route.path && *status < 300) {
            wrong.push(format!("{} is not shown to work", route.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
