//! Decisions of a synchronisation in words.

use plansync_domain::ids::AdministratorId;
use plansync_domain::permission::Permission;
use plansync_domain::selection::left_out::LeftOut;
use plansync_domain::sync::pair_outcome::{Action, Outcome, Reason};
use plansync_engine::read::{Reached, WhyItem};

/// What is known of the effect of a synchronisation on a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Something was changed.
    Some,
    /// Nothing was changed.
    None,
    /// Nothing of what was asked about was changed; there is more.
    NoneOfPart,
}

impl Effect {
    /// Of what was decided about components, which are all of them or a part.
    pub(super) fn of(items: &[WhyItem], are_all: bool) -> Self {
        let is_applied = |item: &WhyItem| item.pair_outcome.outcome() == Outcome::Applied;
        if items.iter().any(is_applied) {
            Self::Some
        } else if are_all {
            Self::None
        } else {
            Self::NoneOfPart
        }
    }
}

/// How far a synchronisation came with a learner, and whether it changed the plan.
pub(super) fn reached(reached: &Reached, effect: Effect, by: &AdministratorId) -> String {
    match reached {
        Reached::NotSelected { left_out, .. } if left_out.is_empty() => format!(
            "The synchronisation of {by} did not select this learner, although nothing in these records left the \
             learner out."
        ),
        Reached::NotSelected { .. } => {
            format!("The synchronisation of {by} did not select this learner.")
        }
        Reached::Waiting => "The synchronisation has not reached this learner yet.".to_owned(),
        Reached::Cancelled { .. } => {
            "The synchronisation was cancelled before it reached this learner.".to_owned()
        }
        Reached::Judged { is_source, .. } => judged(*is_source, effect, by),
    }
}

fn judged(is_source: bool, effect: Effect, by: &AdministratorId) -> String {
    match (is_source, effect) {
        (true, Effect::Some) => {
            format!("{by} synchronised; this learner is the source, whose plan was updated, too.")
        }
        (true, Effect::None) => format!(
            "{by} synchronised; this learner is the source, in whose own plan nothing was changed."
        ),
        (true, Effect::NoneOfPart) => {
            format!("{by} synchronised; this learner is the source, whose plan is judged, too.")
        }
        (false, Effect::Some) => format!("{by} synchronised to this learner."),
        (false, Effect::None) => format!(
            "The synchronisation of {by} reached this learner and changed nothing in the plan."
        ),
        (false, Effect::NoneOfPart) => {
            format!("The synchronisation of {by} reached this learner.")
        }
    }
}

/// What left a learner out.
pub(super) fn left_out(rule: LeftOut, by: &AdministratorId) -> String {
    match rule {
        LeftOut::NotListed => {
            "The request lists the learners, and this learner is not among them.".to_owned()
        }
        LeftOut::Unknown => "The learner did not exist yet.".to_owned(),
        LeftOut::NotSeen => {
            format!("The learner was in a group that {by} could not view.")
        }
        LeftOut::Source => "The learner was the source of the changes.".to_owned(),
        LeftOut::NotOnProgramme => "The learner was not enrolled on the programme.".to_owned(),
        LeftOut::ProgrammeStatusExcluded => {
            "The learner's enrolment was expired, cancelled, archived or pending a change of programme."
                .to_owned()
        }
        LeftOut::ProgrammeStatuses => {
            "The learner's enrolment did not have a status that the request asks for.".to_owned()
        }
        LeftOut::Groups => "The learner was in no group that the request asks for.".to_owned(),
        LeftOut::Tutors => "The learner had no tutor whom the request asks for.".to_owned(),
        LeftOut::Search => {
            "The learner's name did not contain the text that the request searches for.".to_owned()
        }
        LeftOut::SearchErased => "The request searched for a text in the names of learners. The text of the search, or \
                                  the learner's name, was erased since, so whether this left out the learner cannot \
                                  be told."
            .to_owned(),
        LeftOut::Except => "The request leaves out this learner by name.".to_owned(),
    }
}

/// What was decided about a component.
pub(super) fn decided(item: &WhyItem, by: &AdministratorId) -> String {
    match (item.pair_outcome.outcome(), item.pair_outcome.action()) {
        (Outcome::Applied, Action::Create) => "The component was created.".to_owned(),
        (Outcome::Applied, Action::Delete) => "The component was deleted.".to_owned(),
        (Outcome::Applied, Action::Synchronise) if item.pair_outcome.rest_withheld().is_some() => {
            format!(
                "Only planned for QA was changed; for the rest, {}.",
                lacked(by, &item.missing)
            )
        }
        (Outcome::Applied, Action::Synchronise) => "The component was changed.".to_owned(),
        (Outcome::Unchanged, _) => "The component already had these values.".to_owned(),
        (Outcome::Skipped(reason), _) => skipped(reason, item, by),
    }
}

