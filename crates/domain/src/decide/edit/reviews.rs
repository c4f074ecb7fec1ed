//! Recording the progress of a review by hand, and which case owner gets the task when a review
//! gets a date (V0, P9).
//!
//! This module decides which status may be set, and when an event must name the learner's case
//! owner. What happens to the review and its tasks is defined by the fold.

use super::Editing;
use crate::command::rejection::Rejection;
use crate::event::{Event, ReviewStatusSet};
use crate::ids::{AdministratorId, ComponentId, ComponentType};
use crate::plan::shape::Row;
use crate::review::status::ReviewStatus;
use crate::values::ValueId;
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;
use crate::values::value::Value;

impl Editing<'_> {
    pub(super) fn set_review_status(
        &mut self,
        component: ComponentId,
        status: ReviewStatus,
        path: &str,
    ) -> Result<(), Rejection> {
        let row = self.present(component)?;
        let Some(review) = self.draft.review(row) else {
            let component_type = &self.draft.entry(row).component_type;
            let problem = format!("components of type {component_type} have no review");
            return Err(Rejection::invalid(path, problem));
        };
        let before = review.status();
        if before == status {
            return Ok(());
        }
        self.check_date(row, status, path)?;
        self.rights
            .refuse_unless(|held| held.refuse_progress(before.is_completed()))?;
        let owner = self.draft.value(row, Attribute::Owner);
        let makes_tasks = review.would_make_tasks(status);
        // V6: a task that is done keeps its administrator.
        let tasks_follow = status.is_completed() && review.open_task_count(false) > 0;
        let is_asked = (makes_tasks || tasks_follow) && owner == ValueId::NULL;
        self.happened(Event::ReviewStatusSet(ReviewStatusSet {
            component,
            status,
            case_owner: self.case_owner_where(is_asked),
            tasks_follow,
        }));
        Ok(())
    }

    /// A review returns to `scheduled` only if it has a date, and to `not_scheduled` only if it has
    /// none.
    fn check_date(&self, row: Row, status: ReviewStatus, path: &str) -> Result<(), Rejection> {
        let is_dated = self.draft.value(row, Attribute::ReviewAt) != ValueId::NULL;
        let problem = match status {
            ReviewStatus::Scheduled if !is_dated => {
                "the review has no date; set `review_at` to schedule it"
            }
            ReviewStatus::NotScheduled if is_dated => {
                "the review has a date; set `review_at` to null first, or set the status to scheduled"
            }
            ReviewStatus::NotScheduled
            | ReviewStatus::Scheduled
            | ReviewStatus::InProgress
            | ReviewStatus::Completed => return Ok(()),
        };
        Err(Rejection::invalid(format!("{path}.status"), problem))
    }

    /// The case owner who gets the task of a new component with a date, if the component has no
    /// owner.
    pub(super) fn case_owner_of_new(
        &self,
        component_type: &ComponentType,
        given: &AttributeMap,
    ) -> Option<AdministratorId> {
        let is_dated = is_some(given.get(Attribute::ReviewAt));
        let is_owned = is_some(given.get(Attribute::Owner));
        self.case_owner_where(component_type.is_review() && is_dated && !is_owned)
    }

    /// The case owner who gets the task when a component's date changes, if the component has no
    /// owner then.
    pub(super) fn case_owner_of_changed(
        &self,
        row: Row,
        set: &AttributeMap,
    ) -> Option<AdministratorId> {
        let is_owned = match set.get(Attribute::Owner) {
            Some(owner) => *owner != Value::Null,
            None => self.draft.value(row, Attribute::Owner) != ValueId::NULL,
        };
        let review = self.draft.review(row);
        let schedules = is_some(set.get(Attribute::ReviewAt))
            && review.is_some_and(|review| review.status() == ReviewStatus::NotScheduled);
        self.case_owner_where(schedules && !is_owned)
    }

    fn case_owner_where(&self, is_asked: bool) -> Option<AdministratorId> {
        self.learner.case_owner.clone().filter(|_| is_asked)
    }
}

fn is_some(value: Option<&Value>) -> bool {
    value.is_some_and(|value| *value != Value::Null)
}
