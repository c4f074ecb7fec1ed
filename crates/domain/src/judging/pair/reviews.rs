//! What a change does to the review of a target's component, and to what was submitted for it.
//!
//! Owns V2–V4 and M4 as far as one pair goes. Refuses to carry anything out.

use super::Target;
use crate::plan::ComponentView;
use crate::review::Review;
use crate::sync::pair_outcome::{PairOutcome, ReviewEffect};
use crate::sync::prepared::Content;
use crate::values::ValueId;
use crate::values::attribute::Attribute;

impl Target<'_> {
    /// V2, V4: a pair outcome, and what becomes of the review of the component that changes.
    pub(super) fn with_review(
        &mut self,
        pair_outcome: PairOutcome,
        content: &Content,
        review: &Review,
        view: ComponentView<'_>,
    ) -> PairOutcome {
        let new_date = content.review_at();
        if review.status().is_completed() || view.is_finished() {
            let moves = new_date.is_some_and(|id| view.value(Attribute::ReviewAt) != id);
            return if moves {
                pair_outcome.with_review(ReviewEffect::CompletedKept)
            } else {
                pair_outcome
            };
        }
        let new_owner = self.owner(content, pair_outcome.owner());
        let owner = new_owner.unwrap_or(view.value(Attribute::Owner));
        let date = new_date.unwrap_or(view.value(Attribute::ReviewAt));
        self.make_tasks(Some(date), owner);
        let tasks = review.open_task_count(self.has_administrator(view));
        // Whose task is cancelled, too, is shown from the commit alone.
        self.uses_case_owner |= tasks > 1 && view.value(Attribute::Owner) == ValueId::NULL;
        let recreated = ReviewEffect::Recreated {
            tasks: u8::try_from(tasks).unwrap_or(u8::MAX),
        };
        let has_administrator = owner != ValueId::NULL || self.case_owner != ValueId::NULL;
        let made = match (date == ValueId::NULL, has_administrator) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        };
        pair_outcome.with_review(recreated).with_made(made)
    }

    /// A review with this date and owner is created: whether the case owner has a task then.
    pub(super) fn make_tasks(&mut self, date: Option<ValueId>, owner: ValueId) {
        let is_dated = date.is_some_and(|date| date != ValueId::NULL);
        self.uses_case_owner |= is_dated && owner == ValueId::NULL;
    }

    /// M4: whether the target has submitted evidence for an exercise that it would lose.
    pub(super) fn loses_evidence(&self, content: &Content, view: ComponentView<'_>) -> bool {
        let own = view.value(Attribute::MarkingAidExercise);
        own != ValueId::NULL
            && self.exercise(content).is_some_and(|id| id != own)
            && view.evidence() > 0
    }
}

/// V3: whether a recent change of the type stops at a review that has begun.
pub(super) fn keeps_type(content: &Content, review: &Review, view: ComponentView<'_>) -> bool {
    let differs = |id| view.value(Attribute::ReviewType) != id;
    !review.status().is_not_started() && content.review_type.is_some_and(differs)
}
