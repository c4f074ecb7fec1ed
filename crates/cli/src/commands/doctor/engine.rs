//! The engine: whether one answers, its version, and what it tells of itself.

use plansync_nats::{EngineFound, NoAnswer, Pinged};
use plansync_protocol::engine::{EngineProblem, EngineStatusRecord};
use plansync_protocol::{EnginePart, Urgency};

use super::asking::Asked;
use super::check::{Check, Section, brief};
use super::name::Name;
use crate::ask_error::AskError;

/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The problems of an engine that are shown: its reply has no more.
const PROBLEMS_MAX: usize = 32;

/// The checks. `is_in_use` tells whether a process has the data folder open, if that is known.
pub(super) fn checks(asked: &Asked, is_in_use: Option<bool>) -> Vec<Check> {
    let mut checks = vec![answers(&asked.engines, is_in_use)];
    checks.push(version(asked));
    checks.extend(ready(asked));
    checks
}

fn answers(pinged: &Result<Pinged, NoAnswer>, is_in_use: Option<bool>) -> Check {
    let name = Name::Engine;
    match pinged {
        Ok(Pinged::Engines(engines)) => match &**engines {
            [engine] => Check::ok(name, format!("an engine answers ({})", shown(engine))),
            several => {
                let all: Vec<_> = several.iter().map(shown).collect();
                Check::wrong(
                    name,
                    format!(
                        "{} engines answer on this NATS account ({}), and divide its requests",
                        several.len(),
                        all.join("; ")
                    ),
                    Section::TwoEngines,
                    "stop all but one: disable the unit on every other host (`systemctl disable --now plansync`); \
                     `nats server report connections` shows their addresses",
                )
            }
        },
        Ok(Pinged::Nobody) => {
            let told = if is_in_use == Some(true) {
                "no engine answers, though a process has the data folder open"
            } else {
                "no engine answers on this NATS account"
            };
            let advice = "see why it has ended or what it waits for (`journalctl --unit plansync --lines 20`), and start \
                          it (`systemctl start plansync`)";
            Check::wrong(name, told, Section::NoEngine, advice)
        }
        Ok(Pinged::Silent {
            awaits_commands: Some(true),
        }) => Check::wrong(
            name,
            "an engine seems to hang: it waits for durable commands, and does not answer",
            Section::TwoEngines,
            "end that engine before another one is started (`nats server report connections` shows its address)",
        ),
        Ok(Pinged::Silent { .. }) => Check::wrong(
            name,
            "a client is subscribed to $SRV.PING.plansync, and no engine answers",
            Section::NoEngine,
            "start the engine (`systemctl start plansync`); if it runs, see its log output",
        ),
        Err(error) => Check::not_checked(
            name,
            brief(&error.to_string()),
            Section::Permissions,
            "allow this user to publish on $SRV.PING.plansync, or run it as the engine's user",
        ),
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

fn ready(asked: &Asked) -> Vec<Check> {
    let status = match &asked.status {
        Ok(status) => status,
        Err(error) => return vec![untold(error)],
    };
    let problems = status.problems.iter().take(PROBLEMS_MAX);
    let mut checks: Vec<_> = problems.map(of_problem).collect();
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

fn parts(status: &EngineStatusRecord) -> String {
    let parts: Vec<_> = status.parts.iter().map(|part| part.part.as_str()).collect();
    parts.join(", ")
}

fn untold(error: &AskError) -> Check {
    let name = Name::EngineReady;
    if error.is_without_answer() {
        let advice = "correct engine.answers first";
        return Check::not_checked(name, "no engine answers", Section::NoEngine, advice);
    }
    Check::not_checked(
        name,
        brief(&error.to_string()),
        Section::Permissions,
        "run it as the engine's user, or as a user who may send requests as `system` of the tenant (`--tenant`)",
    )
}

fn of_problem(problem: &EngineProblem) -> Check {
    let part = problem.part;
    let section = match part {
        EnginePart::Nats | EnginePart::Relay => Section::NatsIsGone,
        EnginePart::Log | EnginePart::Disk => Section::DiskFull,
        EnginePart::Streams => Section::StreamAltered,
        EnginePart::Consumer => Section::OthersConsumer,
        EnginePart::Process => Section::OpenFiles,
    };
    let said = brief(&problem.message);
    let advice = "do what the engine says; `plansync status` shows how it stands";
    match problem.urgency {
        Urgency::NotReady => Check::wrong(
            Name::EngineReady,
            format!("{} is not ready: {said}", part.as_str()),
            section,
            advice,
        ),
        Urgency::Warning => Check::warning(
            Name::EngineReady,
            format!("{}: {said}", part.as_str()),
            section,
            advice,
        ),
    }
}
