//! Programs that are zip archives: Android apps, Java programs, Windows app packages, browser extensions. The zip gives
//! their files; here it is said what they are and what they ask for. `axml` reads Android's binary XML, `manifest` the
//! text manifests, `crx` unwraps the packages of Chrome.

mod analyze;
mod axml;
mod crx;
mod manifest;
#[cfg(test)]
mod tests;

pub use crx::CRX;

use crate::formats::archive::zip::{ZIP, ZipView};
use crate::formats::office::ooxml::OOXML;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// An Android app.
pub const APK: FormatSpec = FormatSpec {
    id: FormatId("apk"),
    title: "Android app (APK)",
    extensions: &["apk", "apks", "xapk", "aab"],
    media_types: &["application/vnd.android.package-archive"],
    probe: Probe::Within(ZIP, |artifact| has(artifact, &["AndroidManifest.xml"])),
    reading: Reading::Full,
    references: &[Reference {
        title: "Android, ResourceTypes.h",
        url: "https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/libs/androidfw/include/androidfw/ResourceTypes.h",
    }],
    limitations: &["Code (DEX) is searched, not taken apart.", "Signatures are not checked."],
    analyzers: &[&analyze::AndroidApp],
    ..FormatSpec::of(Family::Program)
};

/// A Windows app package or bundle of such.
pub const APPX: FormatSpec = FormatSpec {
    id: FormatId("msix"),
    title: "Windows app package (MSIX, APPX)",
    extensions: &["msix", "appx", "msixbundle", "appxbundle", "eappx", "emsix"],
    media_types: &["application/msix", "application/appx", "application/vnd.ms-appx"],
    // Asked after the documents, so that one more entry does not turn a document into an app.
    probe: Probe::Within(OOXML, |artifact| {
        has(artifact, &["AppxManifest.xml", "AppxMetadata/AppxBundleManifest.xml", "AppxBlockMap.xml"])
    }),
    reading: Reading::Full,
    references: &[Reference {
        title: "MSIX, App package manifest",
        url: "https://learn.microsoft.com/en-us/uwp/schemas/appxpackage/uapmanifestschema/schema-root",
    }],
    limitations: &["Signatures are not checked."],
    analyzers: &[&analyze::WindowsApp],
    ..FormatSpec::of(Family::Program)
};

/// An extension of Firefox or Thunderbird.
pub const XPI: FormatSpec = FormatSpec {
    id: FormatId("xpi"),
    title: "Browser extension",
    extensions: &["xpi"],
    media_types: &["application/x-xpinstall"],
    probe: Probe::Within(ZIP, is_extension),
    reading: Reading::Full,
    references: &[Reference {
        title: "MDN, manifest.json",
        url: "https://developer.mozilla.org/en-US/docs/Mozilla/Add-ons/WebExtensions/manifest.json",
    }],
    limitations: &["Signatures are not checked."],
    analyzers: &[&analyze::Extension],
    ..FormatSpec::of(Family::Program)
};

/// A Java program or library.
pub const JAR: FormatSpec = FormatSpec {
    id: FormatId("jar"),
    title: "Java archive (JAR)",
    extensions: &["jar", "war", "ear", "aar"],
    media_types: &["application/java-archive", "application/x-java-archive"],
    probe: Probe::Within(ZIP, |artifact| has(artifact, &["META-INF/MANIFEST.MF"])),
    reading: Reading::Full,
    references: &[Reference {
        title: "JAR File Specification",
        url: "https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html",
    }],
    limitations: &["Classes are searched for texts, not taken apart.", "Signatures are not checked."],
    analyzers: &[&analyze::JavaProgram],
    ..FormatSpec::of(Family::Program)
};

/// A class of Java.
pub const CLASS: FormatSpec = FormatSpec {
    id: FormatId("java-class"),
    title: "Java class",
    extensions: &["class"],
    media_types: &["application/java-vm", "application/x-java-class"],
    magic: &[Magic::start(b"\xca\xfe\xba\xbe")],
    // Programs of macOS for several processors begin alike, with their small count where the version stands here.
    probe: Probe::Structure(|artifact| {
        matches!(artifact.bytes.get(4..8), Some([_, _, 0, 45..=100])) && artifact.bytes.len() > 24
    }),
    reading: Reading::Full,
    references: &[Reference {
        title: "The Java Virtual Machine Specification, 4.1 The ClassFile Structure",
        url: "https://docs.oracle.com/javase/specs/jvms/se21/html/jvms-4.html",
    }],
    limitations: &["Searched for texts, not taken apart."],
    ..FormatSpec::of(Family::Program)
};

/// Android's code.
pub const DEX: FormatSpec = FormatSpec {
    id: FormatId("dex"),
    title: "Android code (DEX)",
    extensions: &["dex"],
    magic: &[Magic::start(b"dex\n03"), Magic::start(b"dex\n04")],
    reading: Reading::Full,
    references: &[Reference {
        title: "Android, Dalvik executable format",
        url: "https://source.android.com/docs/core/runtime/dex-format",
    }],
    limitations: &["Searched for texts, not taken apart."],
    ..FormatSpec::of(Family::Program)
};

/// Android's binary XML and tables of resources.
pub const AXML: FormatSpec = FormatSpec {
    id: FormatId("android-resources"),
    title: "Android binary XML or resources",
    extensions: &["xml", "arsc"],
    magic: &[Magic::start(b"\x03\x00\x08\x00"), Magic::start(b"\x02\x00\x0c\x00")],
    probe: Probe::Structure(|artifact| {
        crate::formats::fields::size_at(&artifact.bytes, 4).is_some_and(|size| size == artifact.bytes.len())
    }),
    reading: Reading::Full,
    references: APK.references,
    limitations: &["The manifest is read with its app; other files are searched for texts."],
    ..FormatSpec::of(Family::Text)
};

fn has(artifact: &Artifact, names: &[&str]) -> bool {
    artifact.view::<ZipView>().is_ok_and(|zip| names.iter().any(|name| zip.entry_by_name(name).is_some()))
}

/// Extensions have a manifest with this key, or that of old ones.
fn is_extension(artifact: &Artifact) -> bool {
    let is_new = read(artifact, "manifest.json")
        .is_some_and(|text| memchr::memmem::find(&text, b"\"manifest_version\"").is_some());
    is_new || has(artifact, &["install.rdf", "chrome.manifest"])
}

/// Bytes of a manifest read.
const MAX_MANIFEST: u64 = 4 << 20;

/// A file of the package.
fn read(artifact: &Artifact, name: &str) -> Option<Vec<u8>> {
    let zip = artifact.view::<ZipView>().ok()?;
    let entry = zip.entry_by_name(name)?;
    if entry.is_encrypted() {
        return None;
    }
    Some(entry.read(&artifact.bytes, MAX_MANIFEST).0)
}
