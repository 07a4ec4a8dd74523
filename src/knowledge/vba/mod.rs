//! What starts VBA code (`triggers`), and what it can do (`capabilities`, graded by `deed`).

mod capabilities;
mod deed;
mod triggers;

pub use capabilities::{Capabilities, Capability, Gate, ObjectDeed, Settings, Words, capabilities};
pub use deed::Deed;
pub use triggers::{TriggerKind, Triggers, triggers};
