//! An artifact: one file, part, stream or decoded text of the tree.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::digest::Digests;
use super::format_id::FormatId;
use super::name::EntryName;
use super::view::{ParseError, View, Views};

/// Position in the tree: the third child of the first attachment is `0.0.2`. Given by the parent, so that it does not
/// depend on threads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactPath(Vec<u32>);

impl ArtifactPath {
    /// The input itself.
    pub fn root() -> Self {
        ArtifactPath(vec![0])
    }

    /// The child with this index.
    pub fn child(&self, index: u32) -> Self {
        let mut steps = self.0.clone();
        steps.push(index);
        ArtifactPath(steps)
    }

    /// The artifact this one was found in; none for the input.
    pub fn parent(&self) -> Option<Self> {
        match self.0.split_last() {
            Some((_, rest)) if !rest.is_empty() => Some(ArtifactPath(rest.to_vec())),
            _ => None,
        }
    }

    /// Its number among its siblings.
    pub fn last(&self) -> u32 {
        self.0.last().copied().unwrap_or_default()
    }

    /// 0 for the input.
    pub fn depth(&self) -> u64 {
        (self.0.len() as u64).saturating_sub(1)
    }

    /// Whether this is `other` or lies inside it.
    pub fn is_within(&self, other: &ArtifactPath) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            write!(f, "{step}")?;
        }
        Ok(())
    }
}

/// How an artifact came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginKind {
    /// Given by the user.
    Input,
    /// A MIME part: body or attachment.
    MimePart,
    /// A message of a mailbox.
    Message,
    /// An archive's entry.
    Entry,
    /// A stream of a compound file or compressed file.
    Stream,
    /// A resource of a program.
    Resource,
    /// Bytes after the end of the format proper.
    Overlay,
    /// A file found inside another file's bytes.
    Embedded,
    /// Text or bytes decoded from an encoded form.
    Decoded,
    /// Pieces that lay side by side, put together.
    Joined,
}

impl OriginKind {
    /// Kebab-case name, as in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            OriginKind::Input => "input",
            OriginKind::MimePart => "mime-part",
            OriginKind::Message => "message",
            OriginKind::Entry => "entry",
            OriginKind::Stream => "stream",
            OriginKind::Resource => "resource",
            OriginKind::Overlay => "overlay",
            OriginKind::Embedded => "embedded",
            OriginKind::Decoded => "decoded",
            OriginKind::Joined => "joined",
        }
    }
}

/// How an artifact came to be, with a few words of detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The way.
    pub kind: OriginKind,
    /// What a reader would ask next: `application/zip, base64`, `deflate`, `AES-256, password from the message body`.
    pub detail: String,
    /// The media type the container claims, lower case (`application/pdf`), if it does.
    pub claimed_type: Option<String>,
    /// Whether a person sees this as a file they can open (an attachment, an archive entry), not as an inner part.
    pub is_file: bool,
}

impl Origin {
    /// A file a person could open.
    pub fn file(kind: OriginKind, detail: impl Into<String>) -> Self {
        Origin { kind, detail: detail.into(), claimed_type: None, is_file: true }
    }

    /// An inner part nobody opens by itself.
    pub fn part(kind: OriginKind, detail: impl Into<String>) -> Self {
        Origin { kind, detail: detail.into(), claimed_type: None, is_file: false }
    }

    /// The same, with the media type the container claims.
    pub fn claiming(mut self, media_type: impl Into<String>) -> Self {
        self.claimed_type = Some(media_type.into());
        self
    }
}

/// Bytes with a name, an origin and a format.
#[derive(Debug)]
pub struct Artifact {
    /// Position in the tree.
    pub path: ArtifactPath,
    /// What it is called.
    pub name: EntryName,
    /// How it came to be.
    pub origin: Origin,
    /// Its content.
    pub bytes: Bytes,
    /// What it is, by content.
    pub format: FormatId,
    /// Other formats the same bytes are valid as (polyglots), in the order they would be opened.
    pub also: Vec<FormatId>,
    /// What its parent is, [`FormatId::UNKNOWN`] for the input.
    pub parent_format: FormatId,
    /// Its digests.
    pub digests: Digests,
    views: Views,
}

impl Artifact {
    /// An artifact before identification: format unknown.
    pub fn new(path: ArtifactPath, name: EntryName, origin: Origin, bytes: Bytes, parent_format: FormatId) -> Self {
        let digests = Digests::of(&bytes);
        Artifact {
            path,
            name,
            origin,
            bytes,
            format: FormatId::UNKNOWN,
            also: Vec::new(),
            parent_format,
            digests,
            views: Views::default(),
        }
    }

    /// A reading of the bytes, made once and shared by every stage.
    pub fn view<V: View>(&self) -> Result<Arc<V>, ParseError> {
        self.views.get(&self.bytes)
    }

    /// Whether the bytes are valid as this format, first or among others.
    pub fn is(&self, format: FormatId) -> bool {
        self.format == format || self.also.contains(&format)
    }
}
