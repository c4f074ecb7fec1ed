//! Two schemas of one message: whether everything that was sent by the released one is still read.
//!
//! A body that the released schema accepts must be accepted by the current one. A reply or an event that the current
//! schema accepts must be accepted by the released one, by which readers were written. Both are the question whether
//! one schema accepts a subset of what another accepts. It is answered for the keywords that the schemas of this
//! protocol have, and for any other the answer is no.

use serde_json::{Map, Value, json};

/// Who sends the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Clients: the sender follows the released schema.
    Request,
    /// The engine: the reader follows the released schema.
    Reply,
}

/// The comparison of one message.
pub(crate) struct Comparison<'a> {
    pub(crate) released: &'a Value,
    pub(crate) current: &'a Value,
    pub(crate) direction: Direction,
    pub(crate) faults: Vec<String>,
}

/// Keywords that decide nothing.
const ANNOTATIONS: [&str; 6] = [
    "$comment",
    "default",
    "deprecated",
    "description",
    "examples",
    "title",
];
/// Lower bounds: the wider schema has none, or one that is not larger.
const LEAST: [&str; 3] = ["minItems", "minLength", "minimum"];
/// Upper bounds.
const MOST: [&str; 3] = ["maxItems", "maxLength", "maximum"];
/// Keywords that the wider schema must not have, unless the narrower has the same.
const EQUAL: [&str; 3] = ["contentEncoding", "pattern", "uniqueItems"];
/// Keywords that are compared by rules of their own.
const STRUCTURE: [&str; 10] = [
    "additionalProperties",
    "anyOf",
    "const",
    "enum",
    "items",
    "not",
    "oneOf",
    "properties",
    "required",
    "type",
];

impl<'a> Comparison<'a> {
    /// Compares a released schema with the current one.
    pub(crate) fn compare(&mut self, place: &str, released: &'a Value, current: &'a Value) {
        match self.direction {
            Direction::Request => self.subset(place, released, current),
            Direction::Reply => self.subset(place, current, released),
        }
    }

    /// Whatever is sent (by `sent`) is read (by `read`).
    fn subset(&mut self, place: &str, sent: &Value, read: &Value) {
        let (sent, read) = (self.resolved(sent, true), self.resolved(read, false));
        for keyword in fields(&sent).keys().chain(fields(&read).keys()) {
            let lists: [&[&str]; 5] = [&ANNOTATIONS, &LEAST, &MOST, &EQUAL, &STRUCTURE];
            if !lists.concat().contains(&keyword.as_str()) {
                self.fault(place, &format!("the keyword {keyword} cannot be compared"));
            }
        }
        let (said, known) = (alternatives(&sent), alternatives(&read));
        if said.len() > 1 {
            for alternative in &said {
                self.subset(&inside(place, alternative), alternative, &read);
            }
        } else if known.len() > 1 {
            self.subset_of_one(place, &sent, &known);
        } else {
            self.subset_of_plain(place, &sent, &read);
        }
    }

    /// It is read by one of several schemas.
    fn subset_of_one(&mut self, place: &str, sent: &Value, alternatives: &[Value]) {
        let mut fewest: Option<Vec<String>> = None;
        for alternative in alternatives {
            let mut trial = Comparison {
                faults: Vec::new(),
                ..*self
            };
            trial.subset(place, sent, alternative);
            if fewest
                .as_ref()
                .is_none_or(|fewest| trial.faults.len() < fewest.len())
            {
                fewest = Some(trial.faults);
            }
        }
        match fewest {
            Some(faults) if faults.is_empty() => {}
            Some(_) | None => {
                let of = match self.direction {
                    Direction::Request => "current",
                    Direction::Reply => "released",
                };
                self.fault(
                    place,
                    &format!("none of the {of} alternatives accepts {}", shown(sent)),
                );
                self.faults.extend(fewest.into_iter().flatten());
            }
        }
    }

    fn subset_of_plain(&mut self, place: &str, sent: &Value, read: &Value) {
        let types = |schema: &Value| schema.get("type").cloned();
        if read.get("type").is_some() && types(sent) != types(read) {
            self.changed(place, "type", sent, read);
            return;
        }
        self.words(place, sent, read);
        let outside = |ordering: std::cmp::Ordering| {
            move |sent: &Value, read: &Value| {
                let (sent, read) = (sent.as_f64(), read.as_f64());
                sent.is_none() || sent.partial_cmp(&read) == Some(ordering)
            }
        };
        self.bounds(place, &LEAST, sent, read, outside(std::cmp::Ordering::Less));
        self.bounds(
            place,
            &MOST,
            sent,
            read,
            outside(std::cmp::Ordering::Greater),
        );
        self.bounds(place, &EQUAL, sent, read, |sent, read| sent != read);
        if let Some(items) = read.get("items") {
            self.subset(
                &format!("{place}[]"),
                sent.get("items").unwrap_or(&json!({})),
                items,
            );
        }
        self.fields(place, sent, read);
    }

    fn bounds(
        &mut self,
        place: &str,
        keywords: &[&str],
        sent: &Value,
        read: &Value,
        is_outside: impl Fn(&Value, &Value) -> bool,
    ) {
        for keyword in keywords {
            let bound = read.get(*keyword);
            if bound.is_some_and(|bound| is_outside(&sent[*keyword], bound)) && !are_words(sent) {
                self.changed(place, keyword, sent, read);
            }
        }
    }

