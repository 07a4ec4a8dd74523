//! Which properties a control's record holds, in which order and size (MS-OFORMS 2.2.1 to 2.2.10).

/// A property whose text is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Property {
    Name,
    Tag,
    ControlTipText,
    ControlSource,
    RowSource,
    Caption,
    Value,
    GroupName,
    Items,
    TipStrings,
    Names,
    Tags,
}

impl Property {
    /// As macros write it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Property::Name => "Name",
            Property::Tag => "Tag",
            Property::ControlTipText => "ControlTipText",
            Property::ControlSource => "ControlSource",
            Property::RowSource => "RowSource",
            Property::Caption => "Caption",
            Property::Value => "Value",
            Property::GroupName => "GroupName",
            Property::Items => "Tabs.Caption",
            Property::TipStrings => "Tabs.ControlTipText",
            Property::Names => "Tabs.Name",
            Property::Tags => "Tabs.Tag",
        }
    }
}

/// What stands behind the fixed-size properties.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extra {
    /// Two numbers: a size, a position.
    Pair(u8),
    /// A text as long as the property of this bit says.
    Text(u8, Property),
    /// A text nobody reaches.
    Skipped(u8),
    /// Texts one after the other, as many bytes as the property of this bit says.
    Texts(u8, Property),
}

/// A record's layout.
#[derive(Debug)]
pub(super) struct Layout {
    /// Bytes of the mask that says which properties there are.
    pub(super) mask: usize,
    /// Bit in the mask and size in bytes; each is aligned to its size.
    pub(super) data: &'static [(u8, u8)],
    /// What follows.
    pub(super) extra: &'static [Extra],
}

/// FormControl, 2.2.10.1.
pub(super) const FORM: Layout = Layout {
    mask: 4,
    data: &[
        (1, 4),
        (2, 4),
        (3, 4),
        (BOOLEANS, 4),
        (7, 1),
        (8, 1),
        (9, 1),
        (13, 4),
        (MOUSE_ICON, 2),
        (16, 1),
        (17, 1),
        (18, 4),
        (19, 4),
        (FONT, 2),
        (PICTURE, 2),
        (22, 4),
        (23, 1),
        (25, 1),
        (26, 4),
        (27, 4),
    ],
    extra: &[Extra::Pair(10), Extra::Pair(11), Extra::Pair(12), Extra::Text(19, Property::Caption)],
};
/// Bits of FormControl that say what follows the record.
pub(super) const BOOLEANS: u8 = 6;
pub(super) const MOUSE_ICON: u8 = 15;
pub(super) const FONT: u8 = 20;
pub(super) const PICTURE: u8 = 21;

/// OleSiteConcreteControl, 2.2.10.12.1.
pub(super) const SITE: Layout = Layout {
    mask: 4,
    data: &[
        (0, 4),
        (1, 4),
        (SITE_ID, 4),
        (3, 4),
        (SITE_FLAGS, 4),
        (SITE_SIZE, 4),
        (6, 2),
        (SITE_CLASS, 2),
        (9, 2),
        (11, 4),
        (12, 4),
        (13, 4),
        (14, 4),
    ],
    extra: &[
        Extra::Text(0, Property::Name),
        Extra::Text(1, Property::Tag),
        Extra::Pair(8),
        Extra::Text(11, Property::ControlTipText),
        Extra::Skipped(12),
        Extra::Text(13, Property::ControlSource),
        Extra::Text(14, Property::RowSource),
    ],
};
pub(super) const SITE_ID: u8 = 2;
pub(super) const SITE_FLAGS: u8 = 4;
pub(super) const SITE_SIZE: u8 = 5;
pub(super) const SITE_CLASS: u8 = 7;

/// CommandButtonControl, 2.2.1.
const COMMAND_BUTTON: Layout = Layout {
    mask: 4,
    data: &[(0, 4), (1, 4), (2, 4), (3, 4), (4, 4), (6, 1), (7, 2), (8, 2), (10, 2)],
    extra: &[Extra::Text(3, Property::Caption), Extra::Pair(5)],
};

/// LabelControl, 2.2.4.
const LABEL: Layout = Layout {
    mask: 4,
    data: &[(0, 4), (1, 4), (2, 4), (3, 4), (4, 4), (6, 1), (7, 4), (8, 2), (9, 2), (10, 2), (11, 2), (12, 2)],
    extra: &[Extra::Text(3, Property::Caption), Extra::Pair(5)],
};

/// MorphDataControl, 2.2.5: boxes of text, lists, check boxes and buttons that stay down.
const MORPH_DATA: Layout = Layout {
    mask: 8,
    data: &[
        (0, 4),
        (1, 4),
        (2, 4),
        (3, 4),
        (4, 1),
        (5, 1),
        (6, 1),
        (7, 1),
        (9, 2),
        (10, 4),
        (11, 2),
        (12, 2),
        (13, 2),
        (14, 2),
        (15, 2),
        (16, 1),
        (17, 1),
        (18, 1),
        (20, 1),
        (21, 1),
        (22, 4),
        (23, 4),
        (24, 4),
        (25, 4),
        (26, 4),
        (27, 2),
        (28, 2),
        (29, 2),
        (32, 4),
    ],
    extra: &[
        Extra::Pair(8),
        Extra::Text(22, Property::Value),
        Extra::Text(23, Property::Caption),
        Extra::Text(32, Property::GroupName),
    ],
};

/// TabStripControl, 2.2.9.
const TAB_STRIP: Layout = Layout {
    mask: 4,
    data: &[
        (0, 4),
        (1, 4),
        (2, 4),
        (5, 4),
        (6, 1),
        (8, 4),
        (9, 4),
        (11, 4),
        (12, 4),
        (15, 4),
        (17, 4),
        (18, 4),
        (20, 4),
        (21, 4),
        (22, 4),
        (23, 4),
        (24, 2),
    ],
    extra: &[
        Extra::Pair(4),
        Extra::Texts(5, Property::Items),
        Extra::Texts(15, Property::TipStrings),
        Extra::Texts(17, Property::Names),
        Extra::Texts(21, Property::Tags),
    ],
};

/// What the class of a control means, by its place in the cache of classes (2.2.10.12.3).
#[derive(Debug)]
pub(super) enum Class {
    /// Its record is in the stream `o`.
    Record(&'static Layout),
    /// It has no texts: an image, a scroll bar, a spin button.
    Bare,
    /// It has a storage of its own: a frame, a page, pages together.
    Nested,
    /// From elsewhere, with a format of its own.
    Foreign,
}

/// The class of a control.
pub(super) fn class(index: u16) -> Class {
    match index {
        7 | 14 | 57 => Class::Nested,
        12 | 16 | 47 => Class::Bare,
        15 | 23..=28 => Class::Record(&MORPH_DATA),
        17 => Class::Record(&COMMAND_BUTTON),
        18 => Class::Record(&TAB_STRIP),
        21 => Class::Record(&LABEL),
        _ => Class::Foreign,
    }
}
