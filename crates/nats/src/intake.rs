//! The requests that wait for their turn: those of each tenant in order, and the tenants in turn.
//!
//! A tenant may not have more requests waiting than there is room left, so however many tenants
//! flood the engine, the first requests of another one always find room.

use std::collections::{HashMap, VecDeque};

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
}

/// The requests that wait.
#[derive(Debug)]
pub(crate) struct Intake<T> {
    tenants: HashMap<Box<str>, Queue<T>>,
    /// Tenants with waiting requests, the next one first.
    turns: VecDeque<Box<str>>,
    room: Room,
    left: Room,
}

#[derive(Debug)]
struct Queue<T> {
    waiting: VecDeque<(usize, T)>,
    bytes: usize,
}

impl<T> Intake<T> {
    /// An empty queue with this much room.
    pub(crate) fn new(room: Room) -> Self {
        Self {
            tenants: HashMap::new(),
            turns: VecDeque::new(),
            room,
            left: room,
        }
    }

    /// How many requests wait.
    pub(crate) fn count(&self) -> usize {
        self.room.count - self.left.count
    }

    /// Queues a request of this many bytes, or returns it if its tenant has too many waiting.
    pub(crate) fn offer(&mut self, tenant: &str, bytes: usize, request: T) -> Result<(), T> {
        let (count_now, bytes_now) = match self.tenants.get(tenant) {
            Some(queue) => (queue.waiting.len(), queue.bytes),
            None => (0, 0),
        };
        if count_now >= self.left.count || bytes_now.saturating_add(bytes) > self.left.bytes {
            return Err(request);
        }
        self.left.count -= 1;
        self.left.bytes -= bytes;
        if let Some(queue) = self.tenants.get_mut(tenant) {
            queue.waiting.push_back((bytes, request));
            queue.bytes += bytes;
        } else {
            let name = Box::<str>::from(tenant);
            self.turns.push_back(name.clone());
            let waiting = VecDeque::from([(bytes, request)]);
            self.tenants.insert(name, Queue { waiting, bytes });
        }
        Ok(())
    }

    /// The next request: the one that has waited for longest of the tenant whose turn it is.
    pub(crate) fn next(&mut self) -> Option<T> {
        self.next_of(|_| true)
    }

    /// The same, of those tenants alone that may have a turn now; the others keep theirs.
    pub(crate) fn next_of(&mut self, may_run: impl Fn(&str) -> bool) -> Option<T> {
        let place = self.turns.iter().position(|tenant| may_run(tenant))?;
        let tenant = self.turns.remove(place)?;
        let queue = self.tenants.get_mut(&tenant)?;
        let (bytes, request) = queue.waiting.pop_front()?;
        queue.bytes -= bytes;
        self.left.count += 1;
        self.left.bytes += bytes;
        if queue.waiting.is_empty() {
            self.tenants.remove(&tenant);
        } else {
            self.turns.push_back(tenant);
        }
        Some(request)
    }

    /// Whether no request waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Intake, Room};

    const ROOM: Room = Room {
        count: 12,
        bytes: 1_200,
    };

    fn all(intake: &mut Intake<u32>) -> Vec<u32> {
        std::iter::from_fn(|| intake.next()).collect()
    }

    #[test]
    fn tenants_take_turns_and_each_keeps_its_order() {
        let mut intake = Intake::new(ROOM);
        for number in [10, 11, 12] {
            intake.offer("a", 1, number).unwrap();
        }
        intake.offer("b", 1, 20).unwrap();
        assert_eq!(intake.count(), 4);
        assert_eq!(intake.next(), Some(10));
        assert_eq!(intake.count(), 3);
        intake.offer("b", 1, 21).unwrap();
        assert_eq!(all(&mut intake), [20, 11, 21, 12]);
        assert!(intake.is_empty());
    }

    #[test]
    fn whoever_may_not_run_now_keeps_the_turn() {
        let mut intake = Intake::new(ROOM);
        for (tenant, number) in [("a", 10), ("a", 11), ("b", 20)] {
            intake.offer(tenant, 1, number).unwrap();
        }
        assert_eq!(intake.next_of(|tenant| tenant != "a"), Some(20));
        assert_eq!(intake.next_of(|tenant| tenant != "a"), None);
        assert_eq!(all(&mut intake), [10, 11]);
    }

    #[test]
    fn whoever_floods_leaves_room_for_the_next() {
        let mut intake = Intake::new(ROOM);
        let flood = |intake: &mut Intake<u32>, tenant: &str| {
            (0..100)
                .filter(|number| intake.offer(tenant, 1, *number).is_ok())
                .count()
        };
        assert_eq!(flood(&mut intake, "a"), 6);
        assert_eq!(flood(&mut intake, "b"), 3);
        assert_eq!(flood(&mut intake, "c"), 2);
        assert_eq!(flood(&mut intake, "d"), 1);
    }

    #[test]
    fn bytes_count_and_are_given_back() {
        let mut intake = Intake::new(ROOM);
        intake.offer("a", 600, 1).unwrap();
        assert_eq!(intake.offer("a", 1, 2), Err(2));
        intake.offer("b", 600, 3).unwrap();
        assert_eq!(intake.offer("c", 1, 4), Err(4));
        assert_eq!(all(&mut intake), [1, 3]);
        intake.offer("c", 1_200, 5).unwrap();
        assert_eq!(intake.offer("d", 1, 6), Err(6));
        assert_eq!(all(&mut intake), [5]);
        for round in 0..1_000 {
            intake.offer("a", 1_200, round).unwrap();
            assert_eq!(intake.next(), Some(round));
        }
    }
}
