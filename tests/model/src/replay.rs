//! T2–T5, O1–O4, V1–V4: what one entry makes of one target's component.

use std::collections::BTreeMap;

use crate::ask::{Learner, OwnerRule};
use crate::attribute::{self, Attribute};
use crate::change_set::{Change, Entry};
use crate::component::{Attributes, Component, owner_value};
use crate::elements::{Elements, replayed};
use crate::judge::{Terms, Warning};
use crate::review::{self, ReviewStatus};
use crate::value::Value;
use crate::world::World;

/// What a target's component would become, and what to say of it.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// The component after the replay.
    pub component: Component,
    /// The attributes that differ.
    pub differs: Vec<Attribute>,
    /// Warnings, those of the review aside.
    pub warnings: Vec<Warning>,
}

/// The order in which the warnings of a pair are shown.
const SHOWN: [&str; 4] = [
    "review_recreated",
    "review_type_kept",
    "completed_review_kept",
    "marking_aid_evidence",
];

impl World {
    /// T5: a component that the target lacks.
    pub(crate) fn replay_create(
        &self,
        terms: &Terms,
        entry: &Entry,
        target: &Learner,
        given: &Attributes,
    ) -> Component {
        let mut attributes = self.without_exercise(given);
        let owner = match &entry.change {
            Change::Create(_, explicit, _) if explicit.contains_key(&Attribute::Owner) => {
                let named = self.named_owner(entry, &explicit[&Attribute::Owner], target);
                named.unwrap_or(Value::Null)
            }
            Change::Nothing(_)
            | Change::Create(..)
            | Change::Update(..)
            | Change::Delete
            | Change::Overwrite(_)
            | Change::Select(_) => self.owner(entry, given, None, target),
        };
        attributes.insert(Attribute::Owner, owner);
        let mut component = Component::new(
            entry.component,
            terms.programme,
            &entry.component_type,
            &attributes,
        );
        component.from_template = entry.from_template;
        Self::with_review(component, target)
    }

    /// T2: every A attribute.
    pub(crate) fn replay_overwrite(
        &self,
        entry: &Entry,
        target: &Learner,
        present: &Component,
        given: &Attributes,
    ) -> Replayed {
        let mut attributes = self.without_exercise(given);
        attributes.retain(|attribute, _| attribute::in_all(*attribute));
        let owner = self.owner(entry, given, Some(present), target);
        attributes.insert(Attribute::Owner, owner);
        Self::replay_values(target, present, &attributes, &BTreeMap::new(), Vec::new())
    }

    /// T1: only what was changed.
    pub(crate) fn replay_update(
        &self,
        entry: &Entry,
        target: &Learner,
        present: &Component,
        (set, elements): (&Attributes, &BTreeMap<Attribute, Elements>),
    ) -> Replayed {
        let mut set = self.without_exercise(set);
        if let Some(owner) = set.remove(&Attribute::Owner)
            && let Some(owner) = self.named_owner(entry, &owner, target)
        {
            set.insert(Attribute::Owner, owner);
        }
        let mut warnings = Vec::new();
        let kept = |review: &review::Review| {
            review.status == ReviewStatus::InProgress || review.status == ReviewStatus::Completed
        };
        let wanted = set.get(&Attribute::ReviewType);
        let differs = wanted.is_some_and(|one| *one != present.value(Attribute::ReviewType));
        if differs && present.review.as_ref().is_some_and(kept) {
            set.remove(&Attribute::ReviewType);
            warnings.push(Warning::plain("review_type_kept"));
        }
        Self::replay_values(target, present, &set, elements, warnings)
    }

    /// T3: the template's values.
    pub(crate) fn replay_select(
        &self,
        target: &Learner,
        present: &Component,
        set: &Attributes,
    ) -> Replayed {
        let set = self.without_exercise(set);
        Self::replay_values(target, present, &set, &BTreeMap::new(), Vec::new())
    }

