use super::*;

/// What Stalwart documents as a request of the stage DATA, and what its program sends: values with blank and line end.
const POSTED: &str = r#"{
  "context": {
    "stage": "data",
    "sasl": { "login": "user", "method": "plain" },
    "client": { "ip": "192.0.2.1", "port": 34567, "ptr": "mail.example.com", "helo": "mail.example.com", "activeConnections": 1 },
    "tls": { "version": "1.3", "cipher": "TLS_AES_256_GCM_SHA384", "cipherBits": 256, "certIssuer": "CN=x", "certSubject": "CN=y" },
    "server": { "name": "Stalwart", "port": 25, "ip": "192.0.2.2" },
    "queue": { "id": "1234567890" },
    "protocol": { "version": 1 }
  },
  "envelope": {
    "from": { "address": "john@example.com", "parameters": { "size": "12345" } },
    "to": [
      { "address": "bill@example.net", "parameters": { "orcpt": "rfc822; b@example.com" } },
      { "address": "<jane@example.net>" }
    ]
  },
  "message": {
    "headers": [["From", " John <john@example.com>\r\n"], ["Subject", " Hello, \"World\"\r\n"]],
    "serverHeaders": [["Received", " from mail.example.com"]],
    "contents": "Hello World!\r\n",
    "size": 72
  }
}"#;

#[test]
fn what_stalwart_posts_is_read() {
    let hooked = Hooked::read(POSTED.as_bytes()).unwrap();
    assert_eq!(hooked.stage, Stage::Data);
    assert!(hooked.is_authenticated);
    let envelope = Envelope {
        sender: "john@example.com".to_owned(),
        recipients: vec!["bill@example.net".to_owned(), "jane@example.net".to_owned()],
        queue_id: Some("1234567890".to_owned()),
        client: Some("192.0.2.1".to_owned()),
    };
    assert_eq!(hooked.envelope, envelope);
    let mail = hooked.mail.unwrap();
    assert_eq!(
        String::from_utf8(mail.bytes).unwrap(),
        "From: John <john@example.com>\r\nSubject: Hello, \"World\"\r\n\r\nHello World!\r\n"
    );
    assert_eq!(mail.names, ["From", "Subject"]);
    assert!(!mail.is_damaged);
}

#[test]
fn other_stages_have_no_mail() {
    for stage in ["connect", "EHLO", "auth", "mail", "rcpt", "something new"] {
        let json = format!(r#"{{"context":{{"stage":"{stage}","client":{{"ip":"192.0.2.1","ptr":null}}}}}}"#);
        let hooked = Hooked::read(json.as_bytes()).unwrap();
        assert_eq!((hooked.stage, hooked.mail, hooked.is_authenticated), (Stage::Other, None, false), "{stage}");
    }
    assert_eq!(Hooked::read(br#"{"context":{"stage":"DATA"}}"#).unwrap().stage, Stage::Data);
}

#[test]
fn what_is_too_large_is_read_up_to_the_message() {
    let compact: serde_json::Value = serde_json::from_str(POSTED).unwrap();
    let mut compact = compact.to_string();
    // serde_json sorts keys; Stalwart writes them in this order as well.
    let message = compact.find(",\"message\":").unwrap();
    compact.truncate(message + 200.min(compact.len() - message));
    let hooked = Hooked::beginning(compact.as_bytes()).unwrap();
    assert_eq!((hooked.stage, hooked.mail), (Stage::Data, None));
    assert_eq!(hooked.envelope.recipients, ["bill@example.net", "jane@example.net"]);
    assert!(Hooked::beginning(b"{\"context\":{\"stage\":\"data\"},\"mess").is_err());
}

#[test]
fn what_is_in_an_address_does_not_end_the_envelope() {
    let json = r#"{"context":{"stage":"data"},"envelope":{"from":{"address":"\",\"message\":\"@example.com"},"to":[]},"message":{"#;
    assert_eq!(Hooked::beginning(json.as_bytes()).unwrap().envelope.sender, "\",\"message\":\"@example.com");
}

#[test]
fn anything_else_is_refused() {
    let many = format!(
        r#"{{"context":{{"stage":"data"}},"message":{{"headers":[{}["",""]],"contents":""}}}}"#,
        "[\"\",\"\"],".repeat(MAX_FIELDS)
    );
    let deep = format!("{{\"context\":{}", "[".repeat(100_000));
    for json in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"context":{}}"#,
        r#"{"context":{"stage":"data"},"message":{"headers":[["one"]],"contents":""}}"#,
        r#"{"context":{"stage":"data"},"message":{"headers":{},"contents":""}}"#,
        r#"{"context":{"stage":"data"},"message":{"headers":[]}}"#,
        r#"{"context":{"stage":"data"},"envelope":{"from":{},"to":[]}}"#,
        r#"{"context":{"stage":"data"}} trailing"#,
        &many,
        &deep,
    ] {
        assert!(Hooked::read(json.as_bytes()).is_err(), "{}", &json[..json.len().min(80)]);
    }
}
