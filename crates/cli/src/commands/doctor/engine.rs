//! The engine: whether one answers, its version, and what it tells of itself.

use plansync_nats::{EngineFound, Pinged};
use plansync_protocol::engine::{EngineProblem, EngineStatusRecord, ProcessStatus};
use plansync_protocol::{EnginePart, Urgency};

use super::asking::{Asked, Who};
use super::check::{Check, Section, State, brief};
use super::name::Name;
use super::unanswered;
use crate::ask_error::AskError;

/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The problems of an engine that are shown: its reply has no more.
const PROBLEMS_MAX: usize = 32;
/// With less room, a disk that takes no commits is full: the engine needs three volumes of the log.
const ROOM_BYTES: u64 = 3 * (64 << 20);
const DO_AS_SAID: &str = "do what the engine says; `plansync status` shows how it stands";

/// The checks. `is_in_use` tells whether a process has the data folder open, if that is known; `beside` are the checks of
/// the limits, the streams and the folder, which know more of what the engine tells of.
pub(super) fn checks(
    asked: &Asked,
    who: Who<'_>,
    is_in_use: Option<bool>,
    beside: &[&Check],
) -> Vec<Check> {
    let mut checks = vec![match (&asked.engines, &asked.status) {
        (Ok(Pinged::Engines(engines)), _) => of_engines(engines),
        // The ping may be late, or another engine may have none.
        (_, Ok(status)) => Check::ok(
            Name::Engine,
            format!(
                "an engine answers requests (version {})",
                brief(&status.version)
            ),
        ),
        (Ok(Pinged::Nobody), Err(_)) => nobody(is_in_use),
        (Ok(Pinged::Silent { awaits_commands }), Err(_)) => silent(*awaits_commands),
        (Err(error), Err(_)) => unanswered::not_checked(Name::Engine, error, who),
    }];
    checks.push(version(asked));
    checks.extend(ready(asked, beside));
    checks
}

fn of_engines(engines: &[EngineFound]) -> Check {
    let name = Name::Engine;
    if let [engine] = engines {
        return Check::ok(name, format!("an engine answers ({})", shown(engine)));
    }
    let all: Vec<_> = engines.iter().map(shown).collect();
    Check::wrong(
        name,
        format!(
            "{} engines answer on this NATS account ({}), and divide its requests",
            engines.len(),
            all.join("; ")
        ),
        Section::TwoEngines,
        "stop all but one: disable the unit on every other host (`systemctl disable --now plansync`); `nats server \
         report connections` shows their addresses",
    )
}

fn nobody(is_in_use: Option<bool>) -> Check {
    let told = if is_in_use == Some(true) {
        "no engine answers, though a process has the data folder open"
    } else {
        "no engine answers on this NATS account"
    };
    let advice = "see why it has ended or what it waits for (`journalctl --unit plansync --lines 20`), and start it \
                  (`systemctl start plansync`)";
    Check::wrong(Name::Engine, told, Section::NoEngine, advice)
}

/// Somebody is subscribed and answers nothing: whether it is an engine, only its host can tell.
fn silent(awaits_commands: Option<bool>) -> Check {
    let advice = "see on its host whether it runs (`systemctl status plansync`; `nats server report connections` shows \
                  addresses): if it runs, end it before another one is started (`systemctl kill --signal=KILL \
                  plansync`); if it does not, start it (`systemctl start plansync`)";
    if awaits_commands == Some(true) {
        let told = "an engine seems to hang, or to be very slow: it waits for durable commands, and does not answer";
        Check::wrong(Name::Engine, told, Section::TwoEngines, advice)
    } else {
        let told = "no engine answers, though a client is subscribed to $SRV.PING.plansync: an engine that hangs, or \
                    another program";
        Check::wrong(Name::Engine, told, Section::NoEngine, advice)
    }
}

fn shown(engine: &EngineFound) -> String {
    format!(
        "version {}, id {}",
        brief(&engine.version),
        brief(&engine.id)
    )
}

fn version(asked: &Asked) -> Check {
    let name = Name::EngineVersion;
    let told = match (&asked.engines, asked.status()) {
        (Ok(Pinged::Engines(engines)), _) => {
            let other = engines.iter().find(|engine| engine.version != VERSION);
            let found = other.or(engines.first());
            found.map(|engine| engine.version.as_str())
        }
        (_, Some(status)) => Some(status.version.as_str()),
        (_, None) => None,
    };
    match told {
        None => Check::not_checked(
            name,
            "no engine answers",
            Section::NoEngine,
            "correct engine.answers first",
        ),
        Some(VERSION) => Check::ok(
            name,
            format!("the engine has the version of this program, {VERSION}"),
        ),
        Some(other) => Check::warning(
            name,
            format!(
                "the engine has version {}, and this program version {VERSION}",
                brief(other)
            ),
            Section::Upgrade,
            "restart the engine, if the program was upgraded since it was started (`systemctl restart plansync`), or \
             use the program of the engine's version",
        ),
    }
}

