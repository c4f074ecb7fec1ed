//! A date in the years 0001 to 9999, written `YYYY-MM-DD` in messages, in the log and in images.
//!
//! The log and the images store this form, so it never changes. Replies get it from
//! `service::answer`, where another form would have to be made.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// A date in the years 0001 to 9999.
///
/// ```
/// use plansync_primitives::time::date::Date;
///
/// let date: Date = "2026-11-23".parse()?;
/// assert_eq!(date.to_string(), "2026-11-23");
/// assert!("2026-02-30".parse::<Date>().is_err());
/// assert!("23/11/2026".parse::<Date>().is_err());
/// # Ok::<(), plansync_primitives::time::date::NoDate>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

/// A text that is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a date such as 2026-11-23, years 0001 to 9999")]
pub struct NoDate;

/// The years that a date or a moment may have.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

impl Date {
    /// 0001-01-01.
    pub const FIRST: Self = Self(day(1, 1, 1));
    /// 9999-12-31.
    pub const LAST: Self = Self(day(9999, 12, 31));

    /// The date of a stored text. Earlier versions stored years beyond the bounds, with a sign and
    /// as many digits as needed: such a date is read as the first or the last date.
    pub fn stored(text: &str) -> Result<Self, NoDate> {
        if let Ok(date) = text.parse() {
            return Ok(date);
        }
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| NoDate)?;
        Ok(Self(date.clamp(Self::FIRST.0, Self::LAST.0)))
    }

    fn of(year: i32, month: u32, day: u32) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        YEARS.contains(&date.year()).then_some(Self(date))
    }
}

/// A date that exists.
const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MAX,
    }
}

impl FromStr for Date {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Self, NoDate> {
        let [year @ .., b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(NoDate);
        };
        if year.len() != 4 {
            return Err(NoDate);
        }
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0_u32, |number, digit| {
                let is_digit = digit.is_ascii_digit();
                is_digit.then(|| number * 10 + u32::from(digit - b'0'))
            })
        };
        let (year, month, day) = (number(year), number(&[*m1, *m2]), number(&[*d1, *d2]));
        let (Some(year), Some(month), Some(day)) = (year, month, day) else {
            return Err(NoDate);
        };
        let year = i32::try_from(year).map_err(|_| NoDate)?;
        Self::of(year, month, day).ok_or(NoDate)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_date_has_one_form() {
        for text in ["0001-01-01", "2024-02-29", "2026-11-23", "9999-12-31"] {
            assert_eq!(
                text.parse().map(|date: Date| date.to_string()),
                Ok(text.to_owned())
            );
        }
        for text in [
            "+20261-1-1",
            "-2026-1-01",
            " 2026-1-05",
            "2026- 1-05",
            "+2026-1-05",
            "2026-1-1",
            "0000-01-01",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "2026/01/01",
            "20260101",
            "2026-01-01 ",
            "2026-01-01T",
            "10000-1-01",
            "２026-01-1",
            "2026-W01-1",
            "",
            "\u{0}026-01-01",
            "2026−01−01",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NoDate), "{text:?}");
        }
    }

    #[test]
    fn what_earlier_versions_stored_is_taken_for_the_nearest_day() {
        let stored = |text| Date::stored(text).map(|date| date.to_string());
        for (text, taken) in [
            ("+20261-01-01", "9999-12-31"),
            ("+99999-09-09", "9999-12-31"),
            ("-2026-01-01", "0001-01-01"),
            ("0000-12-31", "0001-01-01"),
            ("2026-01-05", "2026-01-05"),
        ] {
            assert_eq!(stored(text), Ok(taken.to_owned()), "{text}");
        }
        assert_eq!(stored("yesterday"), Err(NoDate));
    }

    proptest! {
        #[test]
        fn only_what_is_shown_is_taken(text in "[+ -]?[0-9]{1,5}-[ 0-9][0-9]?-[ 0-9][0-9]?") {
            if let Ok(date) = text.parse::<Date>() {
                prop_assert_eq!(date.to_string(), text);
            }
        }
    }
}
