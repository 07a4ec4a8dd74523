//! Messages of other programs' forms with bytes changed all over: whatever a length or count says then, the readers
//! end without a panic.

use super::{emlx, msg, pgp, rpmsg, smime, tnef};
use crate::formats::trial;
use sekisho_samples::mail::{Msg, MsgAttachment, Prop, Tnef, cms, compressed_rtf, rpmsg as wrapped};

#[test]
fn changed_all_over_the_readers_end() {
    let inner = Msg::letter("a", "a@example.com", "b", "c").attach(MsgAttachment::file("a", b"x"));
    let outlook = Msg::letter("a", "a@example.com", "b", "c")
        .named("00062008-0000-0000-C000-000000000046", 0x851F, Prop::Text("\\\\203.0.113.7\\a".into()))
        .with(0x1009, Prop::Binary(compressed_rtf(b"{\\rtf1\\fromhtml1 {\\*\\htmltag19 <p>}x\\'82\\u9999?}")))
        .attach(MsgAttachment::message("m", inner))
        .build();
    let transport = Tnef::new().with(0x1000, Prop::Text("x".into())).attach("a", "b", b"c");
    let transport = Tnef::new().attach_message("m", &transport).build();
    let literal = [&[0xCBu8, 224 + 3][..], b"b\x01a\0\0\0\0z", &[2, 1, 2]].concat();
    let cases = [
        (&msg::FORMAT, outlook),
        (&tnef::FORMAT, transport),
        (&smime::FORMAT, cms::signed_in_pieces(b"Content-Type: text/plain\r\n\r\nhello", 5)),
        (&smime::FORMAT, cms::enveloped(&[7; 40])),
        (&pgp::FORMAT, literal),
        (&pgp::ARMOR_FORMAT, b"-----BEGIN PGP MESSAGE-----\n\nywFiAA==\n=abcd\n-----END PGP MESSAGE-----\n".to_vec()),
        (&rpmsg::FORMAT, wrapped(&[5; 9_000])),
        (&emlx::FORMAT, b"30        \nFrom: a@example.com\r\nTo: b\r\n\r\nx".to_vec()),
    ];
    for (format, whole) in cases {
        let unpacker = format.unpacker.unwrap();
        // Most of a compound file is empty sectors.
        for at in (0..whole.len()).step_by(whole.len().div_ceil(400)) {
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut changed = whole.clone();
                changed[at] = value;
                let (_, _) = trial::unpack(unpacker, "message", changed);
            }
        }
    }
}
