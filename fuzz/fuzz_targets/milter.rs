#![no_main]
//! Bytes of a mail server: nothing panics, no message is larger than what is taken, and it does not matter in which pieces
//! they come.

use sekisho::config::Settings;
use sekisho::gate::milter::transcript;

const MAX_INPUT: u64 = 4 << 10;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut settings = Settings::default();
    settings.queue.max_input = MAX_INPUT;
    let at_once = transcript(data, usize::MAX, &settings);
    assert!(at_once.messages.iter().flatten().all(|message| message.len() as u64 <= MAX_INPUT));
    assert_eq!(transcript(data, 3, &settings), at_once);
});
