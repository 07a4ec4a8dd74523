//! Encrypted documents (MS-OFFCRYPTO): packages by agile and standard encryption, streams of binary documents by RC4 and
//! XOR obfuscation. Salts and keys are fixed, so that the same bytes come out every time.

use aes::cipher::{BlockCipherEncrypt, BlockModeEncrypt, KeyInit, KeyIvInit, StreamCipher};
use aes::{Aes128, Aes256, Block};
use md5::Md5;
use rc4::Rc4;
use sha1::Sha1;
use sha2::{Digest, Sha512};

use super::cfb::Cfb;
use crate::mail::base64_lines;

const SALT: [u8; 16] = *b"sekisho samples!";
const KEY: [u8; 32] = *b"a key that is the same each time";
const VERIFIER: [u8; 16] = *b"verify this word";

fn wide(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn hash<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().fold(D::new(), |hash, part| hash.chain_update(part)).finalize().to_vec()
}

fn spun<D: Digest>(password: &str, rounds: u32) -> Vec<u8> {
    (0..rounds).fold(hash::<D>(&[&SALT, &wide(password)]), |last, round| hash::<D>(&[&round.to_le_bytes(), &last]))
}

fn filled(mut data: Vec<u8>) -> Vec<u8> {
    data.resize(data.len().next_multiple_of(16), 0);
    data
}

fn cbc_encrypt(key: &[u8], vector: &[u8], data: &[u8]) -> Vec<u8> {
    let mut data = filled(data.to_vec());
    let (blocks, _) = Block::slice_as_chunks_mut(&mut data);
    cbc::Encryptor::<Aes256>::new_from_slices(key, &vector[..16]).expect("sizes fit").encrypt_blocks(blocks);
    data
}

/// A package by agile encryption: AES-256, SHA-512, as many rounds as said.
pub fn agile(package: &[u8], password: &str, rounds: u32) -> Vec<u8> {
    let vector = |block: &[u8]| hash::<Sha512>(&[&SALT, block]);
    let mut stream = (package.len() as u64).to_le_bytes().to_vec();
    for (index, segment) in (0u32..).zip(package.chunks(4096)) {
        stream.extend(cbc_encrypt(&KEY, &vector(&index.to_le_bytes()), segment));
    }
    let spun = spun::<Sha512>(password, rounds);
    let locked = |block: [u8; 8], data: &[u8]| {
        let key = hash::<Sha512>(&[&spun, &block]);
        base64(&cbc_encrypt(&key[..32], &SALT, data))
    };
    let input = locked([0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79], &VERIFIER);
    let value = locked([0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E], &hash::<Sha512>(&[&VERIFIER]));
    let key = locked([0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6], &KEY);
    let hmac_key = [0x5A; 64];
    let sealed = |block: [u8; 8], data: &[u8]| base64(&cbc_encrypt(&KEY, &vector(&block), data));
    let integrity_key = sealed([0x5F, 0xB2, 0xAD, 0x01, 0x0C, 0xB9, 0xE1, 0xF6], &hmac_key);
    let integrity_value = sealed([0xA0, 0x67, 0x7F, 0x02, 0xB2, 0x2C, 0x84, 0x33], &hmac(&hmac_key, &stream));
    let parameters = format!(
        "saltSize=\"16\" blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" cipherAlgorithm=\"AES\" \
         cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA512\" saltValue=\"{}\"",
        base64(&SALT)
    );
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n\
         <encryption xmlns=\"http://schemas.microsoft.com/office/2006/encryption\" \
         xmlns:p=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\"><keyData {parameters}/>\
         <dataIntegrity encryptedHmacKey=\"{integrity_key}\" encryptedHmacValue=\"{integrity_value}\"/>\
         <keyEncryptors><keyEncryptor uri=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">\
         <p:encryptedKey spinCount=\"{rounds}\" {parameters} encryptedVerifierHashInput=\"{input}\" \
         encryptedVerifierHashValue=\"{value}\" encryptedKeyValue=\"{key}\"/></keyEncryptor></keyEncryptors></encryption>"
    );
    let mut info = vec![4, 0, 4, 0, 0x40, 0, 0, 0];
    info.extend(xml.into_bytes());
    Cfb::new().stream("EncryptionInfo", info).stream("EncryptedPackage", stream).build()
}

fn base64(bytes: &[u8]) -> String {
    String::from_utf8(base64_lines(bytes)).expect("ASCII").split_whitespace().collect()
}

fn hmac(key: &[u8; 64], data: &[u8]) -> Vec<u8> {
    let masked = |mask: u8| -> Vec<u8> { key.iter().map(|byte| byte ^ mask).chain([mask; 64]).collect() };
    hash::<Sha512>(&[&masked(0x5C), &hash::<Sha512>(&[&masked(0x36), data])])
}

