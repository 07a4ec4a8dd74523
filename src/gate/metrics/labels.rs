//! The values labels can have. Counters stand in the order of these lists.

use crate::config::{Action, Cause};
use crate::gate::checkpoint::Refused;
use crate::model::Level;

/// Verdict levels.
pub(super) const LEVELS: [Level; 5] =
    [Level::Clean, Level::Unscannable, Level::Error, Level::Suspicious, Level::Malicious];

/// Causes an action is chosen for.
pub(super) const CAUSES: [Cause; Cause::ALL.len()] = Cause::ALL;

/// What is done with mail.
pub(super) const ACTIONS: [Action; Action::ALL.len()] = Action::ALL;

/// Why something is not examined.
pub(super) const REFUSALS: [Refused; 4] = [Refused::Overloaded, Refused::Expired, Refused::TooLarge, Refused::Stopping];

/// The lanes inputs wait in, by size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Up to [`Queue::small`](crate::config::Queue::small) bytes.
    Small,
    /// Anything larger.
    Large,
}

impl Lane {
    /// Both.
    pub const ALL: [Lane; 2] = [Lane::Small, Lane::Large];

    /// The lane of an input of so many bytes, where those up to `small` are small.
    pub fn of(bytes: usize, small: u64) -> Self {
        if u64::try_from(bytes).is_ok_and(|bytes| bytes <= small) { Lane::Small } else { Lane::Large }
    }

    /// Lower-case name, as in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Lane::Small => "small",
            Lane::Large => "large",
        }
    }
}

/// Where `value` stands in `list`.
pub(super) fn index<T: PartialEq>(list: &[T], value: &T) -> Option<usize> {
    list.iter().position(|known| known == value)
}

/// The name of a cause, as in the configuration.
pub(super) const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Clean => "clean",
        Cause::Malicious => "malicious",
        Cause::Suspicious => "suspicious",
        Cause::Encrypted => "encrypted",
        Cause::Limit => "limit",
        Cause::Unsupported => "unsupported",
        Cause::Damaged => "damaged",
        Cause::Failed => "failed",
        Cause::Crash => "crash",
        Cause::Memory => "memory",
        Cause::Timeout => "timeout",
        Cause::Overload => "overload",
        Cause::TooLarge => "too-large",
        Cause::Poison => "poison",
        Cause::Store => "store",
    }
}

/// The name of an action, as in the configuration.
pub(super) const fn action(action: Action) -> &'static str {
    match action {
        Action::Accept => "accept",
        Action::Tag => "tag",
        Action::Replace => "replace",
        Action::Quarantine => "quarantine",
        Action::Defer => "defer",
        Action::Reject => "reject",
    }
}

/// The name of a refusal.
pub(super) const fn refusal(refused: Refused) -> &'static str {
    match refused {
        Refused::Overloaded => "overloaded",
        Refused::Expired => "expired",
        Refused::TooLarge => "too-large",
        Refused::Stopping => "stopping",
    }
}
