//! Compacts the table of a tenant's values: values that nothing uses are dropped, and the resident
//! plans get the ids of a new table.
//!
//! The long part works on a copy of the state, so that no request waits for it. When compaction is
//! worthwhile is decided by the engine.

use std::collections::HashMap;
use std::sync::Arc;

use crate::fold::replay_cache::ReplayCache;
use crate::ids::LearnerId;
use crate::plan::Plan;
use crate::plan::column::Column;
use crate::plan::table::Table;
use crate::review::{Assignee, Review};
use crate::state::plans::Plans;
use crate::state::tenant::Tenant;
use crate::values::{ValueId, Values};

/// The plans of a tenant at some time, with the values that they use and no others.
pub struct Compaction {
    renaming: Renaming,
    plans: Plans,
    /// The earlier values.
    values: Values,
    /// The plans that got new ids, as they were before.
    before: HashMap<LearnerId, Arc<Plan>>,
}

/// The new id of every value.
struct Renaming {
    /// By the earlier id; [`ValueId::UNKNOWN`] while no use of it was found.
    ids: Vec<ValueId>,
    values: Values,
    /// Columns that many plans share stay shared. The earlier column is kept, so that no other
    /// column gets its address; the address is never followed.
    columns: HashMap<*const ValueId, Renamed>,
}

struct Renamed {
    _before: Arc<[ValueId]>,
    after: Arc<[ValueId]>,
}

impl Compaction {
    /// Compacts every resident plan.
    pub fn of(tenant: &Tenant) -> Self {
        let mut compaction = Self {
            renaming: Renaming {
                ids: vec![ValueId::UNKNOWN; tenant.values.count()],
                values: tenant.values.next_generation(),
                columns: HashMap::new(),
            },
            plans: tenant.plans.clone(),
            values: tenant.values.clone(),
            before: HashMap::new(),
        };
        for (learner, plan) in tenant.plans.resident() {
            let after = compaction.renaming.plan(plan, &tenant.values);
            compaction.plans.put(learner, after);
            compaction.before.insert(learner, Arc::clone(plan));
        }
        compaction
    }

    /// The weight of the values that the plans use.
    pub fn weight(&self) -> usize {
        self.renaming.values.weight()
    }

    /// Applies the compaction to the tenant, which may have changed meanwhile. Returns the learners
    /// whose plans were evicted because open records remember values of them. If the tenant has a
    /// new generation of values meanwhile, it is too late and nothing is done.
    pub fn onto(mut self, tenant: &mut Tenant) -> Vec<LearnerId> {
        if !tenant.values.is_of_generation(&self.values) {
            return Vec::new();
        }
        let values = std::mem::take(&mut tenant.values);
        let plans = std::mem::replace(&mut tenant.plans, self.plans);
        let mut evicted = Vec::new();
        for (learner, version) in plans.versions() {
            let Ok(plan) = plans.get(learner) else {
                if tenant.plans.is_resident(learner) || tenant.plans.version(learner) != version {
                    tenant.plans.evict(learner, version);
                }
                continue;
            };
            if tenant.records.markers_of(learner).next().is_some() {
                tenant.records.forget(learner);
                tenant.plans.evict(learner, version);
                evicted.push(learner);
            } else {
                let before = self.before.get(&learner);
                if !before.is_some_and(|before| Arc::ptr_eq(before, plan)) {
                    let after = self.renaming.plan(plan, &values);
                    tenant.plans.put(learner, after);
                }
            }
        }
        let templates: Vec<_> = tenant.templates.keys().copied().collect();
        for programme in templates {
            if let Some(template) = tenant.templates.get_mut(&programme) {
                template.rename(|table| self.renaming.table(table, &values));
            }
        }
        tenant.syncs.prepare_again(&mut self.renaming.values);
        tenant.replay_cache = ReplayCache::default();
        tenant.values = self.renaming.values;
        evicted
    }
}

