//! Chains of clusters.

use super::layout::{Layout, Width};
use crate::formats::disk::content::{Run, Runs};
use crate::formats::disk::source::{Disk, read};
use crate::formats::fields::{u16_at, u32_at};

/// The first table, read a page at a time.
pub(super) struct Table<'a> {
    disk: &'a dyn Disk,
    layout: &'a Layout,
    page: Vec<u8>,
    page_at: Option<u64>,
}

/// How a chain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It was as long as asked for, or said where it ends.
    Proper,
    /// It led to a cluster that is free, bad or not there, or in a loop.
    Broken,
}

const PAGE: u64 = 4096;

impl<'a> Table<'a> {
    pub(super) fn new(disk: &'a dyn Disk, layout: &'a Layout) -> Self {
        Table { disk, layout, page: Vec::new(), page_at: None }
    }

    /// The clusters from one on, until `size` bytes are there. Loops are found by Brent's algorithm.
    pub(super) fn chain(&mut self, first: u32, size: u64) -> (Runs, End) {
        let mut runs = Runs::default();
        let mut cluster = first;
        let mut left = size.min(self.layout.size);
        let (mut anchor, mut steps, mut limit) = (first, 0u64, 1u64);
        while left > 0 {
            let Some(at) = self.layout.place(cluster) else { return (runs, End::Broken) };
            runs.push(Run { at: Some(at), length: self.layout.cluster_size });
            left = left.saturating_sub(self.layout.cluster_size);
            if left == 0 {
                break;
            }
            match self.next(cluster) {
                Some(next) => cluster = next,
                None => return (runs, End::Broken),
            }
            if self.is_end(cluster) {
                return (runs, End::Proper);
            }
            if cluster == anchor {
                return (runs, End::Broken);
            }
            steps = steps.saturating_add(1);
            if steps == limit {
                (anchor, steps, limit) = (cluster, 0, limit.saturating_mul(2));
            }
        }
        (runs, End::Proper)
    }

    fn is_end(&self, cluster: u32) -> bool {
        match self.layout.width {
            Width::Twelve => cluster >= 0xff8,
            Width::Sixteen => cluster >= 0xfff8,
            Width::TwentyEight => cluster >= 0x0fff_fff8,
        }
    }

    fn next(&mut self, cluster: u32) -> Option<u32> {
        let number = u64::from(cluster);
        match self.layout.width {
            Width::Twelve => {
                let at = number.checked_add(number >> 1)?;
                let pair = [self.byte(at)?, self.byte(at.checked_add(1)?)?];
                let value = u16::from_le_bytes(pair);
                Some(u32::from(if cluster & 1 == 1 { value >> 4 } else { value & 0xfff }))
            }
            Width::Sixteen => {
                let at = number.checked_mul(2)?;
                self.load(at)?;
                u16_at(&self.page, usize::try_from(at % PAGE).ok()?).map(u32::from)
            }
            Width::TwentyEight => {
                let at = number.checked_mul(4)?;
                self.load(at)?;
                u32_at(&self.page, usize::try_from(at % PAGE).ok()?).map(|value| value & 0x0fff_ffff)
            }
        }
    }

    fn byte(&mut self, at: u64) -> Option<u8> {
        self.load(at)?;
        self.page.get(usize::try_from(at % PAGE).ok()?).copied()
    }

    fn load(&mut self, at: u64) -> Option<()> {
        let start = at.saturating_sub(at % PAGE);
        if at >= self.layout.table_size {
            return None;
        }
        if self.page_at != Some(start) {
            let length = PAGE.min(self.layout.table_size.saturating_sub(start));
            self.page = read(self.disk, self.layout.table.saturating_add(start), usize::try_from(length).ok()?);
            self.page_at = Some(start);
        }
        Some(())
    }
}
