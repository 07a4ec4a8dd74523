//! Byte for byte what rspamd gets, and what it would make of it.

use std::sync::LazyLock;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::*;
use crate::config::Cause;
use crate::gate::desk::Desk;
use crate::model::Limits;
use crate::worker::{Setup, Workshop};

static WORKSHOP: LazyLock<Arc<Workshop>> = LazyLock::new(|| {
    let limits = Limits { wall_time: Duration::from_secs(600), ..Limits::default() };
    Arc::new(Workshop::without_isolation(Setup { limits, ..Setup::default() }).unwrap())
});

fn door() -> Olefy {
    Olefy { deadline: Duration::from_secs(600), ..Olefy::default() }
}

fn settings() -> Settings {
    Settings { olefy: Some(door()), ..Settings::default() }
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(stream: S, bytes: &[u8], ends: bool) -> String {
    let (mut read, mut write) = tokio::io::split(stream);
    let sending = async {
        let _ = write.write_all(bytes).await;
        if ends {
            let _ = write.shutdown().await;
        }
    };
    let mut reply = String::new();
    let (_, read) = tokio::join!(sending, read.read_to_string(&mut reply));
    read.unwrap();
    reply
}

async fn ask_with(settings: Settings, bytes: &[u8], ends: bool) -> String {
    let desk = Desk::open(WORKSHOP.clone(), &settings.workers, &settings.queue);
    let checkpoint = Checkpoint::new(desk, settings);
    let (ours, theirs) = tokio::io::duplex(64 << 10);
    let (_sender, stop) = watch::channel(false);
    tokio::spawn(serve(theirs, checkpoint, stop));
    exchange(ours, bytes, ends).await
}

fn request(part: &[u8]) -> Vec<u8> {
    [b"OLEFY/1.0\nMethod: oletools\nRspamd-ID: 1a2b3c\n\n".as_slice(), part].concat()
}

async fn ask(part: &[u8]) -> String {
    ask_with(settings(), &request(part), true).await
}

fn sample(id: &str) -> Vec<u8> {
    (sekisho_samples::find(id).unwrap().make)()
}

/// What `oletools.lua` makes of a reply, in the order of its branches.
fn rspamd(reply: &str) -> &'static str {
    assert!(reply.len() < 8_192, "{} bytes do not come in one read", reply.len());
    let json = reply.strip_suffix("\t\n\n\t").expect("the stop word");
    let entries: Vec<Value> = serde_json::from_str(json).unwrap();
    let (mut starts, mut suspicious) = (false, false);
    for entry in &entries {
        if !entry["error"].is_null() {
            assert_eq!(entry["error"], "File too small", "anything else is asked again and then taken for clean");
            return "clean";
        }
        if entry["type"] == "MetaInformation" && !entry["version"].is_null() {
            continue;
        }
        if entry["type"] == "MetaInformation" {
            match entry["return_code"].as_u64().unwrap() {
                9 => return "encrypted",
                5 | 7.. => return "fail",
                2..=6 => panic!("asked again and then taken for clean"),
                _ => continue,
            }
        }
        let (Some(analysis), Some(macros)) = (entry["analysis"].as_array(), entry["macros"].as_array()) else {
            continue;
        };
        assert!(!analysis.is_empty() || !macros.is_empty(), "taken for an error of oletools");
        if !macros.is_empty() {
            starts |= analysis.iter().any(|keyword| keyword["type"] == "AutoExec");
            suspicious |= analysis.iter().any(|keyword| keyword["type"] == "Suspicious");
        }
    }
    if starts && suspicious { "threat" } else { "clean" }
}

#[tokio::test]
async fn ping_is_answered_without_waiting_for_the_end() {
    assert_eq!(ask_with(settings(), b"PING\n\n", false).await, "PONG");
}

