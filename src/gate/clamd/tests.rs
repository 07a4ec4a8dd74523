//! Byte for byte what clients send and get, and what those get who send nonsense.

use std::io::Write as _;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::watch;

use super::wire::{Local, Plain};
use crate::config::{Action, Cause, Clamd, ErrorStyle, Settings};
use crate::gate::desk::Desk;
use crate::gate::{Checkpoint, Order};
use crate::model::Limits;
use crate::worker::{Setup, Workshop};

/// Longer than any answer takes, also on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// Rules are compiled once. The scan's own clock is out of the way.
static WORKSHOP: LazyLock<Arc<Workshop>> = LazyLock::new(|| {
    let limits = Limits { wall_time: Duration::from_secs(600), ..Limits::default() };
    Arc::new(Workshop::without_isolation(Setup { limits, ..Setup::default() }).unwrap())
});

fn settings(door: Clamd) -> Settings {
    Settings { clamd: Some(door), ..Settings::default() }
}

fn checkpoint(settings: Settings) -> Arc<Checkpoint> {
    let desk = Desk::open(WORKSHOP.clone(), &settings.workers, &settings.queue);
    Checkpoint::new(desk, settings)
}

fn door() -> Clamd {
    Clamd { deadline: Duration::from_secs(600), ..Clamd::default() }
}

/// A client of a door with these settings. The sender stops it.
fn client(checkpoint: &Arc<Checkpoint>, is_near: bool) -> (tokio::io::DuplexStream, watch::Sender<bool>) {
    let (ours, theirs) = tokio::io::duplex(64 << 10);
    let (sender, stop) = watch::channel(false);
    tokio::spawn(super::talk(Plain::new(theirs, is_near), checkpoint.clone(), stop));
    (ours, sender)
}

/// Sends everything, and reads until the door hangs up.
async fn say_all<S: AsyncRead + AsyncWrite + Unpin>(mut client: S, bytes: &[u8]) -> Vec<u8> {
    client.write_all(bytes).await.unwrap();
    let mut reply = Vec::new();
    tokio::time::timeout(PATIENCE, client.read_to_end(&mut reply)).await.expect("an answer").unwrap();
    reply
}

async fn ask_with(settings: Settings, bytes: &[u8]) -> Vec<u8> {
    let checkpoint = checkpoint(settings);
    let (client, _stop) = client(&checkpoint, true);
    say_all(client, bytes).await
}

async fn ask(bytes: &[u8]) -> String {
    String::from_utf8(ask_with(settings(door()), bytes).await).unwrap()
}

fn sample(id: &str) -> Vec<u8> {
    (sekisho_samples::find(id).unwrap().make)()
}

/// A stream as one chunk, as rspamd and Exim send it.
fn one_chunk(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if !bytes.is_empty() {
        out.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_be_bytes());
        out.extend_from_slice(bytes);
    }
    out.extend_from_slice(&[0; 4]);
    out
}

fn instream(bytes: &[u8]) -> Vec<u8> {
    [b"zINSTREAM\0".as_slice(), &one_chunk(bytes)].concat()
}

const CLEAN: &[u8] = "品名,数量\n筆,3\n".as_bytes();

#[tokio::test]
async fn ping_in_each_framing() {
    assert_eq!(ask(b"zPING\0").await, "PONG\0");
    assert_eq!(ask(b"nPING\n").await, "PONG\n");
    assert_eq!(ask(b"PING\n").await, "PONG\n");
}

#[tokio::test]
async fn a_bare_command_without_its_newline_is_answered() {
    assert_eq!(ask(b"PING").await, "PONG\n");
}

#[tokio::test]
async fn version_begins_as_clients_expect() {
    let version = ask(b"zVERSION\0").await;
    assert!(version.starts_with("ClamAV 1.4.6-sekisho-"), "{version}");
    let commands = ask(b"nVERSIONCOMMANDS\n").await;
    assert!(
        commands.ends_with(
            "| COMMANDS: SCAN QUIT RELOAD PING CONTSCAN VERSIONCOMMANDS VERSION END SHUTDOWN MULTISCAN FILDES STATS \
             IDSESSION INSTREAM ALLMATCHSCAN\n"
        ),
        "{commands}"
    );
}

