//! Compares two bodies of an event and names the fields in which they differ.

use rmpv::Value;
use uuid::Uuid;

/// One field in which two bodies differ.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Difference {
    /// The field, as `components[3].attributes.due_date`.
    pub(crate) path: String,
    /// The component that it belongs to, if it belongs to one.
    pub(crate) component: Option<Uuid>,
    /// Its value in each; `None` if one of them has no such field.
    pub(crate) values: Option<(Value, Value)>,
}

/// Every difference of these bodies, in their order; none if one of them is not MessagePack.
pub(crate) fn differences(mut one: &[u8], mut other: &[u8]) -> Vec<Difference> {
    let read = |bytes: &mut &[u8]| rmpv::decode::read_value(bytes).ok();
    let mut found = Vec::new();
    if let (Some(one), Some(other)) = (read(&mut one), read(&mut other)) {
        Walk::default().compare(&one, &other, &mut found);
    }
    found
}

/// The field that is being compared.
#[derive(Clone, Default)]
struct Walk {
    path: String,
    component: Option<Uuid>,
}

impl Walk {
    fn compare(&self, one: &Value, other: &Value, found: &mut Vec<Difference>) {
        if one == other {
            return;
        }
        if let (Some(one), Some(other)) = (one.as_map(), other.as_map()) {
            return self.maps(one, other, found);
        }
        match (one.as_array(), other.as_array()) {
            (Some(one), Some(other)) if one.len() == other.len() => {
                for (index, (one, other)) in one.iter().zip(other).enumerate() {
                    let within = self.within(&format!("[{index}]"));
                    within.compare(one, other, found);
                }
            }
            _ => found.push(self.difference(Some((one.clone(), other.clone())))),
        }
    }

    fn maps(&self, one: &[(Value, Value)], other: &[(Value, Value)], found: &mut Vec<Difference>) {
        let here = Self {
            component: component(one).or(self.component),
            ..self.clone()
        };
        for (key, value) in one {
            let within = here.field(key);
            match get(other, key) {
                Some(theirs) => within.compare(value, theirs, found),
                None => found.push(within.difference(None)),
            }
        }
        let added = other.iter().filter(|(key, _)| get(one, key).is_none());
        found.extend(added.map(|(key, _)| here.field(key).difference(None)));
    }

    fn field(&self, key: &Value) -> Self {
        let name = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        let dot = if self.path.is_empty() { "" } else { "." };
        self.within(&format!("{dot}{name}"))
    }

    fn within(&self, part: &str) -> Self {
        Self {
            path: format!("{}{part}", self.path),
            component: self.component,
        }
    }

    fn difference(&self, values: Option<(Value, Value)>) -> Difference {
        Difference {
            path: self.path.clone(),
            component: self.component,
            values,
        }
    }
}

fn get<'a>(map: &'a [(Value, Value)], name: &Value) -> Option<&'a Value> {
    let entry = map.iter().find(|(key, _)| key == name);
    entry.map(|(_, value)| value)
}

fn component(map: &[(Value, Value)]) -> Option<Uuid> {
    let id = get(map, &Value::from("component"))?.as_slice()?;
    Uuid::from_slice(id).ok()
}
