//! A learner's plan: columns over a shared shape, and the view of a row that rules use.
//!
//! Plans are copy-on-write: a clone shares every column until one of the two changes it. No rule is
//! checked here.
//!
//! The folder has the parts of a plan (shapes, columns, tables, their drafts) and the status of a
//! component. What events do to a plan is in `fold`.
//!
//! May import: `ids`, `review`, `text`, `values`.

pub mod column;
pub(crate) mod column_draft;
pub mod draft;
pub mod naming;
pub mod not_resident;
pub mod shape;
pub mod status;
pub mod table;
pub(crate) mod table_draft;

use std::borrow::Cow;
use std::sync::Arc;

use crate::ids::version::Version;
use crate::ids::{ComponentId, ComponentType, ProgrammeId};
use crate::plan::column::Column;
use crate::plan::shape::{Row, Shape};
use crate::plan::status::Status;
use crate::plan::table::{Cells, Table};
use crate::review::{Origin, Review};
use crate::values::ValueId;
use crate::values::attribute::Attribute;

/// The largest number of components in a plan or a template.
pub const COMPONENTS_MAX: usize = 5_000;

/// The approximate size of an entry beside the columns, in bytes.
const SPARSE_BYTES: usize = 128;

/// The state of one learner's plan.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) version: Version,
    pub(crate) table: Table,
    pub(crate) status: Column<Status>,
    pub(crate) from_template: Column<bool>,
    pub(crate) last_changed: Column<Version>,
    /// Most components have none, so it is kept beside the columns.
    pub(crate) evidence: imbl::OrdMap<ComponentId, u32>,
    /// The version at which a template filled the empty plan.
    pub(crate) filled: Version,
    /// Reviews that differ from the undated ones that a template created then.
    pub(crate) reviews: imbl::OrdMap<ComponentId, Arc<Review>>,
    /// The version at which the plan lost each component that it no longer has.
    pub(crate) gone: imbl::OrdMap<ComponentId, Version>,
}

impl Default for Plan {
    /// The plan of a learner to whom nothing was added.
    fn default() -> Self {
        Self {
            version: Version::ZERO,
            table: Table::default(),
            status: Column::Same(Status::NotStarted),
            from_template: Column::Same(false),
            last_changed: Column::Same(Version::ZERO),
            evidence: imbl::OrdMap::new(),
            filled: Version::ZERO,
            reviews: imbl::OrdMap::new(),
            gone: imbl::OrdMap::new(),
        }
    }
}

impl Plan {
    /// The number of its commits.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Its components in the order in which they were added. Plans with the same components share
    /// it.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.table.shape
    }

    /// The number of its components.
    pub fn len(&self) -> usize {
        self.table.shape.len()
    }

    /// Whether it has no components.
    pub fn is_empty(&self) -> bool {
        self.table.shape.is_empty()
    }

    /// The row of a component, if the plan has it.
    pub fn row(&self, component: ComponentId) -> Option<Row> {
        self.table.shape.row(component)
    }

    /// The component in a row of this plan's shape.
    pub fn view(&self, row: Row) -> ComponentView<'_> {
        ComponentView { plan: self, row }
    }

    /// A component, if the plan has it.
    pub fn component(&self, component: ComponentId) -> Option<ComponentView<'_>> {
        self.row(component).map(|row| self.view(row))
    }

    /// A component, looked up first in the row where another state of the plan has it.
    pub(crate) fn component_as_in(
        &self,
        component: ComponentId,
        other: Option<ComponentView<'_>>,
    ) -> Option<ComponentView<'_>> {
        let row = match other {
            Some(other) => self.table.shape.row_near(component, other.row.index()),
            None => self.row(component),
        };
        row.map(|row| self.view(row))
    }

    /// Its components, in plan order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ComponentView<'_>> {
        self.table.shape.rows().map(|row| self.view(row))
    }

    /// The version at which it lost a component that it no longer has.
    pub fn gone_at(&self, component: ComponentId) -> Option<Version> {
        self.gone.get(&component).copied()
    }

    /// The largest number of bytes that it may take in memory, as if it shared nothing with other
    /// plans.
    pub fn bytes_max(&self) -> usize {
        let columns = self.table.columns.iter().map(Column::bytes).sum::<usize>();
        let progress = self.status.bytes() + self.from_template.bytes() + self.last_changed.bytes();
        let sparse = self.evidence.len() + self.reviews.len() + self.gone.len();
        size_of::<Self>() + columns + progress + sparse.saturating_mul(SPARSE_BYTES)
    }

    /// Whether two plans have the same components with the same content, whatever their versions.
    pub fn same_content(&self, other: &Self) -> bool {
        let count = self.len();
        (Arc::ptr_eq(self.shape(), other.shape())
            || self.shape().entries() == other.shape().entries())
            && self.status.same_as(&other.status, count)
            && self.from_template.same_as(&other.from_template, count)
            && self.evidence == other.evidence
            && self.reviews == other.reviews
            && std::iter::zip(&self.table.columns, &other.table.columns)
                .all(|(one, two)| one.same_as(two, count))
    }
}

/// The review that a template gave a component when it filled the plan.
pub(crate) const fn undated(filled: Version) -> Review {
    Review::undated(Origin::Hand(filled))
}

/// One component of a plan, as rules read it.
#[derive(Debug, Clone, Copy)]
pub struct ComponentView<'a> {
    plan: &'a Plan,
    row: Row,
}

impl<'a> ComponentView<'a> {
    /// Its row in the plan's shape.
    pub fn row(self) -> Row {
        self.row
    }

    /// Its id.
    pub fn component(self) -> ComponentId {
        self.plan.table.shape.entry(self.row).component
    }

    /// The programme that it belongs to.
    pub fn programme(self) -> ProgrammeId {
        self.plan.table.shape.entry(self.row).programme
    }

    /// Its type.
    pub fn component_type(self) -> &'a ComponentType {
        &self.plan.table.shape.entry(self.row).component_type
    }

    /// Its status.
    pub fn status(self) -> Status {
        self.plan.status.get(self.row)
    }

    /// Whether it is completed.
    pub fn is_finished(self) -> bool {
        self.status().is_finished()
    }

    /// The value of an attribute.
    pub fn value(self, attribute: Attribute) -> ValueId {
        self.plan.table.value(self.row, attribute)
    }

    /// The values of all attributes.
    pub fn cells(self) -> Cells {
        self.plan.table.cells(self.row)
    }

    /// Whether it is planned for QA.
    pub fn planned_for_qa(self) -> bool {
        self.value(Attribute::PlannedForQa) == ValueId::TRUE
    }

    /// Whether it came from a programme's template.
    pub fn from_template(self) -> bool {
        self.plan.from_template.get(self.row)
    }

    /// The number of pieces of evidence that were submitted.
    pub fn evidence(self) -> u32 {
        self.plan
            .evidence
            .get(&self.component())
            .copied()
            .unwrap_or(0)
    }

    /// Its review, if components of its type have one.
    pub fn review(self) -> Option<Cow<'a, Review>> {
        self.component_type().is_review().then(|| {
            let known = self.plan.reviews.get(&self.component());
            known.map_or_else(
                || Cow::Owned(undated(self.plan.filled)),
                |review| Cow::Borrowed(&**review),
            )
        })
    }

    /// The version of the plan that last changed it.
    pub fn last_changed(self) -> Version {
        self.plan.last_changed.get(self.row)
    }
}
