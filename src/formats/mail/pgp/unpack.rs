//! Packets and armour to children.

use bytes::Bytes;

use super::armor::{self, Block};
use super::packet::{self, Packet, packets, tag};
use crate::formats::mail::charset::{Place, guess};
use crate::formats::mail::eml::transfer::base64;
use crate::formats::mail::pieces::Pieces;
use crate::formats::mail::sealed;
use crate::formats::mail::smime::inner_name;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Unwraps packets.
pub(super) struct PacketUnpacker;

impl Unpacker for PacketUnpacker {
    fn findings(&self) -> Kinds {
        &[sealed::MAIL_ENCRYPTED]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let bytes = &parent.bytes;
        let (packets, stray) = packets(bytes);
        let mut said = Vec::new();
        let mut by_password = false;
        for packet in &packets {
            if !packet.is_whole {
                let what = format!("a packet of type {} ends early", packet.tag);
                out.problem(Problem::damaged(what, Location::at(packet.at)));
            }
            let kind = match packet.tag {
                tag::LITERAL => {
                    give_literal(packet, parent, out)?;
                    "literal data"
                }
                tag::COMPRESSED => {
                    give_compressed(packet, parent, out)?;
                    "compressed data"
                }
                tag::ENCRYPTED | tag::ENCRYPTED_PROTECTED | tag::ENCRYPTED_AEAD => {
                    let how = if by_password { "OpenPGP, with a password" } else { "OpenPGP, for a key" };
                    sealed::say(out, how, Location::at(packet.at));
                    "encrypted data"
                }
                tag::PASSWORD_SESSION => {
                    by_password = true;
                    "session key for a password"
                }
                tag::PUBLIC_KEY_SESSION => "session key for a key",
                tag::SIGNATURE | tag::ONE_PASS_SIGNATURE => "signature",
                tag::PUBLIC_KEY => "public key",
                tag::SECRET_KEY => "secret key",
                tag::MARKER | tag::PADDING => continue,
                _ => continue,
            };
            if !said.contains(&kind) {
                said.push(kind);
                out.fact("pgp-packet", kind);
            }
        }
        if let Some(at) = stray {
            out.problem(Problem::odd("bytes that are no packet", Location::at(at)));
            let rest = bytes.slice(at.min(bytes.len())..);
            let origin = Origin::part(OriginKind::Overlay, "after OpenPGP packets");
            out.child_bytes(EntryName::new("after the message"), origin, rest)?;
        }
        Ok(())
    }
}

/// Literal data, section 5.9: format, name, date, content.
fn give_literal(packet: &Packet, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let head = packet.head(&parent.bytes);
    let length = head.get(1).map_or(0, |length| usize::from(*length));
    let stored = guess(head.get(2..length.saturating_add(2)).unwrap_or_default(), None, Place::Header).text;
    let outer = inner_name(&parent.name);
    // The name asks the reader to keep the content off the disk.
    let name = match stored.trim() {
        "" | "_CONSOLE" => outer,
        stored => EntryName::new(stored).also(outer.text),
    };
    let origin = Origin::file(OriginKind::Embedded, "OpenPGP literal data");
    match packet.after(length.saturating_add(6)).as_slice() {
        [whole] => out.child_bytes(name, origin, parent.bytes.slice(whole.clone())),
        pieces => out.child(name, origin, Pieces::new(&parent.bytes, pieces.to_vec())),
    }
}

/// Compressed data, section 5.6: the method, then packets.
fn give_compressed(packet: &Packet, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let pieces = Pieces::new(&parent.bytes, packet.after(1));
    let name = parent.name.clone();
    let origin = |how: &str| Origin::part(OriginKind::Decoded, format!("OpenPGP compressed data, {how}"));
    match packet.head(&parent.bytes).first() {
        Some(0) => out.child(name, origin("stored"), pieces),
        Some(1) => out.child(name, origin("deflate"), flate2::read::DeflateDecoder::new(pieces)),
        Some(2) => out.child(name, origin("zlib"), flate2::read::ZlibDecoder::new(pieces)),
        Some(3) => out.child(name, origin("bzip2"), bzip2::read::BzDecoder::new(pieces)),
        method => {
            let what = format!("compressed by method {}", method.copied().unwrap_or_default());
            out.problem(Problem::unsupported(what, Location::at(packet.at)));
            Ok(())
        }
    }
}

/// Unwraps armour.
pub(super) struct ArmorUnpacker;

impl Unpacker for ArmorUnpacker {
    fn findings(&self) -> Kinds {
        &[sealed::MAIL_ENCRYPTED]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let bytes = &parent.bytes;
        let (blocks, is_whole) = armor::blocks(bytes);
        if !is_whole {
            out.problem(Problem::damaged("the armour has no end", Location::at(bytes.len())));
        }
        for block in blocks {
            match block {
                Block::Around(range) => {
                    let text = bytes.slice(range);
                    if !text.trim_ascii().is_empty() {
                        let origin = Origin::part(OriginKind::Embedded, "text around OpenPGP armour");
                        out.child_bytes(EntryName::new("around.txt"), origin, text)?;
                    }
                }
                Block::Signed(range) => {
                    let text = armor::unescaped(bytes.get(range).unwrap_or_default());
                    let how = "text with an OpenPGP signature";
                    // A signed body is no file.
                    let origin = match parent.origin.is_file {
                        true => Origin::file(OriginKind::Embedded, how),
                        false => Origin::part(OriginKind::Embedded, how),
                    };
                    out.child_bytes(inner_name(&parent.name), origin, text.into())?;
                }
                Block::Packets(label, range) => {
                    out.fact("pgp-armor", label.to_lowercase());
                    let packed = armor::without_checksum(bytes.get(range.clone()).unwrap_or_default());
                    let decoded: Bytes = base64(&packed).bytes.into();
                    // Whatever calls itself armour and holds no packets is still text to its reader.
                    if !packet::is_message(&decoded) {
                        out.problem(Problem::odd("armour that holds no packets", Location::at(range.start)));
                        let origin = Origin::part(OriginKind::Embedded, "what stands between OpenPGP armour lines");
                        out.child_bytes(EntryName::new("between.txt"), origin, bytes.slice(range))?;
                        continue;
                    }
                    let origin = Origin::part(OriginKind::Decoded, format!("OpenPGP armour, {}", label.to_lowercase()));
                    out.child_bytes(parent.name.clone(), origin, decoded)?;
                }
            }
        }
        Ok(())
    }
}