fn ready(asked: &Asked, beside: &[&Check]) -> Vec<Check> {
    let status = match &asked.status {
        Ok(status) => status,
        Err(error) => return vec![untold(error, asked.has_engine())],
    };
    if let Some(message) = in_no_part(status) {
        return vec![Check::wrong(
            Name::EngineReady,
            format!("no part is ready: {}", brief(message)),
            Section::NoEngine,
            DO_AS_SAID,
        )];
    }
    let problems = status.problems.iter().take(PROBLEMS_MAX);
    let mut checks: Vec<_> = problems
        .map(|problem| of_problem(problem, section_of(problem, &status.process, beside)))
        .collect();
    if checks.is_empty() && !status.ready {
        checks.push(Check::wrong(
            Name::EngineReady,
            "the engine is not ready, and does not tell why",
            Section::NoEngine,
            "see its log output (`journalctl --unit plansync --lines 20`)",
        ));
    }
    if checks.is_empty() {
        let told = format!("every part of the engine is ready ({})", parts(status));
        checks.push(Check::ok(Name::EngineReady, told));
    }
    checks
}

/// The names of the parts: a few words of the protocol, however often a reply has them.
fn parts(status: &EngineStatusRecord) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in &status.parts {
        let part = part.part.as_str();
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(", ")
}

/// What an engine that is starting or stopping says of all of its parts.
fn in_no_part(status: &EngineStatusRecord) -> Option<&str> {
    let mut problems = status.problems.iter();
    let first = problems.next()?;
    let is_same = |problem: &EngineProblem| problem.message == first.message;
    let parts = status.parts.iter();
    let is_in_none = parts.clone().count() > 1 && parts.clone().all(|part| !part.ready);
    (is_in_none && problems.all(is_same)).then_some(&first.message)
}

/// An engine did not tell how it stands; `is_there` says whether it answers a ping.
fn untold(error: &AskError, is_there: bool) -> Check {
    let (section, advice) = if error.is_without_answer() && is_there {
        let advice = "run it again; if it stays so, see what the engine does (`journalctl --unit plansync --lines 20`)";
        (Section::IsItWell, advice)
    } else if error.is_without_answer() {
        let advice = "correct engine.answers first";
        return Check::not_checked(
            Name::EngineReady,
            "no engine answers",
            Section::NoEngine,
            advice,
        );
    } else if matches!(error, AskError::Answer(_)) {
        let advice = "use the program of the engine's version";
        (Section::Upgrade, advice)
    } else {
        let advice = "run it as the engine's user, or as a user who may send requests as `system` of the tenant \
                      (`--tenant`)";
        (Section::Permissions, advice)
    };
    Check::not_checked(
        Name::EngineReady,
        brief(&error.to_string()),
        section,
        advice,
    )
}

/// The section about a problem: that of a check which found the same, or else what the engine tells of the part; the
/// words of its message decide nothing else.
fn section_of(problem: &EngineProblem, process: &ProcessStatus, beside: &[&Check]) -> Section {
    if let Some(section) = found_beside(problem, beside) {
        return section;
    }
    match (problem.part, problem.urgency) {
        (EnginePart::Nats, _) => Section::NatsIsGone,
        (EnginePart::Log, _) => Section::DiskSilent,
        (EnginePart::Disk, Urgency::Warning) => Section::DiskFull,
        (EnginePart::Disk, Urgency::NotReady) => match process.disk_free_bytes {
            Some(free) if free < ROOM_BYTES => Section::DiskFull,
            Some(_) | None => Section::DiskSilent,
        },
        (EnginePart::Streams | EnginePart::Consumer | EnginePart::Relay, _) => Section::IsItWell,
        (EnginePart::Process, _) => match (process.open_files, process.open_files_max) {
            (Some(open), Some(max)) if open >= max / 5 * 4 => Section::OpenFiles,
            (_, _) => Section::Overloaded,
        },
    }
}

/// The section of a check of the same part that found something: best the very fault of which the engine tells, or else
/// the worst.
fn found_beside(problem: &EngineProblem, beside: &[&Check]) -> Option<Section> {
    let names = names_of(problem.part);
    let found = beside
        .iter()
        .filter(|check| check.state >= State::Warning && names.contains(&check.name));
    // The text of a fault of a stream begins with what is wrong, in the engine as here.
    let is_same = |check: &&&Check| problem.message.starts_with(&check.message);
    let same = found.clone().find(is_same);
    let place = |check: &&&Check| names.iter().rev().position(|name| *name == check.name);
    let check = same.or_else(|| found.max_by_key(|check| (check.state, place(check))))?;
    check.help.as_ref().map(|help| help.section)
}

