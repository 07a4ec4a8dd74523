//! Ways to find out whether isolation holds: a worker started for it tries what it must not be able to do, or fails in
//! each of the ways a scan can fail. `sekisho isolation` shows the first to administrators, tests use both. A worker that
//! scans ends itself when asked for any of this.

use std::fs::File;

use serde::{Deserialize, Serialize};

use crate::sandbox::{Attempt, attempt_everything};

/// What a worker is to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Probe {
    /// To get out, in every way there is.
    Escape,
    /// To stop on a programming error outside any stage.
    Panic,
    /// To take more stack than a thread has.
    Overflow,
    /// To take memory without end.
    Exhaust,
    /// To work without end.
    Spin,
    /// To answer without end.
    Flood,
    /// To answer with something that is no answer.
    Babble,
    /// To close the channel and live on.
    Mute,
}

/// What came of a probe that ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed(pub Vec<Attempt>);

/// Does it.
#[expect(clippy::panic, reason = "to show what becomes of a worker that panics")]
pub(super) fn perform(probe: Probe, input: &File, channel: &crate::sandbox::Channel) -> Probed {
    match probe {
        Probe::Escape => return Probed(attempt_everything(input)),
        Probe::Panic => std::panic::panic_any("asked to panic"),
        Probe::Overflow => {
            let _ = deeper(1);
        }
        Probe::Exhaust => exhaust(),
        Probe::Spin => loop {
            std::thread::sleep(std::time::Duration::from_millis(10));
        },
        Probe::Flood => {
            let chunk = [0xff; 4096];
            // A header that announces more than any cap, and bytes for as long as somebody takes them.
            while channel.send_raw(&chunk).is_ok() {}
        }
        Probe::Babble => {
            let frame = crate::sandbox::Frame { head: b"{\"Answer\":7}".to_vec(), tail: Vec::new() };
            let _ = channel.send(&frame, None, None);
        }
        Probe::Mute => channel.forsake(),
    }
    Probed(Vec::new())
}

/// Recursion the optimiser cannot turn into a loop.
#[expect(unconditional_recursion, reason = "the point is to run out of stack")]
fn deeper(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 64]);
    deeper(depth.wrapping_add(1)).wrapping_add(std::hint::black_box(frame).iter().sum())
}

fn exhaust() {
    let mut kept = Vec::new();
    loop {
        // Touched only at its beginning: it is address space that is limited, and the machine need not suffer.
        let mut block: Vec<u8> = Vec::with_capacity(64 << 20);
        block.push(1);
        kept.push(std::hint::black_box(block));
    }
}