#[tokio::test]
async fn stats_begin_and_end_as_clamdtop_expects() {
    let stats = ask(b"zSTATS\0").await;
    assert!(stats.starts_with("POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live "), "{stats}");
    assert!(stats.ends_with("\nEND\0"), "{stats}");
}

#[tokio::test]
async fn what_is_no_command_is_said_to_be_none() {
    assert_eq!(ask(b"zHELLO\0").await, "UNKNOWN COMMAND\0");
    assert_eq!(ask(b"GET / HTTP/1.1\r\n\r\n").await, "UNKNOWN COMMAND\n");
    assert_eq!(ask(b"INSTREAM\n").await, "UNKNOWN COMMAND\n");
}

#[tokio::test]
async fn reload_and_shutdown_go_to_the_daemon_where_allowed() {
    let open = checkpoint(settings(door()));
    let (near, _stop) = client(&open, true);
    assert_eq!(say_all(near, b"zRELOAD\0").await, b"RELOADING\0");
    assert_eq!(open.control().next().await, Order::Reload);
    let (near, _stop) = client(&open, true);
    assert_eq!(say_all(near, b"SHUTDOWN\n").await, b"");
    assert_eq!(open.control().next().await, Order::Stop);
    let (far, _stop) = client(&open, false);
    assert_eq!(say_all(far, b"SHUTDOWN\n").await, b"COMMAND UNAVAILABLE\n");
    let closed = settings(Clamd { control: false, ..door() });
    assert_eq!(ask_with(closed.clone(), b"zSHUTDOWN\0").await, b"COMMAND UNAVAILABLE\0");
    assert_eq!(ask_with(closed, b"zRELOAD\0").await, b"COMMAND UNAVAILABLE\0");
}

#[tokio::test]
async fn a_clean_stream_is_ok_in_chunks_of_any_size() {
    assert_eq!(ask(&instream(CLEAN)).await, "stream: OK\0");
    let mut dripped = b"nINSTREAM\n".to_vec();
    for byte in CLEAN {
        dripped.extend_from_slice(&[0, 0, 0, 1, *byte]);
    }
    dripped.extend_from_slice(&[0; 4]);
    assert_eq!(ask(&dripped).await, "stream: OK\n");
}

#[tokio::test]
async fn an_empty_stream_is_ok() {
    assert_eq!(ask(&instream(b"")).await, "stream: OK\0");
}

#[tokio::test]
async fn a_malicious_stream_is_found_under_a_name_of_ours() {
    let reply = ask(&instream(&sample("t01"))).await;
    assert!(reply.starts_with("stream: Sekisho.") && reply.ends_with(" FOUND\0"), "{reply}");
}

#[cfg(feature = "yara")]
#[tokio::test]
async fn the_test_file_of_administrators_is_found_under_its_own_name() {
    assert_eq!(ask(&instream(&sample("rule-eicar"))).await, "stream: Eicar-Test-Signature FOUND\0");
}

#[tokio::test]
async fn a_suspicious_stream_is_told_from_a_malicious_one() {
    let reply = ask(&instream(&sample("fa6-zip"))).await;
    assert!(reply.starts_with("stream: PUA.Sekisho.Exploit."), "{reply}");
    let reply = ask(&instream(&sample("fo33"))).await;
    assert!(reply.starts_with("stream: Heuristics.OLE2.ContainsMacros.Vba"), "{reply}");
    let lenient = settings(Clamd { suspicious_found: false, ..door() });
    assert_eq!(ask_with(lenient, &instream(&sample("fo33"))).await, b"stream: OK\0");
}

