//! What Outlook's own forms of a message share, whether it lies in a compound file (`msg`) or in a TNEF stream
//! (`tnef`): properties and attachments. `property` the values, `item` the message, `head` its header as mail
//! programs would see it, `bodies` its texts, `lzfu` and `rtf` the compressed RTF they may hide in, `give` its parts as
//! children, `reminder` the sound that leaks a password.

mod bodies;
mod give;
mod head;
mod item;
mod lzfu;
mod property;
mod reminder;
mod rtf;

pub(crate) use give::{FINDINGS, give, seen_as_mail};
pub(crate) use item::{Attachment, Content, Item};
pub(crate) use property::{Named, Properties, Value, id, kind};

use crate::stage::Reference;

/// The specifications that both forms rest on.
pub(crate) const PROPERTIES_REFERENCE: Reference = Reference {
    title: "MS-OXPROPS, Exchange Server Protocols Master Property List",
    url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxprops/",
};
/// Compressed RTF.
pub(crate) const RTF_REFERENCE: Reference = Reference {
    title: "MS-OXRTFCP, Rich Text Format Compression Algorithm",
    url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxrtfcp/",
};
/// HTML and text inside RTF.
pub(crate) const ENCAPSULATION_REFERENCE: Reference = Reference {
    title: "MS-OXRTFEX, Rich Text Format Extensions Algorithm",
    url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxrtfex/",
};
