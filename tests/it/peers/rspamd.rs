//! rspamd asks an antivirus daemon and olefy; both are us.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use super::daemon::Daemon;
use super::mails::{Kind, mail, sample, with_attachment};
use super::{free_port, is_installed, wait_until};

struct Rspamd {
    process: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Rspamd {
    fn start(daemon: &Daemon) -> Option<Self> {
        if !is_installed("/usr/bin/rspamd") {
            return None;
        }
        let folder = tempfile::Builder::new().prefix("sekisho-rspamd-").tempdir().expect("a folder");
        let root = folder.path().display().to_string();
        let port = free_port();
        let config = format!(
            "options {{ pidfile = \"{root}/pid\"; filters = \"\"; control_socket = \"{root}/control mode=0600\"; \
               dns {{ nameserver = [\"127.0.0.1:9\"]; timeout = 0.1s; retransmits = 1; }} \
               cache_file = \"{root}/symbols.cache\"; rrd = \"{root}/rrd\"; stats_file = \"{root}/stats\"; \
               history_file = \"{root}/history\"; hs_cache_dir = \"{root}\"; url_tld = \"{root}/tld\"; }}\n\
             logging {{ type = \"file\"; filename = \"{root}/log\"; level = \"info\"; }}\n\
             lua = \"/usr/share/rspamd/rules/rspamd.lua\"\n\
             modules {{ path = \"/usr/share/rspamd/plugins/\"; }}\n\
             antivirus {{ sekisho {{ type = \"clamav\"; servers = \"127.0.0.1:{}\"; symbol = \"SEKISHO\"; \
               scan_mime_parts = true; scan_text_mime = true; scan_image_mime = true; log_clean = true; \
               timeout = 15.0; retransmits = 1; }} }}\n\
             external_services {{ oletools {{ servers = \"127.0.0.1:{}\"; symbol = \"SEKISHO_OLE\"; \
               scan_mime_parts = true; timeout = 15.0; retransmits = 1; log_clean = true; }} }}\n\
             worker {{ type = \"normal\"; bind_socket = \"127.0.0.1:{port}\"; count = 1; task_timeout = 30s; }}\n\
             metric {{ name = \"default\"; actions {{ reject = 150; }} }}\n",
            daemon.clamd, daemon.olefy
        );
        // The real list takes seconds to compile.
        std::fs::write(folder.path().join("tld"), "com\norg\n").expect("written");
        let file = folder.path().join("rspamd.conf");
        std::fs::write(&file, config).expect("written");
        super::run(Command::new("chmod").arg("-R").arg("777").arg(folder.path()));
        let mut command = Command::new("/usr/bin/rspamd");
        command.arg("-f").arg("-c").arg(&file);
        if rustix::process::geteuid().is_root() {
            command.args(["-u", "_rspamd", "-g", "_rspamd"]);
        }
        let process =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let rspamd = Rspamd { process, folder, port };
        let listens = wait_until(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        assert!(listens, "rspamd listens\n{}", rspamd.log());
        Some(rspamd)
    }

    /// The symbols it gives a message, as JSON.
    fn symbols(&self, message: &[u8]) -> serde_json::Value {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).expect("connected");
        let head = format!("POST /checkv2 HTTP/1.0\r\nContent-Length: {}\r\n\r\n", message.len());
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(message).expect("sent");
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).expect("answered");
        let text = String::from_utf8_lossy(&reply).into_owned();
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let parsed: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {text}"));
        parsed["symbols"].clone()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Rspamd {
    fn drop(&mut self) {
        // SIGTERM lets it end its own workers.
        if let Some(pid) = i32::try_from(self.process.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.process.wait();
    }
}

#[test]
fn rspamd_gives_symbols_for_viruses_locked_archives_and_macros() {
    let daemon = Daemon::start(&["clamd", "olefy"], free_port(), "", "");
    let Some(rspamd) = Rspamd::start(&daemon) else { return };
    let clean = rspamd.symbols(&mail(Kind::Letter, 1));
    assert!(clean.get("SEKISHO").is_none() && clean.get("SEKISHO_FAIL").is_none(), "{clean}\n{}", rspamd.log());
    let virus = rspamd.symbols(&mail(Kind::Ticket, 2));
    assert!(virus.get("SEKISHO").is_some(), "{virus}\n{}\n{}", rspamd.log(), daemon.log());
    let locked = rspamd.symbols(&mail(Kind::Locked, 3));
    assert!(locked.get("SEKISHO_ENCRYPTED").is_some(), "{locked}\n{}", rspamd.log());
    let macros = rspamd.symbols(&with_attachment(4, "invoice.docm", &sample("t14")));
    assert!(macros.get("SEKISHO_OLE").is_some(), "{macros}\n{}\n{}", rspamd.log(), daemon.log());
    assert!(!rspamd.log().contains("lua error"), "{}", rspamd.log());
}