#[tokio::test]
async fn encrypted_content_is_named_by_its_container_or_let_pass_where_configured() {
    assert_eq!(ask(&instream(&sample("fa24"))).await, "stream: Heuristics.Encrypted.Zip FOUND\0");
    assert_eq!(ask(&instream(&sample("fp6"))).await, "stream: Heuristics.Encrypted.PDF FOUND\0");
    assert_eq!(ask(&instream(&sample("fo24u"))).await, "stream: Heuristics.Encrypted.Doc FOUND\0");
    let lenient = settings(Clamd { encrypted_found: false, ..door() });
    assert_eq!(ask_with(lenient, &instream(&sample("fa24"))).await, b"stream: OK\0");
}

/// Quirk 1: rspamd's `clamav.lua` stops on a Lua error at any ERROR, and the part passes.
#[tokio::test]
async fn rspamd_never_gets_an_error_where_failures_are_found() {
    let found = settings(Clamd { errors: ErrorStyle::Found, stream_max: 1 << 20, ..door() });
    let too_large = instream(&vec![b'a'; (1 << 20) + 1]);
    let reply = ask_with(found.clone(), &too_large).await;
    assert_eq!(reply, b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0");
    let reply = ask_with(found.clone(), &instream(&sample("fa5-nest"))).await;
    assert_eq!(reply, b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0");
    let late = settings(Clamd { errors: ErrorStyle::Found, deadline: Duration::ZERO, ..door() });
    let reply = ask_with(late, &instream(&sample("t01"))).await;
    let reply = String::from_utf8(reply).unwrap();
    assert!(reply.ends_with(" FOUND\0"), "{reply}");
}

#[tokio::test]
async fn what_is_not_read_is_an_error_unless_the_configuration_decides_otherwise() {
    let nested = instream(&sample("fa5-nest"));
    assert_eq!(ask(&nested).await, "stream: Nested too deeply. ERROR\0");
    let decided = |action| {
        let mut settings = settings(door());
        settings.actions.table.insert(Cause::Limit, action);
        settings
    };
    assert_eq!(ask_with(decided(Action::Accept), &nested).await, b"stream: OK\0");
    let found = b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0";
    assert_eq!(ask_with(decided(Action::Quarantine), &nested).await, found);
    assert_eq!(ask_with(decided(Action::Defer), &nested).await, b"stream: Nested too deeply. ERROR\0");
}

/// Quirk 2: rspamd sends a part as one chunk and waits five seconds; what is not known by the deadline is said to be so.
#[tokio::test]
async fn rspamd_gets_its_answer_at_the_deadline() {
    let large = vec![b' '; 8 << 20];
    assert_eq!(ask(&instream(&large)).await.split(' ').next(), Some("stream:"));
}

/// Quirk 4: Haraka takes exactly this reply as "too large, accept"; everything else defers the mail.
#[tokio::test]
async fn a_stream_over_the_limit_gets_the_reply_haraka_knows_while_it_still_sends() {
    let small = settings(Clamd { stream_max: 1_000, ..door() });
    let mut stream = b"zINSTREAM\0".to_vec();
    for _ in 0..64 {
        stream.extend_from_slice(&[0, 0, 0x10, 0]);
        stream.extend_from_slice(&[b'a'; 0x1000]);
    }
    stream.extend_from_slice(&[0; 4]);
    assert_eq!(ask_with(small, &stream).await, b"INSTREAM size limit exceeded. ERROR\0");
}

#[tokio::test]
async fn a_length_that_lies_costs_nothing_and_ends_the_stream() {
    let reply = ask(b"zINSTREAM\0\xff\xff\xff\xffabc").await;
    assert_eq!(reply, "INSTREAM size limit exceeded. ERROR\0");
}

#[tokio::test]
async fn a_stream_that_ends_early_is_never_ok() {
    let (ours, theirs) = tokio::io::duplex(1 << 10);
    let (_sender, stop) = watch::channel(false);
    let served = tokio::spawn(super::talk(Plain::new(theirs, true), checkpoint(settings(door())), stop));
    let (mut read, mut write) = tokio::io::split(ours);
    write.write_all(b"zINSTREAM\0\0\0\0\x08half").await.unwrap();
    write.shutdown().await.unwrap();
    let mut reply = Vec::new();
    read.read_to_end(&mut reply).await.unwrap();
    assert_eq!(reply, b"");
    served.await.unwrap();
}

#[tokio::test]
async fn clients_together_cannot_fill_the_memory() {
    let mut settings = settings(door());
    settings.queue.bytes = 64 << 10;
    let checkpoint = checkpoint(settings);
    let (mut first, _stop) = client(&checkpoint, true);
    first.write_all(b"zINSTREAM\0\0\0\xff\xff").await.unwrap();
    first.write_all(&[b'a'; 0xf000]).await.unwrap();
    // The first has taken its room once the second is refused; whichever comes first, one of them is.
    let (second, _stop) = client(&checkpoint, true);
    let reply = say_all(second, &instream(&[b'b'; 0x8000])).await;
    let reply = String::from_utf8(reply).unwrap();
    assert!(reply == "stream: Overloaded, try again later. ERROR\0" || reply == "stream: OK\0", "{reply}");
}

/// Quirk 5 and 7, 8: Exim names a file, amavis and MailScanner a folder.
#[tokio::test]
async fn a_path_is_scanned_under_a_root_and_nowhere_else() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("1abc.eml");
    std::fs::write(&file, CLEAN).unwrap();
    let (shown, folder) = (file.display(), root.path().display());
    assert_eq!(ask(format!("SCAN {shown}\n").as_bytes()).await, format!("{shown}: Access denied. ERROR\n"));
    let open = settings(Clamd { roots: vec![root.path().to_owned()], ..door() });
    let ask = async |command: String| String::from_utf8(ask_with(open.clone(), command.as_bytes()).await).unwrap();
    assert_eq!(ask(format!("SCAN {shown}\n")).await, format!("{shown}: OK\n"));
    assert_eq!(ask(format!("zSCAN {shown}\0")).await, format!("{shown}: OK\0"));
    assert_eq!(ask(format!("CONTSCAN {folder}\n")).await, format!("{folder}: OK\n"));
    let missing = format!("{shown}: File path check failure: No such file or directory. ERROR\n");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(ask(format!("SCAN {shown}\n")).await, missing);
    assert_eq!(ask("SCAN /etc/passwd\n".to_owned()).await, "/etc/passwd: Access denied. ERROR\n");
    std::fs::write(&file, b"").unwrap();
    assert_eq!(ask(format!("SCAN {shown}\n")).await, format!("{shown}: Empty file\n"));
}

fn two_bad_files(root: &Path) {
    std::fs::create_dir_all(root.join("msg")).unwrap();
    std::fs::write(root.join("msg/a"), sample("t01")).unwrap();
    std::fs::write(root.join("msg/b"), CLEAN).unwrap();
    std::fs::write(root.join("msg/c"), sample("t01")).unwrap();
}

#[tokio::test]
async fn a_folder_is_gone_through_as_each_command_says() {
    let root = tempfile::tempdir().unwrap();
    two_bad_files(root.path());
    let open = settings(Clamd { roots: vec![root.path().to_owned()], ..door() });
    let folder = root.path().display();
    let found = async |command: &str| {
        let reply =
            String::from_utf8(ask_with(open.clone(), format!("{command} {folder}\n").as_bytes()).await).unwrap();
        let mut files: Vec<String> = Vec::new();
        for line in reply.lines() {
            assert!(line.ends_with(" FOUND"), "{line}");
            files.push(line.split(": ").next().unwrap().rsplit('/').next().unwrap().to_owned());
        }
        files.sort();
        files.dedup();
        files
    };
    assert_eq!(found("SCAN").await, ["a"]);
    assert_eq!(found("CONTSCAN").await, ["a", "c"]);
    assert_eq!(found("MULTISCAN").await, ["a", "c"]);
    assert_eq!(found("ALLMATCHSCAN").await, ["a", "c"]);
}

#[tokio::test]
async fn a_folder_with_an_unread_file_is_not_ok() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a"), CLEAN).unwrap();
    std::fs::write(root.path().join("b"), sample("fa5-nest")).unwrap();
    let open = settings(Clamd { roots: vec![root.path().to_owned()], ..door() });
    let folder = root.path().display();
    let reply = ask_with(open, format!("CONTSCAN {folder}\n").as_bytes()).await;
    assert_eq!(String::from_utf8(reply).unwrap(), format!("{folder}/b: Nested too deeply. ERROR\n"));
}

