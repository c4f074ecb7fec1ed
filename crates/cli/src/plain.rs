//! Decodes bodies in JSON or MessagePack to JSON, without knowing their schema.
//!
//! The result is the same for both encodings: ids are text, and bytes are base64.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use plansync_protocol::{DecodeError, Encoding, decode_known};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use uuid::Uuid;

/// A body as JSON: ids and bytes, which only MessagePack has, become text.
pub(crate) fn decode(content_type: Option<&str>, body: &[u8]) -> Result<Value, DecodeError> {
    decode_known::<Plain>(encoding(content_type, body)?, body).map(|plain| plain.0)
}

/// A body of another program as JSON: whatever bytes are in it, nothing says that they are ids.
pub(crate) fn decode_foreign(
    content_type: Option<&str>,
    body: &[u8],
) -> Result<Value, DecodeError> {
    decode_known::<Foreign>(encoding(content_type, body)?, body).map(|foreign| foreign.0)
}

fn encoding(content_type: Option<&str>, body: &[u8]) -> Result<Encoding, DecodeError> {
    Encoding::of(content_type, body).map_err(|error| DecodeError {
        path: None,
        message: error.to_string(),
    })
}

/// The one field of messages that holds bytes; all other bytes are ids.
pub(crate) const BYTES: &str = "bytes";

/// Bytes as JSON has them.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

struct Plain(Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PlainVisitor {
            bytes: BytesAre::Ids,
        }
        .deserialize(deserializer)
    }
}

struct Foreign(Value);

impl<'de> Deserialize<'de> for Foreign {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = BytesAre::Bytes;
        let plain = PlainVisitor { bytes }.deserialize(deserializer)?;
        Ok(Self(plain.0))
    }
}

/// What 16 bytes stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BytesAre {
    /// An id, except in the one field that holds bytes.
    Ids,
    Bytes,
}

/// Reads one value.
struct PlainVisitor {
    bytes: BytesAre,
}

impl<'de> DeserializeSeed<'de> for PlainVisitor {
    type Value = Plain;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Plain, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything that JSON can say, or bytes")
    }

    fn visit_unit<E>(self) -> Result<Plain, E> {
        Ok(Plain(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Plain, E> {
        Ok(Plain(Value::Bool(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Plain, E> {
        Ok(Plain(Value::Number(value.into())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Plain, E> {
        Ok(Plain(Value::Number(value.into())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Plain, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a number"))?;
        Ok(Plain(Value::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Plain, E> {
        Ok(Plain(Value::String(value.to_owned())))
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Plain, E> {
        let text = match Uuid::from_slice(value) {
            Ok(id) if self.bytes == BytesAre::Ids => id.hyphenated().to_string(),
            Ok(_) | Err(_) => base64(value),
        };
        Ok(Plain(Value::String(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Plain, A::Error> {
        let mut list = Vec::new();
        let bytes = self.bytes;
        while let Some(Plain(item)) = items.next_element_seed(PlainVisitor { bytes })? {
            list.push(item);
        }
        Ok(Plain(Value::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Plain, A::Error> {
        let mut map = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let is_of_bytes = name == BYTES;
            let bytes = if is_of_bytes {
                BytesAre::Bytes
            } else {
                self.bytes
            };
            let Plain(value) = fields.next_value_seed(PlainVisitor { bytes })?;
            map.insert(name, value);
        }
        Ok(Plain(Value::Object(map)))
    }
}

#[cfg(test)]
mod tests {
    use plansync_domain::ids::CommandId;
    use plansync_protocol::event::CommandRejected;
    use plansync_protocol::{Bytes, Encoding, ErrorCode};
    use serde_json::json;
    use uuid::Uuid;

    use super::{decode, decode_foreign};

    #[test]
    fn both_encodings_give_the_same() {
        let expected = json!({"version": 3, "added": [true, null, "x"]});
        for encoding in [Encoding::Json, Encoding::MessagePack] {
            let body = encoding.encode(&expected).unwrap();
            assert_eq!(
                decode(Some(encoding.content_type()), &body).unwrap(),
                expected
            );
            assert_eq!(decode(None, &body).unwrap(), expected);
        }
    }

    #[test]
    fn a_command_that_could_not_be_read_is_the_same_in_both_encodings() {
        for bytes in [&b"sixteen bytes..."[..], b"eleven byte", b""] {
            let rejected = CommandRejected {
                command_id: CommandId::from_uuid(Uuid::from_u128(7)),
                operation: "plan.edit".to_owned(),
                error: plansync_protocol::Error::new(ErrorCode::InvalidRequest, "no"),
                bytes: Some(Bytes(bytes.to_vec())),
                not_kept: None,
            };
            let json: serde_json::Value =
                serde_json::from_slice(&Encoding::Json.encode(&rejected).unwrap()).unwrap();
            let packed = Encoding::MessagePack.encode(&rejected).unwrap();
            assert_eq!(decode(None, &packed).unwrap(), json);
        }
    }

    #[test]
    fn sixteen_bytes_of_another_program_are_bytes() {
        let body = b"\x82\xa1a\xc4\x10sixteen bytes...\xa1b\x91\xc4\x10sixteen bytes...";
        let text = "c2l4dGVlbiBieXRlcy4uLg==";
        assert_eq!(
            decode_foreign(None, body).unwrap(),
            json!({ "a": text, "b": [text] })
        );
    }

    #[test]
    fn sixteen_bytes_are_an_id() {
        let id = Uuid::from_u128(0x018f_6d2e_7c1b_7000_8000_0123_4567_89ab);
        let body =
            Encoding::MessagePack.encode(&std::collections::BTreeMap::from([("learner", id)]));
        let expected = json!({"learner": "018f6d2e-7c1b-7000-8000-0123456789ab"});
        assert_eq!(decode(None, &body.unwrap()).unwrap(), expected);
    }
}
