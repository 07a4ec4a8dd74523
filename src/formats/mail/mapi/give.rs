//! A message in Outlook's form to findings and children, as `eml` does with a message of the internet.

use std::sync::Arc;

use crate::budget::Budget;
use crate::finding_kind;
use crate::formats::link::Link;
use crate::formats::mail::eml::{self, EmlView, Spoken};
use crate::model::{Artifact, ArtifactPath, EntryName, FormatId, Limits, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError};

use super::bodies::bodies;
use super::head::as_mail;
use super::item::{Attachment, Content, Item};
use super::property::{Value, id};
use super::reminder;

finding_kind! {
    /// ## What it is
    /// A whole message attached to an Outlook item.
    ///
    /// ## Why it matters
    /// Filters that read only the outer message miss what the inner one carries; lures are passed on this way to look
    /// like a forwarded conversation.
    ///
    /// ## How we see it
    /// An attachment whose method is afEmbeddedMessage. The message is read as one of its own, with everything it holds.
    ///
    /// ## When it is innocent
    /// Nearly always: it is how Outlook forwards messages as attachments.
    ///
    /// ## References
    /// - MS-OXCMSG 2.2.2.9, PidTagAttachMethod: https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxcmsg/
    /// - ATT&CK T1566.001, Spearphishing Attachment: https://attack.mitre.org/techniques/T1566/001/
    pub(crate) const OUTLOOK_NESTED_MESSAGE = {
        id: "outlook-nested-message",
        title: "another message is attached to this Outlook item",
        ja: "Outlookメッセージの中に別のメッセージが添付されています",
        why_ja: "添付されたメッセージとその添付ファイルも検査しています。転送では普通に使われます。",
        severity: Info,
        facet: Structure,
        confidence: High,
        attack: ["T1566.001"],
    }
}

/// What a message in Outlook's form may show: everything a message may show, and what only Outlook's can.
pub(crate) const FINDINGS: Kinds = &[OUTLOOK_NESTED_MESSAGE, reminder::OUTLOOK_REMINDER_SHARE];

/// How attachments are attached, MS-OXCMSG 2.2.2.9.
const BY_REFERENCE: [u64; 4] = [2, 3, 4, 7];

/// Says what the message shows and gives its texts and attachments. Storages of its file are made files one by one, when
/// each is given: all at once could be far more than the file.
pub(crate) fn give(
    item: &Item,
    storage: &dyn Fn(usize) -> Option<Content>,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    for problem in &item.problems {
        out.problem(problem.clone());
    }
    let bodies = bodies(item, out);
    let (view, bytes) = as_mail(item, &bodies);
    if let Some(class) = item.properties.text(id::MESSAGE_CLASS) {
        out.fact("mail-class", class);
    }
    eml::judge(&view, &bytes, out);
    reminder::check(item, out);
    let passwords = Spoken::of(&view, &bytes).passwords();
    if !passwords.is_empty() {
        out.offer_passwords(passwords);
    }
    for body in bodies {
        let origin = Origin::part(OriginKind::MimePart, format!("{}, {}", body.media_type, body.how));
        out.child_bytes(EntryName::new(body.name), origin.claiming(body.media_type), body.text)?;
    }
    for (index, attachment) in item.attachments.iter().enumerate() {
        give_attachment(attachment, index, storage, out)?;
    }
    Ok(())
}

/// The message as mail programs see it, without giving or saying anything.
pub(crate) fn seen_as_mail(item: &Item) -> (EmlView, bytes::Bytes) {
    let budget = Budget::new(Limits::default());
    let nothing = Artifact::new(
        ArtifactPath::root(),
        EntryName::new(""),
        Origin::part(OriginKind::Message, ""),
        bytes::Bytes::new(),
        FormatId::UNKNOWN,
    );
    let mut out = Outcome::new(&nothing, Arc::default(), &budget);
    let bodies = bodies(item, &mut out);
    as_mail(item, &bodies)
}

