//! Installers made with Inno Setup: the files they carry and what they run. The `innospect` crate reads the tables; it
//! unpacks without a limit, so `measure` looks first at how much each packed piece comes to.

mod measure;
mod unpack;

pub(in crate::formats) use unpack::InnoUnpacker;

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// The data behind the program, which is read together with it.
pub const DATA: FormatSpec = FormatSpec {
    id: FormatId("inno-setup"),
    title: "Data of an Inno Setup installer",
    magic: &[Magic::start(b"zlb\x1a"), Magic::start(b"Inno Setup Setup Data ("), Magic::start(b"idska32\x1a")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "Inno Setup, source of the compiler",
        url: "https://github.com/jrsoftware/issrc",
    }],
    limitations: &[
        "Read only together with the program it belongs to; slices beside it are not at hand.",
        "Encrypted installers are listed; passwords are not tried on them.",
        "Compiled Pascal scripts are searched, not taken apart.",
    ],
    ..FormatSpec::of(Family::Program)
};
