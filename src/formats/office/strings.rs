//! Strings that a document keeps outside its text and its macros, each with the name a macro would reach it by: a
//! payload cut into document variables, captions and cells is put together by code that is nothing but references to
//! them. Whatever reads such strings gives them as [`NamedString`]; who follows a macro looks them up here.

/// Strings kept of one document.
pub const MAX_STRINGS: usize = 10_000;

/// Where a string lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StringSource {
    /// `ActiveDocument.Variables`: `w:docVar`, MS-DOC StwUser.
    DocumentVariable,
    /// `BuiltInDocumentProperties`.
    BuiltinProperty,
    /// `CustomDocumentProperties`.
    CustomProperty,
    /// `AlternativeText`, `Title` and `Name` of a shape.
    AlternativeText,
    /// Text in a shape or text box.
    TextBox,
    /// A comment or note.
    Comment,
    /// A content control or bookmark.
    ContentControl,
    /// A cell of a worksheet.
    Cell,
    /// A defined name.
    DefinedName,
    /// A property of a control on a form (MS-OFORMS) or in a document.
    Control,
    /// A custom XML part.
    CustomXml,
}

impl StringSource {
    /// Lower-case words, as shown in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            StringSource::DocumentVariable => "document variable",
            StringSource::BuiltinProperty => "property",
            StringSource::CustomProperty => "custom property",
            StringSource::AlternativeText => "alternative text",
            StringSource::TextBox => "text box",
            StringSource::Comment => "comment",
            StringSource::ContentControl => "content control",
            StringSource::Cell => "cell",
            StringSource::DefinedName => "defined name",
            StringSource::Control => "control",
            StringSource::CustomXml => "custom XML",
        }
    }
}

/// A string with the name a macro reaches it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedString {
    /// Where it lies.
    pub source: StringSource,
    /// Its name there: `Variables("x")`, `UserForm1.Label1.Tag`, `Sheet1!A1`.
    pub name: String,
    /// Its text.
    pub value: String,
}
