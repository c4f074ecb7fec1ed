//! Changing a programme's template: what may be put into it and taken out of it.
//!
//! Owns that an id belongs to one programme and keeps its type, for good. Knows nothing of who may
//! change a template (P10), nor of the plans that came from it.

use crate::decide::Decided;
use crate::event::{Event, TemplatePut, TemplateRemoved};
use crate::ids::{ComponentId, ComponentType, ProgrammeId};
use crate::marking_aid;
use crate::noted::Noted;
use crate::plan::COMPONENTS_MAX;
use crate::rejection::Rejection;
use crate::stream::Stream;
use crate::table::cells_of;
use crate::template::{TemplateChange, TemplateComponent};
use crate::tenant::Tenant;

/// What a template component's id stands for once it was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateIdentity {
    pub(crate) programme: ProgrammeId,
    pub(crate) component_type: ComponentType,
}

/// `template.put`: every component's id belongs to one programme and keeps its type.
pub(crate) fn decide_put_template(
    tenant: &Tenant,
    programme: ProgrammeId,
    components: &[TemplateComponent],
) -> Result<Decided, Rejection> {
    if tenant.programme(programme).is_none() {
        return Err(Rejection::ProgrammeNotFound(programme));
    }
    for (index, put) in components.iter().enumerate() {
        check_identity(tenant, programme, put)
            .map_err(|problem| Rejection::invalid(format!("components[{index}]"), problem))?;
    }
    let added = components
        .iter()
        .filter(|put| !is_in_template(tenant, programme, put.component));
    let count = template_len(tenant, programme) + added.count();
    if count > COMPONENTS_MAX {
        let problem = format!("a template has at most {COMPONENTS_MAX} components, not {count}");
        return Err(Rejection::invalid("components", problem));
    }
    for put in components {
        marking_aid::check_given(tenant, &put.attributes)?;
    }
    if components
        .iter()
        .all(|put| is_as_put(tenant, programme, put))
    {
        return Ok(Decided::Unchanged(Noted::Put));
    }
    let event = TemplatePut {
        programme,
        components: components.to_vec(),
    };
    Ok(Decided::Events {
        stream: Stream::Programme(programme),
        events: vec![Event::TemplatePut(event)],
    })
}

fn check_identity(
    tenant: &Tenant,
    programme: ProgrammeId,
    put: &TemplateComponent,
) -> Result<(), String> {
    let Some(known) = tenant.template_of.get(&put.component) else {
        return Ok(());
    };
    if known.programme != programme {
        return Err(format!(
            "{} belongs to the template of programme {}; take a new id",
            put.component, known.programme
        ));
    }
    if known.component_type != put.component_type {
        return Err(format!(
            "{} is of type {} and stays it; take a new id for another type",
            put.component, known.component_type
        ));
    }
    Ok(())
}

/// `template.remove`: all of them are there, or nothing is removed.
pub(crate) fn decide_remove_template(
    tenant: &Tenant,
    programme: ProgrammeId,
    components: &[ComponentId],
) -> Result<Decided, Rejection> {
    if tenant.programme(programme).is_none() {
        return Err(Rejection::ProgrammeNotFound(programme));
    }
    let missing = components
        .iter()
        .find(|component| !is_in_template(tenant, programme, **component));
    if let Some(component) = missing {
        return Err(Rejection::ComponentNotFound(*component));
    }
    let event = TemplateRemoved {
        programme,
        components: components.to_vec(),
    };
    Ok(Decided::Events {
        stream: Stream::Programme(programme),
        events: vec![Event::TemplateRemoved(event)],
    })
}

fn is_in_template(tenant: &Tenant, programme: ProgrammeId, component: ComponentId) -> bool {
    tenant
        .template(programme)
        .is_some_and(|template| template.row(component).is_some())
}

fn template_len(tenant: &Tenant, programme: ProgrammeId) -> usize {
    tenant
        .template(programme)
        .map_or(0, |template| template.len())
}

/// Whether the template has this very component already.
fn is_as_put(tenant: &Tenant, programme: ProgrammeId, put: &TemplateComponent) -> bool {
    let Some(template) = tenant.template(programme) else {
        return false;
    };
    let cells = cells_of(&put.attributes, |value| {
        tenant.values.find_or_unknown(value)
    });
    template
        .row(put.component)
        .is_some_and(|row| template.cells(row) == cells)
}

/// Adds to a programme's template; the ids are its own from then on.
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

/// Takes out of a programme's template; the ids stay its own.
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

#[cfg(test)]
mod tests;
