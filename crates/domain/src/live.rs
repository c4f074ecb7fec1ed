//! How many of a tenant's values are still held by anything: the others only take room.
//!
//! Owns the count. Refuses to clear anything away.

use std::collections::HashSet;
use std::sync::Arc;

use crate::column::Column;
use crate::review::{Assignee, Review};
use crate::table::Table;
use crate::tenant::Tenant;
use crate::values::ValueId;

/// Values that are held, and the columns that were looked at, which many plans share.
#[derive(Default)]
struct Marks {
    values: HashSet<ValueId>,
    columns: HashSet<*const ValueId>,
}

impl Marks {
    fn table(&mut self, table: &Table) {
        for column in &table.columns {
            match column {
                Column::Same(id) => {
                    self.values.insert(*id);
                }
                Column::Each(cells) => {
                    if self.columns.insert(Arc::as_ptr(cells).cast()) {
                        self.values.extend(cells.iter().copied());
                    }
                }
            }
        }
    }

    fn review(&mut self, review: &Review) {
        self.values.insert(review.at());
        for task in review.tasks() {
            self.values.insert(task.at);
            if let Assignee::Administrator(id) = task.assignee {
                self.values.insert(id);
            }
        }
    }
}

impl Tenant {
    /// How many distinct values its templates and the plans that are here hold now.
    pub fn live_value_count(&self) -> usize {
        let mut marks = Marks::default();
        for template in self.templates.values() {
            marks.table(template.current().table());
        }
        for (_, plan) in self.plans.here() {
            marks.table(&plan.table);
            plan.reviews
                .values()
                .for_each(|review| marks.review(review));
        }
        marks.values.len()
    }
}

#[cfg(test)]
mod tests {
    use crate::attribute::Attribute;
    use crate::command::{Command, Edit};
    use crate::ids::Actor;
    use crate::kit::{attributes, component, given, learner, programme, template_component};

    #[test]
    fn a_value_that_was_replaced_is_not_live() {
        let named = |given: crate::kit::Given, name: &str| {
            let edit = Edit::Change {
                component: component(1),
                set: attributes([(Attribute::Name, name.into())]),
                reason: None,
            };
            let command = Command::EditPlan {
                learner: learner(1),
                expected_version: None,
                edits: vec![edit],
            };
            given.done(&Actor::System, &command)
        };
        let begun = given()
            .programme(1)
            .template(1, [template_component(1, "exam")])
            .learner(1, [1])
            .done(
                &Actor::System,
                &Command::InstantiatePlan {
                    learner: learner(1),
                    programme: programme(1),
                },
            );
        let (count, live) = (
            begun.tenant.values().count(),
            begun.tenant.live_value_count(),
        );
        let edited = named(named(begun, "One"), "Two");
        assert_eq!(edited.tenant.values().count(), count + 2);
        assert_eq!(edited.tenant.live_value_count(), live + 1);
    }
}
