//! Quarantine and history.
