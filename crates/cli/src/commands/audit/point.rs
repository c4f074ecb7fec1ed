//! Positions, versions and times as people type them.
//!
//! A day is a day in UTC. Where something begins with it, that is its first moment; where something ends with it,
//! or is looked at on it, that is its last one.

use std::str::FromStr;

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime};
use plansync_protocol::Time;
use serde_json::{Value, json};

/// The number after this is a version of a plan.
const VERSION: [&str; 2] = ["v", "version:"];
/// Times without an offset, which are in UTC.
const IN_UTC: [&str; 4] = [
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S",
];

/// The position of a commit.
pub(super) fn position(text: &str) -> Result<u64, &'static str> {
    let position = text.parse().ok();
    position.ok_or("give the position of a commit, such as `1200`; `plansync audit log` lists them")
}

/// A time, or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// This time.
    Time(Time),
    /// This day.
    Day(NaiveDate),
}

const NO_MOMENT: &str = "give a day such as `2026-05-01`, or a time such as `2026-05-01T09:30:00Z` or `2026-05-01 09:30` (UTC)";

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            let is_of_wire = (1..=9_999).contains(&day.year());
            return is_of_wire.then_some(Self::Day(day)).ok_or(NO_MOMENT);
        }
        if let Some(time) = Time::parse(text) {
            return Ok(Self::Time(time));
        }
        let mut in_utc = IN_UTC.iter();
        let time = in_utc.find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
        time.map(|time| Self::Time(micros(time))).ok_or(NO_MOMENT)
    }
}

impl Moment {
    /// From then on.
    pub(super) fn first(self) -> Time {
        match self {
            Self::Time(time) => time,
            Self::Day(day) => midnight(day),
        }
    }

    /// Before this, with the whole day.
    pub(super) fn end(self) -> Time {
        match self {
            Self::Time(time) => time,
            Self::Day(day) => midnight(day.checked_add_days(Days::new(1)).unwrap_or(day)),
        }
    }

    /// The time itself, or the last moment of the day.
    pub(super) fn last(self) -> Time {
        match self {
            Self::Time(time) => time,
            Self::Day(_) => Time::from_micros(self.end().micros() - 1),
        }
    }
}

fn midnight(day: NaiveDate) -> Time {
    micros(day.and_time(NaiveTime::MIN))
}

fn micros(time: NaiveDateTime) -> Time {
    Time::from_micros(time.and_utc().timestamp_micros())
}

/// A position in the log, or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// This position.
    Position(u64),
    /// This time or day.
    Moment(Moment),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match number(text) {
            Some(position) => Ok(Self::Position(position?)),
            None => text
                .parse()
                .map(Self::Moment)
                .map_err(|told| format!("give a position such as `4711`; or {}", shortly(told))),
        }
    }
}

/// A point in the history of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// This version of the plan.
    Version(u64),
    /// As it was at this position or time.
    At(Place),
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        for prefix in VERSION {
            if let Some(version) = text.strip_prefix(prefix).and_then(number) {
                return Ok(Self::Version(version?));
            }
        }
        text.parse().map(Self::At).map_err(|told: String| {
            format!(
                "give a version of the plan such as `v12`; or {}",
                shortly(&told)
            )
        })
    }
}

impl Point {
    /// As it is asked for, where a day stands for its beginning.
    pub(super) fn at_first(self) -> Value {
        self.with(Moment::first)
    }

    /// As it is asked for, where a day stands for its end.
    pub(super) fn at_last(self) -> Value {
        self.with(Moment::last)
    }

    fn with(self, of_moment: impl Fn(Moment) -> Time) -> Value {
        match self {
            Self::Version(version) => json!({ "version": version }),
            Self::At(Place::Position(position)) => json!({ "position": position }),
            Self::At(Place::Moment(moment)) => json!({ "time": of_moment(moment) }),
        }
    }
}

/// The number that a text is, if it consists of digits.
fn number(text: &str) -> Option<Result<u64, String>> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let too_large = |_| format!("no log is so long: {text}");
    is_number.then(|| text.parse().map_err(too_large))
}

/// The rest of an advice.
fn shortly(told: &str) -> &str {
    told.strip_prefix("give ").unwrap_or(told)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Moment, Place, Point, position};

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_has_a_beginning_and_an_end_and_a_time_is_one_moment() {
        let day = moment("2026-05-31");
        assert_eq!(day.first().to_string(), "2026-05-31T00:00:00.000000Z");
        assert_eq!(day.last().to_string(), "2026-05-31T23:59:59.999999Z");
        assert_eq!(day.end().to_string(), "2026-06-01T00:00:00.000000Z");
        for text in [
            "2026-05-31T11:30:00+02:00",
            "2026-05-31 09:30",
            "2026-05-31T09:30:00",
        ] {
            let time = moment(text);
            for edge in [time.first(), time.last(), time.end()] {
                assert_eq!(edge.to_string(), "2026-05-31T09:30:00.000000Z");
            }
        }
    }

    #[test]
    fn numbers_are_positions_and_versions_say_so() {
        let point = |text: &str| text.parse::<Point>().map(Point::at_last);
        assert_eq!(point("12"), Ok(json!({ "position": 12 })));
        assert_eq!(point("v12"), Ok(json!({ "version": 12 })));
        assert_eq!(point("version:0"), Ok(json!({ "version": 0 })));
        let day = Ok(json!({ "time": "2026-05-01T23:59:59.999999Z" }));
        assert_eq!(point("2026-05-01"), day);
        let day = Ok(json!({ "time": "2026-05-01T00:00:00.000000Z" }));
        assert_eq!("2026-05-01".parse().map(Point::at_first), day);
        assert_eq!("7".parse(), Ok(Place::Position(7)));
        assert_eq!(position("7"), Ok(7));
        assert!(position("seven").is_err());
        assert!("0000-01-01".parse::<Moment>().is_err());
    }

    #[test]
    fn what_is_none_of_them_is_told_with_examples() {
        for wrong in ["", "yesterday", "v", "-1", "2026-02-30", "2026-05"] {
            let told = wrong.parse::<Point>().unwrap_err();
            assert!(
                told.starts_with("give a version of the plan such as `v12`; or a position"),
                "{told}"
            );
            assert!(told.contains("`2026-05-01`"), "{told}");
        }
        let huge = "99999999999999999999".parse::<Place>().unwrap_err();
        assert!(huge.starts_with("no log is so long"), "{huge}");
    }
}
