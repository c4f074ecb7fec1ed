//! The commands of the latest commits, by id: what the log's own index may not hold yet.
//!
//! An entry stays for a fixed number of commits after its own, so that a look-up in the log's
//! index followed by one here, a little later, cannot miss a commit that moved between them.

use std::collections::{HashMap, VecDeque};

use plansync_domain::ids::TenantId;
use plansync_log::{CommandKey, Position};

/// A command's id in its scope: the tenant.
pub(crate) type CommandName = (TenantId, CommandKey);

/// A bounded map of the latest commands.
pub(crate) struct RecentCommands {
    positions: HashMap<CommandName, Position>,
    order: VecDeque<CommandName>,
    count_max: usize,
}

impl RecentCommands {
    pub(crate) fn new(count_max: usize) -> Self {
        Self {
            positions: HashMap::new(),
            order: VecDeque::new(),
            count_max,
        }
    }

    pub(crate) fn get(&self, name: &CommandName) -> Option<Position> {
        self.positions.get(name).copied()
    }

    pub(crate) fn insert(&mut self, name: CommandName, position: Position) {
        self.positions.insert(name.clone(), position);
        self.order.push_back(name);
        if self.order.len() > self.count_max
            && let Some(oldest) = self.order.pop_front()
        {
            self.positions.remove(&oldest);
        }
    }

    /// For how many commits an entry is kept.
    pub(crate) fn reach(&self) -> u64 {
        u64::try_from(self.count_max).unwrap_or(u64::MAX)
    }
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
        let mut recent = RecentCommands::new(2);
        for number in 1..=3_u64 {
            recent.insert(name(u128::from(number)), Position::new(number));
        }
        assert_eq!(recent.get(&name(1)), None);
        assert_eq!(recent.get(&name(2)), Some(Position::new(2)));
        assert_eq!(recent.get(&name(3)), Some(Position::new(3)));
    }
}
