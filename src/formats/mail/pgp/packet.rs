//! Packets (RFC 9580 section 4.2): a tag, a length in one of five forms, a body that may come in pieces.

use std::ops::Range;

/// Tags we ask for (section 5).
pub(super) mod tag {
    pub(in crate::formats::mail::pgp) const PUBLIC_KEY_SESSION: u8 = 1;
    pub(in crate::formats::mail::pgp) const SIGNATURE: u8 = 2;
    pub(in crate::formats::mail::pgp) const PASSWORD_SESSION: u8 = 3;
    pub(in crate::formats::mail::pgp) const ONE_PASS_SIGNATURE: u8 = 4;
    pub(in crate::formats::mail::pgp) const SECRET_KEY: u8 = 5;
    pub(in crate::formats::mail::pgp) const PUBLIC_KEY: u8 = 6;
    pub(in crate::formats::mail::pgp) const COMPRESSED: u8 = 8;
    pub(in crate::formats::mail::pgp) const ENCRYPTED: u8 = 9;
    pub(in crate::formats::mail::pgp) const MARKER: u8 = 10;
    pub(in crate::formats::mail::pgp) const LITERAL: u8 = 11;
    pub(in crate::formats::mail::pgp) const ENCRYPTED_PROTECTED: u8 = 18;
    pub(in crate::formats::mail::pgp) const ENCRYPTED_AEAD: u8 = 20;
    pub(in crate::formats::mail::pgp) const PADDING: u8 = 21;
}

/// A packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) tag: u8,
    /// Where it starts.
    pub(super) at: usize,
    /// The pieces of its body.
    pub(super) body: Vec<Range<usize>>,
    /// Where it ends.
    pub(super) end: usize,
    /// Whether all of the body is there.
    pub(super) is_whole: bool,
}

/// Pieces of one body.
const MAX_PIECES: usize = 1_000_000;
/// Packets read of one message; a keyring has thousands.
pub(super) const MAX_PACKETS: usize = 100_000;

impl Packet {
    /// The packet at an offset; none if none starts there.
    pub(super) fn read(bytes: &[u8], at: usize) -> Option<Packet> {
        let first = *bytes.get(at)?;
        (first & 0x80 != 0).then_some(())?;
        let mut packet = Packet { tag: 0, at, body: Vec::new(), end: at.checked_add(1)?, is_whole: true };
        if first & 0x40 == 0 {
            packet.tag = (first >> 2) & 0xF;
            let width = match first & 3 {
                3 => {
                    packet.body.push(packet.end..bytes.len());
                    packet.end = bytes.len();
                    return Some(packet);
                }
                form => 1usize << form,
            };
            let digits = bytes.get(packet.end..packet.end.checked_add(width)?)?;
            let length = digits.iter().fold(0usize, |length, digit| (length << 8) | usize::from(*digit));
            packet.end = packet.end.saturating_add(width);
            packet.take(bytes, length);
            return Some(packet);
        }
        packet.tag = first & 0x3F;
        while packet.body.len() < MAX_PIECES {
            let (length, width, is_partial) = length(bytes, packet.end)?;
            packet.end = packet.end.saturating_add(width);
            packet.take(bytes, length);
            if !is_partial {
                return Some(packet);
            }
            if packet.end >= bytes.len() {
                packet.is_whole = false;
                return Some(packet);
            }
        }
        packet.is_whole = false;
        Some(packet)
    }

    fn take(&mut self, bytes: &[u8], length: usize) {
        let end = self.end.saturating_add(length);
        let held = end.min(bytes.len());
        self.is_whole &= held == end;
        self.body.push(self.end..held);
        self.end = held;
    }

    /// The body's first bytes, as far as its first piece goes.
    pub(super) fn head<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        self.body.first().and_then(|range| bytes.get(range.clone())).unwrap_or_default()
    }

    /// The body without its first bytes, which lie in its first piece.
    pub(super) fn after(&self, count: usize) -> Vec<Range<usize>> {
        let mut pieces = self.body.clone();
        if let Some(first) = pieces.first_mut() {
            first.start = first.start.saturating_add(count).min(first.end);
        }
        pieces
    }
}

