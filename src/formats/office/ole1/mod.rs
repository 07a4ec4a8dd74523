//! Objects of OLE 1.0 (MS-OLEDS 2.2): a header with a class name, then the data of the program that made the object, or
//! the name of the file it is linked to. RTF writes every object so, with those of OLE 2.0 as native data.
//!
//! `header` the layout, read as tolerantly as Windows does; `content` what the native data is.

mod content;
mod header;

pub(crate) use content::Content;
pub(crate) use header::Object;
