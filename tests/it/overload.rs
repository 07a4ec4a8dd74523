//! More than can be done: small mail goes on, memory stays bounded, everything gets an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sekisho::config::{Queue, Workers};
use sekisho::gate::Refused;
use sekisho::gate::desk::Desk;
use sekisho::worker::Setup;
use sekisho_samples::archive::zip::{Entry, ZipFile};
use sekisho_samples::mail::Eml;
use sekisho_samples::program::noise;

use crate::desk::{isolated, request, run};

/// An archive of about so many bytes that do not pack, in parts.
fn archive(bytes: usize) -> Bytes {
    let parts = 16u64;
    let size = bytes / 16;
    let zip = (0..parts).fold(ZipFile::new(), |zip, part| {
        zip.with(Entry::new(format!("part{part}.dat"), noise(part + 1, size)).stored())
    });
    zip.build().into()
}

#[test]
fn small_mail_goes_on_while_archives_pile_up() {
    run(async {
        let limit = 96 << 20;
        let queue = Queue { bytes: limit, large_waiting: 6, small_waiting: 64, cache: 0, ..Queue::default() };
        let workers = Workers { count: 2, reserved: 1, ..Workers::default() };
        let desk = Desk::open(isolated(Setup::default()), &workers, &queue);
        let archive = archive(8 << 20);
        let mail: Bytes =
            Eml::letter("suzuki@partner.example.com").text_body("utf-8", "see you tomorrow").build().into();
        // Far more archives than there is room for, at once.
        let large: Vec<_> = (0..60)
            .map(|number| {
                let (desk, archive) = (desk.clone(), archive.clone());
                tokio::spawn(async move { desk.examine(request(&format!("{number}.zip"), archive)).await })
            })
            .collect();
        while desk.stats().large.in_work == 0 || desk.stats().refused.overloaded == 0 {
            tokio::task::yield_now().await;
        }
        // Small ones come as fast as they are answered, by several clients.
        let is_over = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..4)
            .map(|client| {
                let (desk, mail, is_over) = (desk.clone(), mail.clone(), is_over.clone());
                tokio::spawn(async move {
                    let mut took = Vec::new();
                    while !is_over.load(Ordering::SeqCst) {
                        let start = Instant::now();
                        let name = format!("{client}.{}", took.len());
                        let examined = desk.examine(request(&name, mail.clone())).await.expect("there is room for it");
                        assert_eq!(examined.failure, None);
                        took.push(start.elapsed());
                    }
                    took
                })
            })
            .collect();
        let start = Instant::now();
        let (mut answered, mut turned_away) = (0, 0);
        for waiting in large {
            assert!(desk.stats().bytes <= limit);
            match waiting.await.expect("no panic") {
                Ok(examined) => {
                    assert_eq!(examined.failure, None);
                    answered += 1;
                }
                Err(refused) => {
                    assert_eq!(refused, Refused::Overloaded);
                    turned_away += 1;
                }
            }
        }
        let busy = start.elapsed();
        is_over.store(true, Ordering::SeqCst);
        let mut took: Vec<Duration> = Vec::new();
        for client in clients {
            took.extend(client.await.expect("no panic"));
        }
        took.sort();
        let late = took[took.len() * 99 / 100];
        eprintln!(
            "{answered} archives in {busy:.1?}, {turned_away} turned away; {} mails, 99 % within {late:.1?}",
            took.len()
        );
        assert!(answered >= 4 && turned_away >= 40, "{answered} answered, {turned_away} turned away");
        // Had they stood in line with the archives, few would have been answered at all, each after most of that time.
        assert!(took.len() > 4 * answered, "{} mails beside {answered} archives", took.len());
        assert!(late < busy / 2, "{late:?} of {busy:?}");
        let stats = desk.stats();
        assert_eq!((stats.bytes, stats.small.waiting, stats.large.waiting), (0, 0, 0));
        assert_eq!(stats.refused.overloaded, turned_away);
    });
}