/// A new-format length (section 4.2.1): what it says, its own width, whether more pieces follow.
fn length(bytes: &[u8], at: usize) -> Option<(usize, usize, bool)> {
    let first = usize::from(*bytes.get(at)?);
    match first {
        0..=191 => Some((first, 1, false)),
        192..=223 => {
            let second = usize::from(*bytes.get(at.checked_add(1)?)?);
            Some((first.saturating_sub(192).saturating_mul(256).saturating_add(second).saturating_add(192), 2, false))
        }
        224..=254 => Some((1usize << (first & 0x1F), 1, true)),
        _ => {
            let digits = bytes.get(at.checked_add(1)?..at.checked_add(5)?)?;
            Some((digits.iter().fold(0usize, |length, digit| (length << 8) | usize::from(*digit)), 5, false))
        }
    }
}

/// The packets of a message, as far as they go, and where they stop making sense.
pub(super) fn packets(bytes: &[u8]) -> (Vec<Packet>, Option<usize>) {
    let mut found: Vec<Packet> = Vec::new();
    let mut at = 0usize;
    while at < bytes.len() {
        if found.len() >= MAX_PACKETS {
            return (found, Some(at));
        }
        let Some(packet) = Packet::read(bytes, at) else { return (found, Some(at)) };
        at = packet.end;
        found.push(packet);
    }
    (found, None)
}

/// Whether bytes are packets: the first must be one that starts a message, key or signature and look like it inside, and
/// what follows must be a packet again, or nothing.
pub(super) fn is_message(bytes: &[u8]) -> bool {
    let Some(first) = Packet::read(bytes, 0) else { return false };
    if !is_plausible(&first, bytes, true) {
        return false;
    }
    if first.end >= bytes.len() {
        // A single packet must be whole and more than a coincidence.
        return first.is_whole && first.tag != tag::MARKER && first.head(bytes).len() >= 6;
    }
    Packet::read(bytes, first.end).is_some_and(|next| is_plausible(&next, bytes, false))
}

fn is_plausible(packet: &Packet, bytes: &[u8], is_first: bool) -> bool {
    let body = packet.head(bytes);
    let version = body.first().copied().unwrap_or_default();
    match packet.tag {
        tag::PUBLIC_KEY_SESSION => matches!(version, 2 | 3 | 6) && body.len() >= 10,
        tag::SIGNATURE => matches!(version, 3..=6) && body.len() >= 10,
        tag::PASSWORD_SESSION => {
            matches!(version, 4..=6)
                && body.get(1).is_some_and(|cipher| *cipher <= 13 || version > 4)
                && body.len() >= 4
        }
        tag::ONE_PASS_SIGNATURE => {
            matches!(version, 3 | 6) && body.len() >= 13 && body.get(1).is_some_and(|kind| *kind <= 0x50)
        }
        tag::SECRET_KEY | tag::PUBLIC_KEY => matches!(version, 2..=6) && body.len() >= 10,
        tag::COMPRESSED => match body {
            // zlib and bzip2 say what they are.
            [2, 0x78, flags, ..] => (0x7800u16 | u16::from(*flags)).is_multiple_of(31),
            [3, b'B', b'Z', b'h', ..] => true,
            [1, rest @ ..] => is_deflated(rest),
            _ => false,
        },
        tag::LITERAL => {
            let name = body.get(1).map_or(0, |length| usize::from(*length));
            matches!(version, b'b' | b't' | b'u' | b'l' | b'1' | b'm') && body.len() >= name.saturating_add(6)
        }
        tag::MARKER => body == b"PGP",
        tag::ENCRYPTED_PROTECTED => matches!(version, 1 | 2) && body.len() >= 20,
        tag::ENCRYPTED_AEAD => version == 1 && body.len() >= 20,
        tag::ENCRYPTED => !is_first && body.len() >= 10,
        // Subkeys, user names, attributes, trust, padding.
        7 | 12 | 13 | 14 | 17 | 21 => !is_first,
        _ => false,
    }
}

/// Whether raw deflate gives packets.
fn is_deflated(bytes: &[u8]) -> bool {
    let mut start = [0u8; 2];
    let mut decoder = flate2::read::DeflateDecoder::new(bytes);
    std::io::Read::read_exact(&mut decoder, &mut start).is_ok()
        && matches!(start.first(), Some(0x90 | 0xC4 | 0xA3 | 0xAC..=0xAE | 0xCB | 0x88..=0x8A | 0xC2 | 0xC8))
}
