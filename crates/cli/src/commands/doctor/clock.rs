//! The clock of this machine, against the server's and the log's.

use plansync_nats::TimeFound;

use super::asking::{Asked, Who};
use super::check::{Check, Section};
use super::folder::FolderFound;
use super::name::Name;
use super::unanswered;
use crate::clock_check::{self, APART_MAX, REMEDY};

/// The time between two clocks, in microseconds, from which on one of them must be wrong.
const WRONG_MICROS: i64 = 3_600_000_000;
const CORRECT: &str = "correct the clock that is wrong (`date --utc`, NTP) on every machine that may run the engine; \
                       times of commits never go back";

/// The clock of this machine against the server's.
pub(super) fn of_server(asked: &Asked, who: Who<'_>) -> Check {
    let name = Name::ServerClock;
    let found = match &asked.user {
        Ok(user) => user.time,
        Err(error) => {
            let mut check = unanswered::not_checked(name, error, who);
            if let Some(help) = &mut check.help {
                help.advice
                    .push_str("; or compare the clocks by hand (`date --utc`)");
            }
            return check;
        }
    };
    match found {
        Some(found) => compared(found),
        None => Check::not_checked(
            name,
            "the server does not tell its time",
            Section::ClockAhead,
            "compare the clocks by hand (`date --utc`)",
        ),
    }
}

fn compared(found: TimeFound) -> Check {
    let TimeFound {
        before,
        server,
        after,
    } = found;
    // The server told its time between the two: what is beyond them is a difference of clocks.
    let ahead = before.saturating_sub(server);
    let behind = server.saturating_sub(after);
    let apart = ahead.max(behind).max(0);
    let max = i64::try_from(APART_MAX.as_micros()).unwrap_or(i64::MAX);
    if apart <= max {
        return Check::ok(
            Name::ServerClock,
            "this machine and the NATS server have the same time, to the minute",
        );
    }
    let (seconds, where_to) = (
        apart / 1_000_000,
        if ahead > behind { "ahead of" } else { "behind" },
    );
    let told =
        format!("the clock of this machine is {seconds} s {where_to} that of the NATS server");
    if apart > WRONG_MICROS {
        Check::wrong(Name::ServerClock, told, Section::ClockAhead, CORRECT)
    } else {
        Check::warning(Name::ServerClock, told, Section::ClockAhead, CORRECT)
    }
}

/// The clock of this machine against the last commit.
pub(super) fn of_log(found: &FolderFound) -> Check {
    let name = Name::LogClock;
    let Some(last) = found.last else {
        return Check::not_checked(
            name,
            "the log is not read",
            Section::ClockAhead,
            "give the data folder of the log by `--data`, or correct data.log first",
        );
    };
    match clock_check::note(last) {
        Some(told) => Check::warning(
            name,
            told.trim_end_matches('.').to_owned(),
            Section::ClockAhead,
            REMEDY,
        ),
        None => Check::ok(
            name,
            "the time of the log's last commit is not ahead of this clock",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn a_slow_answer_is_no_difference_of_clocks() {
        const SECOND: i64 = 1_000_000;
        let state = |before: i64, server: i64, after: i64| {
            compared(TimeFound {
                before: before * SECOND,
                server: server * SECOND,
                after: after * SECOND,
            })
            .state
        };
        assert_eq!(state(0, 100, 200), State::Ok);
        assert_eq!(state(100, 40, 101), State::Ok);
        assert_eq!(state(100, 39, 101), State::Warning);
        assert_eq!(state(100, 162, 101), State::Warning);
        assert_eq!(state(100, 8_000, 101), State::Wrong);
        assert_eq!(state(8_000, 100, 8_001), State::Wrong);
    }
}