fn skipped(reason: Reason, item: &WhyItem, by: &AdministratorId) -> String {
    let lacked = || lacked(by, &item.missing);
    let text = match reason {
        Reason::Cancelled => "the synchronisation was cancelled before it reached this learner",
        Reason::LearnerNotAvailable => {
            return format!("Nothing was changed: {by} could not see this learner.");
        }
        Reason::LearnerErased => "the learner had been erased",
        Reason::IsSource => "this learner was the source of the changes",
        Reason::NotOnProgramme => "the learner was not enrolled on the programme",
        Reason::ProgrammeStatusExcluded => {
            "the learner's enrolment was expired, cancelled, archived or pending a change of programme"
        }
        Reason::ChangedSincePreview => "it changed after the preview that was confirmed",
        Reason::NoRecentChange => "it had no recent change at the source",
        Reason::NoTemplate => "the programme's template did not have it",
        Reason::MissingOnTarget => "the learner's plan did not have it",
        Reason::AlreadyAbsent => "the learner's plan did not have it any more",
        Reason::TypeMismatch => "it had another type or programme in the learner's plan",
        Reason::StatusNotSelected => "its status was not among the conditions of the request",
        Reason::AddNotPermitted | Reason::EditNotPermitted | Reason::DeleteNotPermitted => {
            return format!("Nothing was changed: {}.", lacked());
        }
        Reason::EditFinishedNotPermitted | Reason::DeleteFinishedNotPermitted => {
            return format!("Nothing was changed: it was finished, and {}.", lacked());
        }
        Reason::LimitExceeded => "the plan or the component would have become too large",
        Reason::Failed => "an internal error occurred",
    };
    format!("Nothing was changed: {text}.")
}

/// Which permissions an administrator lacked.
fn lacked(by: &AdministratorId, missing: &[Permission]) -> String {
    let names: Vec<&str> = missing.iter().map(|permission| permission.name()).collect();
    match names.as_slice() {
        [] => format!("{by} was not permitted to"),
        [one] => format!("{by} did not have the permission {one}"),
        several => format!(
            "{by} did not have the permissions {}",
            several.join(" and ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use plansync_domain::ids::ComponentId;
    use plansync_domain::sync::pair_outcome::{OwnerEffect, PairOutcome};
    use uuid::Uuid;

    use super::*;

    fn item(pair_outcome: PairOutcome, missing: &[Permission]) -> WhyItem {
        WhyItem {
            component: ComponentId::from_uuid(Uuid::from_u128(1)),
            name: "Essay".into(),
            pair_outcome,
            status: None,
            missing: missing.to_vec(),
        }
    }

    fn of(pair_outcome: PairOutcome, missing: &[Permission]) -> String {
        decided(&item(pair_outcome, missing), &"alice".parse().unwrap())
    }

    #[test]
    fn every_reason_has_a_sentence_of_its_own() {
        let held = [Permission::AdvancedDeliveryAdd];
        let skipped = |reason| of(PairOutcome::skipped(Action::Synchronise, reason), &held);
        let mut all: Vec<_> = Reason::ALL.iter().copied().map(skipped).collect();
        assert!(
            all.iter()
                .all(|text| text.starts_with("Nothing was changed: "))
        );
        all.sort_unstable();
        all.dedup();
        // The permission says what was missing: adding, editing and deleting read alike for one permission.
        assert_eq!(all.len(), Reason::ALL.len() - 3);
    }

    #[test]
    fn a_learner_for_whom_all_was_skipped_is_not_said_to_be_synchronised_to() {
        let applied = PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false);
        let skipped = PairOutcome::skipped(Action::Synchronise, Reason::MissingOnTarget);
        let said = |outcomes: &[PairOutcome], are_all, is_source| {
            let items: Vec<_> = outcomes.iter().map(|one| item(*one, &[])).collect();
            let effect = Effect::of(&items, are_all);
            judged(is_source, effect, &"alice".parse().unwrap())
        };
        for are_all in [true, false] {
            let some = said(&[skipped, applied], are_all, false);
            assert_eq!(some, "alice synchronised to this learner.");
            assert!(said(&[applied], are_all, true).ends_with("whose plan was updated, too."));
        }
        assert_eq!(
            said(&[skipped], true, false),
            "The synchronisation of alice reached this learner and changed nothing in the plan."
        );
        assert_eq!(
            said(&[skipped], false, false),
            "The synchronisation of alice reached this learner."
        );
        assert!(said(&[skipped], true, true).ends_with("nothing was changed."));
        assert!(said(&[], false, true).ends_with("whose plan is judged, too."));
    }

    #[test]
    fn missing_permissions_are_named() {
        let finished = PairOutcome::skipped(Action::Delete, Reason::DeleteFinishedNotPermitted);
        let missing = [
            Permission::AdvancedDeliveryDelete,
            Permission::EditDeleteFinished,
        ];
        assert_eq!(
            of(finished, &missing),
            "Nothing was changed: it was finished, and alice did not have the permissions \
             advanced_delivery_delete and edit_delete_finished."
        );
        let part = PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false);
        let part = part.with_rest_withheld(Reason::EditNotPermitted);
        assert_eq!(
            of(part, &[Permission::AdvancedDeliveryEdit]),
            "Only planned for QA was changed; for the rest, alice did not have the permission \
             advanced_delivery_edit."
        );
    }
}
