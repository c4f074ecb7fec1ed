//! Owns what one looks at of a state: everything that readers are answered from, as one hash.
//! Two states that answer alike have the same.

use std::collections::HashMap;
use std::fmt::Write as _;

use plansync_domain::plan::{ComponentView, Plan};
use plansync_domain::state::tenant::Tenant;
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::{ValueId, Values};
use plansync_log::Fingerprint;

/// The hash of a tenant's state.
pub(super) fn digest(tenant: &Tenant) -> Fingerprint {
    let mut view = View {
        text: String::new(),
        values: tenant.values(),
        seen: HashMap::new(),
    };
    view.line(&tenant.settings());
    for one in tenant.administrators() {
        view.line(&one);
        for (id, session) in tenant.records().open_of(one.0) {
            // The tenant is looked at as a whole: every plan is resident.
            let plan = tenant.resident_plan(session.learner);
            let recent = plan.and_then(|plan| session.recent_changes(plan, tenant.values()));
            view.line(&(id, session.learner, session.marker, recent));
        }
    }
    for (id, programme) in tenant.programmes() {
        view.line(&(id, programme));
        if let Some(template) = tenant.template(id) {
            view.line(&(template.version(), template.shape().entries()));
            for row in template.shape().rows() {
                let value = |attribute| template.value(row, attribute);
                view.values(Attribute::ALL.map(value));
            }
        }
    }
    for (id, learner) in tenant.learners() {
        view.line(&(id, learner));
        match tenant.resident_plan(id) {
            Ok(plan) => view.plan(plan),
            Err(not_resident) => view.line(&not_resident),
        }
    }
    for sync in tenant.syncs().iter() {
        let targets = sync.targets().map(Iterator::collect::<Vec<_>>);
        view.line(&(sync.facts(), sync.terms(), sync.confirmed_at()));
        view.line(&(sync.status(), sync.done_count(), sync.tally(), targets));
        view.line(&sync.change_set().entries());
    }
    Fingerprint::of(view.text.as_bytes())
}

struct View<'a> {
    text: String,
    values: &'a Values,
    /// The hashes of values that were met before: a long text is on many plans.
    seen: HashMap<ValueId, Fingerprint>,
}

impl View<'_> {
    fn line(&mut self, one: &impl std::fmt::Debug) {
        // Writing to a text cannot fail.
        let _infallible = writeln!(self.text, "{one:?}");
    }

    fn plan(&mut self, plan: &Plan) {
        self.line(&plan.version());
        for component in plan.iter() {
            self.component(component);
        }
    }

    fn component(&mut self, component: ComponentView<'_>) {
        self.line(&(component.component(), component.programme()));
        self.line(&(component.component_type(), component.status()));
        self.line(&(component.from_template(), component.evidence()));
        self.line(&component.last_changed());
        self.values(Attribute::ALL.map(|attribute| component.value(attribute)));
    }

    fn values(&mut self, ids: impl IntoIterator<Item = ValueId>) {
        for id in ids {
            let value = self.values.get(id);
            let hash = *self
                .seen
                .entry(id)
                .or_insert_with(|| Fingerprint::of(format!("{value:?}").as_bytes()));
            self.line(&hash);
        }
    }
}
