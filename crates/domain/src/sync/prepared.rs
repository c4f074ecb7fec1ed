//! A change set made ready for judging: its values looked up once, as the ids that plans hold.
//!
//! Owns the compact form that judging and replaying share. Refuses to decide anything, and to know
//! any target.

use std::sync::{Arc, Mutex, PoisonError};

use crate::ids::{ComponentId, ComponentType, ProgrammeId};
use crate::plan::shape::{Row, Shape};
use crate::sync::change_set::{Change, ChangeSet, Entry, Whole};
use crate::sync::owner::SourceOwner;
use crate::sync::pair_outcome::{Action, Reason};
use crate::values::attribute::{Attribute, AttributeSet};
use crate::values::attributes::{ATTRIBUTES_BYTES_MAX, AttributeMap};
use crate::values::difference::Difference;
use crate::values::elements::Elements;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// What one component is to take over, as ids.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    /// Values that replace the target's, but for the four below.
    pub(crate) cells: Vec<(Attribute, ValueId)>,
    /// Sets and lists that change element by element.
    pub(crate) elements: Vec<(Attribute, Elements)>,
    /// Withheld where Marking Aid is off.
    pub(crate) exercise: Option<ValueId>,
    /// A state of its own, with a permission of its own (P4).
    pub(crate) planned_for_qa: Option<ValueId>,
    /// The source component's owner, where the owner may be replayed.
    pub(crate) owner: Option<ValueId>,
    /// The new type of a review, where it is replayed only onto one that has not begun (V3).
    pub(crate) review_type: Option<ValueId>,
    /// Bytes of text in `review_type`, and in `owner`.
    pub(crate) bytes_decided: (usize, usize),
    /// O1: the owner was the source learner's case owner.
    pub(crate) owner_is_case_owner: bool,
    /// Bytes of text in `cells`.
    pub(crate) bytes: usize,
    /// Attributes with text that stay the target's own.
    pub(crate) texts_left: AttributeSet,
}

/// What is to be done of one component, before a target is looked at.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    Nothing(Reason),
    Delete,
    /// And what alone is replayed where the target has it: everything, if that is not said.
    Create(Content, Option<Content>),
    Overwrite(Content),
    Update(Content),
    Select(Content),
}

/// One entry of the change set, made ready.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) component: ComponentId,
    pub(crate) component_type: ComponentType,
    /// Whether components of this type have a review.
    pub(crate) is_review: bool,
    pub(crate) from_template: bool,
    pub(crate) own_action: Action,
    pub(crate) effect: Effect,
}

/// How many shapes are remembered before all are forgotten: plans of one programme have few.
const SHAPES_MAX: usize = 64;

/// A change set made ready, in its order.
#[derive(Debug)]
pub struct Prepared {
    programme: ProgrammeId,
    steps: Vec<Step>,
    /// Where plans of a shape have the components: judging and replaying every target ask again.
    mapped: Mutex<Vec<Mapped>>,
}

/// Where a target of some shape has a component of the change set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere.
    Missing,
    /// As a component of another type or programme (T5).
    Mismatch,
    /// In this row.
    At(Row),
}

/// A shape, and where plans of it have each component.
type Mapped = (Arc<Shape>, Arc<[Place]>);

impl Prepared {
    /// Looks the values up. One that no plan of the tenant ever held equals none of theirs.
    pub fn new(programme: ProgrammeId, change_set: &ChangeSet, values: &Values) -> Self {
        let find = |value: &_| values.find_or_unknown(value);
        Self::with(programme, change_set, find)
    }

    /// Of a sync that has nothing to replay any more.
    pub(crate) const fn empty(programme: ProgrammeId) -> Self {
        Self {
            programme,
            steps: Vec::new(),
            mapped: Mutex::new(Vec::new()),
        }
    }

    /// Keeps the values for the replays that follow, so that every one of them has an id.
    pub(crate) fn interned(
        programme: ProgrammeId,
        change_set: &ChangeSet,
        values: &mut Values,
    ) -> Self {
        Self::with(programme, change_set, |value| values.intern(value))
    }

    fn with(
        programme: ProgrammeId,
        change_set: &ChangeSet,
        mut id: impl FnMut(&Value) -> ValueId,
    ) -> Self {
        let steps = change_set.entries().iter();
        Self {
            programme,
            steps: steps.map(|entry| step(entry, &mut id)).collect(),
            mapped: Mutex::default(),
        }
    }