#[tokio::test]
async fn a_file_name_cannot_write_a_reply_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("x: OK\ny"), sample("t01")).unwrap();
    let open = settings(Clamd { roots: vec![root.path().to_owned()], ..door() });
    let reply = ask_with(open, format!("CONTSCAN {}\n", root.path().display()).as_bytes()).await;
    let reply = String::from_utf8(reply).unwrap();
    assert_eq!(reply.matches('\n').count(), 1, "{reply}");
    assert!(reply.ends_with(" FOUND\n"), "{reply}");
}

/// Quirk 6: Exim reads 1,024 bytes once, and wants a colon and FOUND, OK or ERROR at the end.
#[tokio::test]
async fn every_reply_to_a_scan_fits_what_exim_reads_at_once() {
    for id in ["t01", "fa24", "fa5-nest", "fa6-zip"] {
        let (mut client, _stop) = client(&checkpoint(settings(door())), true);
        client.write_all(&instream(&sample(id))).await.unwrap();
        let mut once = [0; 1_024];
        let count = tokio::time::timeout(PATIENCE, client.read(&mut once)).await.unwrap().unwrap();
        let reply = String::from_utf8(once[..count].to_vec()).unwrap();
        assert!(reply.len() < 300 && reply.contains(':'), "{reply}");
        assert!([" FOUND\0", " OK\0", " ERROR\0"].iter().any(|end| reply.ends_with(end)), "{reply}");
    }
}

