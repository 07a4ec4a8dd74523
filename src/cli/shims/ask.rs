//! Asks a running daemon, or a worker of our own.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::judged::Judged;
use crate::cli::args::AskArgs;
use crate::gate::clamd::in_words;
use crate::model::Limits;
use crate::worker::{Answer, Isolation, Job, Setup, Worker, Workshop, failure_report};

/// The largest file read; the daemon may take less.
const LARGEST: u64 = 256 << 20;
/// Bytes of one chunk sent.
const CHUNK: usize = 1 << 20;
/// The longest reply read.
const LONGEST_REPLY: u64 = 4_096;
/// Bytes a file is called by, which are the same for the same mail.
const NAME: &str = "message";

/// Who is asked. Workers are hired when first needed.
pub(super) struct Asker {
    socket: Option<PathBuf>,
    within: Duration,
    workshop: Option<Arc<Workshop>>,
    worker: Option<Worker>,
}

impl Asker {
    /// As the arguments say.
    pub(super) fn new(arguments: &AskArgs) -> Self {
        Asker {
            socket: arguments.socket.clone(),
            within: Duration::from_secs(arguments.max_time),
            workshop: None,
            worker: None,
        }
    }

    /// What is to be said of a file.
    pub(super) fn ask(&mut self, file: &Path) -> Judged {
        let bytes = match read(file) {
            Ok(bytes) => bytes,
            Err(error) => return say(Judged::unread("Unreadable"), file, &error.to_string()),
        };
        if bytes.len() as u64 > LARGEST {
            return Judged::unread("MaxFileSize");
        }
        // Of a mail that is only a file of an unpacked one, its own name tells something.
        let name = match file.extension() {
            Some(extension) if extension != "eml" && extension != "message" => {
                file.file_name().map_or_else(|| NAME.to_owned(), |name| name.to_string_lossy().into_owned())
            }
            _ => NAME.to_owned(),
        };
        if let Some(socket) = &self.socket {
            match UnixStream::connect(socket) {
                Ok(stream) => {
                    return match over(stream, &bytes, self.within) {
                        Ok(reply) => Judged::of(&reply),
                        Err(error) => say(Judged::unread("NoAnswer"), file, &error.to_string()),
                    };
                }
                Err(error) => {
                    let _ = writeln!(
                        io::stderr(),
                        "sekisho: nobody answers at {} ({error}); the scan is done here",
                        socket.display()
                    );
                    self.socket = None;
                }
            }
        }
        self.here(name, bytes).unwrap_or_else(|error| say(Judged::unread("Failed"), file, &format!("{error:#}")))
    }

    fn here(&mut self, name: String, bytes: Vec<u8>) -> anyhow::Result<Judged> {
        let workshop = match &self.workshop {
            Some(workshop) => workshop.clone(),
            None => {
                let limits = Limits { wall_time: self.within, ..Limits::default() };
                let setup = Setup { limits, ..Setup::default() };
                self.workshop.insert(Arc::new(Workshop::isolated(setup, Isolation::default())?)).clone()
            }
        };
        let mut worker = match self.worker.take().filter(Worker::is_fit) {
            Some(worker) => worker,
            None => workshop.hire()?,
        };
        let bytes = Bytes::from(bytes);
        let now = Instant::now();
        let deadline = now.checked_add(self.within.saturating_add(Duration::from_secs(5))).unwrap_or(now);
        let job = Job::Scan { name: name.clone(), is_cut: false, offered: Vec::new(), within: Some(self.within) };
        Ok(Judged::of(&match worker.ask(job, &bytes, deadline) {
            Ok(Answer::Scanned { report, .. }) => {
                self.worker = Some(worker);
                in_words(*report, None)
            }
            Ok(_) => return Ok(Judged::unread("Failed")),
            Err(failure) => {
                let language = workshop.setup().language;
                let report = failure_report(&name, &bytes, &failure, workshop.rules(), language);
                in_words(report, Some(failure))
            }
        }))
    }
}

fn say(judged: Judged, file: &Path, why: &str) -> Judged {
    let _ = writeln!(io::stderr(), "sekisho: {}: {why}", file.display());
    judged
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(LARGEST.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// INSTREAM: the daemon needs no right to read the file.
fn over(mut stream: UnixStream, bytes: &[u8], within: Duration) -> io::Result<String> {
    stream.set_write_timeout(Some(within))?;
    stream.set_read_timeout(Some(within))?;
    let sent = send(&mut stream, bytes);
    let mut reply = Vec::new();
    // A daemon that does not want all of it says so before it is sent.
    let read = (&stream).take(LONGEST_REPLY).read_to_end(&mut reply);
    let _ = stream.shutdown(Shutdown::Both);
    if reply.is_empty() {
        sent?;
        read?;
    }
    let reply = String::from_utf8_lossy(&reply).into_owned();
    Ok(reply.strip_prefix("stream: ").unwrap_or(&reply).to_owned())
}

fn send(stream: &mut UnixStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(b"zINSTREAM\0")?;
    for chunk in bytes.chunks(CHUNK) {
        let length = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        stream.write_all(&length.to_be_bytes())?;
        stream.write_all(chunk)?;
    }
    stream.write_all(&[0; 4])
}
