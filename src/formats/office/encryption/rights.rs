//! Rights management (MS-OFFCRYPTO 2.2): the key is with a server, and only who may read the document gets it.

use crate::formats::office::ole::OleView;
use crate::model::{Location, Problem};

/// Names of what a managed document holds, without their first character where that is a control character: the
/// transform of packages (2.2.6), that of binary documents (2.2.11), and their content.
const NAMES: [&str; 4] = ["drmencryptedtransform", "drmencrypteddataspace", "drmtransform", "drmcontent"];

/// Whether a document is managed.
pub(super) fn is_managed(view: &OleView) -> bool {
    view.entries.iter().any(|entry| {
        let name = entry.name.trim_start_matches(|c: char| c.is_control());
        NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
    })
}

/// What is said of it.
pub(super) fn problem(at: Location) -> Problem {
    Problem::encrypted("the document is rights-managed (IRM); its key is with a server", at)
}
