//! The light requests that wait for the disk: those of each actor in order, the tenants in turn,
//! and never one tenant on all threads.
//!
//! While a request of an actor waits for the disk, whatever the actor sends queues behind it, in
//! the actor's lane. When the disk has answered, the lane comes back: the requests behind it mostly
//! need no disk.

use std::collections::{HashMap, VecDeque};

use crate::intake::Room;

/// An actor of a tenant: `<tenant>.<actor>`, as in subjects.
type Who = Box<str>;

/// The requests that wait, lane by lane.
#[derive(Debug)]
pub(crate) struct Lanes<T> {
    by_who: HashMap<Who, Lane<T>>,
    /// Tenants with a lane whose first request needs the disk, the next one first.
    turns: VecDeque<Box<str>>,
    /// Lanes whose first request may need no disk, the next one first.
    back: VecDeque<Who>,
    tenants: HashMap<Box<str>, Used>,
    threads_left: usize,
    room: Room,
    left: Room,
}

#[derive(Debug)]
struct Lane<T> {
    waiting: VecDeque<(usize, T)>,
}

/// What a tenant uses.
#[derive(Debug, Default)]
struct Used {
    /// Lanes whose first request needs the disk, the next one first.
    cold: VecDeque<Who>,
    threads: usize,
    count: usize,
    bytes: usize,
}

/// A request that was taken from its lane.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Turn<T> {
    pub(crate) who: Who,
    pub(crate) bytes: usize,
    pub(crate) request: T,
}

impl<T> Lanes<T> {
    /// Empty, with this many threads and this much room.
    pub(crate) fn new(threads: usize, room: Room) -> Self {
        Self {
            by_who: HashMap::new(),
            turns: VecDeque::new(),
            back: VecDeque::new(),
            tenants: HashMap::new(),
            threads_left: threads,
            room,
            left: room,
        }
    }

    /// How many requests wait or run.
    pub(crate) fn count(&self) -> usize {
        self.room.count - self.left.count
    }

    /// Whether nothing waits and nothing runs.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_who.is_empty()
    }

    /// Whether the requests of an actor must queue.
    pub(crate) fn holds(&self, who: &str) -> bool {
        !self.by_who.is_empty() && self.by_who.contains_key(who)
    }

    /// Queues a request that needs the disk, or that follows one which does. Returns it if its
    /// tenant has too many waiting.
    pub(crate) fn offer(&mut self, who: &str, bytes: usize, request: T) -> Result<(), T> {
        let used = self.tenants.get(tenant_of(who));
        let (count_now, bytes_now) = used.map_or((0, 0), |used| (used.count, used.bytes));
        if count_now >= self.left.count || bytes_now.saturating_add(bytes) > self.left.bytes {
            return Err(request);
        }
        self.left.count -= 1;
        self.left.bytes -= bytes;
        let used = self.tenants.entry(tenant_of(who).into()).or_default();
        used.count += 1;
        used.bytes += bytes;
        if let Some(lane) = self.by_who.get_mut(who) {
            lane.waiting.push_back((bytes, request));
        } else {
            let waiting = VecDeque::from([(bytes, request)]);
            self.by_who.insert(who.into(), Lane { waiting });
            self.wants_disk(who.into());
        }
        Ok(())
    }

    fn wants_disk(&mut self, who: Who) {
        let tenant = Box::<str>::from(tenant_of(&who));
        let used = self.tenants.entry(tenant.clone()).or_default();
        if used.cold.is_empty() {
            self.turns.push_back(tenant);
        }
        used.cold.push_back(who);
    }

    /// The next request that a thread may take: one of a tenant that uses fewer threads than are
    /// free, so that one tenant leaves room for the next. [`Self::ended`] must be called when it is
    /// done.
    pub(crate) fn start(&mut self) -> Option<Turn<T>> {
        for _ in 0..self.turns.len() {
            let tenant = self.turns.pop_front()?;
            let used = self.tenants.get_mut(&tenant)?;
            let may_run = used.threads < self.threads_left;
            let who = may_run.then(|| used.cold.pop_front()).flatten();
            if who.is_some() {
                used.threads += 1;
            }
            if !used.cold.is_empty() {
                self.turns.push_back(tenant);
            }
            let Some(who) = who else { continue };
            self.threads_left -= 1;
            let (bytes, request) = self.by_who.get_mut(&who)?.waiting.pop_front()?;
            return Some(Turn {
                who,
                bytes,
                request,
            });
        }
        None
    }

    /// A thread has done a request of this many bytes: the rest of its lane comes back.
    pub(crate) fn ended(&mut self, who: Who, bytes: usize) {
        self.threads_left += 1;
        if let Some(used) = self.tenants.get_mut(tenant_of(&who)) {
            used.threads -= 1;
        }
        self.give_room(&who, bytes);
        self.go_on(who);
    }

    /// Whether a lane came back.
    pub(crate) fn has_back(&self) -> bool {
        !self.back.is_empty()
    }

    /// The next request of a lane that came back. The caller then calls [`Self::answered`] or
    /// [`Self::needs_disk_again`].
    pub(crate) fn next_back(&mut self) -> Option<Turn<T>> {
        let who = self.back.pop_front()?;
        let (bytes, request) = self.by_who.get_mut(&who)?.waiting.pop_front()?;
        Some(Turn {
            who,
            bytes,
            request,
        })
    }

    /// A request of a lane that came back needed no disk.
    pub(crate) fn answered(&mut self, who: Who, bytes: usize) {
        self.give_room(&who, bytes);
        self.go_on(who);
    }

    /// A request of a lane that came back needs the disk.
    pub(crate) fn needs_disk_again(&mut self, turn: Turn<T>) {
        let Turn {
            who,
            bytes,
            request,
        } = turn;
        if let Some(lane) = self.by_who.get_mut(&who) {
            lane.waiting.push_front((bytes, request));
            self.wants_disk(who);
        }
    }

    fn go_on(&mut self, who: Who) {
        match self.by_who.get(&who) {
            Some(lane) if lane.waiting.is_empty() => drop(self.by_who.remove(&who)),
            Some(_) => self.back.push_back(who),
            None => {}
        }
    }

    fn give_room(&mut self, who: &str, bytes: usize) {
        self.left.count += 1;
        self.left.bytes += bytes;
        let tenant = tenant_of(who);
        if let Some(used) = self.tenants.get_mut(tenant) {
            used.count -= 1;
            used.bytes -= bytes;
            if used.count == 0 {
                self.tenants.remove(tenant);
            }
        }
    }
}

