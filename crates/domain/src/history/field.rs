//! What of a component can be set, and the value that it has on a plan.

use crate::history::review_item::ReviewItem;
use crate::ids::{ComponentType, LearnerId, ReviewId};
use crate::plan::ComponentView;
use crate::plan::status::Status;
use crate::review::status::ReviewStatus;
use crate::time::moment::Moment;
use crate::values::attribute::Attribute;
use crate::values::{ValueId, Values};

/// A part of a component that somebody sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The component itself: it is on the plan or not.
    Component,
    /// An attribute.
    Attribute(Attribute),
    /// The progress.
    Status,
    /// The number of submitted pieces of evidence.
    Evidence,
    /// The review, without its tasks.
    Review,
}

/// The value of a field on one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The component is not on the plan, or has no such field.
    Absent,
    /// The component is on the plan.
    Present,
    /// The value of an attribute.
    Value(ValueId),
    /// The progress.
    Status(Status),
    /// The number of submitted pieces of evidence.
    Evidence(u32),
    /// The review.
    Review(ReviewState),
}

/// A review without its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewState {
    /// Its id.
    pub review: ReviewId,
    /// Its status.
    pub status: ReviewStatus,
    /// The time of its meeting, which may be in the past.
    pub review_at: Option<Moment>,
}

impl ReviewState {
    /// The review of a component; none if the component's type has no review.
    pub fn of(learner: LearnerId, view: ComponentView<'_>, values: &Values) -> Option<Self> {
        let item = ReviewItem::of(learner, view, values)?;
        Some(Self {
            review: item.review,
            status: item.status,
            review_at: item.review_at,
        })
    }
}

impl Field {
    /// The fields of a component of this type, in their fixed order.
    pub fn of_type(component_type: &ComponentType) -> impl Iterator<Item = Self> {
        let attributes = Attribute::ALL.into_iter();
        let fitting = attributes.filter(move |attribute| attribute.fits(component_type));
        let review = component_type.is_review().then_some(Self::Review);
        std::iter::once(Self::Component)
            .chain(fitting.map(Self::Attribute))
            .chain([Self::Status, Self::Evidence])
            .chain(review)
    }

    /// The value on a plan, whose component this is; absent if the plan does not have it.
    pub fn held(
        self,
        learner: LearnerId,
        view: Option<ComponentView<'_>>,
        values: &Values,
    ) -> Held {
        let Some(view) = view else {
            return Held::Absent;
        };
        match self {
            Self::Component => Held::Present,
            Self::Attribute(attribute) if attribute.fits(view.component_type()) => {
                Held::Value(view.value(attribute))
            }
            Self::Attribute(_) => Held::Absent,
            Self::Status => Held::Status(view.status()),
            Self::Evidence => Held::Evidence(view.evidence()),
            Self::Review => {
                ReviewState::of(learner, view, values).map_or(Held::Absent, Held::Review)
            }
        }
    }
}
