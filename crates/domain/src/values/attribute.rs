//! The attributes of components: which exist, and which a sync may carry.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::ComponentType;
use crate::values::value::{CompletionMode, Value};

/// An attribute of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // Their names are their documentation.
pub enum Attribute {
    Name,
    DueDate,
    CompletionMode,
    Criteria,
    Instructions,
    EvidenceRequired,
    MinEvidence,
    Documents,
    DeliveryViaOrganisation,
    DeliveryViaEmployer,
    MarkingAidExercise,
    PlannedForQa,
    ReviewType,
    ReviewAt,
    Owner,
}

/// The number of attributes.
pub const ATTRIBUTE_COUNT: usize = 15;

/// A text that is not the name of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the attribute does not exist; see the attributes of a component in `plan.get`")]
pub struct NoSuchAttribute;

impl Attribute {
    /// All attributes, in their fixed order.
    pub const ALL: [Self; ATTRIBUTE_COUNT] = [
        Self::Name,
        Self::DueDate,
        Self::CompletionMode,
        Self::Criteria,
        Self::Instructions,
        Self::EvidenceRequired,
        Self::MinEvidence,
        Self::Documents,
        Self::DeliveryViaOrganisation,
        Self::DeliveryViaEmployer,
        Self::MarkingAidExercise,
        Self::PlannedForQa,
        Self::ReviewType,
        Self::ReviewAt,
        Self::Owner,
    ];

    /// Its index in [`Attribute::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Its name in messages and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::DueDate => "due_date",
            Self::CompletionMode => "completion_mode",
            Self::Criteria => "criteria",
            Self::Instructions => "instructions",
            Self::EvidenceRequired => "evidence_required",
            Self::MinEvidence => "min_evidence",
            Self::Documents => "documents",
            Self::DeliveryViaOrganisation => "delivery_via_organisation",
            Self::DeliveryViaEmployer => "delivery_via_employer",
            Self::MarkingAidExercise => "marking_aid_exercise",
            Self::PlannedForQa => "planned_for_qa",
            Self::ReviewType => "review_type",
            Self::ReviewAt => "review_at",
            Self::Owner => "owner",
        }
    }

    /// Whether `changes_only` may replay it: true for every attribute.
    pub const fn in_changes(self) -> bool {
        true
    }

    /// Whether `all_attributes` overwrites it. Planned for QA is a state, not configuration.
    pub const fn in_all(self) -> bool {
        !matches!(self, Self::PlannedForQa)
    }

    /// Whether `selected_attributes` may select it.
    pub const fn selectable(self) -> bool {
        !matches!(
            self,
            Self::DueDate
                | Self::DeliveryViaEmployer
                | Self::PlannedForQa
                | Self::ReviewType
                | Self::ReviewAt
                | Self::Owner
        )
    }

    /// Whether a programme's template may have it.
    pub const fn in_template(self) -> bool {
        !matches!(self, Self::PlannedForQa | Self::ReviewAt | Self::Owner)
    }

    /// Whether `changes_only` replays its elements one by one instead of the whole value (C3).
    pub const fn element_wise(self) -> bool {
        matches!(self, Self::Criteria | Self::Documents)
    }

    /// Whether components of this type have it.
    pub fn fits(self, component_type: &ComponentType) -> bool {
        !matches!(self, Self::ReviewType | Self::ReviewAt) || component_type.is_review()
    }

    /// The value of a component to which none was given. A name must be given.
    pub fn default(self) -> Option<Value> {
        match self {
            Self::Name => None,
            Self::DueDate
            | Self::MarkingAidExercise
            | Self::ReviewType
            | Self::ReviewAt
            | Self::Owner => Some(Value::Null),
            Self::CompletionMode => Some(Value::Mode(CompletionMode::Learner)),
            Self::Criteria => Some(Value::Codes([].into())),
            Self::Documents => Some(Value::Documents([].into())),
            Self::Instructions => Some(Value::Text("".into())),
            Self::MinEvidence => Some(Value::Number(0)),
            Self::EvidenceRequired
            | Self::DeliveryViaOrganisation
            | Self::DeliveryViaEmployer
            | Self::PlannedForQa => Some(Value::Bool(false)),
        }
    }

    const fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Attribute {
    type Err = NoSuchAttribute;

    fn from_str(name: &str) -> Result<Self, NoSuchAttribute> {
        Self::ALL
            .into_iter()
            .find(|attribute| attribute.name() == name)
            .ok_or(NoSuchAttribute)
    }
}

impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AttributeVisitor)
    }
}

/// Reads the name in place: events contain many.
struct AttributeVisitor;

impl Visitor<'_> for AttributeVisitor {
    type Value = Attribute;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an attribute")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Attribute, E> {
        name.parse().map_err(E::custom)
    }
}

/// A set of attributes, as bits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeSet(u16);

impl AttributeSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);
    /// Every attribute.
    pub const ALL: Self = Self((1 << ATTRIBUTE_COUNT) - 1);

    /// Whether it is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The number of attributes.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether it contains an attribute.
    pub const fn contains(self, attribute: Attribute) -> bool {
        self.0 & attribute.bit() != 0
    }

    /// Adds an attribute.
    pub const fn insert(&mut self, attribute: Attribute) {
        self.0 |= attribute.bit();
    }

    /// Removes an attribute.
    pub const fn remove(&mut self, attribute: Attribute) {
        self.0 &= !attribute.bit();
    }

    /// The attributes in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The attributes that are not in the other set.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its attributes, in their fixed order.
    pub fn iter(self) -> impl Iterator<Item = Attribute> {
        Attribute::ALL
            .into_iter()
            .filter(move |attribute| self.contains(*attribute))
    }
}

impl FromIterator<Attribute> for AttributeSet {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        let mut set = Self::EMPTY;
        for attribute in attributes {
            set.insert(attribute);
        }
        set
    }
}

impl fmt::Debug for AttributeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for AttributeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for AttributeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Attribute>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Attribute::{
        DeliveryViaEmployer, DueDate, Owner, PlannedForQa, ReviewAt, ReviewType,
    };
    use super::*;

    fn without(rule: impl Fn(Attribute) -> bool) -> Vec<Attribute> {
        let refused = |attribute: &Attribute| !rule(*attribute);
        Attribute::ALL.into_iter().filter(refused).collect()
    }

    #[test]
    fn t1_t2_t3_each_type_of_sync_carries_its_own_attributes() {
        assert_eq!(without(Attribute::in_changes), []);
        assert_eq!(without(Attribute::in_all), [PlannedForQa]);
        assert_eq!(
            without(Attribute::selectable),
            [
                DueDate,
                DeliveryViaEmployer,
                PlannedForQa,
                ReviewType,
                ReviewAt,
                Owner
            ]
        );
        assert_eq!(
            without(Attribute::in_template),
            [PlannedForQa, ReviewAt, Owner]
        );
    }

    #[test]
    fn only_reviews_have_a_review_type_and_a_meeting() {
        let exam = "exam".parse().unwrap();
        let review = "review".parse().unwrap();
        assert_eq!(
            without(|attribute| attribute.fits(&exam)),
            [ReviewType, ReviewAt]
        );
        assert_eq!(without(|attribute| attribute.fits(&review)), []);
    }

    #[test]
    fn every_attribute_is_found_by_its_name() {
        for attribute in Attribute::ALL {
            assert_eq!(attribute.name().parse(), Ok(attribute));
            assert_eq!(Attribute::ALL[attribute.index()], attribute);
        }
        assert_eq!("status".parse::<Attribute>(), Err(NoSuchAttribute));
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        let mut set: AttributeSet = [Owner, DueDate].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [DueDate, Owner]);
        set.remove(DueDate);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Owner]);
        assert_eq!(AttributeSet::ALL.difference(set).len(), ATTRIBUTE_COUNT - 1);
        assert_eq!(set.union(AttributeSet::ALL), AttributeSet::ALL);
    }
}
