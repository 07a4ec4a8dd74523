//! The one integration test binary.
#![cfg(feature = "yara")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on says so by panicking")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]
#![expect(clippy::indexing_slicing, reason = "a test that reads past an end should stop")]

/// The registry: ids, documentation, samples.
mod catalogue;
/// Real clamdscan against the clamd door.
mod clamd;
/// The program as a user meets it.
mod cli;
/// `sekisho config` as a user meets it.
mod configuration;
/// Requests, queues and workers.
mod desk;
/// Generated documentation is current.
mod docs;
/// Every case under `tests/goldens` gives the report beside it.
mod goldens;
/// Every sample cut and flipped.
mod hostile;
/// The HTTP door against its own description.
mod http;
/// Containers written by other programs.
mod interop;
/// Workers as processes: what they cannot do, how they fail, and that nothing else changes.
mod isolation;
/// Who may import whom.
mod layers;
/// Bombs and other things that want too much.
mod limits;
/// The macros of documents, as the program shows them.
mod macros;
/// Our readers against independent ones.
mod oracles;
/// More than can be done.
mod overload;
/// Real mail servers around the daemon.
mod peers;
/// The quarantine as an administrator meets it.
mod quarantine;
/// Attachments taken out of mails.
mod rewriting;
/// The shipped rules against the linter and their samples.
mod rules;
/// JSON reports against their schema.
mod schema;
/// The daemon from the outside: sockets, signals, the service manager, the end.
mod serve;
/// Programs that stand in for a scanner.
mod shims;
/// Other archives and compressed files of other programs.
mod stream_archivers;
/// What several files mean to each other.
mod together;
/// The files for systemd.
mod units;
/// Zips of other programs.
mod zip_archivers;
