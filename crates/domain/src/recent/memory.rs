//! What an open record remembers of its plan, and the recent changes that follow from it (C1–C4).
//!
//! The bases of the comparison are the plan at the marker and the plan at every sync that carried
//! the component (C2).

use std::sync::Arc;

use crate::ids::ComponentId;
use crate::ids::version::Version;
use crate::plan::naming::name;
use crate::plan::naming::text;
use crate::plan::{ComponentView, Plan};
use crate::recent::change::RecentChange;
use crate::recent::change::RecentKind;
use crate::recent::hand_additions::HandAdditions;
use crate::recent::taken::Taking;
use crate::recent::touches::{Touch, Touches};
use crate::values::attribute::{Attribute, AttributeSet};
use crate::values::difference::Difference;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// What an open session remembers.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    /// The plan at the marker.
    pub(crate) marker: Arc<Plan>,
    /// The plan at each sync since then. Consecutive plans share what did not change (C2).
    pub(crate) bases: imbl::OrdMap<Version, Arc<Plan>>,
    pub(crate) touches: Touches,
}

impl Memory {
    pub(crate) fn of(marker: Arc<Plan>) -> Self {
        Self {
            marker,
            bases: imbl::OrdMap::new(),
            touches: Touches::default(),
        }
    }
}

impl Memory {
    pub(crate) fn observe_additions_and_removals(
        &mut self,
        is_own: bool,
        before: &Plan,
        after: &Plan,
        additions: &HandAdditions,
    ) {
        let gone = before
            .iter()
            .filter(|was| after.row(was.component()).is_none());
        let come = after
            .iter()
            .filter(|now| before.row(now.component()).is_none());
        if is_own {
            gone.for_each(|was| self.touches.went(was, after.version()));
            for component in come.map(ComponentView::component) {
                let given = additions.given(component);
                self.touches.added(component, given, after.version());
            }
            return;
        }
        for component in gone.chain(come).map(ComponentView::component) {
            self.added_or_removed_by_other(component);
        }
    }

    /// What one commit removed and added again.
    pub(crate) fn observe_readditions(
        &mut self,
        is_own: bool,
        before: &Plan,
        after: &Plan,
        additions: &HandAdditions,
    ) {
        let again = additions.components();
        let again = again.filter(|id| before.row(*id).is_some() && after.row(*id).is_some());
        for component in again {
            if is_own {
                let given = additions.given(component);
                self.touches.added(component, given, after.version());
            } else {
                self.added_or_removed_by_other(component);
            }
        }
    }

    fn added_or_removed_by_other(&mut self, component: ComponentId) {
        let at_marker = self.marker.row(component).is_some();
        self.touches.added_or_removed_by_other(component, at_marker);
    }

    pub(crate) fn observe_change(
        &mut self,
        was: ComponentView<'_>,
        now: ComponentView<'_>,
        at: Version,
    ) {
        let differs = |attribute: &Attribute| was.value(*attribute) != now.value(*attribute);
        let attributes: AttributeSet = Attribute::ALL.into_iter().filter(differs).collect();
        if !attributes.is_empty() {
            let at_marker = self.marker.row(was.component()).is_some();
            self.touches.changed(was, now, attributes, at, at_marker);
        }
    }

    /// The bases of a component, in the order of the log (C2): their versions, and the component in
    /// each, if it exists there. It is looked up first in the row that it has `now`.
    fn bases<'a>(
        &'a self,
        component: ComponentId,
        now: Option<ComponentView<'_>>,
        taking: Option<&'a Taking>,
    ) -> Vec<(Version, Option<ComponentView<'a>>)> {
        let versions = taking.map_or(&[][..], Taking::bases).iter();
        let since = versions.filter_map(|version| self.bases.get(version));
        let plans = std::iter::once(&self.marker).chain(since);
        plans
            .map(|plan| (plan.version(), plan.component_as_in(component, now)))
            .collect()
    }

    pub(crate) fn recent_change(
        &self,
        component: ComponentId,
        touch: &Touch,
        taking: Option<&Taking>,
        plan: &Plan,
        values: &Values,
    ) -> Option<RecentChange> {
        let now = plan.component(component);
        let bases = self.bases(component, now, taking);
        let was = bases
            .iter()
            .find_map(|(version, base)| base.map(|base| (*version, base)));
        let of = Compared {
            touch,
            bases: &bases,
            values,
        };
        let (kind, difference, explicit) = of.difference(now)?;
        let place = match (now, was) {
            (Some(now), _) => (false, Version::ZERO, now.row()),
            (None, Some((version, was))) => (true, version, was.row()),
            (None, None) => return None,
        };
        let shown = now.or(was.map(|(_, was)| was))?;
        let removed = touch.removed.filter(|_| kind == RecentKind::Deleted);
        Some(RecentChange {
            component,
            programme: shown.programme(),
            component_type: shown.component_type().clone(),
            name: removed.map_or_else(|| name(shown, values), |gone| text(values, gone.name)),
            status: removed.map_or(shown.status(), |gone| gone.status),
            kind,
            place,
            preselected: true,
            touched: touch.last,
            difference,
            explicit,
        })
    }
}

/// What an administrator did to one component, and what it is compared with.
struct Compared<'a> {
    touch: &'a Touch,
    bases: &'a [(Version, Option<ComponentView<'a>>)],
    values: &'a Values,
}

impl Compared<'_> {
    /// What they did in total, what differs, and, for a created component, what was set explicitly;
    /// none if nothing differs.
    fn difference(
        &self,
        now: Option<ComponentView<'_>>,
    ) -> Option<(RecentKind, Difference, Difference)> {
        let own = self.touch.added_or_removed_by_own;
        let was_missing = self.bases.iter().any(|(_, base)| base.is_none());
        let Some(now) = now else {
            let was_there = self.bases.iter().any(|(_, base)| base.is_some());
            let deleted = (
                RecentKind::Deleted,
                Difference::default(),
                Difference::default(),
            );
            return (own && was_there).then_some(deleted);
        };
        let touched = self.touched(now, own);
        if own && was_missing {
            return Some((RecentKind::Created, everything(now, self.values), touched));
        }
        let updated = (RecentKind::Updated, touched, Difference::default());
        (!updated.1.is_empty()).then_some(updated)
    }

    /// The attributes that they touched and that differ. For a component that somebody else added,
    /// a base without it shows nothing except the values before the first touch. For a component
    /// that they added themselves, everything differs. Attributes that they touched before they
    /// removed the component and added it again are compared only with what was sent since that
    /// touch (C2, T1).
    fn touched(&self, now: ComponentView<'_>, own: bool) -> Difference {
        let mut difference = Difference::default();
        // If it was removed and added again with another type, it may lack an attribute that it
        // had.
        let touches = self.touch.first_touches();
        let touches = touches.filter(|(attribute, _)| attribute.fits(now.component_type()));
        for (attribute, first) in touches {
            let still = self.touch.attributes.contains(attribute);
            let sent = self.bases.iter().any(|(version, _)| *version >= first);
            let bases = self.bases.iter().filter_map(|(version, base)| match base {
                Some(base) if still || *version >= first => Some(Some(base.value(attribute))),
                None if own && still => Some(None),
                Some(_) | None => None,
            });
            let before = self.touch.before(attribute).map(Some).filter(|_| !own);
            let bases: Vec<Option<ValueId>> = before.into_iter().chain(bases).collect();
            let elements = self.touch.own_elements(attribute, self.values, sent);
            let after = now.value(attribute);
            difference.add(self.values, attribute, &bases, after, elements.as_ref());
        }
        difference
    }
}

/// Every attribute of a component, as if it had not existed before.
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
