//! A client that says what it was told, and a server that keeps what it gets.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A mail as it came out at the far end.
#[derive(Debug, Clone)]
pub(super) struct Delivered {
    pub(super) sender: String,
    pub(super) recipients: Vec<String>,
    /// Dots unstuffed, lines end in CRLF.
    pub(super) message: Vec<u8>,
}

impl Delivered {
    /// The first value of a header field, unfolded.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers(name).into_iter().next()
    }

    /// All values of a header field, unfolded.
    pub(super) fn headers(&self, name: &str) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.message);
        let head = text.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
        let fields = head.lines().filter_map(|line| line.split_once(':'));
        fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).collect()
    }
}

/// A server that takes everything.
pub(super) struct Sink {
    pub(super) port: u16,
    delivered: Arc<Mutex<Vec<Delivered>>>,
}

impl Sink {
    pub(super) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let delivered: Arc<Mutex<Vec<Delivered>>> = Arc::default();
        let into = delivered.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let into = into.clone();
                std::thread::spawn(move || take(stream, &into));
            }
        });
        Sink { port, delivered }
    }

    pub(super) fn delivered(&self) -> Vec<Delivered> {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn count(&self) -> usize {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn take(stream: TcpStream, into: &Mutex<Vec<Delivered>>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut out = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream);
    out.write_all(b"220 sink.example.net ESMTP\r\n").ok()?;
    let mut mail = Delivered { sender: String::new(), recipients: Vec::new(), message: Vec::new() };
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let address = || line.split('<').nth(1)?.split('>').next().map(str::to_owned);
        let reply: &[u8] = match verb.as_str() {
            "EHLO" => b"250-sink.example.net\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250 SIZE\r\n",
            "MAIL" => {
                mail = Delivered { sender: address()?, recipients: Vec::new(), message: Vec::new() };
                b"250 ok\r\n"
            }
            "RCPT" => {
                mail.recipients.push(address()?);
                b"250 ok\r\n"
            }
            "DATA" => {
                out.write_all(b"354 go on\r\n").ok()?;
                loop {
                    let mut line = Vec::new();
                    if lines.read_until(b'\n', &mut line).ok()? == 0 {
                        return None;
                    }
                    if line == b".\r\n" {
                        break;
                    }
                    mail.message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                }
                into.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
                b"250 taken\r\n"
            }
            "QUIT" => {
                out.write_all(b"221 bye\r\n").ok()?;
                return Some(());
            }
            _ => b"250 ok\r\n",
        };
        out.write_all(reply).ok()?;
    }
}

/// The last reply of a dialogue: its code and text. `None` if the connection broke before it came.
pub(super) type Reply = Option<(u16, String)>;

/// A client on one connection; several mails may follow each other.
pub(super) struct Client {
    out: TcpStream,
    lines: BufReader<TcpStream>,
}

impl Client {
    pub(super) fn connect(port: u16) -> Option<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_nodelay(true).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(300))).ok()?;
        let mut client = Client { out: stream.try_clone().ok()?, lines: BufReader::new(stream) };
        let (code, _) = client.reply()?;
        (code == 220).then_some(())?;
        client.say("EHLO client.example.com").filter(|(code, _)| *code == 250)?;
        Some(client)
    }

    fn reply(&mut self) -> Reply {
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Some((line.get(..3)?.parse().ok()?, line.get(4..)?.trim_end().to_owned()));
            }
        }
    }

    fn say(&mut self, line: &str) -> Reply {
        self.out.write_all(format!("{line}\r\n").as_bytes()).ok()?;
        self.reply()
    }

    /// Sends a mail as far as it is let; the reply that ended it.
    pub(super) fn send(&mut self, from: &str, to: &[&str], message: &[u8]) -> Reply {
        let reply = self.say(&format!("MAIL FROM:<{from}>"))?;
        if reply.0 != 250 {
            return self.reset(reply);
        }
        for recipient in to {
            let reply = self.say(&format!("RCPT TO:<{recipient}>"))?;
            if reply.0 != 250 {
                return self.reset(reply);
            }
        }
        let reply = self.say("DATA")?;
        if reply.0 != 354 {
            return self.reset(reply);
        }
        let mut stuffed = Vec::with_capacity(message.len() + 5);
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            if line.first() == Some(&b'.') {
                stuffed.push(b'.');
            }
            stuffed.extend_from_slice(line);
        }
        if !stuffed.ends_with(b"\r\n") {
            stuffed.extend_from_slice(b"\r\n");
        }
        stuffed.extend_from_slice(b".\r\n");
        self.out.write_all(&stuffed).ok()?;
        self.reply()
    }

    fn reset(&mut self, reply: (u16, String)) -> Reply {
        self.say("RSET")?;
        Some(reply)
    }
}

/// Sends one mail over a connection of its own.
pub(super) fn send(port: u16, from: &str, to: &[&str], message: &[u8]) -> Reply {
    Client::connect(port)?.send(from, to, message)
}
