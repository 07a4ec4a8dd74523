//! The HTTP door: scan, reports by id, health, metrics, and the hook of the Stalwart mail server.
