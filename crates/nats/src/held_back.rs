//! Requests that are held back until the log has grown or a time has passed. They occupy a place and a timer, but
//! no thread; then they wait for their turn like any other heavy request.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use plansync_service::Awaited;

use crate::arrivals::Arrivals;
use crate::endpoint::{Asked, Handling, tenant_of};
use crate::port::Handler;
use crate::stop::requested;

/// The places of requests that are held back. A tenant may not have more of them than are left, so that others
/// always find one.
#[derive(Debug)]
pub(crate) struct Places {
    by_tenant: HashMap<Box<str>, usize>,
    all: usize,
    left: usize,
}

impl Places {
    /// So many places.
    pub(crate) fn new(count: usize) -> Self {
        Self {
            by_tenant: HashMap::new(),
            all: count,
            left: count,
        }
    }

    /// How many requests are held back.
    pub(crate) fn count(&self) -> usize {
        self.all - self.left
    }

    /// Takes a place; `false` if the tenant has too many.
    #[must_use]
    fn take(&mut self, tenant: &str) -> bool {
        let count = self.by_tenant.get(tenant).copied().unwrap_or(0);
        if count >= self.left {
            return false;
        }
        self.left -= 1;
        self.by_tenant.insert(tenant.into(), count + 1);
        true
    }

    fn give_back(&mut self, tenant: &str) {
        self.left += 1;
        if let Some(count) = self.by_tenant.get_mut(tenant) {
            *count -= 1;
            if *count == 0 {
                self.by_tenant.remove(tenant);
            }
        }
    }

    /// Whether no request is held back.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_tenant.is_empty()
    }
}

impl<H: Handler> Handling<H> {
    /// Holds a request back, or returns it if its tenant has too many held back.
    #[allow(clippy::result_large_err)] // The request itself, which is refused then.
    pub(crate) fn hold_back(
        &self,
        mut asked: Asked,
        awaited: Awaited,
        arrivals: &Arc<Arrivals>,
    ) -> Result<(), Asked> {
        let tenant = Box::<str>::from(tenant_of(asked.subject()));
        if !arrivals.waiting().held_back.take(&tenant) {
            return Err(asked);
        }
        let (handling, arrivals) = (self.clone(), Arc::clone(arrivals));
        let (mut durable, mut ended) = (self.handler.durable(), arrivals.ended.subscribe());
        tokio::spawn(async move {
            tokio::select! {
                _ = durable.wait_for(|durable| *durable >= awaited.position) => {}
                () = tokio::time::sleep(awaited.at_most) => {}
                () = requested(&mut ended) => {}
            }
            // The time of a request begins when it may be answered.
            asked.received = Instant::now();
            let offered = {
                let mut waiting = arrivals.waiting();
                waiting.held_back.give_back(&tenant);
                let bytes = asked.length();
                waiting.heavy.offer(&tenant, bytes, asked)
            };
            arrivals.more.notify_one();
            if let Err(asked) = offered {
                handling.refuse(asked).await;
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn one_tenant_leaves_places_for_the_next_and_gives_them_back() {
        let mut places = Places::new(8);
        let taken = |places: &mut Places, tenant| (0..9).filter(|_| places.take(tenant)).count();
        assert_eq!(taken(&mut places, "a"), 4);
        assert_eq!(taken(&mut places, "b"), 2);
        for _ in 0..4 {
            places.give_back("a");
        }
        assert_eq!(taken(&mut places, "c"), 3);
        for (tenant, count) in [("b", 2), ("c", 3)] {
            assert!(!places.is_empty());
            (0..count).for_each(|_| places.give_back(tenant));
        }
        assert!(places.is_empty());
        assert_eq!((places.count(), places.left), (0, 8));
    }
}
