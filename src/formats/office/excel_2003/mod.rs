//! Excel 2003 XML (XML Spreadsheet): a whole workbook in one XML file. It holds no macros; its links and formulas may
//! ask other programs for data.

mod analyze;
#[cfg(test)]
mod tests;

use crate::formats::office::xml::root_has;
use crate::formats::text::xml::XML;
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Excel 2003 XML.
pub const EXCEL_2003: FormatId = FormatId("excel-2003-xml");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: EXCEL_2003,
    title: "Excel 2003 XML workbook",
    family: Family::Office,
    extensions: &["xml", "xls"],
    media_types: &["text/xml", "application/xml", "application/vnd.ms-excel"],
    magic: &[],
    probe: Probe::Within(XML, |artifact| {
        root_has(artifact, "progid=\"excel.sheet\"")
            || root_has(artifact, "progid='excel.sheet'")
            || (root_has(artifact, "workbook") && root_has(artifact, "urn:schemas-microsoft-com:office:spreadsheet"))
    }),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, XML Spreadsheet reference",
        url: "https://learn.microsoft.com/en-us/previous-versions/office/developer/office-xp/aa140066(v=office.10)",
    }],
    limitations: &["Formulas are searched for calls of other programs and not otherwise read."],
    unpacker: None,
    analyzers: &[&analyze::Workbook],
};
