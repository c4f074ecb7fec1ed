//! What may happen next.

use std::time::Duration;

use plansync_engine::{LogFailed, Wrote};

use crate::choices::Choices;
use crate::machine::{Machine, Reply};
use crate::simulation::Violation;

/// After so long the relay is not certain any more how the stream ends, and saves its cursor.
const SILENCE: Duration = Duration::from_secs(1);

/// One step of a simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub(crate) enum Action {
    Start,
    DeliverReply,
    Release,
    Write,
    DeliverRequest,
    TakeCommand,
    Acknowledge,
    CommitJudged,
    Judge,
    Publish,
    Ask,
    AskAgain,
    Keep,
    Crash,
    LoseRequest,
    DoubleRequest,
    LoseReply,
    DiskFare,
    ReadFault,
    ServerAway,
    ServerEmpty,
    Redeliver,
    ClockJumps,
    HoursPass,
    CloseIdle,
    Hostile,
}

impl Action {
    /// What happens only while it storms, and how often.
    pub(crate) const STORM: &'static [(Self, u32)] = &[
        (Self::Keep, 6),
        (Self::Crash, 2),
        (Self::LoseRequest, 2),
        (Self::DoubleRequest, 3),
        (Self::LoseReply, 3),
        (Self::DiskFare, 2),
        (Self::ReadFault, 2),
        (Self::ServerAway, 1),
        (Self::ServerEmpty, 1),
        (Self::Redeliver, 2),
        (Self::ClockJumps, 1),
        (Self::HoursPass, 2),
        (Self::CloseIdle, 3),
        (Self::Hostile, 4),
    ];

    /// Whether there is anything that it could happen to.
    pub(crate) fn is_possible(self, [requests, replies]: [usize; 2], waiting: bool) -> bool {
        match self {
            Self::LoseRequest | Self::DoubleRequest => requests > 0,
            Self::LoseReply => replies > 0,
            Self::AskAgain => waiting,
            Self::Start
            | Self::DeliverReply
            | Self::Release
            | Self::Write
            | Self::DeliverRequest
            | Self::TakeCommand
            | Self::Acknowledge
            | Self::CommitJudged
            | Self::Judge
            | Self::Publish
            | Self::Ask
            | Self::Keep
            | Self::Crash
            | Self::DiskFare
            | Self::ReadFault
            | Self::ServerAway
            | Self::ServerEmpty
            | Self::Redeliver
            | Self::ClockJumps
            | Self::HoursPass
            | Self::CloseIdle
            | Self::Hostile => true,
        }
    }
}

/// A step of the process by itself; an answer, if one leaves.
pub(crate) fn step(
    machine: &mut Machine,
    action: Action,
    choices: &Choices,
) -> Result<Option<Reply>, Violation> {
    match action {
        Action::Release => return Ok(Some(machine.waiting.remove(0))),
        Action::Write => match machine.engine().write_step() {
            Ok(Wrote::Nothing) => machine.unwritten = false,
            Ok(Wrote::Upto(_)) => {
                machine.unwritten = false;
                machine.unpublished = true;
            }
            Ok(Wrote::Refused) | Err(LogFailed::Storage { .. }) => {}
            Err(failed @ (LogFailed::Deposed { .. } | LogFailed::Halted(_))) => {
                return Err(failed.to_string());
            }
        },
        Action::Judge => match machine.engine().judge_step() {
            Ok(Some(judged)) => machine.judged.push(judged),
            Ok(None) => machine.work = false,
            // The batch was given back, and is tried again.
            Err(_) => {}
        },
        Action::CommitJudged => {
            let judged = machine.judged.remove(choices.index(machine.judged.len()));
            let committed = machine.engine().commit_step(judged);
            committed.map_err(|refusal| format!("a batch was not committed: {refusal}"))?;
            machine.moved();
        }
        Action::Publish => {
            let silence = if choices.happens(300) {
                SILENCE
            } else {
                Duration::ZERO
            };
            machine
                .publish(silence)
                .map_err(|error| format!("the relay stopped: {error}"))?;
        }
        Action::CloseIdle => {
            // What cannot be closed now is closed later.
            if machine.engine().idle_step().is_ok_and(|closed| closed > 0) {
                machine.moved();
            }
        }
        Action::Keep => {
            machine.engine().renew_step();
            // What cannot be kept now is kept later.
            let _kept = machine.engine().keep_step();
        }
        Action::Start
        | Action::DeliverReply
        | Action::DeliverRequest
        | Action::TakeCommand
        | Action::Acknowledge
        | Action::Ask
        | Action::AskAgain
        | Action::Crash
        | Action::LoseRequest
        | Action::DoubleRequest
        | Action::LoseReply
        | Action::DiskFare
        | Action::ReadFault
        | Action::ServerAway
        | Action::ServerEmpty
        | Action::Redeliver
        | Action::ClockJumps
        | Action::HoursPass
        | Action::Hostile => {}
    }
    Ok(None)
}