    fn words(&mut self, place: &str, sent: &Value, read: &Value) {
        let (Some(known), said) = (words(read), words(sent)) else {
            return self.excluded(place, sent, read);
        };
        match said {
            None => self.fault(
                place,
                &format!("any value is sent, and only {} are read", json!(known)),
            ),
            Some(said) => {
                for word in said.iter().filter(|word| !known.contains(word)) {
                    self.fault(
                        place,
                        &format!("{word} is sent, and only {} are read", json!(known)),
                    );
                }
            }
        }
    }

    /// Words that are refused: by the reader no others than by the sender.
    fn excluded(&mut self, place: &str, sent: &Value, read: &Value) {
        let refused = words(&read["not"]).unwrap_or_default();
        let unsaid = words(&sent["not"]).unwrap_or_default();
        let may_say = |word: &&Value| words(sent).is_none_or(|said| said.contains(word));
        for word in refused
            .iter()
            .filter(|word| !unsaid.contains(word))
            .filter(may_say)
        {
            self.fault(place, &format!("{word} is sent, and is not read"));
        }
    }

    fn fields(&mut self, place: &str, sent: &Value, read: &Value) {
        let given = names(&sent["required"]);
        for name in names(&read["required"])
            .iter()
            .filter(|name| !given.contains(name))
        {
            let fault = match self.direction {
                Direction::Request => "the field is required now",
                Direction::Reply => "the field was always there, and may be missing now",
            };
            self.fault(&format!("{place}.{name}"), fault);
        }
        let (sends, reads) = (fields(&sent["properties"]), fields(&read["properties"]));
        let closed = |schema: &Value| schema["additionalProperties"] == json!(false);
        for (name, field) in &sends {
            let place = format!("{place}.{name}");
            match (reads.get(name), read.get("additionalProperties")) {
                (Some(known), _) => self.subset(&place, field, known),
                (None, Some(Value::Bool(false))) => {
                    self.fault(&place, "the field was removed, or is not read");
                }
                (None, Some(other)) => self.subset(&place, field, other),
                (None, None) => {}
            }
        }
        for name in reads.keys().filter(|name| !sends.contains_key(*name)) {
            if !closed(sent) {
                self.fault(&format!("{place}.{name}"), "the field was removed");
            }
        }
        match (
            sent.get("additionalProperties"),
            read.get("additionalProperties"),
        ) {
            (Some(others), Some(known)) if others.is_object() && known.is_object() => {
                self.subset(&format!("{place}.*"), others, known);
            }
            (others, Some(known)) if known != &json!(true) && others != Some(&json!(false)) => {
                self.fault(place, "other fields are sent, and are not read");
            }
            _ => {}
        }
    }

    fn changed(&mut self, place: &str, keyword: &str, sent: &Value, read: &Value) {
        let (released, current) = match self.direction {
            Direction::Request => (sent, read),
            Direction::Reply => (read, sent),
        };
        self.fault(
            place,
            &format!(
                "{keyword} was {} and is {}",
                released[keyword], current[keyword]
            ),
        );
    }

    fn fault(&mut self, place: &str, what: &str) {
        self.faults.push(format!("{place}: {what}"));
    }

    /// The schema that a reference points to; `sent` says in which of the two documents.
    fn resolved(&self, schema: &Value, sent: bool) -> Value {
        let Some(path) = schema.get("$ref").and_then(Value::as_str) else {
            return schema.clone();
        };
        let document = if sent == (self.direction == Direction::Request) {
            self.released
        } else {
            self.current
        };
        document
            .pointer(path.trim_start_matches('#'))
            .unwrap()
            .clone()
    }
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn names(value: &Value) -> Vec<String> {
    let names = value.as_array().into_iter().flatten();
    names
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

fn words(schema: &Value) -> Option<Vec<Value>> {
    match schema.get("const") {
        Some(word) => Some(vec![word.clone()]),
        None => schema.get("enum").and_then(Value::as_array).cloned(),
    }
}

fn are_words(schema: &Value) -> bool {
    words(schema).is_some()
}

/// The alternatives of a schema, also one for each type.
fn alternatives(schema: &Value) -> Vec<Value> {
    for keyword in ["anyOf", "oneOf"] {
        if let Some(alternatives) = schema.get(keyword).and_then(Value::as_array) {
            return alternatives.clone();
        }
    }
    let Some(types) = schema.get("type").and_then(Value::as_array) else {
        return vec![schema.clone()];
    };
    let of_type = |type_name: &Value| {
        if type_name == "null" {
            return json!({ "type": "null" });
        }
        let mut schema = schema.clone();
        schema["type"] = type_name.clone();
        schema
    };
    types.iter().map(of_type).collect()
}

fn inside(place: &str, alternative: &Value) -> String {
    match alternative["title"].as_str() {
        Some(title) => format!("{place}<{title}>"),
        None => place.to_owned(),
    }
}

fn shown(schema: &Value) -> String {
    match schema["title"].as_str() {
        Some(title) => title.to_owned(),
        None => schema.to_string().chars().take(100).collect(),
    }
}