/// A package by standard encryption: AES-128. `minor` is 2, or 3 for what calls itself extensible.
pub fn standard(package: &[u8], password: &str, minor: u16) -> Vec<u8> {
    let block = hash::<Sha1>(&[&spun::<Sha1>(password, 50_000), &[0; 4]]);
    let half: Vec<u8> = block.iter().map(|byte| byte ^ 0x36).chain([0x36; 44]).collect();
    let cipher = Aes128::new_from_slice(&hash::<Sha1>(&[&half])[..16]).expect("a key's size");
    let encrypted = |data: &[u8]| {
        let mut data = filled(data.to_vec());
        cipher.encrypt_blocks(Block::slice_as_chunks_mut(&mut data).0);
        data
    };
    let mut info = [4u16, minor].into_iter().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    info.extend(provider(0x24, 0x660E, 128));
    info.extend(16u32.to_le_bytes());
    info.extend(SALT);
    info.extend(encrypted(&VERIFIER));
    info.extend(20u32.to_le_bytes());
    info.extend(encrypted(&hash::<Sha1>(&[&VERIFIER])));
    let mut stream = (package.len() as u64).to_le_bytes().to_vec();
    stream.extend(encrypted(package));
    Cfb::new().stream("EncryptionInfo", info).stream("EncryptedPackage", stream).build()
}

/// Flags, size and EncryptionHeader, MS-OFFCRYPTO 2.3.2.
fn provider(flags: u32, algorithm: u32, bits: u32) -> Vec<u8> {
    let name = wide("Microsoft Enhanced RSA and AES Cryptographic Provider\0");
    let size = 32 + name.len() as u32;
    let kind = if algorithm == 0x6801 { 1 } else { 24 };
    let fields = [flags, size, flags, 0, algorithm, 0x8004, bits, kind, 0, 0];
    fields.into_iter().flat_map(u32::to_le_bytes).chain(name).collect()
}

/// How streams of binary documents are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// XOR obfuscation.
    Xor,
    /// RC4 with a key of 40 bits.
    Rc4,
    /// RC4 by a provider, 128 bits.
    CryptoApi,
}

impl Method {
    /// RC4 from the beginning of a block.
    fn block(self, password: &str, block: u32, data: &mut [u8]) {
        let number = block.to_le_bytes();
        let key = match self {
            Method::Xor => return,
            Method::Rc4 => {
                let short = [&hash::<Md5>(&[&wide(password)])[..5], &SALT].concat().repeat(16);
                hash::<Md5>(&[&hash::<Md5>(&[&short])[..5], &number])
            }
            Method::CryptoApi => {
                let mut key = hash::<Sha1>(&[&hash::<Sha1>(&[&SALT, &wide(password)]), &number]);
                key.truncate(16);
                key
            }
        };
        Rc4::new_from_slice(&key).expect("a key's size").apply_keystream(data);
    }

    /// The version and what follows it: in FilePass, in a table stream, in a container.
    fn header(self, password: &str) -> Vec<u8> {
        let (mut out, digest) = match self {
            Method::Xor => return Vec::new(),
            Method::Rc4 => (vec![1, 0, 1, 0], hash::<Md5>(&[&VERIFIER])),
            Method::CryptoApi => {
                let mut out = vec![2, 0, 2, 0];
                out.extend(provider(0x0C, 0x6801, 128));
                out.extend(16u32.to_le_bytes());
                (out, hash::<Sha1>(&[&VERIFIER]))
            }
        };
        out.extend(SALT);
        let mut both = [VERIFIER.as_slice(), &digest].concat();
        self.block(password, 0, &mut both);
        out.extend(&both[..16]);
        if self == Method::CryptoApi {
            out.extend(20u32.to_le_bytes());
        }
        out.extend(&both[16..]);
        out
    }
}

/// The workbook stream of these records, encrypted, with FilePass behind its first record. Passwords for XOR are the two
/// of which `xor_key` knows the key.
pub fn workbook(records: &[u8], password: &str, method: Method) -> Vec<u8> {
    let pass = match method {
        Method::Xor => [vec![0, 0], xor_key(password).to_vec()].concat(),
        _ => [vec![1, 0], method.header(password)].concat(),
    };
    let first = 4 + usize::from(u16::from_le_bytes([records[2], records[3]]));
    let mut clear = records[..first].to_vec();
    clear.extend(0x2Fu16.to_le_bytes());
    clear.extend((pass.len() as u16).to_le_bytes());
    clear.extend(&pass);
    clear.extend(&records[first..]);
    let mut locked = clear.clone();
    (0u32..).zip(locked.chunks_mut(1024)).for_each(|(block, data)| method.block(password, block, data));
    let mut at = 0;
    while at + 4 <= clear.len() {
        let kind = u16::from_le_bytes([clear[at], clear[at + 1]]);
        let size = usize::from(u16::from_le_bytes([clear[at + 2], clear[at + 3]]));
        let (start, end) = (at + 4, (at + 4 + size).min(clear.len()));
        let data = match kind {
            0x0809 | 0x2F => end,
            0x0085 => start + 4,
            _ => start,
        };
        locked[at..data].copy_from_slice(&clear[at..data]);
        if method == Method::Xor {
            let pad = xor_pad(password);
            for (index, byte) in locked[data..end].iter_mut().enumerate() {
                *byte = byte.rotate_left(5) ^ pad[(data + size + index) % 16];
            }
        }
        at = end;
    }
    locked
}

