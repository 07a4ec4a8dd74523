//! What folding may cost.

/// What folding may cost per project. `x = x & y` over a large payload stays linear; anything worse ends here.
#[derive(Debug)]
pub(in super::super) struct Work {
    /// Bytes it may still write.
    bytes: usize,
    /// Steps it may still run.
    steps: usize,
}

impl Work {
    pub(in super::super) fn new() -> Self {
        Work { bytes: 32 << 20, steps: 1_500_000 }
    }

    pub(in super::super) fn pay(&mut self, bytes: usize) -> bool {
        match self.bytes.checked_sub(bytes.saturating_add(16)) {
            Some(left) => {
                self.bytes = left;
                true
            }
            None => {
                // What costs too much ends here, lest it be tried again and again.
                self.bytes = 0;
                false
            }
        }
    }

    /// Pays for steps of a run. What is not run stays unknown, like all that depends on running.
    pub(in super::super) fn step(&mut self, steps: usize) -> bool {
        let left = self.steps.checked_sub(steps);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether folding was cut short.
    pub(in super::super) fn is_spent(&self) -> bool {
        self.bytes < 1_024
    }
}
