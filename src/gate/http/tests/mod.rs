//! The door over a real socket.

mod access;
mod client;
mod hook;
mod limits;
mod scans;
