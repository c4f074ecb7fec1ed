//! Record sessions and their recent changes (C1–C4, C7).
//!
//! Owns what a session remembers of the plan at its marker, and the difference to the plan as it
//! is now. Refuses to know any clock: the order is the log's (C5).

use std::sync::Arc;

use crate::attribute::{Attribute, AttributeSet};
use crate::difference::Difference;
use crate::event::RecordOpened;
use crate::ids::{AdministratorId, ComponentId, ComponentType, LearnerId, ProgrammeId};
use crate::personal::Personal;
use crate::plan::{ComponentView, Plan};
use crate::shape::Row;
use crate::status::Status;
use crate::touches::{Touch, Touches};
use crate::value::Value;
use crate::values::{ValueId, Values};
use crate::version::Version;

/// An administrator has, or had, a learner's record open.
#[derive(Debug, Clone)]
pub struct RecordSession {
    /// Whose record.
    pub learner: LearnerId,
    /// Who opened it.
    pub administrator: AdministratorId,
    /// The version that the plan had then.
    pub marker: Version,
    /// What is kept as long as it is open.
    open: Option<Open>,
}

/// What is kept of an open session.
#[derive(Debug, Clone, Default)]
struct Open {
    /// What it remembers of the plan; nothing while the plan is away.
    memory: Option<Memory>,
    /// Where a sync took a component along: the source's version then (C7).
    cleared: Cleared,
}

/// The source's version at which a sync last took each component along.
pub(crate) type Cleared = imbl::OrdMap<ComponentId, Version>;

/// What an open session remembers.
#[derive(Debug, Clone)]
struct Memory {
    /// The plan at the marker.
    base: Arc<Plan>,
    touches: Touches,
}

impl Memory {
    fn of(base: Arc<Plan>) -> Self {
        Self {
            base,
            touches: Touches::default(),
        }
    }
}

/// What the session's administrator did to a component, all in all (C4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecentKind {
    /// It was not there at the marker.
    Created,
    /// It was there, or somebody else added it.
    Updated,
    /// It was there at the marker and is no more.
    Deleted,
}

impl RecentKind {
    /// Its word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// A recent change of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentChange {
    /// The component.
    pub component: ComponentId,
    /// The programme it belongs to, or belonged to.
    pub programme: ProgrammeId,
    /// Its type.
    pub component_type: ComponentType,
    /// Its name, or its last one.
    pub name: Personal,
    /// Its progress, or what it was when it was deleted.
    pub status: Status,
    /// What was done to it.
    pub kind: RecentKind,
    /// Its row on the plan, or where it was at the marker, if deleted.
    pub row: Row,
    /// Whether it is selected to begin with (C7).
    pub preselected: bool,
    /// The plan's version at the administrator's last touch.
    pub touched: Version,
    /// What differs: everything it has, if created; nothing, if deleted.
    pub difference: Difference,
}

impl RecentChange {
    /// Its place in every list: those that the plan has, then the deleted, in the order of adding.
    pub fn place(&self) -> (bool, Row) {
        (self.kind == RecentKind::Deleted, self.row)
    }
}

impl RecordSession {
    /// A record is opened, with the plan as it is; without, where that is away.
    pub(crate) fn open(opened: &RecordOpened, base: Option<Arc<Plan>>) -> Self {
        Self {
            learner: opened.learner,
            administrator: opened.administrator.clone(),
            marker: opened.marker,
            open: Some(Open {
                memory: base.map(Memory::of),
                cleared: Cleared::new(),
            }),
        }
    }

    /// A session as it was kept: closed, or open while its plan is away.
    pub(crate) fn kept(
        learner: LearnerId,
        administrator: AdministratorId,
        marker: Version,
        cleared: Option<Cleared>,
    ) -> Self {
        let open = cleared.map(|cleared| Open {
            memory: None,
            cleared,
        });
        Self {
            learner,
            administrator,
            marker,
            open,
        }
    }

    /// Whether the record is still open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The record is closed: there are no recent changes any more (C6).
    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    /// Whether both are open, and the same syncs took components along; what else is remembered
    /// moves with the plan.
    pub(crate) fn is_as_open_as(&self, later: &Self) -> bool {
        let cleared = self.cleared().zip(later.cleared());
        cleared.is_some_and(|(earlier, later)| earlier.ptr_eq(later))
    }

    /// Where syncs took components along; none of a closed session.
    pub(crate) fn cleared(&self) -> Option<&Cleared> {
        self.open.as_ref().map(|open| &open.cleared)
    }

    /// The plan goes away, and what is remembered of it goes with it.
    pub(crate) fn forget(&mut self) {
        if let Some(open) = &mut self.open {
            open.memory = None;
        }
    }

    /// The plan is being fetched: at the marker, memory begins.
    pub(crate) fn remember(&mut self, plan: &Arc<Plan>) {
        if let Some(open) = &mut self.open
            && plan.version() == self.marker
        {
            open.memory = Some(Memory::of(Arc::clone(plan)));
        }
    }

    /// The plan was changed by one commit, of this session's administrator or of somebody else.
    pub(crate) fn observe(&mut self, is_own: bool, before: &Plan, after: &Plan) {
        let memory = self.open.as_mut().and_then(|open| open.memory.as_mut());
        let Some(memory) = memory else { return };
        if !Arc::ptr_eq(before.shape(), after.shape()) {
            memory.observe_coming_and_going(is_own, before, after);
        }
        if !is_own {
            return;
        }
        let version = after.version();
        for now in after.iter().filter(|now| now.last_changed() == version) {
            if let Some(was) = before.component(now.component()) {
                memory.observe_change(was, now, version);
            }
        }
    }

