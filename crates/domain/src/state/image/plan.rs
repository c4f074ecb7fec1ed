//! The image of one plan. It is self-contained: every value is stored once for each column.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::version::Version;
use crate::ids::{ComponentId, ComponentType, ProgrammeId, SyncId};
use crate::plan::Plan;
use crate::plan::column::Column;
use crate::plan::shape::{Shape, ShapeEntry};
use crate::plan::status::Status;
use crate::plan::table::Table;
use crate::review::status::{ReviewStatus, TaskStatus};
use crate::review::{Assignee, Origin, Review, Task};
use crate::state::tenant::Tenant;
use crate::values::attribute::{ATTRIBUTE_COUNT, Attribute};
use crate::values::raw::Raw;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// A plan as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanImage {
    version: Version,
    shape: ShapeImage,
    columns: Vec<ColumnImage>,
    status: Column<Status>,
    from_template: Column<bool>,
    last_changed: Column<Version>,
    evidence: Vec<(ComponentId, u32)>,
    filled: Version,
    reviews: Vec<(ComponentId, ReviewImage)>,
    gone: Vec<(ComponentId, Version)>,
}

/// The components of a plan. Programmes and types are few and are referred to by number.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct ShapeImage {
    kinds: Vec<(ProgrammeId, ComponentType)>,
    components: Vec<(ComponentId, u32)>,
}

