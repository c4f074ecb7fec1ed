//! A queue that releases things in order, each only when the log is durable up to its position.
//! Replies and acknowledgements pass through it.

use std::time::Instant;

use tokio::sync::{mpsc, watch};

use plansync_log::Position;

/// The entrance. Its users see whether the queue is full.
pub(crate) struct GateQueue<T> {
    queue: mpsc::Sender<(Position, T)>,
    durable: watch::Receiver<Position>,
}

/// The exit.
pub(crate) struct Gate<T> {
    queue: mpsc::Receiver<(Position, T)>,
    durable: watch::Receiver<Position>,
    /// The last durable position that was seen, and when.
    seen: (Position, Instant),
}

/// How many things wait in a queue.
pub(crate) struct GateDepth<T>(mpsc::WeakSender<(Position, T)>);

/// A gate with room for `capacity` things.
pub(crate) fn gate<T>(
    durable: watch::Receiver<Position>,
    capacity: usize,
) -> (GateQueue<T>, Gate<T>) {
    let (sender, queue) = mpsc::channel(capacity);
    let waiting = GateQueue {
        queue: sender,
        durable: durable.clone(),
    };
    let seen = (*durable.borrow(), Instant::now());
    let gate = Gate {
        queue,
        durable,
        seen,
    };
    (waiting, gate)
}

impl<T> Clone for GateQueue<T> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            durable: self.durable.clone(),
        }
    }
}

impl<T> GateQueue<T> {
    /// Room for one thing, if there is any now.
    pub(crate) fn room(&self) -> Option<Permit<T>> {
        self.queue.clone().try_reserve_owned().ok().map(Permit)
    }

    /// Room for one thing, however long it takes; none if the gate is gone.
    pub(crate) async fn room_in_time(&self) -> Option<Permit<T>> {
        self.queue.clone().reserve_owned().await.ok().map(Permit)
    }

    /// The position up to which the log is durable.
    pub(crate) fn durable(&self) -> Position {
        *self.durable.borrow()
    }

    /// Tells how many things wait. It does not keep the gate open.
    pub(crate) fn depth(&self) -> GateDepth<T> {
        GateDepth(self.queue.downgrade())
    }

    /// Whether a thing need not wait, so that it may pass those that must.
    pub(crate) fn may_pass(&self, after: Position) -> bool {
        self.durable() >= after
    }
}

impl<T> Clone for GateDepth<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> GateDepth<T> {
    /// How many things wait, with the places that are reserved.
    pub(crate) fn get(&self) -> usize {
        let queue = self.0.upgrade();
        queue.map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }
}

/// A place in the queue, reserved until something is put into it.
pub(crate) struct Permit<T>(mpsc::OwnedPermit<(Position, T)>);

impl<T> Permit<T> {
    /// Queues a thing after those that were put before.
    pub(crate) fn put(self, after: Position, thing: T) {
        self.0.send((after, thing));
    }
}

impl<T> Gate<T> {
    /// The next thing, as soon as it may leave; none if all senders are gone, or if the log will
    /// never be durable that far.
    pub(crate) async fn next(&mut self) -> Option<T> {
        let (after, thing) = self.queue.recv().await?;
        let waited = self.durable.wait_for(|durable| *durable >= after);
        let durable = *waited.await.ok()?;
        if durable > self.seen.0 {
            self.seen = (durable, Instant::now());
        }
        Some(thing)
    }

    /// When the log was first seen to be durable as far as the last thing needs; the clock is asked once for each
    /// position that the log reaches.
    pub(crate) fn durable_since(&self) -> Instant {
        self.seen.1
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::watch;

    use super::gate;
    use plansync_log::Position;

    #[tokio::test]
    async fn nothing_leaves_before_it_is_durable_and_order_is_kept() {
        let (durable, watched) = watch::channel(Position::ZERO);
        let (waiting, mut gate) = gate(watched, 8);
        for (after, name) in [(2, "edit"), (0, "read"), (3, "start")] {
            waiting.room().unwrap().put(Position::new(after), name);
        }
        let early = tokio::time::timeout(Duration::from_millis(20), gate.next()).await;
        assert_eq!(early.ok(), None);
        // If the wait is cancelled, the thing that was awaited is lost; therefore a gate is never
        // used in a race.
        durable.send_replace(Position::new(2));
        assert_eq!(gate.next().await, Some("read"));
        drop(durable);
        assert_eq!(gate.next().await, None);
    }

    #[tokio::test]
    async fn what_is_durable_already_may_pass() {
        let (durable, watched) = watch::channel(Position::new(2));
        let (waiting, _gate) = gate::<()>(watched, 1);
        let may_pass = |after| waiting.may_pass(Position::new(after));
        assert_eq!([0, 2, 3].map(may_pass), [true, true, false]);
        durable.send_replace(Position::new(3));
        assert!(may_pass(3));
    }

    #[tokio::test]
    async fn a_full_queue_has_no_room() {
        let (_durable, watched) = watch::channel(Position::ZERO);
        let (waiting, _gate) = gate(watched, 1);
        let depth = waiting.depth();
        assert_eq!(depth.get(), 0);
        let room = waiting.room().unwrap();
        assert!(waiting.room().is_none());
        room.put(Position::ZERO, ());
        assert!(waiting.room().is_none());
        assert_eq!(depth.get(), 1);
        drop(waiting);
        assert_eq!(depth.get(), 0);
    }
}
