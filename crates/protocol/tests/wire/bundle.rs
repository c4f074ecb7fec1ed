//! The schemas of all messages as one set of components, in which every definition stands once.
//!
//! A definition whose form in requests differs from its form in replies stands twice; the one of requests has the
//! suffix [`IN_REQUESTS`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::schemas::{Direction, each};

const IN_REQUESTS: &str = "InRequest";
const DEFINITIONS: &str = "#/$defs/";
const COMPONENTS: &str = "#/components/schemas/";

/// The schema of a message that is in the set.
pub(crate) struct Root {
    pub(crate) name: String,
    pub(crate) direction: Direction,
    pub(crate) schema: Value,
}

/// The components by name.
pub(crate) fn components(roots: &[Root]) -> Map<String, Value> {
    let requests = definitions(roots, Direction::Request);
    let replies = definitions(roots, Direction::Reply);
    let twofold = twofold(&requests, &replies);
    let mut components = Map::new();
    for (direction, definitions) in [
        (Direction::Request, &requests),
        (Direction::Reply, &replies),
    ] {
        for (name, definition) in definitions {
            let name = component(name, direction, &twofold);
            let mut definition = pointed(definition, direction, &twofold);
            definition["title"] = json!(name);
            components.insert(name, definition);
        }
    }
    for root in roots {
        let mut schema = root.schema.clone();
        let keywords = schema.as_object_mut().unwrap();
        keywords.remove("$defs");
        keywords.remove("$schema");
        let mut schema = pointed(&schema, root.direction, &twofold);
        schema["title"] = json!(root.name);
        let taken = components.insert(root.name.clone(), schema);
        assert!(taken.is_none(), "two components are called {}", root.name);
    }
    components
}

fn definitions(roots: &[Root], direction: Direction) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for root in roots.iter().filter(|root| root.direction == direction) {
        let definitions = root.schema["$defs"].as_object().into_iter().flatten();
        for (name, definition) in definitions {
            let known = all
                .entry(name.clone())
                .or_insert_with(|| definition.clone());
            assert_eq!(known, definition, "two definitions are called {name}");
        }
    }
    all
}

/// The definitions with two forms: their own, or that of one which they refer to.
fn twofold(
    requests: &BTreeMap<String, Value>,
    replies: &BTreeMap<String, Value>,
) -> BTreeSet<String> {
    let shared = || {
        requests
            .iter()
            .filter_map(|(name, form)| Some((name, form, replies.get(name)?)))
    };
    let mut twofold: BTreeSet<String> = shared()
        .filter(|(_, one, other)| one != other)
        .map(|(name, ..)| name.clone())
        .collect();
    loop {
        let refers = |form: &Value| referred(form).iter().any(|name| twofold.contains(name));
        let further: Vec<String> = shared()
            .filter(|(name, form, _)| !twofold.contains(*name) && refers(form))
            .map(|(name, ..)| name.clone())
            .collect();
        if further.is_empty() {
            return twofold;
        }
        twofold.extend(further);
    }
}

fn referred(form: &Value) -> Vec<String> {
    let mut names = Vec::new();
    each(form, "", &mut |_, keywords| {
        let reference = keywords.get("$ref").and_then(Value::as_str);
        names.extend(
            reference
                .and_then(|path| path.strip_prefix(DEFINITIONS))
                .map(str::to_owned),
        );
    });
    names
}

fn component(name: &str, direction: Direction, twofold: &BTreeSet<String>) -> String {
    if direction == Direction::Request && twofold.contains(name) {
        format!("{name}{IN_REQUESTS}")
    } else {
        name.to_owned()
    }
}

/// The same with references to components instead of definitions.
fn pointed(schema: &Value, direction: Direction, twofold: &BTreeSet<String>) -> Value {
    match schema {
        Value::Object(keywords) => keywords
            .iter()
            .map(|(keyword, value)| {
                let path = value.as_str().filter(|_| keyword == "$ref");
                let name = path.and_then(|path| path.strip_prefix(DEFINITIONS));
                let value = match name {
                    Some(name) => json!(format!(
                        "{COMPONENTS}{}",
                        component(name, direction, twofold)
                    )),
                    None => pointed(value, direction, twofold),
                };
                (keyword.clone(), value)
            })
            .collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| pointed(item, direction, twofold))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}