/// One attribute of every component: numbers of the values that it has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ColumnImage {
    values: Vec<Raw>,
    cells: Column<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ReviewImage {
    origin: OriginImage,
    status: ReviewStatus,
    at: Raw,
    tasks: Vec<TaskImage>,
    made_count: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct TaskImage {
    origin: OriginImage,
    number: u32,
    /// Null for the learner.
    administrator: Raw,
    at: Raw,
    status: TaskStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum OriginImage {
    Hand(Version),
    Sync(SyncId),
}

impl PlanImage {
    /// The image of a plan with these values.
    pub fn of(plan: &Plan, values: &Values) -> Self {
        let columns = Attribute::ALL.map(|attribute| {
            let column = &plan.table.columns[attribute.index()];
            ColumnImage::of(column, values)
        });
        let reviews = plan.reviews.iter();
        Self {
            version: plan.version,
            shape: ShapeImage::of(plan.shape()),
            columns: columns.into(),
            status: plan.status.clone(),
            from_template: plan.from_template.clone(),
            last_changed: plan.last_changed.clone(),
            evidence: pairs(&plan.evidence),
            filled: plan.filled,
            reviews: reviews
                .map(|(component, review)| (*component, ReviewImage::of(review, values)))
                .collect(),
            gone: pairs(&plan.gone),
        }
    }

    /// The image in the one form that all equal plans have, however they came to be: a column whose cells are equal
    /// may have one cell or many, and a plan that lost its last component keeps cells that are never read.
    pub fn canonical(plan: &Plan, values: &Values) -> Self {
        let count = plan.len();
        let mut plan = plan.clone();
        for column in &mut plan.table.columns {
            *column = settled(column, count, ValueId::NULL);
        }
        plan.status = settled(&plan.status, count, Status::NotStarted);
        plan.from_template = settled(&plan.from_template, count, false);
        plan.last_changed = settled(&plan.last_changed, count, Version::ZERO);
        Self::of(&plan, values)
    }

    /// The plan, with its values entered into the tenant's table; none if the image is not of this
    /// version.
    pub fn restore(self, tenant: &mut Tenant) -> Option<Plan> {
        let Tenant { values, shapes, .. } = tenant;
        let count = self.shape.components.len();
        let mut columns = Table::default().columns;
        if self.columns.len() != ATTRIBUTE_COUNT {
            return None;
        }
        for (attribute, image) in Attribute::ALL.into_iter().zip(self.columns) {
            columns[attribute.index()] = image.restore(attribute, values, count)?;
        }
        let fits = self.status.fits(count)
            && self.from_template.fits(count)
            && self.last_changed.fits(count);
        let reviews = self.reviews.into_iter().map(|(component, image)| {
            let review = image.restore(values)?;
            Some((component, Arc::new(review)))
        });
        let reviews = reviews.collect::<Option<_>>()?;
        let shape = shapes.intern(self.shape.restore()?);
        fits.then(|| Plan {
            version: self.version,
            table: Table { shape, columns },
            status: self.status,
            from_template: self.from_template,
            last_changed: self.last_changed,
            evidence: self.evidence.into_iter().collect(),
            filled: self.filled,
            reviews,
            gone: self.gone.into_iter().collect(),
        })
    }

    /// The version of the plan.
    pub fn version(&self) -> Version {
        self.version
    }
}

fn pairs<T: Copy>(map: &imbl::OrdMap<ComponentId, T>) -> Vec<(ComponentId, T)> {
    map.iter()
        .map(|(component, item)| (*component, *item))
        .collect()
}

/// The column of equal cells, `empty` if there are none.
fn settled<T: Copy + PartialEq>(column: &Column<T>, count: usize, empty: T) -> Column<T> {
    let cells = if count == 0 {
        Vec::new()
    } else {
        column.to_vec(count)
    };
    Column::of(cells).unwrap_or(Column::Same(empty))
}

impl ShapeImage {
    fn of(shape: &Shape) -> Self {
        let mut image = Self::default();
        let mut numbers = HashMap::new();
        for entry in shape.entries() {
            let kind = (entry.programme, entry.component_type.clone());
            let number = *numbers.entry(kind).or_insert_with_key(|kind| {
                image.kinds.push(kind.clone());
                number_of(image.kinds.len() - 1)
            });
            image.components.push((entry.component, number));
        }
        image
    }

    fn restore(self) -> Option<Vec<ShapeEntry>> {
        let Self { kinds, components } = self;
        let entry = |(component, number): (ComponentId, u32)| {
            let (programme, component_type) = kinds.get(index_of(number))?;
            Some(ShapeEntry {
                component,
                programme: *programme,
                component_type: component_type.clone(),
            })
        };
        components.into_iter().map(entry).collect()
    }
}

impl ColumnImage {
    fn of(column: &Column<ValueId>, known: &Values) -> Self {
        let mut values = Vec::new();
        let mut numbers = HashMap::new();
        let cells = column.map(|id| {
            *numbers.entry(id).or_insert_with(|| {
                values.push(known.get(id).to_raw());
                number_of(values.len() - 1)
            })
        });
        Self { values, cells }
    }

    fn restore(
        self,
        attribute: Attribute,
        values: &mut Values,
        count: usize,
    ) -> Option<Column<ValueId>> {
        let ids = self
            .values
            .into_iter()
            .map(|raw| intern(attribute, raw, values));
        let ids: Vec<ValueId> = ids.collect::<Option<_>>()?;
        let fits = self.cells.fits(count) && self.cells.all(|number| index_of(number) < ids.len());
        fits.then(|| self.cells.map(|number| ids[index_of(number)]))
    }
}

impl ReviewImage {
    fn of(review: &Review, values: &Values) -> Self {
        let task = |task: &Task| TaskImage {
            origin: OriginImage::of(task.origin),
            number: task.number,
            administrator: match task.assignee {
                Assignee::Learner => Raw::Null,
                Assignee::Administrator(id) => values.get(id).to_raw(),
            },
            at: values.get(task.at).to_raw(),
            status: task.status,
        };
        Self {
            origin: OriginImage::of(review.origin),
            status: review.status,
            at: values.get(review.at).to_raw(),
            tasks: review.tasks.iter().map(task).collect(),
            made_count: review.made_count,
        }
    }

    fn restore(self, values: &mut Values) -> Option<Review> {
        let task = |task: TaskImage| {
            let administrator = intern(Attribute::Owner, task.administrator, values)?;
            Some(Task {
                origin: task.origin.restore(),
                number: task.number,
                assignee: if administrator == ValueId::NULL {
                    Assignee::Learner
                } else {
                    Assignee::Administrator(administrator)
                },
                at: intern(Attribute::ReviewAt, task.at, values)?,
                status: task.status,
            })
        };
        let tasks = self.tasks.into_iter().map(task).collect::<Option<_>>()?;
        Some(Review {
            origin: self.origin.restore(),
            status: self.status,
            at: intern(Attribute::ReviewAt, self.at, values)?,
            tasks,
            made_count: self.made_count,
        })
    }
}

impl OriginImage {
    const fn of(origin: Origin) -> Self {
        match origin {
            Origin::Hand(version) => Self::Hand(version),
            Origin::Sync(sync) => Self::Sync(sync),
        }
    }

    const fn restore(self) -> Origin {
        match self {
            Self::Hand(version) => Origin::Hand(version),
            Self::Sync(sync) => Origin::Sync(sync),
        }
    }
}

fn intern(attribute: Attribute, raw: Raw, values: &mut Values) -> Option<ValueId> {
    // An attribute that the component's type does not have.
    if raw == Raw::Null {
        return Some(ValueId::NULL);
    }
    Some(values.intern(&Value::stored(attribute, raw).ok()?))
}

fn number_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn index_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{given, learner, programme, template_component};

    #[test]
    fn an_image_whose_columns_do_not_fit_is_no_plan() {
        let components = [1, 2].map(|number| template_component(number, "exam"));
        let given = given().programme(1).template(1, components).learner(1, [1]);
        let instantiate = crate::command::Command::InstantiatePlan {
            learner: learner(1),
            programme: programme(1),
        };
        let tenant = given.done(&crate::ids::Actor::System, &instantiate).tenant;
        let image = PlanImage::of(tenant.plan(learner(1)), tenant.values());
        let restores = |change: fn(&mut PlanImage)| {
            let mut image = image.clone();
            change(&mut image);
            image.restore(&mut Tenant::default()).is_some()
        };
        assert!(restores(|_| {}));
        assert!(!restores(|image| {
            image.shape.components.pop();
        }));
        assert!(!restores(|image| image.shape.kinds.clear()));
        assert!(!restores(|image| {
            image.columns.pop();
        }));
        assert!(!restores(|image| {
            image.columns[Attribute::Name.index()].values.pop();
        }));
    }
}
