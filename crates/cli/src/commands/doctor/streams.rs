//! The streams, their consumers, and the durable commands that wait.

use std::time::Duration;

use indicatif::HumanDuration;
use plansync_nats::{COMMANDS, EVENTS, JetStreamFound, StreamFault, StreamsFound, Waiting};

use super::asking::{Asked, Who};
use super::check::{Check, Section, State, brief};
use super::name::Name;
use super::unanswered;

/// How long a durable command may wait for an engine that answers. It takes one in milliseconds.
const WAITED_MAX: Duration = Duration::from_secs(30);
/// The names of these checks, in their order.
const NAMES: [Name; 5] = [
    Name::Commands,
    Name::Events,
    Name::Consumer,
    Name::OtherConsumers,
    Name::Waiting,
];

/// The checks. `log` is the log of the data folder, if it is known.
pub(super) fn checks(asked: &Asked, who: Who<'_>, log: Option<&str>) -> Vec<Check> {
    let is_off = matches!(asked.jetstream, Ok(JetStreamFound::Off));
    match &asked.streams {
        Ok(found) => of_found(found, asked.has_engine(), log),
        Err(_) if who.is_client() => not_checked(
            "a client cannot see them",
            Section::IsItWell,
            "run it as the engine's user, without `--tenant` and `--as`",
        ),
        Err(_) if is_off => not_checked(
            "JetStream is not enabled",
            Section::JetStreamIsOff,
            "correct nats.jetstream first",
        ),
        Err(error) => {
            let check = |name: &Name| unanswered::not_checked(*name, error, who);
            NAMES.iter().map(check).collect()
        }
    }
}

fn not_checked(why: &str, section: Section, advice: &str) -> Vec<Check> {
    let check = |name: &Name| Check::not_checked(*name, why, section, advice);
    NAMES.iter().map(check).collect()
}

fn of_found(found: &StreamsFound, has_engine: bool, log: Option<&str>) -> Vec<Check> {
    let faults = found.faults.iter();
    let mut checks: Vec<_> = faults.map(|fault| of_fault(fault, has_engine)).collect();
    checks.extend(of_another_log(found, log));
    checks.extend(found.unknown.iter().map(of_unknown));
    if found.lacks_consumer {
        checks.push(consumer_missing(has_engine, &checks));
    }
    checks.push(waiting(found.waiting.as_ref(), has_engine, &checks));
    let are_all_there = found.count() == 2;
    for name in NAMES {
        if checks.iter().all(|check| check.name != name) {
            checks.push(without_fault(name, are_all_there));
        }
    }
    let place = |check: &Check| NAMES.iter().position(|name| *name == check.name);
    checks.sort_by_key(place);
    checks
}

/// The streams belong to another log than that of the data folder.
fn of_another_log(found: &StreamsFound, log: Option<&str>) -> Option<Check> {
    let (theirs, ours) = (found.log.as_deref()?, log?);
    (theirs != ours).then(|| {
        Check::wrong(
            Name::Commands,
            format!(
                "the streams belong to the log {}, and the data folder holds the log {ours}",
                brief(theirs)
            ),
            Section::StreamAltered,
            "give the data folder of that log, or connect to the NATS account of this one",
        )
    })
}

