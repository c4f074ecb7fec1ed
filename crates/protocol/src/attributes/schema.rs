//! The schemas of attributes: which there are, and the bounds of their values.
//!
//! The bounds are rules of the domain, which the decoder does not know. The schemas state them, because a sender
//! sees one refusal whoever refuses; a test of the whole service keeps them true.

use std::borrow::Cow;

use plansync_primitives::ids::{AdministratorId, CommandId};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::attributes::{AttributeName, AttributeValue, Attributes, MIN_EVIDENCE_MAX};
use crate::bounded::TEXT_PATTERN;
use crate::scalar::{TIME, date_pattern, time_pattern};
use crate::words::Word;

/// The attributes of a component that is added, which needs a name; for `schemars(with)`.
pub(crate) struct ComponentAttributes;

/// The attributes of a component of a template: planned for QA, the time of a review and the owner are set on
/// plans only; for `schemars(with)`.
pub(crate) struct TemplateAttributes;

impl JsonSchema for Attributes {
    fn schema_name() -> Cow<'static, str> {
        "Attributes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        map(
            generator,
            "Attributes and their values.",
            AttributeName::ALL,
            &[],
        )
    }
}

impl JsonSchema for ComponentAttributes {
    fn schema_name() -> Cow<'static, str> {
        "ComponentAttributes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let about = "The attributes of a component that is added; it needs a name.";
        map(generator, about, AttributeName::ALL, &[AttributeName::Name])
    }
}

impl JsonSchema for TemplateAttributes {
    fn schema_name() -> Cow<'static, str> {
        "TemplateAttributes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        use AttributeName::{Owner, PlannedForQa, ReviewAt};
        let on_plans_only = [PlannedForQa, ReviewAt, Owner];
        let held = |name: &AttributeName| !on_plans_only.contains(name);
        let names: Vec<_> = AttributeName::ALL.iter().copied().filter(held).collect();
        let about = "The attributes of a component of a template; it needs a name.";
        map(generator, about, &names, &[AttributeName::Name])
    }
}

fn map(
    generator: &mut SchemaGenerator,
    about: &str,
    names: &[AttributeName],
    required: &[AttributeName],
) -> Schema {
    let properties: Map<String, Value> = names
        .iter()
        .map(|name| (name.as_str().to_owned(), described(generator, *name)))
        .collect();
    let mut schema = json_schema!({
        "type": "object",
        "description": about,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// The schema of a value, with the documentation of the attribute and what else is to be said of its form.
fn described(generator: &mut SchemaGenerator, name: AttributeName) -> Value {
    let mut value = value(generator, name);
    let about: Vec<_> = name.documentation().split_whitespace().collect();
    let about = about.join(" ");
    value["description"] = match value["description"].as_str() {
        Some(form) => json!(format!("{about} {form}")),
        None => json!(about),
    };
    value
}

fn value(generator: &mut SchemaGenerator, name: AttributeName) -> Value {
    match name {
        AttributeName::Name => text(1, 300),
        AttributeName::Instructions => text(0, 20_000),
        AttributeName::ReviewType => {
            let mut review_type = text(1, 100);
            review_type["type"] = json!(["string", "null"]);
            review_type
        }
        AttributeName::DueDate => json!({
            "type": ["string", "null"],
            "pattern": date_pattern(),
            "description": "RFC 3339 full-date of the years 0001 to 9999.",
        }),
        AttributeName::ReviewAt => json!({
            "type": ["string", "null"],
            "pattern": time_pattern(),
            "description": TIME,
        }),
        AttributeName::CompletionMode => json!({
            "type": "string",
            "enum": ["learner", "tutor", "employer", "automatic"],
        }),
        AttributeName::MinEvidence => {
            json!({ "type": "integer", "minimum": 0, "maximum": MIN_EVIDENCE_MAX })
        }
        AttributeName::Criteria => {
            json!({ "type": "array", "items": text(1, 64), "maxItems": 500 })
        }
        AttributeName::Documents => json!({
            "type": "array",
            "items": text(1, 200),
            "maxItems": 200,
            "uniqueItems": true,
        }),
        AttributeName::MarkingAidExercise => nullable(&CommandId::json_schema(generator)),
        AttributeName::Owner => nullable(&AdministratorId::json_schema(generator)),
        AttributeName::EvidenceRequired
        | AttributeName::DeliveryViaOrganisation
        | AttributeName::DeliveryViaEmployer
        | AttributeName::PlannedForQa => json!({ "type": "boolean" }),
    }
}

fn text(length_min: usize, length_max: usize) -> Value {
    json!({
        "type": "string",
        "minLength": length_min,
        "maxLength": length_max,
        "pattern": TEXT_PATTERN,
    })
}

fn nullable(schema: &Schema) -> Value {
    let mut schema = schema.as_value().clone();
    schema["type"] = json!(["string", "null"]);
    // What the id is, the attribute says.
    if let Some(keywords) = schema.as_object_mut() {
        keywords.remove("description");
    }
    schema
}

impl JsonSchema for AttributeValue {
    fn schema_name() -> Cow<'static, str> {
        "AttributeValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The value of an attribute; which type it has, the name of the attribute says.",
            "anyOf": [
                { "type": "null" },
                { "title": "FlagValue", "type": "boolean" },
                { "title": "NumberValue", "type": "integer" },
                { "title": "TextValue", "type": "string" },
                { "title": "ListValue", "type": "array", "items": { "type": "string" } },
            ],
        })
    }
}
