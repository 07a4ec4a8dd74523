//! The cell a worker process sits in: no network, no files, no new programs, bounded memory.
