//! Metrics of requests and durable commands.

use plansync_nats::OperationMeasured;
use plansync_protocol::OperationName;
use plansync_service::DurableMeasured;

use super::family::Family;
use crate::observing::observer::Serving;

/// The operation of what names none that exists.
const UNKNOWN: &str = "unknown";

pub(super) fn families(serving: Option<&Serving>) -> Vec<Family> {
    let operations = serving.map_or(&[][..], |serving| &serving.operations);
    let asked = || operations.iter().filter(|one| one.took.count() > 0);
    let commands = serving.map_or(&[][..], |serving| &serving.commands);
    vec![
        Family::counter(
            "plansync_requests",
            "Requests that were answered. The outcome is done, or the code of the error. The operation of subjects \
             that name none that exists is unknown.",
        )
        .by(&["operation", "outcome"])
        .counts(asked().flat_map(outcomes)),
        Family::histogram(
            "plansync_request_duration",
            "Time from receiving a request to sending its reply.",
        )
        .of("seconds")
        .by(&["operation"])
        .spreads(asked().map(|one| ([name(one.operation)], &one.took))),
        steps(serving),
        waiting(serving),
        Family::gauge(
            "plansync_replies_waiting",
            "Replies that wait until the log is durable as far as they depend on it, and those that are being decided.",
        )
        .whole(serving.map(|serving| count(serving.waiting.replies))),
        Family::counter(
            "plansync_durable_commands",
            "Durable commands that were settled. The outcome is accepted, the code of the error with which it was \
             rejected, or rejected_before for one that is sent again.",
        )
        .by(&["operation", "outcome"])
        .counts(commands.iter().map(settled)),
    ]
}

fn steps(serving: Option<&Serving>) -> Family {
    let steps = serving.map(|serving| &serving.steps);
    let all = steps.into_iter().flat_map(|steps| {
        [
            (["decided"], &steps.decided),
            (["durable"], &steps.durable),
            (["sent"], &steps.sent),
        ]
    });
    Family::histogram(
        "plansync_request_step",
        "Time that the steps of a request took: from receiving it to its decision (decided), from there until the log \
         was durable, of replies that had to wait for that (durable), and from there to sending the reply (sent).",
    )
    .of("seconds")
    .by(&["step"])
    .spreads(all)
}

fn waiting(serving: Option<&Serving>) -> Family {
    let waiting = serving.map(|serving| serving.waiting);
    let all = waiting.into_iter().flat_map(|now| {
        [
            (["light"], count(now.light)),
            (["disk"], count(now.disk)),
            (["heavy"], count(now.heavy)),
            (["held_back"], count(now.held_back)),
        ]
    });
    Family::gauge(
        "plansync_requests_waiting",
        "Requests that wait: light ones for their turn (light), those that need the disk, with those behind them \
         (disk), heavy ones for a thread (heavy), and those that wait for the log to grow (held_back).",
    )
    .by(&["queue"])
    .wholes(all)
}

fn name(operation: Option<OperationName>) -> &'static str {
    operation.map_or(UNKNOWN, OperationName::as_str)
}

fn outcomes(one: &OperationMeasured) -> impl Iterator<Item = ([&'static str; 2], u64)> + use<'_> {
    let operation = name(one.operation);
    let done = (one.done > 0).then_some(([operation, "done"], one.done));
    let refused = one.refused.iter();
    let refused = refused.map(move |(code, count)| ([operation, code.as_str()], *count));
    done.into_iter().chain(refused)
}

fn settled(one: &DurableMeasured) -> ([&'static str; 2], u64) {
    ([name(one.operation), one.outcome.as_str()], one.count)
}

/// A count as metrics have it.
pub(super) fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