/// The checks that look at what a part of the engine works with, the closest first.
fn names_of(part: EnginePart) -> &'static [Name] {
    match part {
        EnginePart::Streams => &[
            Name::Commands,
            Name::Events,
            Name::OtherConsumers,
            Name::Consumer,
        ],
        EnginePart::Consumer => &[Name::OtherConsumers, Name::Consumer, Name::Commands],
        EnginePart::Relay => &[Name::Events, Name::Limits],
        EnginePart::Log | EnginePart::Disk => &[Name::Folder, Name::Space],
        EnginePart::Nats | EnginePart::Process => &[],
    }
}

fn of_problem(problem: &EngineProblem, section: Section) -> Check {
    let part = problem.part.as_str();
    let said = brief(&problem.message);
    match problem.urgency {
        Urgency::NotReady => Check::wrong(
            Name::EngineReady,
            format!("{part} is not ready: {said}"),
            section,
            DO_AS_SAID,
        ),
        Urgency::Warning => Check::warning(
            Name::EngineReady,
            format!("{part}: {said}"),
            section,
            DO_AS_SAID,
        ),
    }
}

#[cfg(test)]
mod tests {
    use EnginePart::{Consumer, Disk, Log, Nats, Process, Relay, Streams};
    use Urgency::{NotReady, Warning};

    use super::*;

    #[test]
    fn a_problem_has_the_section_of_the_check_that_found_the_same() {
        let wrong = |name, message: &str, section| Check::wrong(name, message, section, "do it");
        let altered = wrong(
            Name::Commands,
            "the stream C has max_age",
            Section::StreamAltered,
        );
        let stolen = wrong(
            Name::OtherConsumers,
            "another consumer",
            Section::OthersConsumer,
        );
        let paused = wrong(Name::Consumer, "it is paused", Section::ConsumerPaused);
        let small = Check::warning(Name::Space, "little", Section::DiskFull, "free some");
        let read_only = wrong(Name::Folder, "read-only", Section::ReadOnly);
        let full = wrong(Name::Limits, "full", Section::NatsRequirements);
        let all = [&altered, &stolen, &paused, &small, &read_only, &full];
        let process = ProcessStatus {
            memory_bytes: None,
            open_files: None,
            open_files_max: None,
            disk_free_bytes: None,
            disk_bytes: None,
        };
        let section = |part, urgency, message: &str, beside: &[&Check]| {
            let problem = EngineProblem {
                urgency,
                part,
                message: message.to_owned(),
            };
            section_of(&problem, &process, beside)
        };
        for (part, urgency, message, expected) in [
            (
                Streams,
                NotReady,
                "the stream C has max_age; change it",
                Section::StreamAltered,
            ),
            (
                Streams,
                NotReady,
                "another consumer; remove it",
                Section::OthersConsumer,
            ),
            (
                Consumer,
                NotReady,
                "it is paused; resume it",
                Section::ConsumerPaused,
            ),
            (
                Consumer,
                NotReady,
                "something else",
                Section::OthersConsumer,
            ),
            (Relay, NotReady, "it waits", Section::NatsRequirements),
            (Log, NotReady, "commits wait", Section::ReadOnly),
            (Disk, NotReady, "it takes none", Section::ReadOnly),
            (Nats, NotReady, "no connection", Section::NatsIsGone),
            (Process, Warning, "overloaded", Section::Overloaded),
        ] {
            assert_eq!(section(part, urgency, message, &all), expected, "{message}");
        }
        for (part, urgency, expected) in [
            (Streams, NotReady, Section::IsItWell),
            (Relay, Warning, Section::IsItWell),
            (Log, Warning, Section::DiskSilent),
        ] {
            assert_eq!(section(part, urgency, "", &[]), expected, "{part:?}");
        }
        assert_eq!(
            section(Log, Warning, "volumes wait", &[&small]),
            Section::DiskFull
        );
    }

    #[test]
    fn why_an_engine_does_not_tell_how_it_stands_decides_what_to_do() {
        let section = |error: &AskError, is_there| {
            let help = untold(error, is_there).help;
            help.map(|help| help.section)
        };
        let late = AskError::TimedOut {
            seconds: 2,
            command: None,
        };
        assert_eq!(section(&late, false), Some(Section::NoEngine));
        assert_eq!(section(&late, true), Some(Section::IsItWell));
        let other = AskError::Answer("missing field `ready`".to_owned());
        assert_eq!(section(&other, true), Some(Section::Upgrade));
    }
}
