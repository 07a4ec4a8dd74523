//! The daemon beside clamd: the same bytes over the same protocol in the same run, with the same rule files (clamd skips
//! those it cannot read and says so in its log).

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::mix;

/// Scans of one input by one client.
const ALONE: usize = 200;
/// Clients at once, and scans of each.
const CLIENTS: usize = 8;
const EACH: usize = 150;
/// Large inputs at once.
const LARGE: usize = 14;

struct Server {
    process: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port()
}

fn start(command: &mut Command, port: u16) -> Server {
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let server = Server { process, port };
    let end = Instant::now() + Duration::from_secs(120);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < end, "{command:?} does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
    server
}

fn ours(folder: &Path, more: &str) -> Server {
    let port = free_port();
    let file = folder.join(format!("{port}.toml"));
    std::fs::write(&file, format!("[clamd]\nlisten = [\"inet:127.0.0.1:{port}\"]\n{more}")).expect("written");
    start(Command::new(env!("CARGO_BIN_EXE_sekisho")).args(["serve", "--allow-root", "--config"]).arg(file), port)
}

fn clamd(folder: &Path) -> Option<Server> {
    let program = ["/usr/sbin/clamd", "/usr/local/sbin/clamd"].into_iter().find(|path| Path::new(path).exists())?;
    let port = free_port();
    let rules = folder.join("db");
    std::fs::create_dir_all(&rules).expect("a folder");
    for source in sekisho::matching::shipped_sources() {
        std::fs::write(rules.join(source.name.replace('/', "-")), source.text).expect("written");
    }
    let file = folder.join("clamd.conf");
    let settings = format!(
        "TCPSocket {port}\nTCPAddr 127.0.0.1\nDatabaseDirectory {}\nForeground yes\nLogFile {}\nAlertExceedsMax yes\n\
         MaxThreads 10\nUser {}\n",
        rules.display(),
        folder.join("clamd.log").display(),
        std::env::var("USER").unwrap_or_else(|_| "root".to_owned()),
    );
    std::fs::write(&file, settings).expect("written");
    Some(start(Command::new(program).arg("-c").arg(file), port))
}

/// One scan; the reply without its end.
fn scan(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    stream.set_nodelay(true).expect("set");
    let mut request = b"zINSTREAM\0".to_vec();
    for chunk in bytes.chunks(64 << 10) {
        request.extend_from_slice(&u32::try_from(chunk.len()).expect("small").to_be_bytes());
        request.extend_from_slice(chunk);
    }
    request.extend_from_slice(&[0; 4]);
    stream.write_all(&request).expect("sent");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("answered");
    reply.trim_end_matches('\0').to_owned()
}

/// Bytes nobody has seen: a header field in front, so that no cache answers.
fn fresh(bytes: &[u8], serial: usize) -> Vec<u8> {
    let mut fresh = format!("X-Serial: {serial:016}\r\n").into_bytes();
    fresh.extend_from_slice(bytes);
    fresh
}

fn alone(port: u16, bytes: &[u8], serial: &mut usize) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..ALONE)
        .map(|_| {
            *serial += 1;
            let fresh = fresh(bytes, *serial);
            let start = Instant::now();
            let reply = scan(port, &fresh);
            assert!(!reply.is_empty());
            start.elapsed()
        })
        .collect();
    times.sort();
    (times[ALONE / 2], times[ALONE * 95 / 100])
}

fn together(port: u16, bytes: &[u8], serial: &mut usize) -> f64 {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let first = *serial + client * EACH;
            scope.spawn(move || {
                for number in first..first + EACH {
                    scan(port, &fresh(bytes, number));
                }
            });
        }
    });
    *serial += CLIENTS * EACH;
    (CLIENTS * EACH) as f64 / start.elapsed().as_secs_f64()
}

