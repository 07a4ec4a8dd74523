//! Landlock: no path can be opened and no socket connected, whatever system calls remain. Landlock binds the thread that
//! asks for it and those started later, so this must come before the first thread.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr as _, RulesetStatus, Scope,
};

use super::confine::ConfineError;
use super::enforced::Extent;

/// The newest set of rights that is asked for. Kernels that know fewer enforce those they know.
const RIGHTS: ABI = ABI::V10;

/// Forbids every access Landlock knows: all rights on files, TCP, sockets in the abstract name space and signals to
/// processes outside. Says how much of that the kernel enforces, and by which version of its interface (0: none).
pub(super) fn deny_all() -> Result<(Extent, u32), ConfineError> {
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(RIGHTS))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(RIGHTS)))
        .and_then(|rules| rules.scope(Scope::from_all(RIGHTS)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(|error| ConfineError::new("Landlock", error))?;
    let abi = match status.landlock {
        LandlockStatus::Available { effective_abi, .. } => effective_abi as u32,
        LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => 0,
    };
    let extent = match status.ruleset {
        RulesetStatus::FullyEnforced => Extent::Full,
        RulesetStatus::PartiallyEnforced => Extent::Partial,
        RulesetStatus::NotEnforced => Extent::None,
    };
    Ok((extent, abi))
}