/// The name of a tenant contains no full stop.
fn tenant_of(who: &str) -> &str {
    who.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Lanes, Room, Turn};

    const ROOM: Room = Room {
        count: 100,
        bytes: 1_000,
    };

    fn started(lanes: &mut Lanes<u32>) -> Vec<Turn<u32>> {
        std::iter::from_fn(|| lanes.start()).collect()
    }

    fn numbers(turns: &[Turn<u32>]) -> Vec<u32> {
        turns.iter().map(|turn| turn.request).collect()
    }

    #[test]
    fn what_an_actor_sends_behind_a_cold_request_keeps_its_order() {
        let mut lanes = Lanes::new(8, ROOM);
        for number in 1..=3 {
            lanes.offer("a.ann", 1, number).unwrap();
        }
        assert_eq!(lanes.count(), 3);
        let Turn {
            who,
            bytes,
            request,
        } = lanes.start().unwrap();
        assert_eq!(request, 1);
        assert!(lanes.holds("a.ann") && !lanes.holds("a.bob"));
        assert!(lanes.start().is_none() && lanes.next_back().is_none());
        lanes.ended(who, bytes);
        let second = lanes.next_back().unwrap();
        assert_eq!(second.request, 2);
        assert!(lanes.next_back().is_none());
        lanes.needs_disk_again(second);
        let second = lanes.start().unwrap();
        assert_eq!(second.request, 2);
        lanes.ended(second.who, second.bytes);
        let third = lanes.next_back().unwrap();
        assert_eq!(third.request, 3);
        lanes.answered(third.who, third.bytes);
        assert!(lanes.is_empty() && !lanes.holds("a.ann"));
    }

    #[test]
    fn a_tenant_leaves_threads_for_the_next() {
        let mut lanes = Lanes::new(8, ROOM);
        for number in 0..20 {
            lanes.offer(&format!("a.{number}"), 1, number).unwrap();
        }
        let first = started(&mut lanes);
        assert_eq!(numbers(&first), [0, 1, 2, 3]);
        for number in 20..30 {
            lanes.offer(&format!("b.{number}"), 1, number).unwrap();
        }
        assert_eq!(numbers(&started(&mut lanes)), [20, 21]);
        lanes.offer("c.carl", 1, 30).unwrap();
        assert_eq!(numbers(&started(&mut lanes)), [30]);
        for turn in first {
            lanes.ended(turn.who, turn.bytes);
        }
        let mut next = numbers(&started(&mut lanes));
        next.sort_unstable();
        assert_eq!(next, [4, 5, 22]);
    }

    #[test]
    fn whoever_floods_is_refused_and_its_room_is_given_back() {
        let mut lanes = Lanes::new(1, Room { count: 4, bytes: 8 });
        assert_eq!(lanes.offer("a.ann", 9, 0), Err(0));
        for number in 1..=2 {
            lanes.offer("a.ann", 1, number).unwrap();
        }
        assert_eq!(lanes.offer("a.bob", 1, 3), Err(3));
        lanes.offer("b.bob", 1, 4).unwrap();
        let turn = lanes.start().unwrap();
        lanes.ended(turn.who, turn.bytes);
        let turn = lanes.next_back().unwrap();
        lanes.answered(turn.who, turn.bytes);
        let turn = lanes.start().unwrap();
        assert_eq!(turn.request, 4);
        lanes.ended(turn.who, turn.bytes);
        assert!(lanes.is_empty());
        assert_eq!((lanes.left.count, lanes.left.bytes), (4, 8));
        assert!(lanes.tenants.is_empty());
    }
}
