use std::time::Duration;

use super::client::{Open, PATIENT, http, settings};
use crate::gate::http::Times;

const SCAN: &str = "POST /v1/scan HTTP/1.1\r\nHost: s\r\nX-Api-Key: secret\r\n";
const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_body_is_cut_off_where_it_may_end() {
    let mut settings = settings();
    http(&mut settings).body_max = 1_000;
    let door = Open::with(settings, PATIENT).await;
    let head = "POST /v1/scan HTTP/1.1\r\nX-Api-Key: secret";
    assert_eq!(door.ask(head, &[b'a'; 1_000]).await.status, 200);
    let over = door.ask(head, &[b'a'; 1_001]).await;
    assert_eq!((over.status, over.problem().as_str()), (413, "too-large"));
    // A length that is only claimed costs nothing: the answer comes before the body.
    let mut client = door.connect().await;
    client.send(format!("{SCAN}Content-Length: 99999999999\r\n\r\n").as_bytes()).await;
    assert_eq!(client.answer(false).await.expect("a response").problem(), "too-large");
    assert!(client.is_closed().await);
    // Chunks have no length to check beforehand.
    let mut client = door.connect().await;
    client.send(format!("{SCAN}Transfer-Encoding: chunked\r\n\r\n3e9\r\n").as_bytes()).await;
    client.send(&[b'a'; 1_001]).await;
    client.send(b"\r\n0\r\n\r\n").await;
    assert_eq!(client.answer(false).await.expect("a response").problem(), "too-large");
}

#[tokio::test]
async fn an_expectation_is_refused_before_the_body_is_sent() {
    let door = Open::patient().await;
    let mut client = door.connect().await;
    client.send(b"POST /v1/scan HTTP/1.1\r\nHost: s\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n").await;
    assert_eq!(client.answer(false).await.expect("a response").status, 401);
    let mut client = door.connect().await;
    client.send(format!("{SCAN}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n").as_bytes()).await;
    assert_eq!(client.answer(false).await.expect("an interim response").status, 100);
    client.send(b"hello").await;
    assert_eq!(client.answer(false).await.expect("a response").status, 200);
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let door = Open::with(settings(), Times { body: SHORT, ..PATIENT }).await;
    let mut client = door.connect().await;
    client.send(format!("{SCAN}Content-Length: 10\r\n\r\nabc").as_bytes()).await;
    let answer = client.answer(false).await.expect("a response");
    assert_eq!((answer.status, answer.problem().as_str()), (408, "slow-body"));
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_head_that_drips_is_given_up_though_every_drop_is_in_time() {
    let door = Open::with(settings(), Times { head: SHORT, ..PATIENT }).await;
    let mut client = door.connect().await;
    let drip = async {
        loop {
            client.send(b"X").await;
            if client.stream.try_read(&mut [0; 1]).is_ok_and(|count| count == 0) {
                break;
            }
            tokio::time::sleep(SHORT / 10).await;
        }
    };
    tokio::time::timeout(super::client::LONG, drip).await.expect("the connection is closed");
    // Others are served, and an idle connection is none that drips.
    let mut other = door.connect().await;
    other.send(b"GET /health HTTP/1.1\r\nHost: s\r\n\r\n").await;
    assert_eq!(other.answer(false).await.expect("a response").status, 200);
    tokio::time::sleep(SHORT * 2).await;
    other.send(b"GET /health HTTP/1.1\r\nHost: s\r\n\r\n").await;
    assert_eq!(other.answer(false).await.expect("a response").status, 200);
}

#[tokio::test]
async fn a_connection_that_asks_nothing_is_closed() {
    let door = Open::with(settings(), Times { idle: SHORT, ..PATIENT }).await;
    let mut silent = door.connect().await;
    let mut done = door.connect().await;
    done.send(b"GET /health HTTP/1.1\r\nHost: s\r\n\r\n").await;
    assert_eq!(done.answer(false).await.expect("a response").status, 200);
    assert!(silent.is_closed().await);
    assert!(done.is_closed().await);
}

#[tokio::test]
async fn a_huge_head_is_refused() {
    let door = Open::patient().await;
    let mut client = door.connect().await;
    client.send(format!("GET /health HTTP/1.1\r\nHost: s\r\nX-Big: {}\r\n\r\n", "x".repeat(200_000)).as_bytes()).await;
    if let Some(answer) = client.answer(false).await {
        assert_eq!(answer.status, 431);
    }
    let mut client = door.connect().await;
    client.send(format!("GET /health HTTP/1.1\r\nHost: s\r\n{}\r\n", "X-Many: x\r\n".repeat(200)).as_bytes()).await;
    assert_eq!(client.answer(false).await.expect("a response").status, 431);
}

#[tokio::test]
async fn what_is_no_http_is_not_answered_with_a_page() {
    let door = Open::patient().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\0\0\0\0\0\0\0\0"[..],
        b"EHLO x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut client = door.connect().await;
        client.send(bytes).await;
        if let Some(answer) = client.answer(false).await {
            assert!((400..600).contains(&answer.status), "{}", answer.head);
        }
        assert!(client.is_closed().await);
    }
}

#[tokio::test]
async fn one_request_too_many_is_told_so_and_the_place_is_free_again() {
    let mut settings = settings();
    http(&mut settings).requests = 1;
    let door = Open::with(settings, PATIENT).await;
    let mut first = door.connect().await;
    first.send(format!("{SCAN}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n").as_bytes()).await;
    assert_eq!(first.answer(false).await.expect("an interim response").status, 100);
    let second = door.ask("POST /v1/scan HTTP/1.1\r\nX-Api-Key: secret", b"x").await;
    assert_eq!((second.status, second.problem().as_str()), (429, "busy"));
    assert_eq!(second.header("retry-after"), Some("1"));
    // Health needs no place.
    assert_eq!(door.ask("GET /health HTTP/1.1", b"").await.status, 200);
    first.send(b"hello").await;
    assert_eq!(first.answer(false).await.expect("a response").status, 200);
    assert_eq!(door.ask("POST /v1/scan HTTP/1.1\r\nX-Api-Key: secret", b"x").await.status, 200);
}

#[tokio::test]
async fn bodies_take_no_more_memory_than_the_queues_may() {
    let mut settings = settings();
    settings.queue = crate::config::Queue { small: 10, bytes: 1_000, ..settings.queue };
    let door = Open::with(settings, PATIENT).await;
    let mut first = door.connect().await;
    first.send(format!("{SCAN}Expect: 100-continue\r\nContent-Length: 700\r\n\r\n").as_bytes()).await;
    assert_eq!(first.answer(false).await.expect("an interim response").status, 100);
    first.send(&[b'a'; 600]).await;
    while door.checkpoint.intake().used() < 600 {
        tokio::task::yield_now().await;
    }
    let head = "POST /v1/scan HTTP/1.1\r\nX-Api-Key: secret";
    let second = door.ask(head, &[b'b'; 200]).await;
    assert_eq!((second.status, second.problem().as_str()), (503, "overloaded"));
    assert_eq!(second.header("retry-after"), Some("5"));
    drop(first);
    while door.checkpoint.intake().used() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(door.ask(head, &[b'b'; 200]).await.status, 200);
}
