//! `sekisho formats`.

use std::io::Write as _;
use std::process::ExitCode;

use super::args::{FormatsArgs, ListFormat};
use crate::formats::FORMATS;
use crate::stage::Reading;

/// Lists the registered formats.
pub(super) fn run(options: &FormatsArgs) -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    match options.format {
        ListFormat::Text => {
            for spec in FORMATS {
                let reading = match spec.reading {
                    Reading::Full => "read",
                    Reading::RecognisedOnly => "recognised only",
                };
                writeln!(out, "{:<18} {:<9} {:<16} {}", spec.id, spec.family.as_str(), reading, spec.title)?;
                for limitation in spec.limitations {
                    writeln!(out, "{:<18} {:<9} - {limitation}", "", "")?;
                }
            }
        }
        ListFormat::Json => {
            let list: Vec<serde_json::Value> = FORMATS
                .iter()
                .map(|spec| {
                    serde_json::json!({
                        "id": spec.id.as_str(),
                        "title": spec.title,
                        "family": spec.family.as_str(),
                        "extensions": spec.extensions,
                        "media_types": spec.media_types,
                        "unpacked": spec.unpacker.is_some(),
                        "reading": match spec.reading { Reading::Full => "full", Reading::RecognisedOnly => "recognised" },
                        "limitations": spec.limitations,
                        "references": spec.references.iter().map(|reference| reference.url).collect::<Vec<_>>(),
                    })
                })
                .collect();
            serde_json::to_writer_pretty(&mut out, &list)?;
            writeln!(out)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
