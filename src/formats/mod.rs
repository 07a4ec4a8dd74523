//! One folder per format, grouped by family: a vertical slice each. A format's `mod.rs` declares it, `parser.rs` reads
//! bytes into a view, `unpack.rs` gives children, `analyze.rs` findings.

pub mod archive;
pub mod carve;
pub mod disk;
pub mod document;
pub(crate) mod fields;
pub(crate) mod launch;
pub(crate) mod link;
pub mod mail;
pub mod media;
pub mod office;
pub mod program;
pub mod script;
pub mod text;
#[cfg(test)]
pub(crate) mod trial;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Unpacker};

/// The registry. Order matters where bytes are valid as several formats: the first is what the recipient's machine
/// would most likely open, the others are opened too.
#[rustfmt::skip]
pub const FORMATS: &[&FormatSpec] = &[
    &mail::mbox::FORMAT,
    &mail::mmdf::FORMAT,
    &mail::babyl::FORMAT,
    &mail::eml::FORMAT,
    &mail::tnef::FORMAT,
    &mail::smime::FORMAT,
    &mail::pgp::FORMAT,
    &mail::rpmsg::FORMAT,
    &mail::emlx::FORMAT,
    &mail::recognised::PST,
    &mail::recognised::DBX,
    &program::lnk::FORMAT,
    &program::pe::FORMAT,
    &program::pe::MZ_FORMAT,
    &program::autoit::A3X,
    &program::nsis::DATA,
    &program::installshield::FORMAT,
    &program::inno::DATA,
    &program::foreign::ELF_FORMAT,
    &program::foreign::MACHO_FORMAT,
    &office::ole::FORMAT,
    &office::activemime::FORMAT,
    &office::access::MDB,
    &office::access::ACCDB,
    &office::hwp::HWP_3,
    &office::drawing::DWG,
    &office::onenote::FORMAT,
    &document::pdf::FORMAT,
    &document::chm::FORMAT,
    &document::rtf::FORMAT,
    &office::ole::kinds::ENCRYPTED_OOXML,
    &program::msi::FORMAT,
    &mail::msg::FORMAT,
    &office::ole::kinds::DOC,
    &office::ole::kinds::XLS,
    &office::ole::kinds::PPT,
    &office::ole::kinds::PUB,
    &office::ole::kinds::VSD,
    &office::hwp::FORMAT,
    &office::jtd::FORMAT,
    &office::ole::kinds::MPP,
    &office::ole::kinds::WORKS,
    &office::ole::kinds::OUTLOOK_PROJECT,
    &archive::zip::FORMAT,
    &office::ooxml::FORMAT,
    &office::ooxml::kinds::DOCX,
    &office::ooxml::kinds::DOCM,
    &office::ooxml::kinds::DOTX,
    &office::ooxml::kinds::DOTM,
    &office::ooxml::kinds::XLSX,
    &office::ooxml::kinds::XLSM,
    &office::ooxml::kinds::XLSB,
    &office::ooxml::kinds::XLTX,
    &office::ooxml::kinds::XLTM,
    &office::ooxml::kinds::XLAM,
    &office::ooxml::kinds::PPTX,
    &office::ooxml::kinds::PPTM,
    &office::ooxml::kinds::POTX,
    &office::ooxml::kinds::POTM,
    &office::ooxml::kinds::PPSX,
    &office::ooxml::kinds::PPSM,
    &office::ooxml::kinds::PPAM,
    &office::ooxml::kinds::VSDX,
    &office::ooxml::kinds::VSDM,
    &office::xps::FORMAT,
    &office::hwp::HWPX,
    &office::odf::FORMAT,
    &office::odf::kinds::ODT,
    &office::odf::kinds::ODS,
    &office::odf::kinds::ODP,
    &office::odf::kinds::ODG,
    &office::odf::kinds::ODF_FORMULA,
    &office::odf::kinds::ODB,
    &office::odf::kinds::OTT,
    &office::odf::kinds::OTS,
    &office::odf::kinds::OTP,
    &office::odf::kinds::OTG,
    &program::packages::APPX,
    &program::packages::APK,
    &program::packages::XPI,
    &program::packages::JAR,
    &program::packages::CRX,
    &program::packages::CLASS,
    &program::packages::DEX,
    &program::packages::AXML,
    &archive::asar::FORMAT,
    &media::flash::FORMAT,
    &archive::gzip::FORMAT,
    &archive::tar::FORMAT,
    &office::vba::FORMAT,
    &office::xlm::FORMAT,
    &office::biff::FORMAT,
    &archive::sevenz::FORMAT,
    &archive::lzh::FORMAT,
    &text::apple_double::FORMAT,
    &text::ds_store::FORMAT,
    &text::mac_binary::FORMAT,
    &archive::compressed::BZIP2_FORMAT,
    &archive::compressed::XZ_FORMAT,
    &archive::compressed::LZMA_FORMAT,
    &archive::compressed::ZSTD_FORMAT,
    &archive::compressed::COMPRESS_FORMAT,
    &archive::rar::FORMAT,
    &archive::behind::FORMAT,
    &archive::cab::FORMAT,
    &archive::arj::FORMAT,
    &archive::ace::FORMAT,
    &archive::zoo::FORMAT,
    &archive::arc::FORMAT,
    &archive::alz::FORMAT,
    &archive::egg::FORMAT,
    &archive::recognised::INSTALLSHIELD_CABINET,
    &archive::recognised::ZPAQ,
    &archive::compressed::LZ4_FORMAT,
    &archive::compressed::LZIP_FORMAT,
    &archive::compressed::EXPAND_FORMAT,
    &archive::compressed::LZOP_FORMAT,
    &archive::compressed::PACK_FORMAT,
    &archive::compressed::BROTLI_FORMAT,
    &archive::recognised::STUFFIT,
    &archive::recognised::LRZIP,
    &archive::recognised::FREEARC,
    &archive::recognised::UC2,
    &archive::recognised::SQZ,
    &archive::recognised::GCA,
    &archive::recognised::YZ1,
    &archive::recognised::JARCS,
    &archive::recognised::BLAKHOLE,
    &archive::recognised::SNAPPY,
    &archive::recognised::GRZIP,
    &archive::cpio::FORMAT,
    &archive::ar::DEB_FORMAT,
    &archive::ar::AR_FORMAT,
    &archive::rpm::FORMAT,
    &archive::xar::FORMAT,
    &disk::iso9660::FORMAT,
    &disk::udf::FORMAT,
    &disk::vhd::FORMAT,
    &disk::vhdx::FORMAT,
    &disk::vmdk::FORMAT,
    &disk::qcow::FORMAT,
    &disk::wim::FORMAT,
    &disk::dmg::FORMAT,
    &disk::ntfs::FORMAT,
    &disk::fat::EXFAT_FORMAT,
    &disk::fat::FORMAT,
    &disk::hfsplus::FORMAT,
    &disk::ext::FORMAT,
    &disk::partition::FORMAT,
    &program::pyinstaller::FORMAT,
    &program::pyinstaller::COMPILED,
    &program::shortcut::kinds::URL,
    &program::shortcut::kinds::SCF,
    &program::shortcut::kinds::THEME,
    &program::shortcut::kinds::DESKTOP,
    &program::shortcut::kinds::RDP,
    &office::query::WEB_QUERY,
    &office::query::DATABASE_QUERY,
    &program::shortcut::kinds::LIBRARY,
    &office::sylk::FORMAT,
    &office::activex::FORMAT,
    &script::hta::FORMAT,
    &script::encoded::FORMAT,
    &script::wsf::FORMAT,
    &document::svg::FORMAT,
    &document::html::FORMAT,
    &office::query::ODC,
    &media::pictures::PNG,
    &media::pictures::JPEG,
    &media::pictures::GIF,
    &media::pictures::BMP,
    &media::pictures::WEBP,
    &media::pictures::WAV,
    &media::others::ICO,
    &media::others::TIFF,
    &media::others::JPEG_2000,
    &media::others::PSD,
    &media::others::WMF,
    &media::others::EMF,
    &media::others::SVM,
    &media::others::MP4,
    &media::others::AVI,
    &media::others::MP3,
    &media::others::OGG,
    &media::others::FLAC,
    &media::others::AIFF,
    &media::others::MIDI,
    &media::others::MATROSKA,
    &media::others::ASF,
    &media::others::FONT,
    &script::registry::FORMAT,
    &script::batch::FORMAT,
    &script::powershell::FORMAT,
    &script::vbscript::FORMAT,
    &script::jscript::FORMAT,
    &script::python::FORMAT,
    &script::shell::FORMAT,
    &text::calendar::FORMAT,
    &text::contact::FORMAT,
    &text::carried::YENC,
    &text::carried::UUENCODE,
    &text::carried::BINHEX,
    &text::xml::FORMAT,
    &office::query::ODC_XML,
    &office::odf::FLAT,
    &office::flat_opc::FORMAT,
    &office::word_2003::FORMAT,
    &office::excel_2003::FORMAT,
    &text::records::JSON,
    &mail::pgp::ARMOR_FORMAT,
    &text::csv::FORMAT,
    &text::plain::FORMAT,
    &office::ole::kinds::STREAM,
    &document::chm::INDEX,
    &office::ooxml::kinds::RECORDS,
    &office::odf::kinds::RECORDS,
];

