//! A point in time, to the microsecond, in UTC.
//!
//! Owns its text form. Reads no clock: moments come in from outside.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};

/// A point in time whose year has four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(DateTime<Utc>);

/// A text that is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a UTC time such as 2026-11-23T09:30:00Z")]
pub struct NoMoment;

impl Moment {
    /// The moment so many microseconds after 1970 began, if its year has four digits.
    pub fn from_micros(micros: i64) -> Option<Self> {
        use chrono::Datelike;
        let moment = DateTime::from_timestamp_micros(micros)?;
        (0..=9999).contains(&moment.year()).then_some(Self(moment))
    }

    /// Microseconds since 1970 began.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| NoMoment)?;
        Self::from_micros(moment.timestamp_micros()).ok_or(NoMoment)
    }
}