    /// How many components there are pair outcomes of.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there is no component.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Where plans of this shape have each component.
    pub(crate) fn places(&self, shape: &Arc<Shape>) -> Arc<[Place]> {
        let mut mapped = self.mapped.lock().unwrap_or_else(PoisonError::into_inner);
        let known = mapped.iter().find(|(known, _)| Arc::ptr_eq(known, shape));
        if let Some((_, places)) = known {
            return Arc::clone(places);
        }
        if mapped.len() >= SHAPES_MAX {
            mapped.clear();
        }
        let places = self.map(shape);
        mapped.push((Arc::clone(shape), Arc::clone(&places)));
        places
    }

    /// Both are in id order, so one pass finds all.
    fn map(&self, shape: &Shape) -> Arc<[Place]> {
        let mut rows = shape.rows_by_component().iter().copied().peekable();
        let place = |step: &Step| {
            while rows
                .next_if(|row| shape.entry(*row).component < step.component)
                .is_some()
            {}
            let row = rows.next_if(|row| shape.entry(*row).component == step.component);
            row.map_or(Place::Missing, |row| self.place_at(shape, row, step))
        };
        self.steps.iter().map(place).collect()
    }

    fn place_at(&self, shape: &Shape, row: Row, step: &Step) -> Place {
        let entry = shape.entry(row);
        if entry.programme == self.programme && entry.component_type == step.component_type {
            Place::At(row)
        } else {
            Place::Mismatch
        }
    }

    pub(crate) fn programme(&self) -> ProgrammeId {
        self.programme
    }
}

fn step(entry: &Entry, id: &mut impl FnMut(&Value) -> ValueId) -> Step {
    let effect = match &entry.change {
        Change::NoRecentChange => Effect::Nothing(Reason::NoRecentChange),
        Change::NoTemplate => Effect::Nothing(Reason::NoTemplate),
        Change::Delete => Effect::Delete,
        Change::Create(whole) => {
            let explicit = whole.explicit.as_ref();
            let explicit = explicit.map(|explicit| Content::difference(explicit, id));
            Effect::Create(Content::whole(whole, id), explicit)
        }
        Change::Overwrite(whole) => Effect::Overwrite(Content::whole(whole, id)),
        Change::Update(difference) => Effect::Update(Content::difference(difference, id)),
        Change::Select { attributes } => Effect::Select(Content::values(attributes, id)),
    };
    Step {
        component: entry.component,
        component_type: entry.component_type.clone(),
        is_review: entry.component_type.is_review(),
        from_template: entry.from_template,
        own_action: entry.change.own_action(),
        effect,
    }
}

impl Content {
    fn whole(whole: &Whole, id: &mut impl FnMut(&Value) -> ValueId) -> Self {
        Self {
            owner_is_case_owner: whole.owner_is_case_owner,
            ..Self::values(&whole.attributes, id)
        }
    }

    fn difference(difference: &Difference, id: &mut impl FnMut(&Value) -> ValueId) -> Self {
        let mut plain = AttributeMap::new();
        let mut elements = Vec::new();
        for (attribute, value) in difference.after.iter() {
            match difference.elements(attribute) {
                Some(change) => elements.push((attribute, change.clone())),
                None => {
                    plain.insert(attribute, value.clone());
                }
            }
        }
        // V3: whether the type is replayed is decided a target at a time.
        let review_type = plain.remove(Attribute::ReviewType);
        let mut content = Self::values(&plain, id);
        for (attribute, _) in &elements {
            content.texts_left.remove(*attribute);
        }
        content.owner_is_case_owner = difference.owner_is_case_owner;
        content.elements = elements;
        content.bytes_decided.0 = review_type.as_ref().map_or(0, Value::bytes);
        content.review_type = review_type.map(|value| id(&value));
        content
    }