fn of_unknown((stream, setting): &(&'static str, String)) -> Check {
    Check::warning(
        name_of(stream),
        format!(
            "the stream {stream} has a setting that this version does not know: {}",
            brief(setting)
        ),
        Section::StreamAltered,
        "see that it neither removes nor changes messages",
    )
}

/// A check that found nothing.
fn without_fault(name: Name, are_all_there: bool) -> Check {
    if name == Name::Consumer && !are_all_there {
        return Check::not_checked(
            name,
            "a stream is not there",
            Section::StreamAltered,
            "correct the stream first",
        );
    }
    let told = if name == Name::Consumer {
        "the engine's consumer is as the engine made it".to_owned()
    } else if name == Name::OtherConsumers {
        "nobody else takes durable commands".to_owned()
    } else {
        let stream = if name == Name::Events {
            EVENTS
        } else {
            COMMANDS
        };
        format!("{stream} has the settings that it needs")
    };
    Check::ok(name, told)
}

fn name_of(stream: &str) -> Name {
    if stream == EVENTS {
        Name::Events
    } else {
        Name::Commands
    }
}

fn of_fault(fault: &StreamFault, has_engine: bool) -> Check {
    let (what, cure) = (brief(&fault.what()), fault.cure());
    match fault {
        StreamFault::Removed { stream } if !has_engine => Check::warning(
            name_of(stream),
            format!("there is no stream {stream}"),
            Section::StreamAltered,
            "the engine makes it when it starts; if it was there before, what it held is lost",
        ),
        StreamFault::Removed { stream } => Check::wrong(
            name_of(stream),
            what,
            Section::StreamAltered,
            "the engine makes it again within seconds; find out who removed it, and run this again",
        ),
        StreamFault::Setting { stream, .. } | StreamFault::OtherLog { stream, .. } => {
            Check::wrong(name_of(stream), what, Section::StreamAltered, cure)
        }
        StreamFault::OtherConsumers { .. } => {
            Check::wrong(Name::OtherConsumers, what, Section::OthersConsumer, cure)
        }
        StreamFault::Paused => Check::wrong(Name::Consumer, what, Section::ConsumerPaused, cure),
        StreamFault::Edited { .. } if !has_engine => {
            Check::warning(Name::Consumer, what, Section::StreamAltered, cure)
        }
        StreamFault::Edited { .. } => {
            Check::wrong(Name::Consumer, what, Section::StreamAltered, cure)
        }
    }
}

fn consumer_missing(has_engine: bool, others: &[Check]) -> Check {
    let is_taken = others
        .iter()
        .any(|check| check.name == Name::OtherConsumers);
    if has_engine {
        let (section, advice) = if is_taken {
            let advice = "remove the other consumer; the engine makes its own again";
            (Section::OthersConsumer, advice)
        } else {
            let advice = "see what the engine says about it (`journalctl --unit plansync`): it makes its consumer \
                          again every half second";
            (Section::StreamAltered, advice)
        };
        let told = format!("the engine has no consumer on {COMMANDS}, so durable commands wait");
        Check::wrong(Name::Consumer, told, section, advice)
    } else {
        Check::warning(
            Name::Consumer,
            format!("there is no consumer of the engine on {COMMANDS}"),
            Section::NoEngine,
            "start the engine, which makes it",
        )
    }
}

/// Durable commands that wait. `others` says why they may.
fn waiting(waiting: Option<&Waiting>, has_engine: bool, others: &[Check]) -> Check {
    let name = Name::Waiting;
    let Some(waiting) = waiting else {
        return Check::ok(name, "no durable command waits");
    };
    let Waiting {
        count,
        longest,
        redelivered,
        first_sequence,
        first_fault,
    } = waiting;
    let time = HumanDuration(Duration::from_secs(longest.as_secs()));
    let told = if *count == 1 {
        format!("1 durable command waits, for {time} so far")
    } else {
        format!("{count} durable commands wait, the first one for {time}")
    };
    if let Some(fault) = first_fault {
        let told = format!("{told}; it cannot be delivered (sequence {first_sequence}: {fault})");
        let advice = "the engine rejects it and takes the others: start the engine, or correct what keeps it from \
                      taking commands; then correct the program that sent it";
        let state = if has_engine {
            State::Wrong
        } else {
            State::Warning
        };
        return Check {
            state,
            ..Check::wrong(name, told, Section::Undeliverable, advice)
        };
    }
    if !has_engine {
        return Check::warning(
            name,
            told,
            Section::NoEngine,
            "none is lost; start the engine, which takes them",
        );
    }
    let cause = others.iter().find(|check| {
        check.is_wrong() && [Name::Consumer, Name::OtherConsumers].contains(&check.name)
    });
    if let Some(cause) = cause {
        let section = (cause.help.as_ref()).map_or(Section::Undeliverable, |help| help.section);
        let advice = format!("none is lost; correct {} first", cause.name.text());
        return Check::warning(name, told, section, advice);
    }
    if *longest > WAITED_MAX {
        return Check::wrong(
            name,
            told,
            Section::Undeliverable,
            "none is lost; see why the engine does not take them (`plansync status`, `journalctl --unit plansync`)",
        );
    }
    if *redelivered > 0 {
        return Check::warning(
            name,
            format!("{told}; {redelivered} of them delivered more than once"),
            Section::Undeliverable,
            "none is lost; see whether the engine or its disk is slow (`plansync status`)",
        );
    }
    Check::ok(name, told)
}

#[cfg(test)]
mod tests {
    use plansync_nats::Fault;

    use super::*;

    fn found(waiting: Option<Waiting>) -> StreamsFound {
        StreamsFound {
            faults: Vec::new(),
            unknown: Vec::new(),
            lacks_consumer: false,
            waiting,
            log: Some("ours".to_owned()),
        }
    }

    fn waits(seconds: u64, redelivered: u64, first_fault: Option<Fault>) -> Waiting {
        Waiting {
            count: 3,
            longest: Duration::from_secs(seconds),
            redelivered,
            first_sequence: 7,
            first_fault,
        }
    }

    fn states(found: &StreamsFound, has_engine: bool) -> Vec<State> {
        let checks = of_found(found, has_engine, Some("ours"));
        checks.iter().map(|check| check.state).collect()
    }

    #[test]
    fn all_is_well_where_commands_are_taken_soon() {
        assert_eq!(states(&found(None), true), [State::Ok; 5]);
        assert_eq!(
            states(&found(Some(waits(30, 0, None))), true),
            [State::Ok; 5]
        );
    }

    #[test]
    fn commands_that_wait_too_long_or_are_delivered_again_are_told_of() {
        let last = |waiting, has_engine| *states(&found(Some(waiting)), has_engine).last().unwrap();
        assert_eq!(last(waits(31, 0, None), true), State::Wrong);
        assert_eq!(last(waits(1, 1, None), true), State::Warning);
        assert_eq!(last(waits(1, 0, None), false), State::Warning);
        let fault = Some(Fault::Value);
        assert_eq!(last(waits(0, 0, fault), true), State::Wrong);
        assert_eq!(last(waits(0, 0, fault), false), State::Warning);
    }

    #[test]
    fn streams_of_another_log_are_wrong() {
        let checks = of_found(&found(None), true, Some("other"));
        assert_eq!(checks[0].state, State::Wrong);
        assert!(checks[0].message.contains("belong to the log ours"));
    }

    #[test]
    fn why_commands_wait_is_what_keeps_them_from_being_taken() {
        let paused = StreamsFound {
            faults: vec![StreamFault::Paused],
            ..found(Some(waits(300, 0, None)))
        };
        let checks = of_found(&paused, true, None);
        let last = checks.last().unwrap();
        assert_eq!(last.state, State::Warning);
        let section = last.help.as_ref().map(|help| help.section);
        assert_eq!(section, Some(Section::ConsumerPaused));
    }

    #[test]
    fn a_missing_stream_is_wrong_beside_an_engine_only() {
        let removed = StreamsFound {
            faults: vec![StreamFault::Removed { stream: COMMANDS }],
            ..found(None)
        };
        assert_eq!(states(&removed, true)[0], State::Wrong);
        assert_eq!(states(&removed, false)[0], State::Warning);
        assert_eq!(states(&removed, false)[2], State::NotChecked);
    }
}
