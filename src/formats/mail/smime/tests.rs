use std::io::Write;

use super::*;
use crate::formats::trial;
use crate::model::ProblemKind;
use crate::stage::Said;
use sekisho_samples::mail::{base64_lines, cms};

const ENTITY: &[u8] = b"Content-Type: text/plain\r\n\r\nhello\r\n";

fn said(name: &str, bytes: &[u8]) -> Said {
    trial::scan(&FORMAT, name, bytes)
}

fn content(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let said = said(name, bytes);
    assert_eq!(said.problems, []);
    let [child] = said.children.as_slice() else { panic!("{} children", said.children.len()) };
    (child.name.text.clone(), child.bytes.to_vec())
}

#[test]
fn signed_content_comes_out_of_every_encoding() {
    let long: Vec<u8> = ENTITY.repeat(500);
    for entity in [ENTITY, &long] {
        let der = cms::signed(entity);
        let armoured = ["-----BEGIN PKCS7-----\n".as_bytes(), &base64_lines(&der), b"-----END PKCS7-----\n"].concat();
        for form in [der.clone(), cms::signed_in_pieces(entity, 100), base64_lines(&der), armoured] {
            assert_eq!(content("smime.p7m", &form), ("smime content".to_owned(), entity.to_vec()));
        }
    }
    assert_eq!(content("請求書.xml.p7m", &cms::signed(b"<a/>")).0, "請求書.xml");
}

#[test]
fn compressed_content_is_inflated() {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(ENTITY).unwrap();
    assert_eq!(content("smime.p7z", &cms::compressed(&packer.finish().unwrap())).1, ENTITY);
}

#[test]
fn encrypted_content_is_said() {
    let said = said("smime.p7m", &cms::enveloped(&[9; 200]));
    assert!(said.children.is_empty());
    assert_eq!(said.problems[0].kind, ProblemKind::Encrypted);
    assert!(trial::observed(&said, "mail-encrypted").unwrap().contains("AES-256-CBC"));
}

#[test]
fn a_detached_signature_is_no_complaint() {
    let said = said("smime.p7s", &cms::detached());
    assert!(said.children.is_empty() && said.problems.is_empty() && said.findings.is_empty());
}

#[test]
fn other_bytes_are_not_taken() {
    for bytes in [b"MIme is a word".as_slice(), b"0\x82", b"-----BEGIN CERTIFICATE-----\nMIIB\n", b"", b"0"] {
        assert!(!trial::is_taken(&FORMAT, &trial::attachment("a", bytes)));
    }
}

#[test]
fn cut_anywhere_what_is_there_comes_out() {
    for whole in [cms::signed(ENTITY), cms::signed_in_pieces(ENTITY, 7), cms::enveloped(&[9; 50])] {
        for cut in 0..whole.len() {
            let (said, _) = trial::unpack(&unpack::CmsUnpacker, "smime.p7m", whole[..cut].to_vec());
            for child in said.children.iter().filter(|child| child.origin.is_file) {
                assert!(ENTITY.starts_with(&child.bytes));
            }
        }
    }
    let extra = [cms::signed(ENTITY), b"MZ and more".to_vec()].concat();
    assert_eq!(said("smime.p7m", &extra).children.len(), 2);
}
