//! `miltertest` (of OpenDKIM, Debian package of that name): a mail server by another hand that follows a script in Lua.

use super::Workshop;
use crate::serve::Daemon;

const COMMON: &str =
    "[workers]\ncount = 2\nreserved = 1\n[mail]\nhold = 'server'\n[milter]\nlisten = 'inet:127.0.0.1:0'\n";

/// Bytes as a string of Lua.
fn lua(bytes: &[u8]) -> String {
    let escaped: String = bytes.iter().map(|byte| format!("\\{byte:03}")).collect();
    format!("\"{escaped}\"")
}

/// A script that sends a mail with this header and the body in a file, and then checks.
fn script(header: &[u8], checks: &str) -> String {
    let header = std::str::from_utf8(header).expect("ASCII").replace("\r\n ", "\n ").replace("\r\n\t", "\n\t");
    let mut out = String::from(
        "conn = mt.connect(socket)\n\
         if conn == nil then error('no connection') end\n\
         mt.set_timeout(120)\n\
         function must(what, problem) if problem ~= nil then error(what .. ': ' .. problem) end end\n\
         function is(what, yes) if not yes then error(what) end end\n\
         must('connect', mt.conninfo(conn, 'client.example.net', '192.0.2.1'))\n\
         must('mail', mt.mailfrom(conn, '<alice@example.net>'))\n\
         must('rcpt', mt.rcptto(conn, '<bob@example.com>'))\n",
    );
    for field in header.split("\r\n") {
        let (name, value) = field.split_once(':').expect("a field");
        out += &format!("must('header', mt.header(conn, {}, {}))\n", lua(name.as_bytes()), lua(value.as_bytes()));
    }
    // From a file: its `bodystring` takes less than a kilobyte.
    out += "must('eoh', mt.eoh(conn))\nmust('body', mt.bodyfile(conn, 'body'))\nmust('eom', mt.eom(conn))\n";
    out += &format!("{checks}\nmt.disconnect(conn)\n");
    out
}

/// Has the daemon judge a mail that `miltertest` brings, and the script check what comes of it.
fn judged(config: &str, mail: &[u8], checks: &str) {
    let shop = Workshop::new();
    if !shop.run("sh", &["-c", "command -v miltertest >/dev/null || : > missing"])
        || shop.path().join("missing").exists()
    {
        // Says so, or fails where it is required.
        let _ = shop.run("miltertest", &["-V"]);
        return;
    }
    let mut daemon = Daemon::start(config);
    let (host, port) = {
        let address = daemon.address("milter");
        let (host, port) = address.rsplit_once(':').expect("a port");
        (host.to_owned(), port.to_owned())
    };
    daemon.line("ready");
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n").expect("a header");
    shop.put("body", &mail[end + 4..]);
    shop.put("mail.lua", script(&mail[..end], checks).as_bytes());
    let socket = format!("socket=inet:{port}@{host}");
    assert!(shop.run("miltertest", &["-D", &socket, "-s", "mail.lua"]));
}

const CLEAN: &[u8] =
    b"From: Alice <alice@example.net>\r\nSubject: notes\r\n of the day\r\nX-Sekisho-Verdict: forged\r\n\r\nHello.\r\n";

fn program() -> Vec<u8> {
    (sekisho_samples::find("fa11-program").expect("a sample").make)()
}

#[test]
fn a_clean_mail_passes_with_our_fields_and_without_forged_ones() {
    judged(
        COMMON,
        CLEAN,
        "is('reply', mt.getreply(conn) == SMFIR_CONTINUE)\n\
         is('inserted', mt.eom_check(conn, MT_HDRINSERT, 'X-Sekisho-Verdict'))\n\
         is('deleted', mt.eom_check(conn, MT_HDRDELETE, 'X-Sekisho-Verdict'))\n\
         is('body kept', not mt.eom_check(conn, MT_BODYCHANGE))\n\
         is('not held', not mt.eom_check(conn, MT_QUARANTINE))",
    );
}

#[test]
fn a_program_is_refused() {
    judged(
        COMMON,
        &program(),
        "is('reply', mt.getreply(conn) == SMFIR_REPLYCODE)\n\
         is('nothing else', not mt.eom_check(conn, MT_HDRINSERT))",
    );
}

#[test]
fn a_program_is_held() {
    // A replaced body is too much for it: it has room for a kilobyte.
    judged(
        &format!("{COMMON}[actions]\nmalicious = 'quarantine'\n"),
        &program(),
        "is('reply', mt.getreply(conn) == SMFIR_CONTINUE)\n\
         is('held', mt.eom_check(conn, MT_QUARANTINE, 'sekisho: malicious'))\n\
         is('body kept', not mt.eom_check(conn, MT_BODYCHANGE))",
    );
}