    /// A sync took these components along (C7).
    pub(crate) fn clear(&mut self, components: impl Iterator<Item = ComponentId>, at: Version) {
        if let Some(open) = &mut self.open {
            open.cleared
                .extend(components.map(|component| (component, at)));
        }
    }

    /// The recent changes, by component id; none of a closed session.
    ///
    /// `plan` is the learner's plan as it is now.
    ///
    /// # Panics
    ///
    /// Where the record is open and its plan away: there is no plan then that could be given.
    pub fn recent_changes(&self, plan: &Plan, values: &Values) -> Vec<RecentChange> {
        let Some(open) = &self.open else {
            return Vec::new();
        };
        let Some(memory) = &open.memory else {
            unreachable!("the record of {} is open, and its plan away", self.learner)
        };
        let touches = memory.touches.iter();
        touches
            .filter_map(|(component, touch)| {
                let mut change = memory.recent_change(component, touch, plan, values)?;
                let cleared = open.cleared.get(&component);
                change.preselected = cleared.is_none_or(|cleared| touch.last > *cleared);
                Some(change)
            })
            .collect()
    }
}

impl Memory {
    fn observe_coming_and_going(&mut self, is_own: bool, before: &Plan, after: &Plan) {
        let gone = before
            .iter()
            .filter(|was| after.row(was.component()).is_none());
        let come = after
            .iter()
            .filter(|now| before.row(now.component()).is_none());
        if is_own {
            gone.for_each(|was| self.touches.went(was, after.version()));
            come.for_each(|now| self.touches.came(now.component(), after.version()));
            return;
        }
        for component in gone.chain(come).map(ComponentView::component) {
            let at_marker = self.base.row(component).is_some();
            self.touches.came_or_went_by_other(component, at_marker);
        }
    }

    fn observe_change(&mut self, was: ComponentView<'_>, now: ComponentView<'_>, at: Version) {
        let differs = |attribute: &Attribute| was.value(*attribute) != now.value(*attribute);
        let attributes: AttributeSet = Attribute::ALL.into_iter().filter(differs).collect();
        if !attributes.is_empty() {
            let at_marker = self.base.row(was.component()).is_some();
            self.touches.changed(was, now, attributes, at, at_marker);
        }
    }

    fn recent_change(
        &self,
        component: ComponentId,
        touch: &Touch,
        plan: &Plan,
        values: &Values,
    ) -> Option<RecentChange> {
        let (was, now) = (self.base.component(component), plan.component(component));
        let (kind, difference) = difference(touch, was, now, values)?;
        let shown = now.or(was)?;
        let removed = touch.removed.filter(|_| kind == RecentKind::Deleted);
        Some(RecentChange {
            component,
            programme: shown.programme(),
            component_type: shown.component_type().clone(),
            name: removed.map_or_else(|| name(shown, values), |gone| text(values, gone.name)),
            status: removed.map_or(shown.status(), |gone| gone.status),
            kind,
            row: shown.row(),
            preselected: true,
            touched: touch.last,
            difference,
        })
    }
}

/// What an administrator did to one component since the marker, all in all; none if nothing.
fn difference(
    touch: &Touch,
    was: Option<ComponentView<'_>>,
    now: Option<ComponentView<'_>>,
    values: &Values,
) -> Option<(RecentKind, Difference)> {
    let own = touch.came_or_went_by_own;
    match (was, now) {
        (None, None) => None,
        (Some(_), None) => own.then(|| (RecentKind::Deleted, Difference::default())),
        (None, Some(now)) if own => Some((RecentKind::Created, everything(now, values))),
        // Somebody else added it: the marker knows nothing of it, but the first touch does.
        (None, Some(now)) => {
            let before = |attribute| touch.before(attribute).unwrap_or(now.value(attribute));
            updated(touch, before, now, values)
        }
        (Some(was), Some(now)) => updated(touch, |attribute| was.value(attribute), now, values),
    }
}

fn updated(
    touch: &Touch,
    before: impl Fn(Attribute) -> ValueId,
    now: ComponentView<'_>,
    values: &Values,
) -> Option<(RecentKind, Difference)> {
    let after = |attribute| now.value(attribute);
    // Removed and added again as another type, it may lack an attribute that it had.
    let attributes = touch
        .attributes
        .iter()
        .filter(|attribute| attribute.fits(now.component_type()));
    let difference = Difference::between(values, attributes.collect(), before, after)?;
    let own = |attribute| touch.own_elements(attribute, values);
    Some((RecentKind::Updated, difference.with_elements_of(own)?))
}

/// Every attribute that a component has, as if nothing had been there before.
fn everything(now: ComponentView<'_>, values: &Values) -> Difference {
    let fitting = Attribute::ALL
        .into_iter()
        .filter(|attribute| attribute.fits(now.component_type()));
    let mut difference = Difference::default();
    for attribute in fitting {
        let value = values.get(now.value(attribute)).clone();
        difference.before.insert(attribute, Value::Null);
        difference.after.insert(attribute, value);
    }
    difference
}

/// The name of a component, as its plan has it.
pub fn name(view: ComponentView<'_>, values: &Values) -> Personal {
    text(values, view.value(Attribute::Name))
}

fn text(values: &Values, id: ValueId) -> Personal {
    if let Value::Text(text) = values.get(id) {
        text.clone()
    } else {
        Personal::from("")
    }
}

#[cfg(test)]
mod tests {
    use super::RecentKind;

    #[test]
    fn kinds_have_the_words_of_the_wire() {
        let kinds = [
            RecentKind::Created,
            RecentKind::Updated,
            RecentKind::Deleted,
        ];
        assert_eq!(
            kinds.map(RecentKind::name),
            ["created", "updated", "deleted"]
        );
    }
}
