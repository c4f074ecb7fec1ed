//! Two answers compared, and where they differ, path by path.

use std::fmt::Write;

use serde_json::Value as Json;

use crate::refusal::Refusal;

/// Where they disagree.
pub type Disagreement = String;

/// What both replied, where they agree.
pub fn same(
    what: &str,
    product: Result<Json, Refusal>,
    model: Result<Json, Refusal>,
) -> Result<Option<Json>, Disagreement> {
    match (
        product.map(|reply| comparable(&reply)),
        model.map(|reply| comparable(&reply)),
    ) {
        (Ok(product), Ok(model)) if product == model => Ok(Some(product)),
        (Err(product), Err(model)) if product == model => Ok(None),
        (Ok(product), Ok(model)) => Err(format!("{what}\n{}", differences(&product, &model))),
        (product, model) => {
            let text = |side: Result<Json, Refusal>| match side {
                Ok(reply) => reply.to_string(),
                Err(refusal) => format!("refused {refusal:?}"),
            };
            let (product, model) = (text(product), text(model));
            Err(format!("{what}\nproduct: {product}\nmodel: {model}"))
        }
    }
}

/// A reply without what only the product can know: positions, times, the ids of reviews.
pub fn comparable(reply: &Json) -> Json {
    const UNKNOWN: [&str; 9] = [
        "position",
        "digest",
        "message",
        "started_at",
        "finished_at",
        "done",
        "opened_at",
        "task",
        "cause",
    ];
    match reply {
        Json::Array(items) => items.iter().map(comparable).collect(),
        Json::Object(fields) => {
            let mut kept = serde_json::Map::new();
            for (name, value) in fields {
                let when = name == "at" && fields.contains_key("by");
                let review_id = name == "review" && value.is_string();
                if UNKNOWN.contains(&name.as_str()) || when || review_id {
                    continue;
                }
                // The product makes the ids of tasks: how many there are is known.
                let tasks = (name == "made" || name == "cancelled") && value.is_array();
                let ids = value.as_array().filter(|_| tasks);
                let value = ids.map_or_else(|| comparable(value), |ids| ids.len().into());
                kept.insert(name.clone(), value);
            }
            Json::Object(kept)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => reply.clone(),
    }
}

/// Every place at which they differ: what the product says there, and what the model says.
fn differences(product: &Json, model: &Json) -> String {
    let mut found = String::new();
    walk("", product, model, &mut found);
    found
}

fn walk(path: &str, product: &Json, model: &Json, found: &mut String) {
    match (product, model) {
        (Json::Object(one), Json::Object(other)) => {
            let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for name in names {
                let path = format!("{path}.{name}");
                differ(&path, one.get(name), other.get(name), found);
            }
        }
        (Json::Array(one), Json::Array(other)) => {
            for index in 0..one.len().max(other.len()) {
                let path = format!("{path}[{index}]");
                differ(&path, one.get(index), other.get(index), found);
            }
        }
        _other => differ(path, Some(product), Some(model), found),
    }
}

fn differ(path: &str, product: Option<&Json>, model: Option<&Json>, found: &mut String) {
    let text = |side: Option<&Json>| side.map_or("nothing".to_owned(), Json::to_string);
    match (product, model) {
        (Some(one), Some(other)) if one == other => {}
        (Some(one @ (Json::Object(_) | Json::Array(_))), Some(other))
            if one.is_array() == other.is_array() && one.is_object() == other.is_object() =>
        {
            walk(path, one, other, found);
        }
        (one, other) => {
            let _ = writeln!(
                found,
                "{path}: product {}, model {}",
                text(one),
                text(other)
            );
        }
    }
}
