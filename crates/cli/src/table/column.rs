//! A column of a table: its content, and what happens to it if there is little room.

use std::borrow::Cow;

/// A column of a table.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(super) heading: Cow<'static, str>,
    /// The heading where it would make a narrow column wider.
    pub(super) brief: Cow<'static, str>,
    /// Its name for programs, which never changes.
    pub(super) key: Cow<'static, str>,
    pub(super) importance: u8,
    pub(super) holds: Holds,
    pub(super) is_for_people: bool,
}

/// The content of the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Text, which is shortened, but not below so many columns.
    Text { least: usize, ease: usize },
    /// Text that is never shortened, such as a time or a word out of a few.
    Whole,
    /// A number, to the right.
    Number,
    /// An id, of which a unique prefix will do.
    Id,
}

/// The default minimum width of a column of text.
const TEXT_LEAST: usize = 12;
/// With so many times the least, text is read with ease.
const EASE: usize = 2;

impl Column {
    /// A column under this heading, by this name for programs. Where there is no room for all columns,
    /// those of lower importance are left out first.
    fn new(
        heading: Cow<'static, str>,
        key: Cow<'static, str>,
        importance: u8,
        holds: Holds,
    ) -> Self {
        Self {
            brief: heading.clone(),
            heading,
            key,
            importance,
            holds,
            is_for_people: true,
        }
    }

    /// Text that may be shortened.
    pub(crate) fn text(
        heading: impl Into<Cow<'static, str>>,
        key: impl Into<Cow<'static, str>>,
        importance: u8,
    ) -> Self {
        Self::new(heading.into(), key.into(), importance, Holds::Whole).at_least(TEXT_LEAST)
    }

    /// Text that is shown whole or not at all.
    pub(crate) fn whole(heading: &'static str, key: &'static str, importance: u8) -> Self {
        Self::new(heading.into(), key.into(), importance, Holds::Whole)
    }

    /// A number.
    pub(crate) fn number(
        heading: impl Into<Cow<'static, str>>,
        key: impl Into<Cow<'static, str>>,
        importance: u8,
    ) -> Self {
        Self::new(heading.into(), key.into(), importance, Holds::Number)
    }

    /// An id.
    pub(crate) fn id(
        heading: impl Into<Cow<'static, str>>,
        key: impl Into<Cow<'static, str>>,
        importance: u8,
    ) -> Self {
        Self::new(heading.into(), key.into(), importance, Holds::Id)
    }

    /// What only programs read: it is in tab-separated output, and not on a terminal.
    pub(crate) fn for_programs(key: &'static str) -> Self {
        Self {
            is_for_people: false,
            ..Self::new(key.into(), key.into(), 0, Holds::Whole)
        }
    }

    /// A number that only programs read.
    pub(crate) fn number_for_programs(key: &'static str) -> Self {
        Self {
            holds: Holds::Number,
            ..Self::for_programs(key)
        }
    }

    /// Text that is not shortened below so many columns, and for which columns of an importance below
    /// 50 are left out until it has twice as many.
    pub(crate) fn at_least(self, columns: usize) -> Self {
        self.between(columns, columns * EASE)
    }

    /// The same, with another number of columns from which on it is read with ease.
    pub(crate) fn between(mut self, least: usize, ease: usize) -> Self {
        self.holds = Holds::Text { least, ease };
        self
    }

    /// A shorter heading, for little space.
    pub(crate) fn brief(mut self, heading: &'static str) -> Self {
        self.brief = heading.into();
        self
    }
}
