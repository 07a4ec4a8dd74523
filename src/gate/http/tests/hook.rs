//! The hook, asked as Stalwart asks.

use serde_json::{Value, json};

use super::client::{Open, PATIENT, http, settings};
use crate::config::{Action, Cause, Hold, Settings};

// printf 'stalwart:secret' | base64
const HOOK: &str =
    "POST /hooks/stalwart HTTP/1.1\r\nAuthorization: Basic c3RhbHdhcnQ6c2VjcmV0\r\nContent-Type: application/json";
const CLEAN: &[u8] = b"From: a@example.com\r\nTo: b@example.net\r\nSubject: s\r\nDate: Mon, 2 Nov 2026 10:00:00 +0900\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n";

/// What Stalwart posts of a mail: each field as it stands before and behind its colon, the body as text.
fn posted(mail: &[u8], stage: &str) -> Value {
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n").expect("a header section") + 4;
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in String::from_utf8_lossy(&mail[..end - 2]).split_inclusive("\r\n") {
        match (line.starts_with([' ', '\t']), headers.last_mut()) {
            (true, Some((_, value))) => value.push_str(line),
            _ => {
                let (name, value) = line.split_once(':').expect("a field");
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    json!({
        "context": {
            "stage": stage,
            "client": { "ip": "192.0.2.1", "port": 1, "ptr": null, "helo": "x", "activeConnections": 1 },
            "server": { "name": "Stalwart", "port": 25, "ip": "192.0.2.2" },
            "queue": { "id": "abc" },
            "protocol": { "version": 1 },
        },
        "envelope": { "from": { "address": "a@example.com" }, "to": [{ "address": "b@example.net" }] },
        "message": { "headers": headers, "contents": String::from_utf8_lossy(&mail[end..]), "size": mail.len() },
    })
}

async fn told(settings: Settings, posted: &Value) -> Value {
    let door = Open::with(settings, PATIENT).await;
    let answer = door.ask(HOOK, posted.to_string().as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn with(cause: Cause, action: Action) -> Settings {
    let mut settings = settings();
    let _ = settings.actions.table.insert(cause, action);
    settings
}

fn sample() -> Vec<u8> {
    (sekisho_samples::find("t01").expect("t01").make)()
}

fn types(told: &Value) -> Vec<String> {
    let all = told["modifications"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_clean_mail_goes_on_with_our_fields_and_without_forged_ones() {
    let forged =
        [b"X-Sekisho-Verdict: clean\r\nx-sekisho: 1\r\nX-Sekisho-Verdict: clean\r\n".as_slice(), CLEAN].concat();
    let told = told(settings(), &posted(&forged, "data")).await;
    assert_eq!((told["action"].as_str(), &told["response"]), (Some("accept"), &Value::Null));
    let all = told["modifications"].as_array().unwrap();
    let deleted: Vec<_> = all
        .iter()
        .filter(|one| one["type"] == "deleteHeader")
        .map(|one| (one["name"].as_str().unwrap(), one["index"].as_u64().unwrap()))
        .collect();
    assert_eq!(deleted.len(), 3, "{deleted:?}");
    // The last of a name first, so that the count of the others stays right.
    let verdicts: Vec<u64> =
        deleted.iter().filter(|(name, _)| *name == "X-Sekisho-Verdict").map(|(_, index)| *index).collect();
    assert_eq!(verdicts, [2, 1]);
    let first_added = types(&told).iter().position(|kind| kind == "addHeader").expect("fields are added");
    assert!(types(&told)[first_added..].iter().all(|kind| kind == "addHeader"), "deletions come first");
    let is_added = |one: &Value| one["type"] == "addHeader" && one["name"] == "X-Sekisho-Verdict";
    assert_eq!(all.iter().filter(|one| is_added(one)).count(), 1, "{told:#}");
    assert!(
        all.iter()
            .filter_map(|one| one["value"].as_str())
            .all(|value| !value.replace("\r\n ", "").contains(['\r', '\n']))
    );
}

#[tokio::test]
async fn a_malicious_mail_is_refused_as_stalwart_reads_it() {
    let told = told(settings(), &posted(&sample(), "data")).await;
    assert_eq!(told["action"], "reject");
    let response = &told["response"];
    assert_eq!(
        (&response["status"], &response["enhanced_status"], &response["enhancedStatus"], &response["disconnect"]),
        (&json!(550), &json!("5.7.1"), &json!("5.7.1"), &json!(false))
    );
    assert!(
        response["message"].as_str().is_some_and(|text| text.is_ascii() && !text.contains('\n') && !text.is_empty())
    );
    assert_eq!(told["modifications"], Value::Null);
}

#[tokio::test]
async fn an_attachment_is_replaced_in_the_body() {
    let told = told(with(Cause::Malicious, Action::Replace), &posted(&sample(), "data")).await;
    if told["action"] == "accept" {
        assert_eq!(types(&told).last().map(String::as_str), Some("replaceContents"));
        let body = told["modifications"].as_array().unwrap().last().unwrap()["value"].as_str().unwrap();
        assert!(!body.is_empty() && body.contains("\r\n"));
    } else {
        // Not every mail can be rewritten; it is then kept, and without a store deferred.
        assert_eq!((&told["action"], &told["response"]["status"]), (&json!("reject"), &json!(451)));
    }
}

#[tokio::test]
async fn what_must_be_kept_and_cannot_be_is_deferred() {
    let told = told(with(Cause::Malicious, Action::Quarantine), &posted(&sample(), "data")).await;
    assert_eq!((&told["action"], &told["response"]["status"]), (&json!("reject"), &json!(451)), "there is no store");
}

#[tokio::test]
async fn the_servers_own_quarantine_is_asked_for_if_configured() {
    let mut settings = with(Cause::Malicious, Action::Quarantine);
    settings.actions.hold = Hold::Server;
    let told = told(settings, &posted(&sample(), "data")).await;
    assert_eq!((told["action"].as_str(), &told["response"]), (Some("quarantine"), &Value::Null));
    assert!(types(&told).contains(&"addHeader".to_owned()));
}

#[tokio::test]
async fn a_mail_that_came_damaged_is_not_kept_as_if_it_were_whole() {
    let mut mail = sample();
    let at = mail.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    // A Shift_JIS letter in the header section: Stalwart posts U+FFFD for it.
    mail.splice(at..at, b"\r\nX-Note: \x83\x65".iter().copied());
    let told = told(with(Cause::Malicious, Action::Quarantine), &posted(&mail, "data")).await;
    assert_eq!((&told["action"], &told["response"]["status"]), (&json!("reject"), &json!(550)));
}

#[tokio::test]
async fn other_stages_and_clients_that_logged_in_go_on() {
    let door = Open::patient().await;
    for stage in ["connect", "ehlo", "mail", "rcpt"] {
        let mut body = posted(&sample(), stage);
        body.as_object_mut().unwrap().remove("message");
        let told = door.ask(HOOK, body.to_string().as_bytes()).await.json();
        assert_eq!(told, json!({ "action": "accept" }), "{stage}");
    }
    let mut body = posted(&sample(), "data");
    body["context"]["sasl"] = json!({ "login": "a@example.com" });
    assert_eq!(told(settings(), &body).await["action"], "reject", "not skipped unless configured");
    let mut skipping = settings();
    skipping.actions.skip_authenticated = true;
    assert_eq!(told(skipping, &body).await, json!({ "action": "accept" }));
}

#[tokio::test]
async fn a_mail_that_is_too_large_gets_the_action_for_that() {
    let mut small = with(Cause::TooLarge, Action::Reject);
    http(&mut small).body_max = 10_000;
    // Larger than a mail may be, and then so large that its JSON is not kept.
    for size in [10_001, 700_000] {
        let mail = [CLEAN, "a".repeat(size).as_bytes()].concat();
        let mut settings = small.clone();
        settings.queue.bytes = 4 << 20;
        let told = told(settings, &posted(&mail, "data")).await;
        assert_eq!((&told["action"], &told["response"]["status"]), (&json!("reject"), &json!(552)), "{size}");
    }
}

#[tokio::test]
async fn what_is_no_question_is_a_problem_which_stalwart_answers_with_try_again() {
    let door = Open::patient().await;
    let mut without = posted(CLEAN, "data");
    without.as_object_mut().unwrap().remove("message");
    for body in ["", "{}", "[1,2]", &without.to_string()] {
        let answer = door.ask(HOOK, body.as_bytes()).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-request"), "{body}");
    }
    let wrong = HOOK.replace("c3RhbHdhcnQ6c2VjcmV0", "c2VjcmV0OnN0YWx3YXJ0");
    assert_eq!(door.ask(&wrong, b"{}").await.status, 401);
}

#[tokio::test]
async fn what_was_done_is_counted() {
    let door = Open::patient().await;
    let _ = door.ask(HOOK, posted(CLEAN, "data").to_string().as_bytes()).await;
    let _ = door.ask(HOOK, posted(&sample(), "data").to_string().as_bytes()).await;
    assert_eq!(door.series("sekisho_actions_total{door=\"hook\",action=\"reject\"}").await, 1.0);
    assert_eq!(door.series("sekisho_examined_total{door=\"hook\",level=\"malicious\"}").await, 1.0);
}
