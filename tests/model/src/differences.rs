//! Where two replies differ, path by path.

use std::fmt::Write;

use serde_json::Value as Json;

/// Every place at which they differ: what the product says there, and what the model says.
pub(crate) fn differences(product: &Json, model: &Json) -> String {
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
