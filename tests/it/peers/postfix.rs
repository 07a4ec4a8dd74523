//! A Postfix with a configuration, queue and log of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{free_port, is_installed, is_root, run, wait_until};

/// A running Postfix that asks the milter at a port before it takes a mail, and hands on what it took.
pub(super) struct Postfix {
    folder: tempfile::TempDir,
    /// Takes mail from outside.
    pub(super) port: u16,
}

const SERVICES: &str = "\
pickup    unix  n  -  n  60   1  pickup
cleanup   unix  n  -  n  -    0  cleanup
qmgr      unix  n  -  n  300  1  qmgr
rewrite   unix  -  -  n  -    -  trivial-rewrite
bounce    unix  -  -  n  -    0  bounce
defer     unix  -  -  n  -    0  bounce
trace     unix  -  -  n  -    0  bounce
verify    unix  -  -  n  -    1  verify
flush     unix  n  -  n  1000? 0 flush
proxymap  unix  -  -  n  -    -  proxymap
smtp      unix  -  -  n  -    -  smtp
relay     unix  -  -  n  -    -  smtp
showq     unix  n  -  n  -    -  showq
error     unix  -  -  n  -    -  error
retry     unix  -  -  n  -    -  error
discard   unix  -  -  n  -    -  discard
anvil     unix  -  -  n  -    1  anvil
scache    unix  -  -  n  -    1  scache
postlog   unix-dgram n - n -  1  postlogd
";

impl Postfix {
    /// Starts one; nothing where Postfix is not installed or the test is not run by root.
    pub(super) fn start(milter: u16, sink: u16, more: &str) -> Option<Self> {
        if !is_installed("/usr/sbin/postfix") || !is_root() {
            return None;
        }
        let folder = tempfile::Builder::new().prefix("sekisho-postfix-").tempdir().expect("a folder");
        let root = folder.path();
        // Postfix' own users must get in.
        run(Command::new("chmod").arg("755").arg(root));
        for name in ["etc", "spool", "data"] {
            std::fs::create_dir(root.join(name)).expect("a folder");
        }
        run(Command::new("chown").arg("postfix").arg(root.join("data")));
        let port = free_port();
        let shown = root.display();
        let main = format!(
            "compatibility_level = 3.6\n\
             queue_directory = {shown}/spool\ndata_directory = {shown}/data\n\
             maillog_file = {shown}/log\nmaillog_file_prefixes = {shown}\n\
             command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\n\
             mail_owner = postfix\nsetgid_group = postdrop\n\
             myhostname = mx.example.org\nmydestination =\nrelay_domains = example.org\nmynetworks = 127.0.0.0/8\n\
             inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n\
             smtpd_milters = inet:127.0.0.1:{milter}\nmilter_default_action = tempfail\nmilter_protocol = 6\n\
             milter_connect_timeout = 5s\nmilter_command_timeout = 10s\nmilter_content_timeout = 60s\n\
             relayhost = [127.0.0.1]:{sink}\nsmtp_destination_concurrency_limit = 10\n\
             smtpd_client_connection_count_limit = 0\nsmtpd_client_connection_rate_limit = 0\n\
             smtpd_recipient_restrictions = permit_mynetworks, reject\n\
             smtpd_error_sleep_time = 0\nsmtpd_soft_error_limit = 100000\nsmtpd_hard_error_limit = 100000\n\
             minimal_backoff_time = 1s\nmaximal_backoff_time = 3s\nqueue_run_delay = 1s\n\
             message_size_limit = 200000000\nmailbox_size_limit = 0\nin_flow_delay = 0\n{more}\n"
        );
        std::fs::write(root.join("etc/main.cf"), main).expect("written");
        let doors = format!("127.0.0.1:{port} inet n - n - 100 smtpd\n");
        std::fs::write(root.join("etc/master.cf"), doors + SERVICES).expect("written");
        let postfix = Postfix { folder, port };
        run(&mut postfix.command("start"));
        assert!(wait_until(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()), "Postfix listens");
        Some(postfix)
    }

    fn etc(&self) -> PathBuf {
        self.folder.path().join("etc")
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new("/usr/sbin/postfix");
        command.arg("-c").arg(self.etc()).arg(verb);
        command
    }

    /// Mails in the queue: id, name of the queue and size, one JSON object per line as `postqueue -j` prints them.
    pub(super) fn queue(&self) -> Vec<String> {
        let text = run(Command::new("/usr/sbin/postqueue").arg("-c").arg(self.etc()).arg("-j"));
        text.lines().filter(|line| line.starts_with('{')).map(str::to_owned).collect()
    }

    /// Mails on hold.
    pub(super) fn held(&self) -> usize {
        self.queue().iter().filter(|mail| mail.contains("\"queue_name\": \"hold\"")).count()
    }

    /// Everything it logged.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(Path::new(self.folder.path()).join("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _ = self.command("abort").output();
    }
}
