//! The one integration test binary.

/// Every case under `tests/goldens` gives the report beside it.
mod goldens;
