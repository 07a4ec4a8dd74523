//! What a message's head says of it: facts, indicators, and the findings of the files beside this one.

use bytes::Bytes;

use crate::model::Artifact;
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

use super::parser::EmlView;
use super::{
    authentication, emptiness, header_oddities, indicators, locale, lookalike, returned, sender, smuggled, thread,
};

/// Looks at messages.
pub(super) struct EmlAnalyzer;

impl Analyzer for EmlAnalyzer {
    fn findings(&self) -> Kinds {
        &[
            authentication::MAIL_AUTHENTICATION_FAILED,
            sender::MAIL_ENVELOPE_MISMATCH,
            sender::MAIL_DISPLAY_NAME_LIES,
            sender::MAIL_REPLY_TO_MISMATCH,
            header_oddities::INVISIBLE_CHARACTERS_IN_HEADER,
            header_oddities::MAIL_HEADER_DUPLICATED,
            locale::MAIL_CHARSET_CONTRADICTION,
            emptiness::MAIL_BODY_EMPTY,
            thread::MAIL_REPLY_WITHOUT_THREAD,
            lookalike::MAIL_SENDER_LOOKALIKE,
            lookalike::MAIL_SENDER_MIXED_SCRIPTS,
            smuggled::SMTP_COMMANDS_IN_MESSAGE,
        ]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<EmlView>()?;
        judge(&view, &artifact.bytes, out);
        Ok(())
    }
}

/// Says what a message shows, whatever form it was stored in: the view's ranges are into the bytes.
pub(crate) fn judge(view: &EmlView, bytes: &Bytes, out: &mut Outcome<'_>) {
    indicators::say(&view.headers, out);
    authentication::check(&view.headers, out);
    sender::check(&view.headers, out);
    header_oddities::check(&view.headers, out);
    locale::check(view, bytes, out);
    emptiness::check(view, bytes, out);
    thread::check(view, bytes, out);
    lookalike::check(&view.headers, out);
    smuggled::check(bytes, out);
    returned::say(view, bytes, out);
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::formats::trial;
    use crate::model::Site;
    use crate::stage::Said;

    /// Everything the analyzer says of a message.
    pub(crate) fn said(mail: &[u8]) -> Said {
        trial::analyze(&EmlAnalyzer, "a.eml", mail)
    }

    /// What was observed under each finding of this kind.
    pub(crate) fn observed(mail: &[u8], id: &str) -> Vec<String> {
        observed_at(mail, id, Site::default())
    }

    /// The same where more is known of the recipients.
    pub(crate) fn observed_at(mail: &[u8], id: &str, site: Site) -> Vec<String> {
        trial::analyze_at(&EmlAnalyzer, "a.eml", mail, site)
            .findings
            .into_iter()
            .filter(|finding| finding.kind.id == id)
            .map(|finding| finding.observed)
            .collect()
    }
}
