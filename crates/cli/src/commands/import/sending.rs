//! Sends the changed learners, several at a time, until all are sent or the user interrupts.

use serde_json::json;
use uuid::Uuid;

use crate::caller::{Caller, CallerArguments};
use crate::commands::import::comparing::Planned;
use crate::commands::load::line::Line;
use crate::commands::load::sender::{Sender, Tally};
use crate::output::Output;
use crate::progress::LearnersBar;
use crate::signals::Signals;

/// How far a sending came.
pub(super) struct Sent {
    pub(super) tally: Tally,
    /// Somebody asked for an end before it was done.
    pub(super) is_interrupted: bool,
    /// The service went away for too long, or something else failed.
    pub(super) failure: Option<anyhow::Error>,
}

/// Sends the new and changed learners. A refused one is reported with its line, and the others continue.
pub(super) async fn send(
    caller: &Caller,
    who: &CallerArguments,
    output: Output,
    in_flight: usize,
    planned: &[&Planned],
) -> Sent {
    let service = match caller.source().service() {
        Ok(service) => service,
        Err(error) => {
            return Sent {
                tally: Tally::default(),
                is_interrupted: false,
                failure: Some(error.into()),
            };
        }
    };
    let sender = Sender::new(service, output, true);
    let bar = LearnersBar::new(output, u64::try_from(planned.len()).unwrap_or(u64::MAX));
    let all = async {
        for wave in planned.chunks(in_flight) {
            sender
                .send(wave.iter().map(|one| line(who, one)).collect())
                .await?;
            let tally = sender.tally();
            bar.at(tally.done + tally.refused);
        }
        anyhow::Ok(())
    };
    let ended = match Signals::listen() {
        Err(error) => Err(error.into()),
        Ok(mut signals) => tokio::select! {
            ended = all => ended.map(|()| false),
            () = signals.asked_to_end() => Ok(true),
        },
    };
    Sent {
        tally: sender.tally(),
        is_interrupted: matches!(ended, Ok(true)),
        failure: ended.err(),
    }
}

/// A line with an id of its own, under which it is sent again where there is no answer. It is another one in
/// every run: what a file says twice, with something else in between, is two commands.
fn line(who: &CallerArguments, planned: &Planned) -> Line {
    let mut body = planned.body.clone();
    body["command_id"] = json!(Uuid::new_v4());
    Line {
        number: planned.line,
        tenant: who.tenant.clone(),
        actor: who.actor.clone(),
        operation: "learner.put".to_owned(),
        body,
    }
}