/// Quirk 3 and 9: a name holds neither space nor colon, and the same bytes get the same name.
#[tokio::test]
async fn names_are_stable_and_hold_no_space_and_no_colon() {
    for id in ["t01", "fa24", "fa6-zip", "fo33", "fo50"] {
        let bytes = instream(&sample(id));
        let reply = ask(&bytes).await;
        let name = reply.strip_prefix("stream: ").and_then(|rest| rest.strip_suffix(" FOUND\0")).unwrap();
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')), "{name}");
        assert_eq!(ask(&bytes).await, reply);
    }
}

#[tokio::test]
async fn a_session_numbers_its_replies() {
    assert_eq!(ask(b"zIDSESSION\0zPING\0zPING\0zEND\0").await, "1: PONG\x002: PONG\0");
    let stream = [b"nIDSESSION\nnINSTREAM\n".as_slice(), &one_chunk(CLEAN), b"nEND\n"].concat();
    assert_eq!(ask(&stream).await, "1: stream: OK\n");
}

#[tokio::test]
async fn a_session_answers_what_is_done_first() {
    let bytes = [b"zIDSESSION\0zINSTREAM\0".as_slice(), &one_chunk(&sample("t01")), b"zPING\0zEND\0"].concat();
    let reply = ask(&bytes).await;
    let mut replies: Vec<&str> = reply.split_terminator('\0').collect();
    replies.sort_unstable();
    assert!(replies[0].starts_with("1: stream: Sekisho."), "{reply}");
    assert_eq!(replies[1..], ["2: PONG"]);
}

