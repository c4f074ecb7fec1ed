//! One edit of a plan: its forms, and the fields of each.
//!
//! The form is in the field `op`, which may be the last one. Serde's own tagged enums would read the
//! other fields into a generic value first, and could not name the field at fault.

use plansync_primitives::ids::{ComponentId, ComponentType, ProgrammeId};
use schemars::JsonSchema;
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

use crate::attributes::{Attributes, ComponentAttributes};
use crate::bounded::ReasonText;
use crate::plan::ReviewStatus;
use crate::strict::Plain;
use crate::words::{Status, Word, words};

/// One edit of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
#[schemars(deny_unknown_fields)]
pub enum Edit {
    /// Adds a component that is not from the template.
    #[schemars(title = "AddComponent")]
    Add {
        /// Its id; if none is given, the engine makes one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        component: Option<ComponentId>,
        /// The programme it belongs to.
        programme: ProgrammeId,
        /// Its type, which never changes.
        #[serde(rename = "type")]
        component_type: ComponentType,
        /// Its attributes; those that are left out have their default.
        #[schemars(with = "ComponentAttributes")]
        attributes: Attributes,
    },
    /// Adds a component of the template that the plan does not have.
    #[serde(rename = "add")]
    #[schemars(title = "AddFromTemplate")]
    Readd {
        /// The id of the component in the template.
        template: ComponentId,
        /// The programme whose template it is.
        programme: ProgrammeId,
        /// The attributes that differ from the template.
        #[serde(default, skip_serializing_if = "Attributes::is_empty")]
        #[schemars(with = "Option<Attributes>")]
        attributes: Attributes,
    },
    /// Sets attributes of a component.
    #[schemars(title = "ChangeComponent")]
    Change {
        /// The id of the component.
        component: ComponentId,
        /// The attributes and their values.
        set: Attributes,
        /// The reason. An administrator needs one to change a due date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ReasonText>,
    },
    /// Removes a component.
    #[schemars(title = "RemoveComponent")]
    Remove {
        /// The id of the component.
        component: ComponentId,
    },
    /// Sets the status of a component.
    #[schemars(title = "SetComponentStatus")]
    SetStatus {
        /// The id of the component.
        component: ComponentId,
        /// Its new status.
        status: Status,
    },
    /// Records that evidence was submitted.
    #[schemars(title = "SubmitEvidence")]
    SubmitEvidence {
        /// The id of the component.
        component: ComponentId,
    },
    /// Sets the status of a component's review.
    #[schemars(title = "SetReviewStatus")]
    SetReviewStatus {
        /// The id of the component.
        component: ComponentId,
        /// Its new status.
        status: ReviewStatus,
    },
}

words! {
    /// The form of an edit.
    EditForm {
        /// Adds a component, with or without the template.
        Add = "add",
        /// Changes attributes of a component.
        Change = "change",
        /// Removes a component.
        Remove = "remove",
        /// Sets the status of a component.
        SetStatus = "set_status",
        /// Records that evidence was submitted.
        SubmitEvidence = "submit_evidence",
        /// Sets the status of the review of a component.
        SetReviewStatus = "set_review_status",
    }
}

/// All fields that an edit of any form can have. The field `op` may come last; therefore all fields are
/// read into this struct first, which avoids a generic value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    op: EditForm,
    component: Option<ComponentId>,
    template: Option<ComponentId>,
    programme: Option<ProgrammeId>,
    #[serde(rename = "type")]
    component_type: Option<ComponentType>,
    attributes: Option<Attributes>,
    set: Option<Attributes>,
    reason: Option<ReasonText>,
    /// A status of a component or of a review; `op`, which decides, may come after it.
    status: Option<Plain>,
}

impl<'de> Deserialize<'de> for Edit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        match fields.op {
            EditForm::Add if fields.template.is_some() => fields.readd(),
            EditForm::Add => fields.add(),
            EditForm::Change => fields.change(),
            EditForm::Remove => fields.remove(),
            EditForm::SetStatus => fields.set_status(),
            EditForm::SubmitEvidence => fields.submit_evidence(),
            EditForm::SetReviewStatus => fields.set_review_status(),
        }
    }
}

impl Fields {
    fn add<E: de::Error>(self) -> Result<Edit, E> {
        const ALLOWED: &[&str] = &["component", "programme", "type", "attributes"];
        self.only(ALLOWED)?;
        Ok(Edit::Add {
            component: self.component,
            programme: given(self.programme, "programme")?,
            component_type: given(self.component_type, "type")?,
            attributes: given(self.attributes, "attributes")?,
        })
    }

    fn readd<E: de::Error>(self) -> Result<Edit, E> {
        self.only(&["template", "programme", "attributes"])?;
        Ok(Edit::Readd {
            template: given(self.template, "template")?,
            programme: given(self.programme, "programme")?,
            attributes: self.attributes.unwrap_or_default(),
        })
    }

    fn change<E: de::Error>(self) -> Result<Edit, E> {
        self.only(&["component", "set", "reason"])?;
        Ok(Edit::Change {
            component: given(self.component, "component")?,
            set: given(self.set, "set")?,
            reason: self.reason,
        })
    }

    fn remove<E: de::Error>(self) -> Result<Edit, E> {
        self.only(&["component"])?;
        Ok(Edit::Remove {
            component: given(self.component, "component")?,
        })
    }

    fn set_status<E: de::Error>(self) -> Result<Edit, E> {
        self.only(&["component", "status"])?;
        Ok(Edit::SetStatus {
            component: given(self.component, "component")?,
            status: word(self.status)?,
        })
    }

    fn set_review_status<E: de::Error>(self) -> Result<Edit, E> {
        self.only(&["component", "status"])?;
        Ok(Edit::SetReviewStatus {
            component: given(self.component, "component")?,
            status: word(self.status)?,
        })
    }

    fn submit_evidence<E: de::Error>(self) -> Result<Edit, E> {
        self.only(&["component"])?;
        Ok(Edit::SubmitEvidence {
            component: given(self.component, "component")?,
        })
    }

    /// Refuses a field that the form does not have, like an unknown field.
    fn only<E: de::Error>(&self, allowed: &'static [&'static str]) -> Result<(), E> {
        let present = [
            ("component", self.component.is_some()),
            ("template", self.template.is_some()),
            ("programme", self.programme.is_some()),
            ("type", self.component_type.is_some()),
            ("attributes", self.attributes.is_some()),
            ("set", self.set.is_some()),
            ("reason", self.reason.is_some()),
            ("status", self.status.is_some()),
        ];
        present
            .into_iter()
            .find(|(name, present)| *present && !allowed.contains(name))
            .map_or(Ok(()), |(name, _)| Err(E::unknown_field(name, allowed)))
    }
}

fn given<T, E: de::Error>(field: Option<T>, name: &'static str) -> Result<T, E> {
    field.ok_or_else(|| E::missing_field(name))
}

/// The status in the list that belongs to the form of the edit.
fn word<W: Word, E: de::Error>(status: Option<Plain>) -> Result<W, E> {
    let Plain(text) = given(status, "status")?;
    W::from_word(&text).ok_or_else(|| {
        let words = W::WORDS.join("`, `");
        E::custom(format_args!(
            "invalid field `status`: `{text}` is none of `{words}`"
        ))
    })
}
