//! The one integration test binary.

/// Every case under `tests/goldens` gives the report beside it.
#[cfg(feature = "yara")]
mod goldens;
/// The shipped rules against the linter and their samples.
#[cfg(feature = "yara")]
mod rules;
