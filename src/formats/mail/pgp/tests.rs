use std::io::Write;

use super::*;
use crate::formats::trial;
use crate::model::ProblemKind;
use crate::stage::Said;
use sekisho_samples::mail::base64_lines;

fn literal(name: &str, data: &[u8]) -> Vec<u8> {
    let mut body = vec![b'b', name.len() as u8];
    body.extend(name.as_bytes());
    body.extend([0; 4]);
    body.extend(data);
    let mut out = vec![0xCB, 0xFF];
    out.extend((body.len() as u32).to_be_bytes());
    out.extend(body);
    out
}

fn said(bytes: &[u8]) -> Said {
    trial::scan(&FORMAT, "plan.txt.gpg", bytes)
}

#[test]
fn literal_data_comes_out_with_its_names() {
    let said = said(&literal("secret.exe", b"MZ and so on"));
    assert_eq!(said.children[0].bytes, b"MZ and so on".as_slice());
    assert_eq!(said.children[0].name.all().collect::<Vec<_>>(), ["secret.exe", "plan.txt"]);
    assert_eq!(said.problems, []);
}

#[test]
fn bodies_in_pieces_are_joined() {
    // 512 bytes, then the rest.
    let mut body = vec![b'b', 0, 0, 0, 0, 0];
    body.extend((0..700u32).map(|n| n as u8));
    let mut packet = vec![0xCB, 224 + 9];
    packet.extend(&body[..512]);
    packet.extend([192, (body.len() - 512 - 192) as u8]);
    packet.extend(&body[512..]);
    let said = said(&packet);
    assert_eq!(said.children[0].bytes, body[6..]);
    assert_eq!(said.problems, []);
}

#[test]
fn compressed_data_is_inflated_to_packets() {
    let inner = literal("", b"hello");
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    deflate.write_all(&inner).unwrap();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(&inner).unwrap();
    for (method, packed) in [(1u8, deflate.finish().unwrap()), (2, zlib.finish().unwrap())] {
        let packet = [&[0xA3, method], packed.as_slice()].concat();
        assert_eq!(said(&packet).children[0].bytes, inner, "method {method}");
    }
}

#[test]
fn encrypted_data_is_said() {
    let session = [&[0x8C, 0x0D, 4, 9, 3, 8][..], &[7; 9]].concat();
    let data = [&[0xD2, 40, 1][..], &[9; 39]].concat();
    let said = said(&[session, data].concat());
    assert_eq!(said.problems[0].kind, ProblemKind::Encrypted);
    assert!(trial::observed(&said, "mail-encrypted").unwrap().contains("password"));
}

#[test]
fn armour_is_taken_off() {
    let packets = literal("a.txt", b"content");
    let text = [
        "Dear all,\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nVersion: 1\r\n\r\n".as_bytes(),
        &base64_lines(&packets),
        b"=abcd\r\n-----END PGP MESSAGE-----\r\nbye\r\n",
    ]
    .concat();
    let said = trial::scan(&ARMOR_FORMAT, "mail.asc", &text);
    let contents: Vec<&[u8]> = said.children.iter().map(|child| child.bytes.as_ref()).collect();
    assert_eq!(contents, [b"Dear all,\r\n\r\n".as_slice(), &packets, b"bye\r\n"]);
    assert_eq!(said.problems, []);
}

#[test]
fn signed_text_is_unescaped() {
    let text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhello\n- -----\n- - x\n\
                -----BEGIN PGP SIGNATURE-----\n\niHUEARYIAB0=\n=abcd\n-----END PGP SIGNATURE-----\n";
    let said = trial::scan(&ARMOR_FORMAT, "mail.asc", text.as_bytes());
    assert_eq!(said.children[0].bytes, b"hello\n-----\n- x\n".as_slice());
    let cut = trial::scan(&ARMOR_FORMAT, "mail.asc", &text.as_bytes()[..100]);
    assert_eq!(cut.problems[0].kind, ProblemKind::Damaged);
}

#[test]
fn other_bytes_are_not_taken() {
    let japanese = encoding_rs::SHIFT_JIS.encode("ｬこれは文章です。あいうえお").0.into_owned();
    for bytes in [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), b"\xff\xd8\xff\xe0", &japanese, b"\x99", b""] {
        assert!(!trial::is_taken(&FORMAT, &trial::attachment("a", bytes)));
    }
    assert!(!armor::starts(b"the line -----BEGIN PGP MESSAGE----- starts it\n"));
}

#[test]
fn cut_anywhere_it_does_not_panic() {
    let whole = [literal("name", &[1; 300]), vec![0xD2, 233], vec![5; 200]].concat();
    for cut in 0..whole.len() {
        let (_, _) = trial::unpack(&unpack::PacketUnpacker, "a.gpg", whole[..cut].to_vec());
    }
}

#[test]
fn armour_around_plain_words_is_text() {
    let text = b"-----BEGIN PGP MESSAGE-----\n\nvisit http://example.net/ now\n-----END PGP MESSAGE-----\n";
    let said = trial::scan(&ARMOR_FORMAT, "mail.asc", text);
    assert_eq!(said.children[0].bytes, b"visit http://example.net/ now\n".as_slice());
    assert_eq!(said.problems[0].kind, ProblemKind::Odd);
}
