//! Pages: which part of a list is shown, and the length of the whole list.

/// Which part of a list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The number of items before it.
    pub skip: usize,
    /// The most items that are requested.
    pub take: usize,
}

/// A part of a list, and the length of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The length of the whole list.
    pub total: usize,
    /// The items of the part.
    pub items: Vec<T>,
}

impl Window {
    /// The most items that are shown at a time, whatever is requested. The wire protocol has the same
    /// limit, which `service` asserts.
    pub const TAKE_MAX: usize = 500;

    /// The most items that are shown.
    pub(super) fn count_max(self) -> usize {
        self.take.min(Self::TAKE_MAX)
    }

    /// The part of a whole list.
    pub(super) fn of<T>(self, all: Vec<T>) -> Listed<T> {
        Listed {
            total: all.len(),
            items: all
                .into_iter()
                .skip(self.skip)
                .take(self.count_max())
                .collect(),
        }
    }
}

impl<T> Listed<T> {
    /// The same part with each item converted.
    pub(super) fn map<U>(self, make: impl FnMut(T) -> U) -> Listed<U> {
        Listed {
            total: self.total,
            items: self.items.into_iter().map(make).collect(),
        }
    }

    /// The same part with each item converted, or the first error.
    pub(super) fn try_map<U, E>(self, make: impl FnMut(T) -> Result<U, E>) -> Result<Listed<U>, E> {
        Ok(Listed {
            total: self.total,
            items: self.items.into_iter().map(make).collect::<Result<_, _>>()?,
        })
    }
}
