//! A point in time in UTC, with a precision of microseconds.
//!
//! It is read from any `date-time` of RFC 3339, and always written with six digits of a second and
//! `Z`. The log and the images store this form, so it never changes; replies get it from
//! `service::answer`.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, SecondsFormat, Utc};

use crate::time::date::YEARS;

/// A point in time in the years 0001 to 9999, UTC.
///
/// ```
/// use plansync_primitives::time::moment::Moment;
///
/// let moment: Moment = "2026-11-23T10:30:00.5+01:00".parse()?;
/// assert_eq!(moment.to_string(), "2026-11-23T09:30:00.500000Z");
/// assert!("2026-11-23 09:30:00Z".parse::<Moment>().is_err());
/// # Ok::<(), plansync_primitives::time::moment::NoMoment>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(DateTime<Utc>);

/// A text that is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a time such as 2026-11-23T09:30:00Z")]
pub struct NoMoment;

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z, in microseconds since 1970 began.
const MICROS: (i64, i64) = (-62_135_596_800_000_000, 253_402_300_799_999_999);

impl Moment {
    /// The moment this many microseconds after 1970 began, if it is in the years 0001 to 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        let moment = DateTime::from_timestamp_micros(micros)?;
        YEARS.contains(&moment.year()).then_some(Self(moment))
    }

    /// The same; the first or the last moment for one that is out of bounds.
    pub fn nearest(micros: i64) -> Self {
        let micros = micros.clamp(MICROS.0, MICROS.1);
        Self::from_micros(micros).unwrap_or(Self(DateTime::UNIX_EPOCH))
    }

    /// Microseconds since 1970 began.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The moment of a stored text. Earlier versions also accepted the year 0000, which is read as
    /// the first moment.
    pub fn stored(text: &str) -> Result<Self, NoMoment> {
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| NoMoment)?;
        Ok(Self::nearest(moment.timestamp_micros()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl FromStr for Moment {
    type Err = NoMoment;

    /// Accepts RFC 3339's `date-time`, with `T` and `Z` in either case and any fraction, which is
    /// truncated to microseconds. Offsets are converted. Leap seconds are refused, and so is a
    /// space in place of the `T`, which the grammar does not allow.
    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let bytes = text.as_bytes();
        let is_of_the_grammar = text.is_ascii()
            && matches!(bytes.get(10), Some(b'T' | b't'))
            && bytes.get(17..19) != Some(b"60".as_slice());
        if !is_of_the_grammar {
            return Err(NoMoment);
        }
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| NoMoment)?;
        Self::from_micros(moment.timestamp_micros()).ok_or(NoMoment)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_moment_is_shown_in_one_form_however_it_was_written() {
        for (text, shown) in [
            ("2026-11-23T09:30:00Z", "2026-11-23T09:30:00.000000Z"),
            ("2026-11-23t09:30:00z", "2026-11-23T09:30:00.000000Z"),
            ("2026-11-23T09:30:00.5+01:00", "2026-11-23T08:30:00.500000Z"),
            ("2026-11-23T09:30:00-00:00", "2026-11-23T09:30:00.000000Z"),
            (
                "2026-11-23T09:30:00.12345678901234Z",
                "2026-11-23T09:30:00.123456Z",
            ),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
            (
                "9999-12-31T23:59:59.9999999Z",
                "9999-12-31T23:59:59.999999Z",
            ),
            ("0000-12-31T23:30:00-01:00", "0001-01-01T00:30:00.000000Z"),
        ] {
            let taken = text.parse().map(|moment: Moment| moment.to_string());
            assert_eq!(taken, Ok(shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_of_the_years_1_to_9999_is_refused() {
        for text in [
            "2026-11-23",
            "2026-11-23 09:30:00Z",
            "2026-11-23T09:30Z",
            "2026-11-23T09:30:00",
            "2016-12-31T23:59:60Z",
            "2026-11-23T09:30:60Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T09:30:00.Z",
            "2026-11-23T09:30:00,5Z",
            "2026-11-23T09:30:00+24:00",
            "2026-11-23T09:30:00+0100",
            "2026-11-23T09:30:00\u{2212}01:00",
            "0000-06-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "+20261-01-01T00:00:00Z",
            "-2026-01-01T00:00:00Z",
            " 2026-11-23T09:30:00Z",
            "2026-11-23T09:30:00Z ",
            "2026-11-23T09:30:00Z\0",
            "2026-11-23T 9:30:00Z",
            "",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(NoMoment), "{text:?}");
        }
    }

    #[test]
    fn the_year_0000_is_taken_from_the_log_as_the_first_moment() {
        let stored = Moment::stored("0000-02-29T12:00:00.000000Z").map(|moment| moment.to_string());
        assert_eq!(stored, Ok("0001-01-01T00:00:00.000000Z".to_owned()));
    }

    proptest! {
        #[test]
        fn any_time_is_shown_as_one_that_is_taken(micros: i64) {
            let shown = Moment::nearest(micros);
            prop_assert_eq!(shown.to_string().parse(), Ok(shown));
            if let Some(moment) = Moment::from_micros(micros) {
                prop_assert_eq!(moment.micros(), micros);
                prop_assert_eq!(moment, shown);
            }
        }
    }
}