/// Unpackers of what lives inside another format without being a file of its own: the VBA project in the storages of a
/// compound file. Each runs after the unpacker of the format it is listed with.
#[rustfmt::skip]
pub const LODGERS: &[(FormatId, &dyn Unpacker)] = &[
    (office::ole::OLE, &office::vba::ProjectUnpacker),
    (office::ole::OLE, &office::word_2003::StoredObjects),
    (program::pe::PE, &program::sfx::Settings),
    (program::pe::PE, &program::autoit::InProgram),
    (program::pe::PE, &program::nsis::NsisUnpacker),
    (program::pe::PE, &program::inno::InnoUnpacker),
];

/// The specification of a registered format.
pub fn spec(id: FormatId) -> Option<&'static FormatSpec> {
    // Asked many times for every artifact.
    static BY_NAME: LazyLock<BTreeMap<&'static str, &'static FormatSpec>> =
        LazyLock::new(|| FORMATS.iter().rev().map(|spec| (spec.id.as_str(), *spec)).collect());
    BY_NAME.get(id.as_str()).copied()
}

/// Whether bytes start as an archive of a registered kind does, by its magic alone.
pub(crate) fn starts_archive(bytes: &[u8]) -> bool {
    let by_magic = |spec: &&FormatSpec| spec.magic.iter().any(|magic| magic.matches(bytes));
    bytes.starts_with(b"PK") || FORMATS.iter().filter(|spec| spec.family == Family::Archive).any(by_magic)
}

/// Whether bytes start as a registered format does, by its magic alone: for deciding whether bytes found where none
/// belong are worth being read as a file.
pub(crate) fn recognised(bytes: &[u8]) -> bool {
    let by_magic = |spec: &&FormatSpec| spec.magic.iter().any(|magic| magic.matches(bytes));
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"%PDF-") || FORMATS.iter().any(by_magic)
}
