//! The canonical form of commands: what makes two bodies the same command.
//!
//! Lists that are sets are sorted and have no duplicates, and a field with its default value is left
//! out. Lists whose order matters (edits, documents, enrolments, components of a template) stay as they
//! are. The fingerprint of a command is computed over this form, so that a repeated command is
//! recognised in whatever order its sets are written. A command whose body has no sets and no defaults
//! needs no method: `impl Canonical for … {}` stands beside its body.

use crate::attributes::{AttributeName, AttributeValue, Attributes};
use crate::bounded::List;
use crate::plan::{Edit, EditPlan};
use crate::record::OpenRecord;
use crate::reference::{
    GroupsViewed, IdleHours, PutAdministrator, PutLearner, PutTemplate, PutTenant, RemoveTemplate,
};
use crate::sync::{ComponentChoice, LearnerChoice, LearnerFilter, StartSync};

/// A body, or a part of one, for which several forms have the same meaning.
pub(crate) trait Canonical: Clone {
    /// Whether it is in canonical form.
    fn is_canonical(&self) -> bool {
        true
    }

    /// Brings it into canonical form.
    fn settle(&mut self) {}

    /// The same in canonical form; `None`, without a copy, if it already is.
    fn canonical(&self) -> Option<Self> {
        if self.is_canonical() {
            return None;
        }
        let mut canonical = self.clone();
        canonical.settle();
        Some(canonical)
    }
}

impl Canonical for PutTenant {
    fn is_canonical(&self) -> bool {
        self.record_idle_hours != Some(IdleHours::DEFAULT)
    }

    fn settle(&mut self) {
        let hours = self.record_idle_hours;
        self.record_idle_hours = hours.filter(|hours| *hours != IdleHours::DEFAULT);
    }
}

impl Canonical for OpenRecord {
    fn is_canonical(&self) -> bool {
        self.resume != Some(false)
    }

    fn settle(&mut self) {
        self.resume = self.resume.filter(|resume| *resume);
    }
}

fn is_set<T: Ord>(list: &[T]) -> bool {
    list.is_sorted_by(|one, next| one < next)
}

fn make_set<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

impl<T: Ord + Clone, const MAX: usize> Canonical for List<T, MAX> {
    fn is_canonical(&self) -> bool {
        is_set(self)
    }

    fn settle(&mut self) {
        let mut items = std::mem::take(self).into_vec();
        make_set(&mut items);
        *self = items.into_iter().collect();
    }
}

impl Canonical for Attributes {
    fn is_canonical(&self) -> bool {
        match self.get(AttributeName::Criteria) {
            Some(AttributeValue::List(criteria)) => is_set(criteria),
            _ => true,
        }
    }

    fn settle(&mut self) {
        let settled = std::mem::take(self).into_iter().map(|(name, mut value)| {
            if let (AttributeName::Criteria, AttributeValue::List(criteria)) = (name, &mut value) {
                make_set(criteria);
            }
            (name, value)
        });
        *self = settled.collect();
    }
}

impl Canonical for PutAdministrator {
    fn is_canonical(&self) -> bool {
        let groups = match &self.groups {
            GroupsViewed::All => true,
            GroupsViewed::Listed(groups) => groups.is_canonical(),
        };
        groups && self.permissions.is_canonical()
    }

    fn settle(&mut self) {
        self.permissions.settle();
        if let GroupsViewed::Listed(groups) = &mut self.groups {
            groups.settle();
        }
    }
}

impl Canonical for PutLearner {
    fn is_canonical(&self) -> bool {
        self.groups.is_canonical() && self.tutors.is_canonical()
    }

    fn settle(&mut self) {
        self.groups.settle();
        self.tutors.settle();
    }
}

impl Canonical for PutTemplate {
    fn is_canonical(&self) -> bool {
        let mut components = self.components.iter();
        components.all(|component| component.attributes.is_canonical())
    }

    fn settle(&mut self) {
        let components = std::mem::take(&mut self.components).into_iter();
        let settled = components.map(|mut component| {
            component.attributes.settle();
            component
        });
        self.components = settled.collect();
    }
}

impl Canonical for RemoveTemplate {
    fn is_canonical(&self) -> bool {
        self.components.is_canonical()
    }

    fn settle(&mut self) {
        self.components.settle();
    }
}

impl Canonical for EditPlan {
    fn is_canonical(&self) -> bool {
        self.edits.iter().all(Canonical::is_canonical)
    }

    fn settle(&mut self) {
        let edits = std::mem::take(&mut self.edits).into_iter();
        let settled = edits.map(|mut edit| {
            edit.settle();
            edit
        });
        self.edits = settled.collect();
    }
}

impl Canonical for Edit {
    fn is_canonical(&self) -> bool {
        match self {
            Self::Add { attributes, .. } | Self::Readd { attributes, .. } => {
                attributes.is_canonical()
            }
            Self::Change { set, .. } => set.is_canonical(),
            Self::Remove { .. }
            | Self::SetStatus { .. }
            | Self::SubmitEvidence { .. }
            | Self::SetReviewStatus { .. } => true,
        }
    }

    fn settle(&mut self) {
        match self {
            Self::Add { attributes, .. } | Self::Readd { attributes, .. } => attributes.settle(),
            Self::Change { set, .. } => set.settle(),
            Self::Remove { .. }
            | Self::SetStatus { .. }
            | Self::SubmitEvidence { .. }
            | Self::SetReviewStatus { .. } => {}
        }
    }
}

impl Canonical for StartSync {
    fn is_canonical(&self) -> bool {
        let components = match &self.components {
            ComponentChoice::Recent | ComponentChoice::All => true,
            ComponentChoice::Listed(components) => is_set(components),
        };
        let sets = is_set(&self.statuses) && is_set(&self.attributes);
        components && sets && self.learners.is_canonical()
    }

    fn settle(&mut self) {
        if let ComponentChoice::Listed(components) = &mut self.components {
            make_set(components);
        }
        make_set(&mut self.statuses);
        make_set(&mut self.attributes);
        self.learners.settle();
    }
}

impl Canonical for LearnerChoice {
    fn is_canonical(&self) -> bool {
        match self {
            Self::All => true,
            Self::Listed(learners) => is_set(learners),
            Self::Filtered(filter) => filter.is_canonical() && *filter != LearnerFilter::default(),
        }
    }

    /// A filter without conditions means everybody.
    fn settle(&mut self) {
        match self {
            Self::All => {}
            Self::Listed(learners) => make_set(learners),
            Self::Filtered(filter) => {
                filter.settle();
                if *filter == LearnerFilter::default() {
                    *self = Self::All;
                }
            }
        }
    }
}

impl Canonical for LearnerFilter {
    fn is_canonical(&self) -> bool {
        let searches_for_nothing = self.search.as_ref().is_some_and(|text| text.is_empty());
        !searches_for_nothing
            && is_set(&self.programme_statuses)
            && is_set(&self.groups)
            && is_set(&self.tutors)
            && is_set(&self.except)
    }

    fn settle(&mut self) {
        make_set(&mut self.programme_statuses);
        make_set(&mut self.groups);
        make_set(&mut self.tutors);
        make_set(&mut self.except);
        self.search = self.search.take().filter(|text| !text.is_empty());
    }
}
