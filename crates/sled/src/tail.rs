//! The newest commits of a volume, in memory: those that sled does not have yet, and some that it has,
//! for readers that follow the end of the log.

use std::collections::VecDeque;

use plansync_log::{Position, Sequenced};

use crate::store::Page;

/// Commits without a gap, up to the end of their volume.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    commits: VecDeque<Sequenced>,
    bytes: usize,
}

impl Tail {
    /// Takes the commits that follow.
    pub(crate) fn extend(&mut self, group: &[Sequenced]) {
        for commit in group {
            self.bytes += commit.stored().len();
            self.commits.push_back(commit.clone());
        }
    }

    /// Drops what exceeds `bytes_max`, as far as sled has it: everything before `waiting`, or everything.
    pub(crate) fn trim(&mut self, waiting: Option<Position>, bytes_max: usize) {
        while self.bytes > bytes_max
            && let Some(oldest) = self.commits.front()
            && waiting.is_none_or(|first| oldest.position() < first)
        {
            self.bytes -= oldest.stored().len();
            self.commits.pop_front();
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The first position that is in it.
    pub(crate) fn first(&self) -> Option<Position> {
        self.commits.front().map(Sequenced::position)
    }

    /// Adds the commits to a page that it needs, from a position in the tail on.
    pub(crate) fn fill(&self, page: &mut Page) {
        let before = self
            .first()
            .map_or(0, |first| page.next.get().saturating_sub(first.get()));
        let before = usize::try_from(before).unwrap_or(usize::MAX);
        for commit in self.commits.iter().skip(before) {
            if !page.wants_more() {
                return;
            }
            // This cannot fail: there is no gap, and the first commit is the next one of the page.
            let _ = page.push(commit.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use plansync_log::{Position, Sequenced};

    use super::Tail;
    use crate::store::Page;

    fn commits(first: u64, count: u64, bytes: usize) -> Vec<Sequenced> {
        let commit = |position: u64| {
            let mut stored = vec![0; 48 + bytes];
            stored[..8].copy_from_slice(&position.to_be_bytes());
            Sequenced::from_stored(stored.into()).unwrap()
        };
        (first..first + count).map(commit).collect()
    }

    fn read(tail: &Tail, from: u64, count: usize) -> Vec<u64> {
        let mut page = Page::new(Position::new(from), count, usize::MAX);
        tail.fill(&mut page);
        let positions = page.commits.iter().map(|commit| commit.position().get());
        positions.collect()
    }

    #[test]
    fn what_sled_does_not_have_stays_however_much_it_is() {
        let mut tail = Tail::default();
        tail.extend(&commits(1, 20, 52));
        tail.trim(Some(Position::new(5)), 1000);
        assert_eq!(tail.first(), Some(Position::new(5)));
        tail.trim(None, 1000);
        assert_eq!((tail.first(), tail.bytes), (Some(Position::new(11)), 1000));
        tail.trim(None, 0);
        assert_eq!((tail.first(), tail.bytes), (None, 0));
    }

    #[test]
    fn a_page_begins_in_the_middle_and_ends_when_it_is_full() {
        let mut tail = Tail::default();
        tail.extend(&commits(10, 5, 1));
        assert_eq!(read(&tail, 10, 2), [10, 11]);
        assert_eq!(read(&tail, 13, 9), [13, 14]);
        assert_eq!(read(&tail, 15, 9), [0; 0]);
    }
}