fn give_attachment(
    attachment: &Attachment,
    index: usize,
    storage: &dyn Fn(usize) -> Option<Content>,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let method = attachment.properties.number(id::ATTACH_METHOD).unwrap_or(1);
    say_reference(attachment, method, out);
    let number = index.saturating_add(1);
    let name = attachment.name();
    let media_type = attachment.properties.text(id::ATTACH_MIME_TAG).map(|tag| tag.trim().to_ascii_lowercase());
    let claiming = |origin: Origin| match &media_type {
        Some(media_type) if media_type.contains('/') => origin.claiming(media_type.clone()),
        _ => origin,
    };
    if attachment.is_hidden() && matches!(attachment.content, Content::File(_)) {
        let shown = name.as_ref().map_or(&*attachment.place, |name| name.text.as_str());
        out.fact("hidden-entry", shown);
    }
    let rebuilt = match &attachment.content {
        Content::Storage(index) => {
            let rebuilt = storage(*index);
            if rebuilt.is_none() {
                let what = "an embedded storage too large to be read by itself";
                out.problem(Problem::unsupported(what, Location::part(&*attachment.place)));
            }
            rebuilt
        }
        _ => None,
    };
    match rebuilt.as_ref().unwrap_or(&attachment.content) {
        Content::File(bytes) => {
            let name = name.unwrap_or_else(|| EntryName::new(unnamed(attachment, number)));
            let origin = claiming(Origin::file(OriginKind::MimePart, "attachment of an Outlook message"));
            out.child_bytes(name, origin, bytes.clone())
        }
        Content::Message(bytes) => {
            let shown = name.as_ref().map_or(&*attachment.place, |name| name.text.as_str());
            out.raise(OUTLOOK_NESTED_MESSAGE, Location::part(&*attachment.place), shown);
            let name = name.unwrap_or_else(|| EntryName::new(format!("message-{number}.msg")));
            // What it is called is its subject, no file name.
            let origin = Origin::part(OriginKind::Message, "message attached to an Outlook message");
            out.child_bytes(name, origin, bytes.clone())
        }
        Content::Object(bytes) => {
            let name = name.unwrap_or_else(|| EntryName::new(format!("object-{number}.ole")));
            let origin = Origin::part(OriginKind::Embedded, "OLE object in an Outlook message");
            out.child_bytes(name, origin, bytes.clone())
        }
        // Without content the name is all there is to judge.
        Content::None | Content::Storage(_) => match name {
            Some(name) => {
                let origin = claiming(Origin::file(OriginKind::MimePart, "attachment that is not in the message"));
                out.child_bytes(name, origin, bytes::Bytes::new())
            }
            None => Ok(()),
        },
    }
}

fn unnamed(attachment: &Attachment, number: usize) -> String {
    let extension = attachment.properties.text(id::ATTACH_EXTENSION).unwrap_or_default();
    let extension = extension.trim().trim_start_matches('.');
    if extension.is_empty() { format!("attachment-{number}") } else { format!("attachment-{number}.{extension}") }
}

/// Where a file lies that is not in the message.
fn say_reference(attachment: &Attachment, method: u64, out: &mut Outcome<'_>) {
    let at = || Location::part(&*attachment.place);
    let is_reference = BY_REFERENCE.contains(&method);
    for tag in [id::ATTACH_LONG_PATHNAME, id::ATTACH_PATHNAME] {
        for path in attachment.properties.texts(tag) {
            // By-value attachments keep the path they once came from.
            if !is_reference {
                continue;
            }
            out.fact("attachment-by-reference", path.clone());
            if let Some(ioc) = Link::of_file(&path).ioc(at(), "attachment by reference") {
                out.ioc(ioc);
            }
        }
    }
}

impl Attachment {
    /// Whether Outlook leaves it out of the list of attachments, as it does with pictures of the text.
    pub(super) fn is_hidden(&self) -> bool {
        self.properties
            .all(id::ATTACHMENT_HIDDEN)
            .any(|value| matches!(value, Value::Number(flag) if flag & 0xFFFF != 0))
    }
}
