//! Which part of a list is shown, and how many there are in all.

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many items stand before it.
    pub skip: usize,
    /// How many it shows at most.
    pub take: usize,
}

/// A part of a list, and the length of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// How many there are in all.
    pub total: usize,
    /// Those shown.
    pub items: Vec<T>,
}

impl Window {
    /// The most items that are shown at a time, whatever is asked.
    pub const TAKE_MAX: usize = 500;

    /// How many items are shown at most.
    pub(crate) fn count_max(self) -> usize {
        self.take.min(Self::TAKE_MAX)
    }

    /// The part of a whole list.
    pub(crate) fn of<T>(self, all: Vec<T>) -> Listed<T> {
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
    /// The same part with something else made of each item.
    pub(crate) fn map<U>(self, make: impl FnMut(T) -> U) -> Listed<U> {
        Listed {
            total: self.total,
            items: self.items.into_iter().map(make).collect(),
        }
    }

    /// The same part with something else made of each item, or the first failure.
    pub(crate) fn try_map<U, E>(self, make: impl FnMut(T) -> Result<U, E>) -> Result<Listed<U>, E> {
        Ok(Listed {
            total: self.total,
            items: self.items.into_iter().map(make).collect::<Result<_, _>>()?,
        })
    }
}
