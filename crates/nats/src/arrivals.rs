//! What has arrived at the endpoint and was not dealt with: light requests, those that wait for the disk, heavy
//! ones, and how many are held back until the log has grown.
//!
//! It is held behind one lock, for as long as it takes to put something in or to take it out.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::endpoint::{Asked, tenant_of};
use crate::held_back::Places;
use crate::intake::{Intake, Room};
use crate::lanes::Lanes;
use crate::light_requests::DISK_THREADS;

/// The light requests that may wait for their turn.
const LIGHT_ROOM: Room = Room {
    count: 32 * 1024,
    bytes: 64 * 1024 * 1024,
};
/// The light requests that may wait for the disk.
const DISK_ROOM: Room = Room {
    count: 4 * 1024,
    bytes: 64 * 1024 * 1024,
};
/// The heavy requests that may wait for a thread.
const HEAVY_ROOM: Room = Room {
    count: 4 * 1024,
    bytes: 64 * 1024 * 1024,
};
/// The requests that may be held back at once.
const HELD_BACK_MAX: usize = 1_024;

/// Requests that have arrived and are not handled yet.
pub(crate) struct Arrivals {
    waiting: Mutex<WaitingRequests>,
    /// Wakes the task that handles them.
    pub(crate) more: Notify,
    /// Whether nothing more will arrive: what is held back is answered then.
    pub(crate) ended: watch::Sender<bool>,
}

pub(crate) struct WaitingRequests {
    pub(crate) light: Intake<Asked>,
    /// Light requests that wait for the disk, and those behind them.
    pub(crate) lanes: Lanes<Asked>,
    pub(crate) heavy: Intake<Asked>,
    pub(crate) held_back: Places,
    /// How many heavy requests of each tenant run.
    heavy_running: HashMap<Box<str>, usize>,
    /// Nothing more will arrive.
    pub(crate) is_last: bool,
}

impl Arrivals {
    pub(crate) fn new() -> Self {
        Self {
            waiting: Mutex::new(WaitingRequests {
                light: Intake::new(LIGHT_ROOM),
                lanes: Lanes::new(DISK_THREADS, DISK_ROOM),
                heavy: Intake::new(HEAVY_ROOM),
                held_back: Places::new(HELD_BACK_MAX),
                heavy_running: HashMap::new(),
                is_last: false,
            }),
            more: Notify::new(),
            ended: watch::Sender::new(false),
        }
    }

    pub(crate) fn waiting(&self) -> MutexGuard<'_, WaitingRequests> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WaitingRequests {
    /// The next heavy request that may run where so many threads are free: of a tenant that has fewer than
    /// that, so that one tenant leaves a thread for the next. [`Self::heavy_ended`] says when it is done.
    pub(crate) fn next_heavy(&mut self, threads_free: usize) -> Option<Asked> {
        let running = &self.heavy_running;
        let may_run = |tenant: &str| {
            running
                .get(tenant)
                .is_none_or(|count| *count < threads_free)
        };
        let asked = self.heavy.next_of(may_run)?;
        let tenant = tenant_of(&asked.message.0.subject);
        *self.heavy_running.entry(tenant.into()).or_default() += 1;
        Some(asked)
    }

    pub(crate) fn heavy_ended(&mut self, tenant: &str) {
        if let Some(count) = self.heavy_running.get_mut(tenant) {
            *count -= 1;
            if *count == 0 {
                self.heavy_running.remove(tenant);
            }
        }
    }

    pub(crate) fn is_last(&self) -> bool {
        self.is_last
            && self.light.is_empty()
            && self.lanes.is_empty()
            && self.heavy.is_empty()
            && self.held_back.is_empty()
    }
}
