//! The schemas of attributes: which there are, and the bounds of their values.
//!
//! The bounds are rules of the domain, which the decoder does not know. The schemas state them, because a sender
//! sees one refusal whoever refuses; a test of the whole service keeps them true.

use std::borrow::Cow;

use plansync_primitives::ids::{AdministratorId, CommandId};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::attributes::{AttributeName, AttributeValue, Attributes};
use crate::bounded::TEXT_PATTERN;
use crate::scalar::{TIME, date_pattern, time_pattern};

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
        map(generator, AttributeName::ALL, &[])
    }
}

impl JsonSchema for ComponentAttributes {
    fn schema_name() -> Cow<'static, str> {
        "ComponentAttributes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        map(generator, AttributeName::ALL, &[AttributeName::Name])
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
        map(generator, &names, &[AttributeName::Name])
    }
}

fn map(
    generator: &mut SchemaGenerator,
    names: &[AttributeName],
    required: &[AttributeName],
) -> Schema {
    let properties: Map<String, Value> = names
        .iter()
        .map(|name| (name.as_str().to_owned(), value(generator, *name)))
        .collect();
    let mut schema = json_schema!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn value(generator: &mut SchemaGenerator, name: AttributeName) -> Value {
    match name {
        AttributeName::Name => text(1, 300),
        AttributeName::Instructions => text(0, 20_000),
        AttributeName::ReviewType => {
            let mut review_type = text(1, 100);
            review_type["type"] = json!(["string", "null"]);
            review_type["description"] = json!("For components of the type `review` only.");
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
            "description": format!("For components of the type `review` only. {TIME}"),
        }),
        AttributeName::CompletionMode => json!({
            "type": "string",
            "enum": ["learner", "tutor", "employer", "automatic"],
        }),
        AttributeName::MinEvidence => json!({ "type": "integer", "minimum": 0, "maximum": 1_000 }),
        AttributeName::Criteria => json!({
            "type": "array",
            "items": text(1, 64),
            "maxItems": 500,
            "description": "A set, returned sorted.",
        }),
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
                { "title": "NoValue", "type": "null" },
                { "title": "FlagValue", "type": "boolean" },
                { "title": "NumberValue", "type": "integer" },
                { "title": "TextValue", "type": "string" },
                { "title": "ListValue", "type": "array", "items": { "type": "string" } },
            ],
        })
    }
}