#[tokio::test]
async fn a_session_refuses_what_is_not_for_sessions() {
    for command in ["RELOAD", "SHUTDOWN", "CONTSCAN /tmp", "MULTISCAN /tmp", "IDSESSION", "NONSENSE"] {
        let reply = ask(format!("zIDSESSION\0z{command}\0").as_bytes()).await;
        assert_eq!(reply, "1: Command invalid inside IDSESSION. ERROR\0", "{command}");
    }
}

#[tokio::test]
async fn a_session_of_many_streams_answers_each_once() {
    let mut bytes = b"zIDSESSION\0".to_vec();
    for number in 0..100u32 {
        bytes.extend_from_slice(&instream(format!("a,b\n{number},1\n").as_bytes()));
    }
    bytes.extend_from_slice(b"zEND\0");
    let reply = ask(&bytes).await;
    let mut ids: Vec<u32> = reply
        .split_terminator('\0')
        .map(|line| line.strip_suffix(": stream: OK").expect(line).parse().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=100).collect::<Vec<_>>());
}

fn a_file(bytes: &[u8]) -> OwnedFd {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.into()
}

/// Sends bytes and with them an open file, as clients do: sendmsg(2).
async fn send_file(client: &UnixStream, bytes: &[u8], file: impl AsFd) {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
    client.writable().await.unwrap();
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let files = [file.as_fd()];
    assert!(control.push(SendAncillaryMessage::ScmRights(&files)));
    sendmsg(client, &[std::io::IoSlice::new(bytes)], &mut control, SendFlags::empty()).unwrap();
}

fn local(settings: Settings) -> (UnixStream, watch::Sender<bool>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let (sender, stop) = watch::channel(false);
    tokio::spawn(super::talk(Local::new(theirs), checkpoint(settings), stop));
    (ours, sender)
}

/// Quirk 10: `clamdscan --fdpass`, and clamav-milter with `nFILDES\n`.
#[tokio::test]
async fn a_passed_file_is_read_and_answered_under_its_number() {
    for (command, end) in [("zFILDES\0", '\0'), ("nFILDES\n", '\n'), ("FILDES\n", '\n')] {
        let (mut client, _stop) = local(settings(door()));
        client.write_all(command.as_bytes()).await.unwrap();
        send_file(&client, b"\0", a_file(&sample("t01"))).await;
        let mut reply = String::new();
        client.read_to_string(&mut reply).await.unwrap();
        assert!(reply.starts_with("fd[") && reply.contains("]: Sekisho."), "{reply}");
        assert!(reply.ends_with(&format!(" FOUND{end}")), "{reply}");
    }
}

#[tokio::test]
async fn passed_files_of_a_session_are_answered_each() {
    let (mut client, _stop) = local(settings(door()));
    client.write_all(b"zIDSESSION\0").await.unwrap();
    for _ in 0..20 {
        client.write_all(b"zFILDES\0").await.unwrap();
        send_file(&client, b"\0", a_file(CLEAN)).await;
    }
    client.write_all(b"zEND\0").await.unwrap();
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    assert_eq!(reply.split_terminator('\0').filter(|line| line.ends_with("]: OK")).count(), 20, "{reply}");
}