impl Renaming {
    fn id(&mut self, id: ValueId, known: &Values) -> ValueId {
        if id == ValueId::UNKNOWN {
            return id;
        }
        if self.ids.len() <= id.index() {
            self.ids.resize(id.index() + 1, ValueId::UNKNOWN);
        }
        let found = self.ids[id.index()];
        if found != ValueId::UNKNOWN {
            return found;
        }
        let new = self.values.intern(known.get(id));
        self.ids[id.index()] = new;
        new
    }

    fn column(&mut self, column: &Column<ValueId>, known: &Values) -> Column<ValueId> {
        match column {
            Column::Same(id) => Column::Same(self.id(*id, known)),
            Column::Each(cells) => {
                let address = Arc::as_ptr(cells).cast();
                if let Some(renamed) = self.columns.get(&address) {
                    return Column::Each(Arc::clone(&renamed.after));
                }
                let after: Arc<[_]> = cells.iter().map(|id| self.id(*id, known)).collect();
                let renamed = Renamed {
                    _before: Arc::clone(cells),
                    after: Arc::clone(&after),
                };
                self.columns.insert(address, renamed);
                Column::Each(after)
            }
        }
    }

    fn table(&mut self, table: &Table, known: &Values) -> Table {
        Table {
            shape: Arc::clone(&table.shape),
            columns: std::array::from_fn(|index| self.column(&table.columns[index], known)),
        }
    }

    fn plan(&mut self, plan: &Plan, known: &Values) -> Arc<Plan> {
        let mut after = Plan {
            table: self.table(&plan.table, known),
            ..plan.clone()
        };
        for (component, review) in &plan.reviews {
            let review = self.review(review, known);
            after.reviews.insert(*component, Arc::new(review));
        }
        Arc::new(after)
    }

    fn review(&mut self, review: &Review, known: &Values) -> Review {
        let mut after = review.clone();
        after.at = self.id(review.at, known);
        for task in &mut after.tasks {
            task.at = self.id(task.at, known);
            if let Assignee::Administrator(id) = task.assignee {
                task.assignee = Assignee::Administrator(self.id(id, known));
            }
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Command, Edit};
    use crate::ids::Actor;
    use crate::test_support::{
        Given, attributes, component, given, learner, programme, template_component,
    };
    use crate::values::attribute::Attribute;

    fn named(given: Given, name: &str) -> Given {
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
    }

    fn instantiated() -> Given {
        let begun = given()
            .programme(1)
            .template(
                1,
                [template_component(1, "exam"), template_component(2, "exam")],
            )
            .learner(1, [1])
            .learner(2, [1]);
        [1, 2].into_iter().fold(begun, |given, number| {
            let command = Command::InstantiatePlan {
                learner: learner(number),
                programme: programme(1),
            };
            given.done(&Actor::System, &command)
        })
    }

    #[test]
    fn only_values_that_are_held_go_along() {
        let one = named(instantiated(), "One");
        let two = named(one, "Two").tenant;
        let mut anew = two.clone();
        assert!(Compaction::of(&two).onto(&mut anew).is_empty());
        let holds = |tenant: &Tenant, name: &str| tenant.values().find(&name.into()).is_some();
        assert_eq!([holds(&two, "One"), holds(&two, "Two")], [true, true]);
        assert_eq!([holds(&anew, "One"), holds(&anew, "Two")], [false, true]);
        assert_eq!(anew.values().weight(), Compaction::of(&two).weight());
    }

    #[test]
    fn what_comes_too_late_does_nothing() {
        let tenant = named(instantiated(), "One").tenant;
        let mut anew = tenant.clone();
        Compaction::of(&tenant).onto(&mut anew);
        let image = |tenant: &Tenant| format!("{:?}", tenant.plan(learner(1)));
        let before = image(&anew);
        Compaction::of(&tenant).onto(&mut anew);
        assert_eq!(image(&anew), before);
    }

    #[test]
    fn plans_that_shared_a_column_share_it_still() {
        let tenant = instantiated().tenant;
        let mut anew = tenant.clone();
        Compaction::of(&tenant).onto(&mut anew);
        for attribute in Attribute::ALL {
            let column = |number| &anew.plan(learner(number)).table.columns[attribute.index()];
            assert!(column(1).is_shared_with(column(2)), "{attribute:?}");
        }
    }
}
