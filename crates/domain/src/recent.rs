//! Record sessions and their recent changes (C1–C4, C7).
//!
//! A session remembers the plan at its marker and at its syncs; recent changes are the differences
//! to the present plan. Their order is that of the log, and no clock is read (C5).
//!
//! The folder has everything that is known of open records: touches, what syncs carried, when a
//! record was used, and why the latest were closed. Opening and closing them is decided in
//! `decide`.
//!
//! May import: `event`, `ids`, `plan`, `sync`, `text`, `time`, `values`.

pub mod change;
pub mod closings;
pub mod hand_additions;
pub(crate) mod memory;
pub mod records;
pub(crate) mod taken;
pub mod touches;
pub mod usage;

use std::sync::Arc;

use crate::event::RecordOpened;
use crate::ids::position::Position;
use crate::ids::version::Version;
use crate::ids::{AdministratorId, ComponentId, LearnerId};
use crate::plan::Plan;
use crate::plan::not_resident::NotResident;
use crate::recent::change::RecentChange;
use crate::recent::hand_additions::HandAdditions;
use crate::recent::memory::Memory;
use crate::recent::taken::Taken;
use crate::recent::usage::Usage;
use crate::sync::change_set::Entry;
use crate::sync::request::SyncKind;
use crate::time::log_time::Stamp;
use crate::values::Values;

/// A record session: an administrator has a learner's record open.
#[derive(Debug, Clone)]
pub struct RecordSession {
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The administrator who opened it.
    pub administrator: AdministratorId,
    /// The version of the plan then (the marker).
    pub marker: Version,
    /// What it remembers of the plan; none while the plan is not resident.
    memory: Option<Memory>,
    /// What its syncs carried.
    taken: Taken,
    /// When it was opened and last touched.
    pub(crate) usage: Usage,
}

impl RecordSession {
    /// A session that is opened, with the present plan, or without if it is not resident.
    pub(crate) fn open(opened: &RecordOpened, stamp: Stamp, base: Option<Arc<Plan>>) -> Self {
        Self {
            learner: opened.learner,
            administrator: opened.administrator.clone(),
            marker: opened.marker,
            memory: base.map(Memory::of),
            taken: Taken::default(),
            usage: Usage::begun(stamp),
        }
    }

    /// A session from an image, without the plan.
    pub(crate) fn kept(
        learner: LearnerId,
        administrator: AdministratorId,
        marker: Version,
        taken: Taken,
        usage: Usage,
    ) -> Self {
        Self {
            learner,
            administrator,
            marker,
            memory: None,
            taken,
            usage,
        }
    }

    /// Whether the syncs of both carried the same components. What else is remembered changes with
    /// the plan.
    pub(crate) fn is_as_open_as(&self, later: &Self) -> bool {
        self.taken.is_as(&later.taken)
    }

    /// The position in the log at which it was opened: its previews are later.
    pub fn opened_at(&self) -> Position {
        self.usage.opened_at
    }

    /// What its syncs carried.
    pub(crate) fn taken(&self) -> &Taken {
        &self.taken
    }

    /// The plan is evicted, together with what is remembered of it.
    pub(crate) fn forget(&mut self) {
        self.memory = None;
    }

    /// The plan is being fetched: memory begins at the marker.
    pub(crate) fn remember(&mut self, plan: &Arc<Plan>) {
        if plan.version() == self.marker {
            self.memory = Some(Memory::of(Arc::clone(plan)));
        }
        self.note_base(plan);
    }

    /// Keeps the plan if it has a version that components are compared with.
    fn note_base(&mut self, plan: &Arc<Plan>) {
        if let Some(memory) = &mut self.memory
            && plan.version() > self.marker
            && self.taken.is_base(plan.version())
        {
            memory.bases.insert(plan.version(), Arc::clone(plan));
        }
    }

    /// The plan was changed by one commit, of this session's administrator or of somebody else.
    pub(crate) fn observe(
        &mut self,
        is_own: bool,
        (before, after): (&Plan, &Plan),
        additions: &HandAdditions,
    ) {
        let Some(memory) = &mut self.memory else {
            return;
        };
        if !Arc::ptr_eq(before.shape(), after.shape()) {
            memory.observe_additions_and_removals(is_own, before, after, additions);
        }
        memory.observe_readditions(is_own, before, after, additions);
        if !is_own {
            return;
        }
        let version = after.version();
        for now in after.iter().filter(|now| now.last_changed() == version) {
            if let Some(was) = before.component(now.component())
                && !additions.has(now.component())
            {
                memory.observe_change(was, now, version);
            }
        }
    }

    /// A sync of this session was accepted, when the plan was as given, if it is resident (C2, C7).
    pub(crate) fn took<'a>(
        &mut self,
        kind: SyncKind,
        entries: impl Iterator<Item = &'a Entry>,
        version: Version,
        plan: Option<&Arc<Plan>>,
    ) {
        self.taken.accepted(kind, entries, version);
        if let Some(plan) = plan {
            self.note_base(plan);
        }
    }

    /// A sync of this session changed these components of its own source; the plan is as given
    /// since then, if it is resident (T3).
    pub(crate) fn updated(
        &mut self,
        components: impl Iterator<Item = ComponentId>,
        version: Version,
        plan: Option<&Arc<Plan>>,
    ) {
        self.taken.updated_source(components, version);
        if let Some(plan) = plan {
            self.note_base(plan);
        }
    }

    /// A sync of this session ended without reaching any learner with these components (C7).
    pub(crate) fn reached_nobody(&mut self, components: impl Iterator<Item = ComponentId>) {
        self.taken.reached_nobody(components);
    }

    /// What is remembered of the plan; [`NotResident`] if the plan is not resident.
    pub(crate) fn remembered(&self) -> Result<Remembered<'_>, NotResident> {
        let learner = self.learner;
        let memory = self.memory.as_ref().ok_or(NotResident { learner })?;
        let taken = &self.taken;
        Ok(Remembered { memory, taken })
    }

    /// The recent changes, by component id. `plan` is the learner's present plan.
    ///
    /// # Errors
    ///
    /// [`NotResident`] if the plan must be fetched first.
    pub fn recent_changes(
        &self,
        plan: &Plan,
        values: &Values,
    ) -> Result<Vec<RecentChange>, NotResident> {
        Ok(self.remembered()?.recent_changes(plan, values))
    }
}

/// What a session remembers of a resident plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remembered<'a> {
    memory: &'a Memory,
    taken: &'a Taken,
}

impl Remembered<'_> {
    /// The recent changes in the present plan, by component id.
    pub(crate) fn recent_changes(self, plan: &Plan, values: &Values) -> Vec<RecentChange> {
        let Self { memory, taken } = self;
        let touches = memory.touches.iter();
        touches
            .filter_map(|(component, touch)| {
                let taking = taken.of(component);
                let mut change = memory.recent_change(component, touch, taking, plan, values)?;
                let planned = change.plans_for_qa();
                let took_all = taking.is_some_and(|taking| taking.took_all(touch.last, planned));
                change.preselected = !took_all;
                Some(change)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
