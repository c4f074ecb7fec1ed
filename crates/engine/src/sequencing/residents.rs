//! Which plans are resident, in the order of use, and which of them are evicted when they take too many
//! bytes.
//!
//! It belongs to the sequencer, because each commit on a plan updates it and plans are evicted under its
//! lock.

use lru::LruCache;
use plansync_log::Position;

use crate::state::PlanName;

/// A plan that is resident.
struct Resident {
    bytes: usize,
    /// Its last commit. The plan stays until this is durable, because only the log can give it back.
    changed: Position,
}

/// The plans that are resident, by use.
pub(crate) struct Residents {
    by_use: LruCache<PlanName, Resident>,
    bytes: usize,
    bytes_max: usize,
}

impl Residents {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            by_use: LruCache::unbounded(),
            bytes: 0,
            bytes_max,
        }
    }

    /// How many plans are resident, and the bytes that they are counted with.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.by_use.len(), self.bytes)
    }

    /// A plan was loaded, or changed by the commit at `changed`.
    pub(crate) fn put(&mut self, name: PlanName, bytes: usize, changed: Position) {
        self.bytes += bytes;
        if let Some(before) = self.by_use.put(name, Resident { bytes, changed }) {
            self.bytes -= before.bytes;
        }
    }

    /// A plan was used.
    pub(crate) fn touch(&mut self, name: &PlanName) {
        self.by_use.promote(name);
    }

    /// Removes the least recently used plans until the others fit, and returns them. It stops at a plan whose
    /// last commit is beyond `durable`, and at one that `stays`, which was used just now.
    pub(crate) fn leaving(
        &mut self,
        durable: Position,
        stays: impl Fn(&PlanName) -> bool,
    ) -> Vec<PlanName> {
        let mut leaving = Vec::new();
        while self.bytes > self.bytes_max {
            match self.by_use.peek_lru() {
                Some((name, oldest)) if oldest.changed <= durable && !stays(name) => {}
                // It was changed or used just now, and every plan behind it even later.
                Some(_) | None => break,
            }
            let Some((name, oldest)) = self.by_use.pop_lru() else {
                break;
            };
            self.bytes -= oldest.bytes;
            leaving.push(name);
        }
        leaving
    }

    /// A plan was evicted for another reason than the bound.
    pub(crate) fn remove(&mut self, name: &PlanName) {
        if let Some(gone) = self.by_use.pop(name) {
            self.bytes -= gone.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use plansync_domain::ids::LearnerId;
    use uuid::Uuid;

    use super::*;

    fn name(tenant: &str, number: u128) -> PlanName {
        let learner = LearnerId::from_uuid(Uuid::from_u128(number));
        (tenant.parse().unwrap(), learner)
    }

    fn none(_name: &PlanName) -> bool {
        false
    }

    #[test]
    fn what_was_not_used_for_longest_leaves_first() {
        let mut residents = Residents::new(20);
        for number in 1..=3 {
            residents.put(name("a", number), 10, Position::new(1));
        }
        residents.touch(&name("a", 1));
        assert_eq!(residents.leaving(Position::new(1), none), [name("a", 2)]);
        residents.put(name("a", 3), 15, Position::new(1));
        assert_eq!(residents.leaving(Position::new(1), none), [name("a", 1)]);
        assert!(residents.leaving(Position::new(1), none).is_empty());
    }

    #[test]
    fn what_is_not_durable_stays() {
        let mut residents = Residents::new(0);
        residents.put(name("a", 1), 10, Position::new(2));
        assert!(residents.leaving(Position::new(1), none).is_empty());
        assert_eq!(residents.leaving(Position::new(2), none), [name("a", 1)]);
    }

    #[test]
    fn what_somebody_waits_for_stays_where_there_is_no_room_for_it() {
        let mut residents = Residents::new(10);
        for number in 1..=4 {
            residents.put(name("a", number), 10, Position::new(1));
        }
        residents.touch(&name("a", 1));
        residents.touch(&name("a", 2));
        let stays = |one: &PlanName| [name("a", 1), name("a", 2)].contains(one);
        let left = residents.leaving(Position::new(1), stays);
        assert_eq!(left, [name("a", 3), name("a", 4)]);
    }

    #[test]
    fn what_was_evicted_takes_no_room() {
        let mut residents = Residents::new(0);
        residents.put(name("a", 1), 10, Position::new(1));
        residents.put(name("b", 1), 5, Position::new(1));
        residents.remove(&name("a", 1));
        assert_eq!(residents.bytes, 5);
        assert_eq!(residents.leaving(Position::new(1), none), [name("b", 1)]);
    }
}