    fn values(attributes: &AttributeMap, id: &mut impl FnMut(&Value) -> ValueId) -> Self {
        let mut content = Self {
            texts_left: texts().difference(attributes.set()),
            ..Self::default()
        };
        for (attribute, value) in attributes.iter() {
            let value_id = id(value);
            if attribute == Attribute::Owner {
                content.owner = Some(value_id);
                content.bytes_decided.1 = value.bytes();
            } else if attribute == Attribute::MarkingAidExercise {
                content.exercise = Some(value_id);
            } else if attribute == Attribute::PlannedForQa {
                content.planned_for_qa = Some(value_id);
            } else {
                content.bytes = content.bytes.saturating_add(value.bytes());
                content.cells.push((attribute, value_id));
            }
        }
        // Where the owner ends up is decided a target at a time.
        content.texts_left.insert(Attribute::Owner);
        content
    }

    /// Whose the source's component is.
    pub(crate) fn owner(&self) -> SourceOwner {
        if self.owner_is_case_owner {
            SourceOwner::CaseOwner
        } else if self.owner.is_none_or(|owner| owner == ValueId::NULL) {
            SourceOwner::Nobody
        } else {
            SourceOwner::Another
        }
    }

    /// The date that a review is to have, where the date is replayed.
    pub(crate) fn review_at(&self) -> Option<ValueId> {
        let mut cells = self.cells.iter();
        let found = cells.find(|(attribute, _)| *attribute == Attribute::ReviewAt);
        found.map(|(_, id)| *id)
    }

    /// Whether no target's own text could make the result too large, given how large the largest
    /// value of the tenant is: so that the judge need not look.
    pub(crate) fn surely_fits(&self, largest_bytes: usize) -> bool {
        let left = TEXTS
            .iter()
            .filter(|(text, _)| self.texts_left.contains(*text));
        let left: usize = left
            .map(|(_, bytes_max)| largest_bytes.min(*bytes_max))
            .sum();
        self.elements.is_empty() && self.bytes.saturating_add(left) <= ATTRIBUTES_BYTES_MAX
    }
}

/// The attributes whose values hold text, and the most bytes that each can hold.
const TEXTS: [(Attribute, usize); 6] = [
    (Attribute::Name, 300 * 4),
    (Attribute::Criteria, 500 * 64 * 4),
    (Attribute::Instructions, 20_000 * 4),
    (Attribute::Documents, 200 * 200 * 4),
    (Attribute::ReviewType, 100 * 4),
    (Attribute::Owner, 64),
];

fn texts() -> AttributeSet {
    TEXTS.iter().map(|(attribute, _)| *attribute).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::raw::Raw;

    /// The value of an attribute with as much text as it may have, four bytes a character.
    fn largest(attribute: Attribute) -> Value {
        let text = |characters| "\u{1d11e}".repeat(characters);
        let list = |count: usize, characters: usize| {
            let element = |number: usize| {
                let number = format!("{number:03}");
                format!("{}{number}", text(characters - number.len()))
            };
            Raw::List((0..count).map(element).collect())
        };
        let raw = if attribute == Attribute::Criteria {
            list(500, 64)
        } else if attribute == Attribute::Documents {
            list(200, 200)
        } else if attribute == Attribute::Owner {
            Raw::Text("a".repeat(64))
        } else if attribute == Attribute::Instructions {
            Raw::Text(text(20_000))
        } else if attribute == Attribute::ReviewType {
            Raw::Text(text(100))
        } else {
            Raw::Text(text(300))
        };
        Value::parse(attribute, raw).unwrap()
    }

    #[test]
    fn no_text_is_larger_than_it_is_taken_to_be() {
        for (attribute, bytes_max) in TEXTS {
            let bytes = largest(attribute).bytes();
            assert!(bytes <= bytes_max, "{attribute:?}: {bytes}");
            // Elements have digits of one byte in them.
            assert!(bytes + 500 * 9 >= bytes_max, "{attribute:?}: {bytes}");
        }
    }

    #[test]
    fn a_change_set_without_components_is_empty() {
        let programme = crate::test_support::programme(1);
        let nothing = Prepared::empty(programme);
        assert!(nothing.is_empty());
        assert_eq!(nothing.len(), 0);
        let entry = Entry {
            component: crate::test_support::component(1),
            component_type: "exam".parse().unwrap(),
            name: "Exam".into(),
            from_template: false,
            change: Change::Delete,
        };
        let one = Prepared::new(programme, &ChangeSet::new(vec![entry]), &Values::default());
        assert!(!one.is_empty());
    }
}
