//! Events that were delivered, but not acknowledged, before reading began.
//!
//! The server delivers them again, but not necessarily in their order, nor before all new ones. They are therefore
//! collected, together with the new events that come meanwhile, and read in the order of the stream. Their number has the
//! bound that the consumer sets (`max_ack_pending`).

use std::collections::BTreeMap;

/// Deliveries by their sequence in the stream.
#[derive(Debug)]
pub(super) struct Overdue<D> {
    /// The number of events that are overdue.
    count: usize,
    /// The sequence of the newest event that was delivered before.
    newest: u64,
    deliveries: BTreeMap<u64, D>,
}

impl<D> Overdue<D> {
    /// Nothing is collected yet of `count` events, none of which is newer than `newest`.
    pub(super) fn new(count: usize, newest: u64) -> Self {
        Self {
            count,
            newest,
            deliveries: BTreeMap::new(),
        }
    }

    /// Collects a delivery; the last one of each event counts.
    pub(super) fn collect(&mut self, sequence: u64, delivery: D) {
        self.deliveries.insert(sequence, delivery);
    }

    /// Whether all events that were overdue have come.
    pub(super) fn is_complete(&self) -> bool {
        self.missing() == 0
    }

    /// The number of events that are overdue and have not come.
    pub(super) fn missing(&self) -> usize {
        let come = self.deliveries.range(..=self.newest).count();
        self.count.saturating_sub(come)
    }

    /// Whether nothing else can come, if so many events are not acknowledged: some were removed from the stream, or
    /// acknowledged late.
    pub(super) fn has_all(&self, unacknowledged: usize) -> bool {
        unacknowledged <= self.deliveries.len()
    }

    /// What was collected, in the order of the stream.
    pub(super) fn into_deliveries(self) -> impl Iterator<Item = D> {
        self.deliveries.into_values()
    }
}

#[cfg(test)]
mod tests {
    use super::Overdue;

    #[test]
    fn overdue_events_are_read_in_their_order_and_before_new_ones() {
        let mut overdue = Overdue::new(3, 7);
        for (sequence, name) in [(7, "c"), (9, "new"), (4, "early"), (4, "a")] {
            overdue.collect(sequence, name);
            assert!(!overdue.is_complete(), "{name}");
        }
        assert!(!overdue.has_all(4));
        overdue.collect(5, "b");
        assert!(overdue.is_complete());
        let read: Vec<_> = overdue.into_deliveries().collect();
        assert_eq!(read, ["a", "b", "c", "new"]);
    }

    #[test]
    fn an_event_that_was_removed_is_not_waited_for() {
        let mut overdue = Overdue::new(2, 7);
        overdue.collect(4, "a");
        assert!(!overdue.is_complete());
        assert!(!overdue.has_all(2));
        assert!(overdue.has_all(1));
    }
}
