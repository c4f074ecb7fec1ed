//! P10: the records that come from elsewhere. Each put replaces the whole record.

use plansync_domain::ids::{ComponentId, ProgrammeId};
use serde_json::{Value as Json, json};

use crate::ask::{Administrator, Learner, Programme, Settings, TemplateComponent};
use crate::attribute::{self, Attribute};
use crate::component::{Attributes, passes_limits};
use crate::refusal::{Refusal, refuse};
use crate::value::Value;
use crate::world::World;

impl World {
    pub(crate) fn put_tenant(&mut self, settings: &Settings) -> Json {
        if self.settings.as_ref() != Some(settings) {
            self.settings_at = self.step;
        }
        self.settings = Some(settings.clone());
        json!({})
    }

    pub(crate) fn put_administrator(&mut self, record: &Administrator) -> Json {
        self.administrators
            .insert(record.administrator.clone(), record.clone());
        json!({})
    }

    pub(crate) fn remove_administrator(&mut self, administrator: &str) -> Result<Json, Refusal> {
        match self.administrators.remove(administrator) {
            Some(_) => Ok(json!({})),
            None => refuse("administrator_not_found"),
        }
    }

    pub(crate) fn put_learner(&mut self, record: &Learner) -> Result<Json, Refusal> {
        self.kept(record.learner)?;
        let earlier = self.learners.get(&record.learner);
        let same = earlier.is_some_and(|earlier| {
            (&earlier.groups, &earlier.case_owner) == (&record.groups, &record.case_owner)
        });
        // Only the enrolment on the programme of a sync was shown with its preview.
        for one in &record.enrolments {
            let before = earlier.and_then(|earlier| earlier.enrolment(one.programme));
            if before != Some(one) {
                let place = (record.learner, one.programme);
                self.enrolments_at.insert(place, self.step);
            }
        }
        if !same {
            self.learners_at.insert(record.learner, self.step);
        }
        self.learners.insert(record.learner, record.clone());
        Ok(json!({}))
    }

    pub(crate) fn put_programme(&mut self, record: &Programme) -> Json {
        self.programmes.insert(record.programme, record.clone());
        json!({})
    }

    /// Adds to a template or replaces in it. An id belongs to one programme, its type stays.
    pub(crate) fn put_template(
        &mut self,
        programme: ProgrammeId,
        components: &[TemplateComponent],
    ) -> Result<Json, Refusal> {
        if !self.programmes.contains_key(&programme) {
            return refuse("programme_not_found");
        }
        for given in components {
            self.check_template_component(programme, given)?;
        }
        for given in components {
            let template = self.templates.entry(programme).or_default();
            match template
                .iter_mut()
                .find(|one| one.component == given.component)
            {
                Some(place) => *place = given.clone(),
                None => template.push(given.clone()),
            }
        }
        Ok(json!({}))
    }

    fn check_template_component(
        &self,
        programme: ProgrammeId,
        given: &TemplateComponent,
    ) -> Result<(), Refusal> {
        for (of, template) in &self.templates {
            for one in template
                .iter()
                .filter(|one| one.component == given.component)
            {
                if *of != programme || one.component_type != given.component_type {
                    return refuse("invalid_request");
                }
            }
        }
        check_type(&given.component_type, &given.attributes)?;
        let stray = |attribute: &Attribute| attribute::NOT_IN_TEMPLATE.contains(attribute);
        if given.attributes.keys().any(stray) || !given.attributes.contains_key(&Attribute::Name) {
            return refuse("invalid_request");
        }
        let exercise = given.attributes.get(&Attribute::MarkingAidExercise);
        if !self.marking_aid() && exercise.is_some_and(|value| *value != Value::Null) {
            return refuse("attribute_not_allowed");
        }
        Ok(())
    }

    pub(crate) fn remove_template(
        &mut self,
        programme: ProgrammeId,
        components: &[ComponentId],
    ) -> Result<Json, Refusal> {
        if !self.programmes.contains_key(&programme) {
            return refuse("programme_not_found");
        }
        let template = self.templates.entry(programme).or_default();
        for id in components {
            if !template.iter().any(|one| one.component == *id) {
                return refuse("component_not_found");
            }
        }
        template.retain(|one| !components.contains(&one.component));
        Ok(json!({}))
    }
}

/// Attributes that the type does not have, and more than a component may hold.
pub(crate) fn check_type(component_type: &str, attributes: &Attributes) -> Result<(), Refusal> {
    let stray = |attribute: &Attribute| !attribute::fits(*attribute, component_type);
    if attributes.keys().any(stray) || passes_limits(attributes) {
        return refuse("invalid_request");
    }
    Ok(())
}
