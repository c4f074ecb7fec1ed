//! What a change does to the review of a target's component and to the evidence submitted for it
//! (V2–V4, M4).

use super::Target;
use crate::plan::ComponentView;
use crate::review::Review;
use crate::sync::pair_outcome::{PairOutcome, ReviewEffect};
use crate::sync::prepared::Content;
use crate::values::ValueId;
use crate::values::attribute::Attribute;

impl Target<'_> {
    /// V2, V4: the pair outcome with the effect on the review of the component.
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

    /// Notes that a review with this date and owner is created, and whether the case owner then
    /// gets a task.
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

/// V3: whether a recent change of the type is not replayed because the review has begun.
pub(super) fn keeps_type(content: &Content, review: &Review, view: ComponentView<'_>) -> bool {
    let differs = |id| view.value(Attribute::ReviewType) != id;
    !review.status().is_not_started() && content.review_type.is_some_and(differs)
}
