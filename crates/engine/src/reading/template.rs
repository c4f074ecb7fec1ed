//! `template.get`: a programme's template.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::ProgrammeId;
use plansync_domain::ids::version::TemplateVersion;
use plansync_domain::plan::shape::Row;
use plansync_domain::reference::template::{TemplateComponent, TemplateContent};
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::attributes::AttributeMap;

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::window::{Listed, Window};

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateItems {
    /// The template's version; 0 if it never had a component.
    pub version: TemplateVersion,
    /// Its components in the order in which they were added, with all attributes that a template holds.
    pub components: Listed<TemplateComponent>,
}

impl Reading<'_> {
    /// `template.get`
    pub fn template(
        &self,
        programme: ProgrammeId,
        window: Window,
    ) -> Result<TemplateItems, Refusal> {
        self.check_reference_reader()?;
        if self.tenant().programme(programme).is_none() {
            return Err(Rejection::ProgrammeNotFound(programme).into());
        }
        let Some(template) = self.tenant().template(programme) else {
            return Ok(TemplateItems {
                version: TemplateVersion::ZERO,
                components: window.of(Vec::new()),
            });
        };
        let rows = window.of(template.shape().rows().collect());
        Ok(TemplateItems {
            version: template.version(),
            components: rows
                .try_map(|row| Ok::<_, Refusal>(self.template_component(template, row)))?,
        })
    }

    fn template_component(&self, template: &TemplateContent, row: Row) -> TemplateComponent {
        let entry = template.shape().entry(row);
        let values = self.tenant().values();
        let held = |attribute: &Attribute| {
            attribute.in_template() && attribute.fits(&entry.component_type)
        };
        let attributes: AttributeMap = Attribute::ALL
            .into_iter()
            .filter(held)
            .map(|attribute| {
                (
                    attribute,
                    values.get(template.value(row, attribute)).clone(),
                )
            })
            .collect();
        TemplateComponent {
            component: entry.component,
            component_type: entry.component_type.clone(),
            attributes,
        }
    }
}
