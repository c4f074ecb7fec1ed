//! The names of the latest commits, which the log's own index may not have yet: command ids, and the records
//! that were opened.
//!
//! An entry stays for a fixed number of commits after its own. A look-up in the log's index that is followed
//! by one here therefore misses no commit that became durable between the two.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};
use plansync_domain::ids::{SessionId, TenantId};
use plansync_log::{CommandKey, Position};

/// A command's id in its scope: the tenant.
pub(crate) type CommandName = (TenantId, CommandKey);

/// A record session in its tenant.
pub(crate) type SessionName = (TenantId, SessionId);

/// A bounded map from the latest names to positions. The table holds only numbers, so that it stays in a
/// core's cache.
pub(crate) struct RecentNames<N> {
    /// The oldest first.
    latest: VecDeque<(N, Position)>,
    /// The number of the oldest name; the names after it have consecutive numbers.
    oldest: u64,
    numbers: HashTable<u64>,
    hasher: DefaultHashBuilder,
    count_max: usize,
}

impl<N: Hash + Eq> RecentNames<N> {
    pub(crate) fn new(count_max: usize) -> Self {
        Self {
            latest: VecDeque::new(),
            oldest: 0,
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            count_max,
        }
    }

    /// The position of a name's commit, if it is among the latest.
    pub(crate) fn get(&self, name: &N) -> Option<Position> {
        let is_it = |number: &u64| self.at(*number).is_some_and(|(known, _)| known == name);
        let number = self.numbers.find(self.hasher.hash_one(name), is_it)?;
        self.at(*number).map(|(_, position)| *position)
    }

    /// Adds a name, and drops the oldest one if there are too many.
    pub(crate) fn insert(&mut self, name: N, position: Position) {
        let number = self.oldest + self.latest.len() as u64;
        self.numbers
            .insert_unique(self.hasher.hash_one(&name), number, |number| {
                let known = number_at(&self.latest, self.oldest, *number);
                known.map_or(0, |(name, _)| self.hasher.hash_one(name))
            });
        self.latest.push_back((name, position));
        if self.latest.len() > self.count_max
            && let Some((name, _)) = self.latest.pop_front()
        {
            let is_oldest = |number: &u64| *number == self.oldest;
            let found = self
                .numbers
                .find_entry(self.hasher.hash_one(&name), is_oldest);
            if let Ok(oldest) = found {
                oldest.remove();
            }
            self.oldest += 1;
        }
    }

    fn at(&self, number: u64) -> Option<&(N, Position)> {
        number_at(&self.latest, self.oldest, number)
    }

    /// For how many commits an entry is kept.
    pub(crate) fn count_max(&self) -> u64 {
        u64::try_from(self.count_max).unwrap_or(u64::MAX)
    }
}

/// The name that has this number.
fn number_at<N>(
    latest: &VecDeque<(N, Position)>,
    oldest: u64,
    number: u64,
) -> Option<&(N, Position)> {
    latest.get(usize::try_from(number.checked_sub(oldest)?).ok()?)
}

#[cfg(test)]
mod tests {
    use plansync_log::CommandScope;
    use uuid::Uuid;

    use super::*;

    fn name(number: u128) -> CommandName {
        let key = CommandKey {
            scope: CommandScope::Client,
            id: Uuid::from_u128(number),
        };
        ("college".parse().unwrap(), key)
    }

    #[test]
    fn an_entry_is_forgotten_only_after_its_reach() {
        let mut recent = RecentNames::new(2);
        for number in 1..=3_u64 {
            recent.insert(name(u128::from(number)), Position::new(number));
        }
        assert_eq!(recent.get(&name(1)), None);
        assert_eq!(recent.get(&name(2)), Some(Position::new(2)));
        assert_eq!(recent.get(&name(3)), Some(Position::new(3)));
    }

    #[test]
    fn as_many_as_fit_are_known_and_no_other() {
        let mut recent = RecentNames::new(1_000);
        for number in 1..=5_000_u64 {
            recent.insert(name(u128::from(number)), Position::new(number));
        }
        for number in 1..=5_001_u64 {
            let known = (4_001..=5_000).contains(&number);
            let expected = known.then(|| Position::new(number));
            assert_eq!(recent.get(&name(u128::from(number))), expected);
        }
        assert_eq!(recent.numbers.len(), 1_000);
    }
}
