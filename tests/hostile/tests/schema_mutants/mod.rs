//! Mutants of a body: at every place every value of a pool that the bounds of the schema give.

use std::collections::BTreeSet;

use plansync_protocol::AttributeName;
use serde_json::{Value, json};

/// The bodies that differ from the example in one place.
pub(crate) fn mutants(schema: &Value, example: &Value) -> Vec<Value> {
    let bounds = Bounds::of(schema);
    let pool = bounds.pool();
    let mut places = Vec::new();
    find_places(example, &mut Vec::new(), &mut places);
    let mut mutants = Vec::new();
    for place in &places {
        let old = at(example, place);
        let changed = pool
            .iter()
            .cloned()
            .chain(bounds.resized(old))
            .chain(reshaped(old));
        mutants.extend(changed.map(|new| with(example, place, &new)));
        for name in absent_fields(schema, place, old) {
            let mut object = old.clone();
            for value in &pool {
                object[&name] = value.clone();
                mutants.push(with(example, place, &object));
            }
        }
    }
    mutants
}

type Place = Vec<String>;

fn find_places(value: &Value, here: &mut Place, places: &mut Vec<Place>) {
    places.push(here.clone());
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        // The other items of a list are of the same form, or the example has one of each.
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (name, value) in inside {
        here.push(name);
        find_places(value, here, places);
        here.pop();
    }
}

fn pointer(place: &Place) -> String {
    let mut pointer = String::new();
    for part in place {
        pointer.push('/');
        pointer.push_str(part);
    }
    pointer
}

fn at<'a>(example: &'a Value, place: &Place) -> &'a Value {
    example.pointer(&pointer(place)).unwrap()
}

fn with(example: &Value, place: &Place, new: &Value) -> Value {
    let mut mutant = example.clone();
    *mutant.pointer_mut(&pointer(place)).unwrap() = new.clone();
    mutant
}

/// An object without each of its fields, and with one that nobody knows.
fn reshaped(old: &Value) -> Vec<Value> {
    let Value::Object(fields) = old else {
        return Vec::new();
    };
    let without = |name: &String| {
        let mut fewer = fields.clone();
        fewer.remove(name);
        Value::Object(fewer)
    };
    let mut shapes: Vec<_> = fields.keys().map(without).collect();
    let mut more = fields.clone();
    more.insert("colour".to_owned(), json!(1));
    shapes.push(Value::Object(more));
    shapes
}

/// The fields of an object that the example leaves out: those of the body, and attributes of a component.
fn absent_fields(schema: &Value, place: &Place, old: &Value) -> Vec<String> {
    let names: Vec<String> = match place.last().map(String::as_str) {
        None => schema["properties"]
            .as_object()
            .map(|fields| fields.keys().cloned().collect())
            .unwrap_or_default(),
        Some("attributes" | "set") if old.is_object() => {
            AttributeName::ALL.iter().map(ToString::to_string).collect()
        }
        Some(_) => Vec::new(),
    };
    names
        .into_iter()
        .filter(|name| old.get(name).is_none())
        .collect()
}

/// The bounds that occur in a schema, by what they bound.
#[derive(Default)]
struct Bounds {
    lengths: BTreeSet<usize>,
    counts: BTreeSet<usize>,
    numbers: BTreeSet<u64>,
    words: BTreeSet<String>,
}

impl Bounds {
    fn of(schema: &Value) -> Self {
        let mut bounds = Self::default();
        bounds.find(schema);
        bounds
    }

