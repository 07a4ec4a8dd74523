//! Files that make Excel fetch: web queries (`.iqy`), database queries (`.dqy`, `.oqy`, `.rqy`) and data connections
//! (`.odc`). `web` and `database` read and judge them, `findings` declares what they raise.

mod database;
mod findings;
mod web;

use crate::formats::document::html::HTML;
use crate::formats::text::plain::TextView;
use crate::formats::text::xml::XML;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

const CONNECTIONS: &[Reference] = &[Reference {
    title: "MS-ODC, Office Data Connection File Format",
    url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-odcff/",
}];

/// Web query.
pub const WEB_QUERY: FormatSpec = FormatSpec {
    id: FormatId("web-query"),
    title: "Excel web query",
    extensions: &["iqy"],
    media_types: &["text/x-ms-iqy"],
    probe: Probe::Text(web::is_query),
    references: &[Reference {
        title: "Microsoft, Excel web query files",
        url: "https://learn.microsoft.com/en-us/office/",
    }],
    analyzers: &[&web::WebQueries],
    ..FormatSpec::of(Family::Office)
};

/// Query of a database.
pub const DATABASE_QUERY: FormatSpec = FormatSpec {
    id: FormatId("database-query"),
    title: "Excel database query",
    extensions: &["dqy", "oqy", "rqy"],
    media_types: &["text/x-ms-odc"],
    probe: Probe::Text(database::is_query),
    references: CONNECTIONS,
    analyzers: &[&database::Connections],
    ..FormatSpec::of(Family::Office)
};

/// Data connection in a web page, as Office writes it.
pub const ODC: FormatSpec = FormatSpec {
    id: FormatId("odc"),
    title: "Office data connection",
    extensions: &["odc"],
    media_types: &["text/x-ms-odc"],
    probe: Probe::Within(HTML, is_connection),
    reading: Reading::Full,
    references: CONNECTIONS,
    analyzers: &[&database::Connections],
    ..FormatSpec::of(Family::Office)
};

/// The same without a page around it.
pub const ODC_XML: FormatSpec = FormatSpec {
    id: FormatId("odc-xml"),
    title: "Office data connection as XML alone",
    probe: Probe::Within(XML, is_connection),
    ..ODC
};

fn is_connection(artifact: &Artifact) -> bool {
    artifact.view::<TextView>().is_ok_and(|view| {
        let head = view.lower_head();
        head.contains("officedataconnection") || head.contains("content=odc.") || head.contains("content=\"odc.")
    })
}

#[cfg(test)]
mod tests;
