//! The one place where a panic of a stage is caught.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

static QUIET: Once = Once::new();

/// Runs a stage; a panic in it comes back as its message, and nothing is printed.
pub(super) fn contain<T>(stage: impl FnOnce() -> T) -> Result<T, String> {
    QUIET.call_once(|| {
        let outer = take_hook();
        set_hook(Box::new(move |info| {
            // A contained panic is reported as a finding; printing it as well would only frighten the operator.
            if !INSIDE.get() {
                outer(info);
            }
        }));
    });
    let before = INSIDE.replace(true);
    let result = catch_unwind(AssertUnwindSafe(stage));
    INSIDE.set(before);
    result.map_err(|payload| {
        payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "panic without a message".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_comes_back_as_its_message() {
        assert_eq!(contain(|| 7), Ok(7));
        let broken: Result<(), String> = contain(|| std::panic::panic_any("index out of bounds"));
        assert_eq!(broken, Err("index out of bounds".to_owned()));
    }
}
