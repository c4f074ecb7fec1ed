//! What the events of templates do to the state: to their contents, and to the assignment of ids to
//! programmes.

use crate::event::{TemplatePut, TemplateRemoved};
use crate::ids::ProgrammeId;
use crate::reference::template::{TemplateChange, TemplateIdentity};
use crate::state::tenant::Tenant;

/// Adds components to a programme's template. Their ids belong to it from then on.
pub(crate) fn template_put(tenant: &mut Tenant, put: &TemplatePut) {
    for component in &put.components {
        let known = TemplateIdentity {
            programme: put.programme,
            component_type: component.component_type.clone(),
        };
        tenant.template_of.insert(component.component, known);
    }
    change_template(
        tenant,
        put.programme,
        TemplateChange::Put(put.components.clone()),
    );
}

/// Removes components from a programme's template. Their ids still belong to it.
pub(crate) fn template_removed(tenant: &mut Tenant, removed: &TemplateRemoved) {
    let change = TemplateChange::Removed(removed.components.clone());
    change_template(tenant, removed.programme, change);
}

fn change_template(tenant: &mut Tenant, programme: ProgrammeId, change: TemplateChange) {
    let Tenant {
        templates,
        values,
        shapes,
        ..
    } = tenant;
    templates
        .entry(programme)
        .or_default()
        .change(programme, change, values, shapes);
}
