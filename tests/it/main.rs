//! The one integration test binary.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on says so by panicking")]

/// Every case under `tests/goldens` gives the report beside it.
#[cfg(feature = "yara")]
mod goldens;
/// The shipped rules against the linter and their samples.
#[cfg(feature = "yara")]
mod rules;