    fn find(&mut self, schema: &Value) {
        let bound = |name: &str| schema[name].as_u64();
        let size = |name: &str| bound(name).and_then(|size| usize::try_from(size).ok());
        self.lengths
            .extend(["minLength", "maxLength"].into_iter().filter_map(size));
        self.counts
            .extend(["minItems", "maxItems"].into_iter().filter_map(size));
        self.numbers
            .extend(["minimum", "maximum"].into_iter().filter_map(bound));
        let words = schema["enum"].as_array().into_iter().flatten();
        self.words
            .extend(words.filter_map(|word| word.as_str().map(str::to_owned)));
        match schema {
            Value::Object(keywords) => keywords.values().for_each(|value| self.find(value)),
            Value::Array(items) => items.iter().for_each(|value| self.find(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Values of every type.
    fn pool(&self) -> Vec<Value> {
        let mut pool = vec![json!(null), json!(true), json!({}), json!([]), json!([7])];
        pool.extend(NUMBERS.map(|number| json!(number)));
        pool.push(json!(u64::MAX));
        pool.push(json!(i64::MIN));
        for bound in around(self.numbers.iter().copied()) {
            pool.push(json!(bound));
            // Beyond 2^53, the floating-point number next to a bound is another number.
            if bound < 1 << 53 {
                pool.push(json!(format!("{bound}.0").parse::<f64>().unwrap()));
            }
        }
        pool.extend(TEXTS.map(|text| json!(text)));
        pool.extend([40, 41, 64, 65].map(|length| json!("a".repeat(length))));
        pool.push(json!("ab".repeat(32)));
        pool.push(json!("AB".repeat(32)));
        pool.extend(self.words.iter().map(|word| json!(word)));
        pool.extend(sizes(&self.lengths).map(|length| json!("é".repeat(length))));
        pool
    }

    /// A list with numbers of items around every bound.
    fn resized(&self, old: &Value) -> Vec<Value> {
        let Some(first) = old.as_array().and_then(|items| items.first()) else {
            return Vec::new();
        };
        let sized =
            |count: usize| Value::Array((0..count).map(|number| like(first, number)).collect());
        let mut lists: Vec<_> = sizes(&self.counts).map(sized).collect();
        lists.push(json!([first, first]));
        lists
    }
}

fn around(bounds: impl Iterator<Item = u64>) -> BTreeSet<u64> {
    bounds
        .flat_map(|bound| [bound.saturating_sub(1), bound, bound.saturating_add(1)])
        .collect()
}

fn sizes(bounds: &BTreeSet<usize>) -> impl Iterator<Item = usize> {
    let sizes = bounds.iter().map(|bound| *bound as u64);
    around(sizes)
        .into_iter()
        .filter_map(|size| usize::try_from(size).ok())
}

/// An item like another one, but with an id of its own.
fn like(item: &Value, number: usize) -> Value {
    match item {
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => json!(numbered(number)),
        Value::Object(fields) => {
            let mut fields = fields.clone();
            for name in ["component", "programme"] {
                if let Some(id) = fields.get_mut(name) {
                    *id = json!(numbered(number));
                }
            }
            Value::Object(fields)
        }
        Value::String(text) if text == "north" => json!(format!("north{number}")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            item.clone()
        }
    }
}

fn numbered(number: usize) -> String {
    uuid::Uuid::from_u128(number as u128 + 1).to_string()
}

const NUMBERS: [f64; 8] = [0.0, -0.0, 1.0, -1.0, 1.5, 24.0, 1e19, 1e300];

const TEXTS: [&str; 39] = [
    "",
    "a",
    "A-1_z",
    "two words",
    "a.b",
    "ü",
    "7",
    "9lives",
    "Exam",
    "exam",
    "review",
    "all",
    "recent",
    "system",
    "learner",
    "bell\u{7}",
    "delete\u{7f}",
    "next line\u{85}",
    "line\nand\ttab",
    "carriage\rreturn",
    "0190a1b2-0000-7000-8000-0000000000ff",
    "0190A1B2-0000-7000-8000-0000000000FF",
    "0190a1b2000070008000000000000001",
    "{0190a1b2-0000-7000-8000-00000000001}",
    "2026-11-23",
    "2026-02-29",
    "2024-02-29",
    "1900-02-29",
    "2000-02-29",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "2026-04-31",
    "2026-11-23T09:30:00Z",
    "2026-11-23t09:30:00.123456789+01:00",
    "2026-11-23 09:30:00Z",
    "2026-11-23T09:30:60Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23T09:30:00",
];