#[tokio::test]
async fn a_passed_file_must_be_asked_for_and_be_a_file() {
    let (mut client, _stop) = local(settings(door()));
    send_file(&client, b"z", a_file(CLEAN)).await;
    client.write_all(b"PING\0").await.unwrap();
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    assert_eq!(reply, "PONG\0", "a file that came with a command is closed unread");

    let (mut client, _stop) = local(settings(door()));
    client.write_all(b"zFILDES\0x").await.unwrap();
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    assert_eq!(reply, "No file descriptor received. ERROR\0");

    assert_eq!(ask(b"zFILDES\0").await, "FILDES: didn't receive file descriptor. ERROR\0");

    let (mut client, _stop) = local(settings(door()));
    client.write_all(b"zFILDES\0").await.unwrap();
    send_file(&client, b"\0", std::fs::File::open("/dev/zero").unwrap()).await;
    let mut reply = String::new();
    client.read_to_string(&mut reply).await.unwrap();
    assert!(reply.ends_with("]: Not a regular file. ERROR\0"), "{reply}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_told_so_and_hung_up_on() {
    assert_eq!(ask(b"").await, "COMMAND READ TIMED OUT\n");
    assert_eq!(ask(b"zPIN").await, "COMMAND READ TIMED OUT\n");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_drips_or_stops_is_hung_up_on() {
    assert_eq!(ask(b"zINSTREAM\0\0\0\0\x08half").await, "COMMAND READ TIMED OUT\0");
    let (client, _stop) = client(&checkpoint(settings(door())), true);
    let (mut read, mut write) = tokio::io::split(client);
    write.write_all(b"zINSTREAM\0\0\0\x10\0").await.unwrap();
    let dripping = tokio::spawn(async move {
        while write.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    });
    let mut reply = Vec::new();
    read.read_to_end(&mut reply).await.unwrap();
    assert_eq!(reply, b"COMMAND READ TIMED OUT\0");
    dripping.abort();
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_is_closed() {
    assert_eq!(ask(b"zIDSESSION\0zPING\0").await, "1: PONG\0COMMAND READ TIMED OUT\0");
}

#[tokio::test]
async fn a_flood_of_bytes_that_are_no_command_is_cut_off() {
    let (client, _stop) = client(&checkpoint(settings(door())), true);
    let reply = say_all(client, &vec![b'z'; 1 << 20]).await;
    assert_eq!(reply, b"UNKNOWN COMMAND\n");
}

#[tokio::test]
async fn a_daemon_that_stops_closes_idle_connections_and_finishes_work() {
    let checkpoint = checkpoint(settings(door()));
    let (mut idle, stop) = client(&checkpoint, true);
    stop.send(true).unwrap();
    let mut reply = Vec::new();
    idle.read_to_end(&mut reply).await.unwrap();
    assert_eq!(reply, b"");
    let (mut session, stop) = client(&checkpoint, true);
    session.write_all(b"zIDSESSION\0").await.unwrap();
    session.write_all(&instream(&sample("t01"))).await.unwrap();
    session.write_all(b"zPING\0").await.unwrap();
    let mut first = [0; 4];
    session.read_exact(&mut first).await.unwrap();
    stop.send(true).unwrap();
    let mut rest = String::new();
    session.read_to_string(&mut rest).await.unwrap();
    let all = format!("{}{rest}", String::from_utf8_lossy(&first));
    assert!(all.contains("1: stream: Sekisho."), "{all}");
}

/// Nextcloud frames with newlines and sends 8 KB at a time; Haraka sends what arrives from its client.
#[tokio::test]
async fn streams_in_chunks_of_nextcloud_and_haraka_are_whole() {
    let mail = sample("t01");
    for (command, size) in [(&b"nINSTREAM\n"[..], 8_192), (b"zINSTREAM\0", 1_448), (b"zINSTREAM\0", 7)] {
        let mut bytes = command.to_vec();
        for chunk in mail.chunks(size) {
            bytes.extend_from_slice(&u32::try_from(chunk.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(chunk);
        }
        bytes.extend_from_slice(&[0; 4]);
        let reply = ask(&bytes).await;
        assert!(reply.starts_with("stream: Sekisho.") && reply[..reply.len() - 1].ends_with(" FOUND"), "{reply}");
    }
}

#[tokio::test]
async fn clients_that_stall_cost_the_others_nothing() {
    let checkpoint = checkpoint(settings(door()));
    let mut stalled = Vec::new();
    for _ in 0..200 {
        let (mut client, stop) = client(&checkpoint, true);
        client.write_all(b"zINSTREAM\0\0\0\x10\0half").await.unwrap();
        stalled.push((client, stop));
    }
    let (client, _stop) = client(&checkpoint, true);
    assert_eq!(say_all(client, &instream(CLEAN)).await, b"stream: OK\0");
}
