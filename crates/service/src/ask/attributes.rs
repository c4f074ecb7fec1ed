//! Attributes of a message as values of the domain.

use plansync_domain::values::attributes::AttributeMap;
use plansync_domain::values::raw::Raw;
use plansync_domain::values::value::{MIN_EVIDENCE_MAX, Value};
use plansync_protocol::{self as protocol, AttributeValue, Attributes, DecodeError};

use crate::words::ToDomain;

/// The protocol states the same bound as the rules.
const _: () = assert!(protocol::MIN_EVIDENCE_MAX == MIN_EVIDENCE_MAX);

/// The values of the domain; `path` is the path of the map in the message.
pub(super) fn attributes(
    given: Attributes,
    path: impl Fn() -> String,
) -> Result<AttributeMap, DecodeError> {
    let mut map = AttributeMap::new();
    for (name, value) in given {
        let attribute = name.domain();
        let value = Value::parse(attribute, raw(value))
            .map_err(|error| DecodeError::at(format!("{}.{name}", path()), error.to_string()))?;
        map.insert(attribute, value);
    }
    Ok(map)
}

fn raw(value: AttributeValue) -> Raw {
    match value {
        AttributeValue::Null => Raw::Null,
        AttributeValue::Bool(value) => Raw::Bool(value),
        AttributeValue::Integer(number) => Raw::Integer(number),
        AttributeValue::Text(text) => Raw::Text(text),
        AttributeValue::List(list) => Raw::List(list),
        AttributeValue::Uuid(uuid) => Raw::Bytes(uuid.as_bytes().to_vec()),
    }
}
