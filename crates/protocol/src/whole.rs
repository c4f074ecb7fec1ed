//! Whole numbers in messages: integers, and floating-point numbers with an integral value.
//!
//! JSON Schema counts `1.0` as an integer, and some encoders write every number in floating point. Therefore
//! `1.0` is read as 1 in both encodings, and a body that the schema accepts is not refused for its spelling.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// Reads a whole number that is not negative.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_u64(WholeVisitor)
}

/// The integer that a floating-point number equals; `None` if there is none of this type.
pub(crate) fn integral<T: FromStr>(number: f64) -> Option<T> {
    // In decimal, because the conversion of a float to an integer is lossy. Adding 0.0 turns -0.0 into 0.0.
    let is_whole = number.is_finite() && number.fract() == 0.0;
    is_whole.then(|| format!("{:.0}", number + 0.0).parse().ok())?
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number that is not negative")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<u64, E> {
        integral(number).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floating_point_number_is_the_integer_that_it_equals() {
        let unsigned = [0.0, -0.0, 1.0, 500.0, 9_007_199_254_740_992.0].map(integral::<u64>);
        let expected = [0, 0, 1, 500, 9_007_199_254_740_992].map(Some);
        assert_eq!(unsigned, expected);
        assert_eq!(integral::<i64>(-3.0), Some(-3));
    }

    #[test]
    fn what_equals_no_integer_of_the_type_is_none() {
        let fractions = [
            0.5,
            -1.0,
            18_446_744_073_709_551_616.0,
            f64::NAN,
            f64::INFINITY,
        ];
        assert_eq!(fractions.map(integral::<u64>), [None; 5]);
        assert_eq!(integral::<i64>(9_223_372_036_854_775_808.0), None);
    }
}
