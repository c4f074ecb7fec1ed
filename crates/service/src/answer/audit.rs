//! The audit: commits of the log as they are shown, within the bound on the size of a reply.

mod blame;
mod changes;
mod commit;
mod diff;
mod event;
mod list;
mod origin;
mod parts;
mod plan;
mod replay;
mod sentence;
mod show;
mod trace;
mod tree;
mod what_if;
mod why;

use plansync_protocol::PAGE_BYTES_MAX;
use serde::Serialize;

/// The bytes of a reply around its items.
const AROUND: usize = 4 * 1024;
/// The bytes between two items, in either encoding.
const BETWEEN: usize = 2;

/// The room that is left in a reply. It is measured in JSON, which is the longer encoding, except that
/// MessagePack writes up to three bytes more for a long text.
struct Room(usize);

impl Room {
    fn new() -> Self {
        Self::beside(AROUND)
    }

    /// What is left beside so many bytes.
    fn beside(around: usize) -> Self {
        Self(PAGE_BYTES_MAX - around)
    }

    /// Takes room for an item; `false` if it does not fit.
    fn takes<T: Serialize>(&mut self, item: &T) -> bool {
        let bytes = length(item).saturating_add(BETWEEN);
        let fits = bytes <= self.0;
        self.0 = self.0.saturating_sub(bytes);
        fits
    }
}

/// Counts bytes.
struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The length of an item in JSON.
fn length<T: Serialize>(item: &T) -> usize {
    let mut counter = Counter(0);
    match serde_json::to_writer(&mut counter, item) {
        Ok(()) => counter.0,
        Err(_) => usize::MAX,
    }
}

/// The first items that fit into a reply, at least one.
fn fitting<T: Serialize>(items: impl Iterator<Item = T>, room: &mut Room) -> (Vec<T>, bool) {
    let mut kept = Vec::new();
    for item in items {
        if !room.takes(&item) && !kept.is_empty() {
            return (kept, false);
        }
        kept.push(item);
    }
    (kept, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_takes_what_fits_and_at_least_one_item() {
        let large = "x".repeat(PAGE_BYTES_MAX);
        let (kept, is_all) = fitting([large.as_str(), "y"].into_iter(), &mut Room::new());
        assert_eq!((kept.len(), is_all), (1, false));
        let (kept, is_all) = fitting(["x", large.as_str()].into_iter(), &mut Room::new());
        assert_eq!((kept, is_all), (vec!["x"], false));
        let (kept, is_all) = fitting(["x", "y"].into_iter(), &mut Room::new());
        assert_eq!((kept, is_all), (vec!["x", "y"], true));
    }
}
