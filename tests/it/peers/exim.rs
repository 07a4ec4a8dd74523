//! Exim asks an antivirus daemon; that is us.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::daemon::Daemon;
use super::mails::{Kind, mail};
use super::smtp::{Sink, send};
use super::{free_port, is_root, wait_until};

/// An Exim with content scanning. Debian's package cannot stand beside Postfix, so it may lie unpacked in a folder of its own.
fn program() -> Option<PathBuf> {
    let unpacked = std::env::var_os("SEKISHO_EXIM").map(PathBuf::from);
    let found = unpacked.into_iter().chain([PathBuf::from("/usr/sbin/exim4")]).find(|path| path.exists());
    let works = found.filter(|path| {
        let says = Command::new(path).arg("-bV").output();
        says.is_ok_and(|says| String::from_utf8_lossy(&says.stdout).contains("Content_Scanning"))
    });
    if works.is_none() {
        eprintln!("skipped: no Exim with content scanning (SEKISHO_EXIM names one)");
    }
    works
}

struct Exim {
    process: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Exim {
    fn start(program: &PathBuf, scanner: &str, sink: u16) -> Self {
        let folder = tempfile::Builder::new().prefix("sekisho-exim-").tempdir().expect("a folder");
        super::run(Command::new("chown").arg("Debian-exim").arg(folder.path()));
        super::run(Command::new("chmod").arg("755").arg(folder.path()));
        let (root, port) = (folder.path().display().to_string(), free_port());
        let config = format!(
            "spool_directory = {root}/spool\nlog_file_path = {root}/log_%s\npid_file_path = {root}/pid\n\
             primary_hostname = mx.example.org\ndaemon_smtp_ports = {port}\nlocal_interfaces = 127.0.0.1\n\
             exim_user = Debian-exim\nexim_group = Debian-exim\ndeliver_drop_privilege = true\n\
             tls_advertise_hosts =\ndisable_ipv6 = true\nhost_lookup =\nsmtp_accept_max = 50\n\
             av_scanner = {scanner}\nacl_smtp_rcpt = accept_all\nacl_smtp_data = check_data\n\
             begin acl\naccept_all:\n  accept\n\
             check_data:\n  deny malware = */tmo=60s\n       message = refused: $malware_name\n  accept\n\
             begin routers\nall:\n  driver = manualroute\n  transport = far_end\n  \
             route_list = * \"127.0.0.1::{sink}\" byname\n  self = send\n\
             begin transports\nfar_end:\n  driver = smtp\n  hosts_try_fastopen =\n\
             begin retry\n* * F,1h,1s\n"
        );
        let file = folder.path().join("exim.conf");
        std::fs::write(&file, config).expect("written");
        super::run(Command::new("chown").arg("root").arg(&file));
        let process = Command::new(program)
            .arg("-C")
            .arg(&file)
            .args(["-bdf", "-q1s"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let exim = Exim { process, folder, port };
        let listens = wait_until(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        assert!(listens, "Exim listens\n{}", exim.log());
        exim
    }

    fn log(&self) -> String {
        ["log_main", "log_panic", "log_reject"]
            .iter()
            .filter_map(|name| std::fs::read_to_string(self.folder.path().join(name)).ok())
            .collect()
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn exim_refuses_what_the_daemon_finds_and_defers_when_it_is_gone() {
    let Some(program) = program() else { return };
    if !is_root() {
        return;
    }
    let sink = Sink::open();
    let mut daemon = Daemon::start(&["clamd"], sink.port, "", "");
    let exim = Exim::start(&program, &format!("clamd:127.0.0.1 {}", daemon.clamd), sink.port);
    let code =
        |kind, serial| send(exim.port, "a@example.com", &["info@example.org"], &mail(kind, serial)).unwrap_or_default();
    assert_eq!(code(Kind::Letter, 1).0, 250, "{}\n{}", exim.log(), daemon.log());
    let (refused, text) = code(Kind::Ticket, 2);
    assert_eq!(refused, 550, "{text}\n{}", exim.log());
    assert!(text.contains("refused: Sekisho."), "{text}");
    assert!(wait_until(|| sink.count() == 1), "{}", exim.log());
    daemon.kill();
    assert_eq!(code(Kind::Letter, 3).0 / 100, 4, "{}", exim.log());
    daemon.up();
    assert_eq!(code(Kind::Letter, 4).0, 250);
}