/// The streams WordDocument (its first 68 bytes a FIB) and 0Table, encrypted.
pub fn word(document: &[u8], table: &[u8], password: &str, method: Method) -> (Vec<u8>, Vec<u8>) {
    let header = method.header(password);
    let mut document = document.to_vec();
    let mut table = [header.as_slice(), table].concat();
    for stream in [&mut document, &mut table] {
        (0u32..).zip(stream.chunks_mut(512)).for_each(|(block, data)| method.block(password, block, data));
        if method == Method::Xor {
            let pad = xor_pad(password);
            let laid = stream.iter_mut().zip(pad.iter().cycle());
            laid.filter(|(byte, pad)| **byte != 0 && *byte != *pad).for_each(|(byte, pad)| *byte ^= pad);
        }
    }
    table[..header.len()].copy_from_slice(&header);
    let flags = if method == Method::Xor { 0x8100u16 } else { 0x0100 };
    let key = match method {
        Method::Xor => {
            let [key_low, key_high, verifier_low, verifier_high] = xor_key(password);
            [verifier_low, verifier_high, key_low, key_high]
        }
        _ => (header.len() as u32).to_le_bytes(),
    };
    document[..68].fill(0);
    document[..10].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0, 0, 0, 0x11, 4, 0, 0]);
    document[10..12].copy_from_slice(&flags.to_le_bytes());
    document[14..18].copy_from_slice(&key);
    (document, table)
}

/// A presentation of these persist objects, each a whole record, numbered from 1: `Current User` and `PowerPoint
/// Document`.
pub fn presentation(objects: &[Vec<u8>], password: &str) -> (Vec<u8>, Vec<u8>) {
    let record = |kind: u16, body: &[u8]| {
        let mut out = vec![0x0F, 0];
        out.extend(kind.to_le_bytes());
        out.extend((body.len() as u32).to_le_bytes());
        out.extend(body);
        out
    };
    let mut document = Vec::new();
    let mut places = Vec::new();
    for (number, object) in (1u32..).zip(objects) {
        places.push(document.len() as u32);
        let mut object = object.clone();
        Method::CryptoApi.block(password, number, &mut object);
        document.extend(object);
    }
    places.push(document.len() as u32);
    document.extend(record(0x2F14, &Method::CryptoApi.header(password)));
    let directory = document.len() as u32;
    let count = places.len() as u32;
    let body: Vec<u8> = std::iter::once(count << 20 | 1).chain(places).flat_map(u32::to_le_bytes).collect();
    document.extend(record(0x1772, &body));
    let edit = document.len() as u32;
    let fields = [0, 0x0300_0000, 0, directory, 1, count + 1, 0, count];
    document.extend(record(0x0FF5, &fields.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>()));
    let fields = [0x14, 0xF3D1_C4DF, edit, 0, 0];
    let user = record(0x0FF6, &fields.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
    (user, document)
}

/// Streams of properties encrypted by a provider beside a document: the stream `encryption`, or `EncryptedSummary`.
pub fn properties(streams: &[(&str, &[u8])], password: &str) -> Vec<u8> {
    let mut out = vec![0; 8];
    let mut list = (streams.len() as u32).to_le_bytes().to_vec();
    for (block, (name, data)) in (0u16..).zip(streams) {
        for field in [out.len() as u32, data.len() as u32] {
            list.extend(field.to_le_bytes());
        }
        list.extend(block.to_le_bytes());
        list.extend([name.len() as u8, 1, 0, 0, 0, 0]);
        list.extend(wide(name));
        list.extend([0, 0]);
        let mut data = data.to_vec();
        Method::CryptoApi.block(password, u32::from(block), &mut data);
        out.extend(data);
    }
    let mut head = [(out.len() as u32).to_le_bytes(), (list.len() as u32).to_le_bytes()].concat();
    Method::CryptoApi.block(password, 0, &mut head);
    Method::CryptoApi.block(password, 0, &mut list);
    out[..8].copy_from_slice(&head);
    out.extend(list);
    out
}

/// Key and verifier, as FilePass holds them.
fn xor_key(password: &str) -> [u8; 4] {
    match password {
        "VelvetSweatshop" => [0x59, 0xB3, 0x0A, 0x9A],
        "abc" => [0x4A, 0x51, 0x1A, 0xCC],
        _ => panic!("the key of this password is not known here"),
    }
}

fn xor_pad(password: &str) -> [u8; 16] {
    const FILL: [u8; 15] = [0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0, 0xBE, 0x0F, 0, 0xBF, 0x0F, 0];
    let key = xor_key(password);
    let mut pad = [0; 16];
    for (index, (byte, text)) in pad.iter_mut().zip(password.bytes().chain(FILL)).enumerate() {
        *byte = (text ^ key[index % 2]).rotate_right(1);
    }
    pad
}
