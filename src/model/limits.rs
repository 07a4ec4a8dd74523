//! What one scan may cost at most.

use std::time::Duration;

/// Ceilings of one scan. Each reached limit is a finding and makes coverage partial; none makes a scan fail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Bytes of all artifacts together, the input included. Default 1 GiB: it bounds memory, since artifacts wait in
    /// memory for their turn.
    pub total_bytes: u64,
    /// Bytes of one artifact. Default 256 MiB: documents padded to 500 MB to escape scanners still show their head.
    pub artifact_bytes: u64,
    /// How many times larger than itself the children of one artifact may be together, once they exceed
    /// [`Limits::ratio_floor`]. Default 250; deflate's own maximum is 1,032.
    pub expansion_ratio: u64,
    /// Expansion below this many bytes is never a bomb. Default 64 MiB.
    pub ratio_floor: u64,
    /// Artifacts in the tree. Default 10,000.
    pub artifacts: u64,
    /// Levels of containers inside containers. Default 24: honest mail stays below eight.
    pub depth: u64,
    /// Wall-clock time of one scan. Default 60 s. The only limit that depends on the machine.
    pub wall_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            total_bytes: 1 << 30,
            artifact_bytes: 256 << 20,
            expansion_ratio: 250,
            ratio_floor: 64 << 20,
            artifacts: 10_000,
            depth: 24,
            wall_time: Duration::from_secs(60),
        }
    }
}
