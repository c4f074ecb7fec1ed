//! Changing a programme's template (`template.put`, `template.remove`).
//!
//! A component id belongs to one programme and keeps its type for good, also after it was removed.
//! Plans that were made from the template are not changed. Who may change a template is checked
//! before (P10).

use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::decide::marking_aid;
use crate::event::command_outcome::CommandOutcome;
use crate::event::{Event, TemplatePut, TemplateRemoved};
use crate::ids::stream::Stream;
use crate::ids::{ComponentId, ProgrammeId};
use crate::plan::COMPONENTS_MAX;
use crate::plan::table::cells_of;
use crate::reference::template::TemplateComponent;
use crate::state::tenant::Tenant;

/// `template.put`: every component id belongs to one programme and keeps its type.
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
        return Ok(Decided::Unchanged(CommandOutcome::Put));
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

/// `template.remove`: the template must have all of the components; otherwise nothing is removed.
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

/// Whether the template already has exactly this component.
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

#[cfg(test)]
mod tests;
