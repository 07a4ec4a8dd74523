//! How a program is wrapped: packed, padded, self-modifying, or an interpreter with a script.

use super::unpack::PADDING_ENTROPY;
use super::{PeView, Section};
use crate::finding_kind;
use crate::formats::program::entropy::entropy;
use crate::knowledge::programs::{self, MarkMeaning};
use crate::model::{Artifact, Location};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// A program whose code is compressed or encrypted and restores itself when started.
    ///
    /// ## Why it matters
    /// What it does cannot be read from the file. Malware is packed so that known pieces are not recognised.
    ///
    /// ## How we see it
    /// A section carries the name a packer gives, or an executable section looks random (more than 7.2 bits per byte)
    /// while hardly any functions are imported.
    ///
    /// ## When it is innocent
    /// Games, small tools and installers are packed to save space or to protect them from copying.
    ///
    /// ## References
    /// - MITRE ATT&CK T1027.002, software packing: https://attack.mitre.org/techniques/T1027/002/
    pub(super) const PE_PACKED = {
        id: "pe-packed",
        title: "a packed program: its code cannot be read from the file",
        ja: "圧縮または暗号化されたプログラムで、処理の内容を読み取れません",
        why_ja: "検知を逃れるために本体を隠しているおそれがあります。正規のソフトでも使われる手法です。",
        severity: Low,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1027.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// A program blown up with tens of megabytes of nearly nothing: one byte repeated, after its end or in a section
    /// or resource.
    ///
    /// ## Why it matters
    /// Scanners skip large files, and gateways do not upload them. Padding costs the sender nothing, since it
    /// compresses to almost no bytes.
    ///
    /// ## How we see it
    /// More than 30 MB in one piece with less than half a bit of information per byte.
    ///
    /// ## When it is innocent
    /// Hardly ever: installers are large because of what they carry, which does not repeat.
    ///
    /// ## References
    /// - MITRE ATT&CK T1027.001, binary padding: https://attack.mitre.org/techniques/T1027/001/
    pub(super) const PROGRAM_PADDED = {
        id: "program-padded",
        title: "a program padded with tens of megabytes of nothing",
        ja: "中身のないデータで数十MBに水増しされたプログラムです",
        why_ja: "ウイルス対策ソフトは大きなファイルの検査を省くことがあり、それを狙って水増しする手口があります。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// A section that is code and can be written to at the same time.
    ///
    /// ## Why it matters
    /// Programs that change their own code need it: packers, and shellcode.
    ///
    /// ## How we see it
    /// The section's flags allow both execution and writing.
    ///
    /// ## When it is innocent
    /// Copy protection, old compilers and packed tools use such sections too.
    ///
    /// ## References
    /// - Microsoft PE Format, section flags: https://learn.microsoft.com/windows/win32/debug/pe-format
    pub(super) const PE_WRITABLE_CODE = {
        id: "pe-writable-code",
        title: "code that the program can rewrite while it runs",
        ja: "実行中に書き換え可能なコード領域があります",
        why_ja: "自身のコードを書き換えるプログラムに見られる特徴です。それだけで不正とは言えません。",
        severity: Info,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// An interpreter packed together with a script: AutoIt, AutoHotkey, Python, Node.js or another.
    ///
    /// ## Why it matters
    /// What it does is in the script, which is compressed or compiled, while the program around it is a well-known one
    /// that looks harmless. Scripts of AutoIt and modules of PyInstaller are given out; the others are not read.
    ///
    /// ## How we see it
    /// The marks these bundlers leave: `AU3!EA06`, PyInstaller's archive mark, a Node.js resource name and others.
    ///
    /// ## When it is innocent
    /// Administrators and in-house developers build tools this way.
    ///
    /// ## References
    /// - MITRE ATT&CK T1059.010, AutoHotKey and AutoIT: https://attack.mitre.org/techniques/T1059/010/
    /// - MITRE ATT&CK T1059.006, Python: https://attack.mitre.org/techniques/T1059/006/
    pub(super) const PROGRAM_PACKS_SCRIPT = {
        id: "program-packs-script",
        title: "a script bundled with its interpreter as a program",
        ja: "スクリプトと実行環境を一つにまとめたプログラムです",
        why_ja: "実際の処理は内部のスクリプトにあり、読み取れない場合があります。社内ツールでも使われる形式です。",
        severity: Low,
        facet: Execute,
        confidence: High,
        attack: ["T1059.010", "T1059.006"],
    }
}

/// Entropy above which a section is compressed or encrypted.
const PACKED_ENTROPY: f32 = 7.2;
/// Functions a packed program imports at most: those its unpacking stub needs.
const FEW_IMPORTS: usize = 16;
/// A piece of padding worth a finding.
const PADDING: usize = 30 << 20;

/// Looks at the wrapping.
pub(super) fn look(artifact: &Artifact, view: &PeView, out: &mut Outcome<'_>) {
    packed(view, out);
    padded(artifact, view, out);
    for section in view.sections.iter().filter(|section| section.is_executable() && section.is_writable()) {
        out.raise(PE_WRITABLE_CODE, at(section), format!("section {} is writable and executable", section.name));
    }
    for (offset, meaning) in programs::marks(&artifact.bytes) {
        match meaning {
            MarkMeaning::Script(runtime) => out.raise(PROGRAM_PACKS_SCRIPT, Location::at(offset), runtime),
            MarkMeaning::Installer(installer) => out.fact("pe-installer", installer),
        }
    }
    let kinds = view.resources.iter().map(|resource| (resource, resource.kind.to_string()));
    if let Some((resource, runtime)) =
        kinds.filter_map(|(resource, kind)| Some((resource, programs::script_resource(&kind)?))).next()
    {
        out.raise(PROGRAM_PACKS_SCRIPT, Location::at(resource.range.start), runtime);
    }
}

fn at(section: &Section) -> Location {
    Location::part(format!("section {}", section.name)).with_offset(section.range.start as u64)
}

fn packed(view: &PeView, out: &mut Outcome<'_>) {
    if let Some((section, packer)) =
        view.sections.iter().find_map(|section| Some((section, programs::packer(&section.name)?)))
    {
        out.raise(PE_PACKED, at(section), format!("section {} of {packer}", section.name));
        return;
    }
    let functions: usize = view.libraries.iter().map(|library| library.functions.len()).sum();
    let random = view
        .sections
        .iter()
        .find(|section| section.is_executable() && section.entropy.is_some_and(|entropy| entropy > PACKED_ENTROPY));
    // Managed programs import one function by design.
    if let Some(section) = random.filter(|_| functions <= FEW_IMPORTS && !view.is_dotnet) {
        let entropy = section.entropy.unwrap_or_default();
        let observed = format!("section {} with {entropy:.2} bits per byte, {functions} imports", section.name);
        out.raise(PE_PACKED, at(section), observed);
    }
}

fn padded(artifact: &Artifact, view: &PeView, out: &mut Outcome<'_>) {
    // The end of the file as it is: zeros count here, though they are cut from the overlay.
    let sections_end = view.sections.iter().map(|section| section.range.end).max().unwrap_or(0);
    let pieces = view
        .sections
        .iter()
        .map(|section| (format!("section {}", section.name), section.range.clone()))
        .chain([("overlay".to_owned(), sections_end..artifact.bytes.len())]);
    for (name, range) in pieces.filter(|(_, range)| range.len() > PADDING).take(4) {
        let Some(bytes) = artifact.bytes.get(range.clone()) else { continue };
        let entropy = entropy(bytes);
        if entropy < PADDING_ENTROPY {
            let observed = format!("{} bytes with {entropy:.3} bits per byte", bytes.len());
            out.raise(PROGRAM_PADDED, Location::part(name).with_offset(range.start as u64), observed);
            return;
        }
    }
}
