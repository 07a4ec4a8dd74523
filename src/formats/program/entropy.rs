//! How random bytes look.

/// Shannon entropy in bits per byte: 0 for one repeated byte, 8 for bytes of no pattern; 0 for nothing.
pub fn entropy(bytes: &[u8]) -> f32 {
    let mut counts = [0u64; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let total = bytes.len() as f64;
    let sum: f64 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = *count as f64 / total;
            -share * share.log2()
        })
        .sum();
    // Adding zero turns the negative zero of a single repeated byte into a plain one.
    (sum + 0.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_from_nothing_to_eight() {
        assert_eq!(entropy(b""), 0.0);
        assert_eq!(entropy(&[7; 100]), 0.0);
        let every: Vec<u8> = (0..=255).collect();
        assert_eq!(entropy(&every), 8.0);
    }
}
