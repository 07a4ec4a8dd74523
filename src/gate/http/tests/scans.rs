use super::client::{LONG, Open, PATIENT, http, settings};

const MAIL: &[u8] = b"From: a@example.com\r\nTo: b@example.net\r\nSubject: s\r\n\r\nHello\r\n";
const SCAN: &str = "POST /v1/scan HTTP/1.1\r\nX-Api-Key: secret";

#[tokio::test]
async fn a_mail_gets_the_report_the_command_line_gives() {
    let door = Open::patient().await;
    let answer = door.ask(&format!("{SCAN}\r\nContent-Type: message/rfc822"), MAIL).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let report = answer.json();
    assert_eq!((&report["input"], &report["artifacts"][0]["format"]), (&"message".into(), &"eml".into()));
    assert_eq!(answer.header("x-verdict"), report["verdict"]["level"].as_str());
    assert!(answer.header("x-report-id").is_some_and(|id| !id.is_empty()));
    assert!(answer.text().starts_with("{\n  \"schema\": ") && answer.text().ends_with("\n}\n"));
}

#[tokio::test]
async fn the_name_is_the_clients_or_the_kinds() {
    let door = Open::patient().await;
    for (path, media, name) in [
        ("/v1/scan?name=Rechnung%20%C3%BC.pdf.exe", "Content-Type: application/octet-stream\r\n", "Rechnung ü.pdf.exe"),
        ("/v1/scan?name=", "Content-Type: application/octet-stream; x=y\r\n", "input"),
        ("/v1/scan", "", "input"),
        ("/v1/scan", "Content-Type: Message/RFC822\r\n", "message"),
    ] {
        let head = format!("POST {path} HTTP/1.1\r\n{media}X-Api-Key: secret");
        assert_eq!(door.ask(&head, b"x").await.json()["input"], name, "{path} {media}");
    }
    let long = format!("POST /v1/scan?name={} HTTP/1.1\r\nX-Api-Key: secret", "n".repeat(1_025));
    assert_eq!(door.ask(&long, b"x").await.problem(), "bad-request");
}

#[tokio::test]
async fn other_media_and_encodings_are_refused() {
    let door = Open::patient().await;
    for header in ["Content-Type: application/x-www-form-urlencoded", "Content-Type: ", "Content-Encoding: gzip"] {
        let answer = door.ask(&format!("{SCAN}\r\n{header}"), b"x").await;
        assert_eq!((answer.status, answer.problem().as_str()), (415, "unsupported-media"), "{header}");
    }
}

#[tokio::test]
async fn a_chunked_body_is_the_same_body_and_the_connection_goes_on() {
    let door = Open::patient().await;
    let whole = door.ask(SCAN, MAIL).await;
    let mut client = door.connect().await;
    for _ in 0..2 {
        client.send(format!("{SCAN}\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n").as_bytes()).await;
        for piece in MAIL.chunks(7) {
            client.send(format!("{:x}\r\n", piece.len()).as_bytes()).await;
            client.send(piece).await;
            client.send(b"\r\n").await;
        }
        client.send(b"0\r\n\r\n").await;
        let answer = client.answer(false).await.expect("a response");
        assert_eq!((answer.status, &answer.body), (200, &whole.body));
    }
    client.send(b"GET /health HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n").await;
    assert_eq!(client.answer(false).await.expect("a response").status, 200);
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_deadline_that_is_past_is_answered_before_any_work() {
    let door = Open::patient().await;
    let answer = door.ask(&format!("{SCAN}\r\nX-Request-Deadline: 1000000000"), MAIL).await;
    assert_eq!((answer.status, answer.problem().as_str()), (504, "deadline"));
    for bad in ["timeout=0", "timeout=soon", "timeout=-1"] {
        let head = format!("POST /v1/scan?{bad} HTTP/1.1\r\nX-Api-Key: secret");
        assert_eq!(door.ask(&head, MAIL).await.problem(), "bad-request", "{bad}");
    }
    assert_eq!(door.series("sekisho_input_bytes_total{door=\"http\"}").await, 0.0);
}

#[tokio::test]
async fn a_deadline_holds_while_the_body_comes() {
    let mut settings = settings();
    http(&mut settings).deadline = LONG;
    let door = Open::with(settings, PATIENT).await;
    let mut client = door.connect().await;
    client
        .send(b"POST /v1/scan?timeout=0.2 HTTP/1.1\r\nHost: s\r\nX-Api-Key: secret\r\nContent-Length: 10\r\n\r\nabc")
        .await;
    let answer = client.answer(false).await.expect("a response");
    assert_eq!((answer.status, answer.problem().as_str()), (504, "deadline"));
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_question_along() {
    let door = Open::patient().await;
    let mut body = MAIL.to_vec();
    // Enough that it is still being read when the client is gone.
    body.extend(
        (0..4_000_000u32).map(|at| b"0123456789abcdef \n"[(at.wrapping_mul(2_654_435_761) >> 20) as usize % 18]),
    );
    let gone = async {
        // Once in a while a scan is done before the end of the connection is seen.
        let mut answered = 0.0;
        loop {
            // Other bytes each time, for which no report is at hand.
            body.push(b'x');
            let mut client = door.connect().await;
            client.send(format!("{SCAN}\r\nHost: s\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes()).await;
            client.send(&body).await;
            let size = u64::try_from(body.len()).unwrap();
            while door.checkpoint.intake().used() < size && door.checkpoint.metrics().open(crate::gate::Door::Http) > 0
            {
                tokio::task::yield_now().await;
            }
            drop(client);
            loop {
                if door.series("sekisho_abandoned_total{door=\"http\"}").await > 0.0 {
                    return;
                }
                let bytes = door.series("sekisho_input_bytes_total{door=\"http\"}").await;
                if bytes > answered || door.checkpoint.metrics().open(crate::gate::Door::Http) == 0 {
                    answered = bytes;
                    break;
                }
            }
        }
    };
    tokio::time::timeout(LONG, gone).await.expect("the question is given up");
}

#[tokio::test]
async fn stopping_finishes_what_is_being_answered_and_takes_nothing_new() {
    let mut door = Open::patient().await;
    let mut idle = door.connect().await;
    idle.send(b"GET /health HTTP/1.1\r\nHost: s\r\n\r\n").await;
    assert_eq!(idle.answer(false).await.expect("a response").status, 200);
    let mut busy = door.connect().await;
    busy.send(format!("{SCAN}\r\nHost: s\r\nContent-Length: {}\r\n\r\n", MAIL.len()).as_bytes()).await;
    while door.checkpoint.metrics().open(crate::gate::Door::Http) < 2 {
        tokio::task::yield_now().await;
    }
    // The head is read before the stop is seen: it was there first.
    busy.send(&MAIL[..10]).await;
    tokio::task::yield_now().await;
    door.stop.send(true).unwrap();
    assert!(idle.is_closed().await);
    busy.send(&MAIL[10..]).await;
    if let Some(answer) = busy.answer(false).await {
        assert_eq!(answer.status, 200);
    }
    tokio::time::timeout(LONG, &mut door.served).await.expect("the door ends").unwrap();
}
