//! Ids and numbers of an image as bytes: an image has hundreds of thousands, and a start waits for
//! them.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use crate::ids::LearnerId;

const NUMBER_BYTES: usize = 4;
const ID_BYTES: usize = 16;

/// Numbers of four bytes each, little-endian.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PackedNumbers(pub(super) Vec<u32>);

/// Ids of learners of sixteen bytes each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ids(pub(super) Vec<LearnerId>);

impl Serialize for PackedNumbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|one| one.to_le_bytes()).collect();
        serializer.serialize_bytes(&bytes)
    }
}

impl Serialize for Ids {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self
            .0
            .iter()
            .flat_map(|id| id.as_uuid().into_bytes())
            .collect();
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for PackedNumbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = |bytes: [u8; NUMBER_BYTES]| u32::from_le_bytes(bytes);
        let numbers = deserializer.deserialize_bytes(Each(number));
        numbers.map(Self)
    }
}

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = |bytes: [u8; ID_BYTES]| LearnerId::from_uuid(Uuid::from_bytes(bytes));
        let ids = deserializer.deserialize_bytes(Each(id));
        ids.map(Self)
    }
}

/// Reads items of a fixed number of bytes.
struct Each<F, const BYTES: usize>(F);

impl<T, F, const BYTES: usize> Visitor<'_> for Each<F, BYTES>
where
    F: Fn([u8; BYTES]) -> T,
{
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a multiple of {BYTES} bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<T>, E> {
        let (each, rest) = bytes.as_chunks::<BYTES>();
        if rest.is_empty() {
            Ok(each.iter().map(|bytes| (self.0)(*bytes)).collect())
        } else {
            Err(E::invalid_length(bytes.len(), &self))
        }
    }
}