    fn replay_values(
        target: &Learner,
        present: &Component,
        set: &Attributes,
        elements: &BTreeMap<Attribute, Elements>,
        mut warnings: Vec<Warning>,
    ) -> Replayed {
        let mut component = present.clone();
        component.attributes.extend(set.clone());
        for (attribute, own) in elements {
            let value = replayed(&present.value(*attribute), own);
            component.attributes.insert(*attribute, value);
        }
        let differs = differing(present, &component);
        Self::replay_review(target, present, &mut component, (&differs, &mut warnings));
        if differs.contains(&Attribute::MarkingAidExercise)
            && present.value(Attribute::MarkingAidExercise) != Value::Null
            && present.evidence > 0
        {
            warnings.push(Warning::plain("marking_aid_evidence"));
        }
        warnings.sort_by_key(|warning| SHOWN.iter().position(|code| *code == warning.code));
        Replayed {
            component,
            differs,
            warnings,
        }
    }

    /// V2, V4: a change of anything but `planned_for_qa` begins the review anew, unless it or the
    /// component is completed.
    fn replay_review(
        target: &Learner,
        present: &Component,
        component: &mut Component,
        (differs, warnings): (&[Attribute], &mut Vec<Warning>),
    ) {
        let (owner, finished) = (component.owner(), component.finished());
        let at = component.value(Attribute::ReviewAt);
        let Some(review) = &mut component.review else {
            return;
        };
        if differs
            .iter()
            .all(|attribute| *attribute == Attribute::PlannedForQa)
        {
            return;
        }
        let whose = review::administrator(owner.as_ref(), target.case_owner.as_ref());
        let owner_before = present.owner();
        let before = review::administrator(owner_before.as_ref(), target.case_owner.as_ref());
        let recreated = if finished {
            None
        } else {
            review::recreated(review, before.as_ref(), &at, whose.as_ref())
        };
        match recreated {
            Some(()) => {
                let tasks = present
                    .review
                    .as_ref()
                    .map_or(0, |one| review::open_tasks(one, before.as_ref()));
                let made = review::open_tasks(review, whose.as_ref());
                if tasks + made > 0 {
                    warnings.push(Warning {
                        tasks: Some(tasks),
                        made: Some(made),
                        ..Warning::plain("review_recreated")
                    });
                }
            }
            None if differs.contains(&Attribute::ReviewAt) => {
                warnings.push(Warning::plain("completed_review_kept"));
            }
            None => {}
        }
    }

    /// O1, O2, O4.
    fn owner(
        &self,
        entry: &Entry,
        given: &Attributes,
        present: Option<&Component>,
        target: &Learner,
    ) -> Value {
        let sources = given.get(&Attribute::Owner).cloned().unwrap_or(Value::Null);
        let rule = self.settings.as_ref().map(|settings| settings.owner_rule);
        let follow = rule == Some(OwnerRule::FollowCaseOwner);
        let targets = present.map(|present| present.value(Attribute::Owner));
        if sources == Value::Null {
            // No sync takes an owner away.
            return targets.unwrap_or(Value::Null);
        }
        match (entry.owner_is_case_owner, follow) {
            (true, false) => targets.unwrap_or(Value::Null),
            (false, false) => sources,
            (true, true) if target.case_owner.is_none() => targets.unwrap_or(Value::Null),
            (true, true) => owner_value(target.case_owner.as_ref()),
            (false, true) => targets.unwrap_or(sources),
        }
    }

    /// O3, O4: an owner that was edited itself; none where the target's own stays.
    fn named_owner(&self, entry: &Entry, owner: &Value, target: &Learner) -> Option<Value> {
        let rule = self.settings.as_ref().map(|settings| settings.owner_rule);
        if rule == Some(OwnerRule::FollowCaseOwner) && entry.owner_is_case_owner {
            return target.case_owner.as_ref().map(|one| owner_value(Some(one)));
        }
        Some(owner.clone())
    }

    fn without_exercise(&self, given: &Attributes) -> Attributes {
        let mut given = given.clone();
        if !self.marking_aid() {
            given.remove(&Attribute::MarkingAidExercise);
        }
        given
    }
}

/// The attributes in which two components differ.
pub fn differing(before: &Component, after: &Component) -> Vec<Attribute> {
    let differs = |attribute: &Attribute| before.value(*attribute) != after.value(*attribute);
    attribute::ALL.into_iter().filter(differs).collect()
}