/// How long a tiny input waits while large ones are being read: milliseconds, and how long everything took.
fn behind_large(port: u16, large: &[u8], serial: &mut usize) -> (f64, f64) {
    let start = Instant::now();
    let tiny = std::thread::scope(|scope| {
        for _ in 0..LARGE {
            *serial += 1;
            let input = fresh(large, *serial);
            scope.spawn(move || scan(port, &input));
        }
        // All of them have been sent by then.
        std::thread::sleep(Duration::from_secs(2));
        let start = Instant::now();
        scan(port, &fresh(b"Subject: x\r\n\r\nhello", *serial));
        start.elapsed()
    });
    (tiny.as_secs_f64() * 1e3, start.elapsed().as_secs_f64())
}

/// An archive of many documents, about this many bytes.
fn archive(bytes: usize) -> Vec<u8> {
    use sekisho_samples::archive::zip::{Entry, ZipFile};
    let documents: Vec<Vec<u8>> = mix::standard().into_iter().flat_map(|mail| mail.files).collect();
    let mut zip = ZipFile::new();
    let mut size = 0;
    for (number, document) in documents.iter().cycle().enumerate() {
        if size >= bytes {
            break;
        }
        // No two the same, or the second is not read again.
        let mut document = document.clone();
        document.extend_from_slice(&number.to_le_bytes());
        size += document.len();
        zip = zip.with(Entry::new(format!("{number}.dat"), document).stored());
    }
    zip.build()
}

fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The daemon and its workers, KiB.
fn residents(pid: u32) -> Vec<u64> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).expect("alive");
    let children: String =
        tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok()).collect();
    let workers = children.split_whitespace().filter_map(|pid| pid.parse().ok());
    std::iter::once(pid).chain(workers).map(resident).collect()
}

/// Prints the comparison.
pub(crate) fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let isolated = ours(folder.path(), "");
    let open = ours(folder.path(), "[workers]\nisolation = false\n");
    let peer = clamd(folder.path());
    if peer.is_none() {
        println!("clamd is not installed; its columns stay empty");
    }
    let mut inputs =
        vec![("1 KB text", b"From: a@example.com\r\nSubject: x\r\n\r\n".iter().copied().chain([b'x'; 990]).collect())];
    inputs.extend(mix::standard().into_iter().map(|mail| (mail.name, mail.bytes)));
    let mut serial = 0;
    println!(
        "{:<14} {:>9} | {:>21} | {:>21} | {:>21} | {:>28}",
        "median, p95 ms", "bytes", "isolated", "not isolated", "clamd", "scans/s by 8 clients, clamd"
    );
    for (name, bytes) in &inputs {
        let mut cell = |port: u16| {
            let (median, p95) = alone(port, bytes, &mut serial);
            format!("{:>10.2} {:>10.2}", median.as_secs_f64() * 1e3, p95.as_secs_f64() * 1e3)
        };
        let (isolated_time, open_time) = (cell(isolated.port), cell(open.port));
        let peer_time = peer.as_ref().map_or(String::new(), |peer| cell(peer.port));
        let many = together(isolated.port, bytes, &mut serial);
        let many_peer = peer.as_ref().map_or(0.0, |peer| together(peer.port, bytes, &mut serial));
        println!(
            "{name:<14} {:>9} | {isolated_time:>21} | {open_time:>21} | {peer_time:>21} | {many:>13.0} {many_peer:>13.0}",
            bytes.len()
        );
    }
    let large = archive(50 << 20);
    let (tiny, all) = behind_large(isolated.port, &large, &mut serial);
    print!("a tiny input behind {LARGE} of {} MB: {tiny:.0} ms (all {all:.1} s)", large.len() >> 20);
    match &peer {
        Some(peer) => {
            let (tiny, all) = behind_large(peer.port, &large, &mut serial);
            println!("; clamd {tiny:.0} ms (all {all:.1} s)");
        }
        None => println!(),
    }
    println!("resident KiB, daemon and each worker: {:?}", residents(isolated.process.id()));
    if let Some(peer) = &peer {
        println!("resident KiB, clamd: {}", resident(peer.process.id()));
    }
}
