//! A change set prepared for judging and replaying: its values are looked up once, as the ids that
//! plans use. It depends on no target.

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

/// The content that a component is to get, as ids.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    /// The values that replace the target's, except for the four attributes below.
    pub(crate) cells: Vec<(Attribute, ValueId)>,
    /// Sets and lists that change element by element.
    pub(crate) elements: Vec<(Attribute, Elements)>,
    /// Not replayed without Marking Aid.
    pub(crate) exercise: Option<ValueId>,
    /// A state with a permission of its own (P4).
    pub(crate) planned_for_qa: Option<ValueId>,
    /// The source component's owner, if the owner can be replayed.
    pub(crate) owner: Option<ValueId>,
    /// The new type of a review, if it is replayed only on reviews that have not begun (V3).
    pub(crate) review_type: Option<ValueId>,
    /// The bytes of text in `review_type`, and in `owner`.
    pub(crate) bytes_decided: (usize, usize),
    /// O1: the owner was the source learner's case owner.
    pub(crate) owner_is_case_owner: bool,
    /// The bytes of text in `cells`.
    pub(crate) bytes: usize,
    /// Attributes with text that keep the target's value.
    pub(crate) texts_left: AttributeSet,
}

/// The change of one component, before a target is looked at.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    Nothing(Reason),
    Delete,
    /// The second content alone is replayed if the target has the component; everything, if there
    /// is none.
    Create(Content, Option<Content>),
    Overwrite(Content),
    Update(Content),
    Select(Content),
}

/// One prepared entry of the change set.
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

/// The number of shapes that are kept before all are dropped: plans of one programme have few
/// shapes.
const SHAPES_MAX: usize = 64;

/// A prepared change set, in its order.
#[derive(Debug)]
pub struct Prepared {
    programme: ProgrammeId,
    steps: Vec<Step>,
    /// The rows of the components in plans of each shape: judging and replaying look them up for
    /// every target.
    mapped: Mutex<Vec<Mapped>>,
}

/// The place of a component of the change set on a target of some shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is missing.
    Missing,
    /// It has another type or programme (T5).
    Mismatch,
    /// It is in this row.
    At(Row),
}

/// A shape, and the place of each component in it.
type Mapped = (Arc<Shape>, Arc<[Place]>);

impl Prepared {
    /// Looks the values up. A value that no plan of the tenant ever had is equal to none of theirs.
    pub fn new(programme: ProgrammeId, change_set: &ChangeSet, values: &Values) -> Self {
        let find = |value: &_| values.find_or_unknown(value);
        Self::with(programme, change_set, find)
    }

    /// The empty change set of a sync that has ended.
    pub(crate) const fn empty(programme: ProgrammeId) -> Self {
        Self {
            programme,
            steps: Vec::new(),
            mapped: Mutex::new(Vec::new()),
        }
    }

    /// Enters the values into the tenant's table, so that the replays that follow have ids for all.
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

    /// The number of components, and of pair outcomes.
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

    /// The place of each component in plans of this shape.
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

    /// Both are in the order of ids, so one pass finds all.
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
        // V3: whether the type is replayed is decided for each target.
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
        // The final owner is decided for each target.
        content.texts_left.insert(Attribute::Owner);
        content
    }

    /// The owner of the source's component.
    pub(crate) fn owner(&self) -> SourceOwner {
        if self.owner_is_case_owner {
            SourceOwner::CaseOwner
        } else if self.owner.is_none_or(|owner| owner == ValueId::NULL) {
            SourceOwner::Nobody
        } else {
            SourceOwner::Another
        }
    }

    /// The new date of a review, if the date is replayed.
    pub(crate) fn review_at(&self) -> Option<ValueId> {
        let mut cells = self.cells.iter();
        let found = cells.find(|(attribute, _)| *attribute == Attribute::ReviewAt);
        found.map(|(_, id)| *id)
    }

    /// Whether no target's own text can make the result too large, given the size of the tenant's
    /// largest value. If so, the judge need not check it.
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

/// The attributes with text, and the largest number of bytes of each.
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

    /// The largest value of an attribute, with four bytes for each character.
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
            // Elements contain one-byte digits.
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
