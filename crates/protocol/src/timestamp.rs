//! The timestamp of MessagePack: extension type -1.
//!
//! Libraries of many languages write it for a time unless they are told otherwise. It is accepted where
//! a time is expected, and never written.

use std::fmt;

use plansync_primitives::time::moment::Moment;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::scalar::Time;

/// The number of the extension type.
const TYPE: i8 = -1;

/// Reads an extension type, which must be a timestamp. What is smaller than a microsecond is cut off,
/// as it is in text.
pub(crate) fn read<'de, D: Deserializer<'de>>(extension: D) -> Result<Time, D::Error> {
    let (kind, Stored(micros)) = <(i8, Stored)>::deserialize(extension)?;
    if kind != TYPE {
        return Err(D::Error::custom(format_args!(
            "the extension type {kind} is not known; a timestamp has the type {TYPE}"
        )));
    }
    let moment = micros.and_then(Moment::from_micros);
    let time = moment.map(|moment| Time::from_micros(moment.micros()));
    time.ok_or_else(|| D::Error::custom("expected a timestamp of the years 0001 to 9999"))
}

/// Microseconds since 1970 as a timestamp stores them; `None` if the bytes are no timestamp.
struct Stored(Option<i64>);

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(StoredVisitor)
    }
}

struct StoredVisitor;

impl Visitor<'_> for StoredVisitor {
    type Value = Stored;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of a timestamp")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Stored, E> {
        Ok(Stored(micros(bytes)))
    }
}

/// The three forms: seconds; nanoseconds and seconds in 64 bits; nanoseconds, then seconds.
fn micros(bytes: &[u8]) -> Option<i64> {
    let (seconds, nanos) = match *bytes {
        [_, _, _, _] => (i64::from(u32::from_be_bytes(bytes.try_into().ok()?)), 0),
        [_, _, _, _, _, _, _, _] => {
            let both = u64::from_be_bytes(bytes.try_into().ok()?);
            let seconds = i64::try_from(both & 0x3_ffff_ffff).ok()?;
            (seconds, u32::try_from(both >> 34).ok()?)
        }
        [a, b, c, d, ref seconds @ ..] => {
            let nanos = u32::from_be_bytes([a, b, c, d]);
            (i64::from_be_bytes(seconds.try_into().ok()?), nanos)
        }
        _ => return None,
    };
    let micros = (nanos < 1_000_000_000).then_some(i64::from(nanos / 1_000))?;
    seconds.checked_mul(1_000_000)?.checked_add(micros)
}

#[cfg(test)]
mod tests {
    use super::micros;

    #[test]
    fn each_form_gives_microseconds() {
        assert_eq!(micros(&7_u32.to_be_bytes()), Some(7_000_000));
        let both = (1_500_000_u64 << 34) | 7;
        assert_eq!(micros(&both.to_be_bytes()), Some(7_001_500));
        let long = [&999_u32.to_be_bytes()[..], &(-1_i64).to_be_bytes()].concat();
        assert_eq!(micros(&long), Some(-1_000_000));
    }

    #[test]
    fn what_is_no_timestamp_gives_none() {
        let many_nanos = (1_000_000_000_u64 << 34) | 7;
        let far = [&0_u32.to_be_bytes()[..], &i64::MAX.to_be_bytes()].concat();
        for bytes in [
            &[][..],
            &[1, 2, 3],
            &many_nanos.to_be_bytes(),
            &far,
            &[0; 13],
        ] {
            assert_eq!(micros(bytes), None, "{bytes:?}");
        }
    }
}
