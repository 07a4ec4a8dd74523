//! The door over a real socket.

mod access;
mod client;
mod limits;
mod scans;