#[tokio::test]
async fn a_document_without_macros_has_neither_analysis_nor_macros() {
    let reply = ask(&sample("bo1")).await;
    let expected = format!(
        "[{{\"script_name\":\"sekisho\",\"version\":\"{}\",\"url\":\"\",\"type\":\"MetaInformation\"}},\
         {{\"file\":\"attachment\",\"type\":\"OpenXML\",\"analysis\":null,\"macros\":null}},\
         {{\"type\":\"MetaInformation\",\"return_code\":0,\"n_processed\":1}}]\t\n\n\t",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(reply, expected);
    assert_eq!(rspamd(&reply), "clean");
}

#[tokio::test]
async fn a_small_file_is_too_small_unless_something_is_in_it() {
    assert_eq!(ask(b"a,b\n1,2\n").await, "[{\"error\":\"File too small\"}]\t\n\n\t");
    let mut seen = 0;
    for sample in sekisho_samples::all().into_iter().filter(|sample| sample.id.starts_with("fo")) {
        let bytes = (sample.make)();
        if bytes.len() < 500 {
            seen += usize::from(rspamd(&ask(&bytes).await) == "threat");
        }
    }
    assert!(seen > 0, "no small sample is found");
}

#[tokio::test]
async fn macros_that_lead_to_something_are_a_threat() {
    for id in ["fo33", "fo50", "fo30"] {
        let reply = ask(&sample(id)).await;
        assert_eq!(rspamd(&reply), "threat", "{id}: {reply}");
        assert!(reply.contains("\"ole_stream\":"), "{reply}");
    }
}

#[tokio::test]
async fn honest_macros_are_named_and_no_threat() {
    let mut seen = 0;
    for sample in sekisho_samples::all().into_iter().filter(|sample| sample.id.starts_with("b5")) {
        let reply = ask(&(sample.make)()).await;
        assert_eq!(rspamd(&reply), "clean", "{}: {reply}", sample.id);
        seen += usize::from(reply.contains("\"macros\":[{"));
    }
    assert!(seen > 0, "no honest sample with macros");
}

#[tokio::test]
async fn a_locked_document_is_said_to_be_encrypted() {
    assert_eq!(rspamd(&ask(&sample("fo24u")).await), "encrypted");
}

#[tokio::test]
async fn what_is_not_read_is_a_failure_that_rspamd_does_not_forget() {
    assert_eq!(rspamd(&ask(&sample("fa5-nest")).await), "fail");
    let late = Settings { olefy: Some(Olefy { deadline: Duration::ZERO, ..door() }), ..Settings::default() };
    assert_ne!(rspamd(&ask_with(late, &request(&sample("fo24u")), true).await), "clean");
    let small = Settings { olefy: Some(Olefy { body_max: 1_000, ..door() }), ..Settings::default() };
    assert_eq!(rspamd(&ask_with(small, &request(&[b'a'; 200_000]), true).await), "fail");
    let mut full = settings();
    full.queue.bytes = 10;
    assert_eq!(rspamd(&ask_with(full, &request(&[b'a'; 1_000]), true).await), "fail");
}

#[tokio::test]
async fn what_the_configuration_accepts_is_clean() {
    let mut lenient = settings();
    lenient.actions.table.insert(Cause::Limit, Action::Accept);
    assert_eq!(rspamd(&ask_with(lenient, &request(&sample("fa5-nest")), true).await), "clean");
}

#[tokio::test]
async fn every_sample_fits_into_one_read() {
    for sample in sekisho_samples::all().into_iter().filter(|sample| sample.id.starts_with("fo")) {
        let reply = ask(&(sample.make)()).await;
        let _ = rspamd(&reply);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_ends_its_request_gets_no_answer() {
    assert_eq!(ask_with(settings(), &request(b"half"), false).await, "");
}

#[tokio::test]
async fn what_is_not_this_protocol_is_refused() {
    let reply = ask_with(settings(), b"GET / HTTP/1.0\r\n\r\n", true).await;
    assert_eq!(reply, "[{\"error\":\"Protocol error\"}]\t\n\n\t");
}
