//! The requirement for each setting, the reason, and whether the setting can be changed.
//!
//! Refused is what can lose, forge, delay or disclose messages; everything else is the operator's
//! choice.

use serde_json::Value;

use crate::command_queue::{QUEUED_SUBJECTS, SENT_SUBJECTS};

use super::{COMMAND_BYTES_MAX, Cure, EVENT_BYTES_MAX, Rule, Settings, UNACKNOWLEDGED_MAX};

pub(super) const fn rule(
    setting: &'static str,
    needed: &'static str,
    holds: fn(&Value, &Settings) -> bool,
    why: &'static str,
    cure: Cure,
) -> Rule {
    Rule {
        setting,
        needed,
        holds,
        why,
        cure,
    }
}

/// The requirements for every stream.
pub(super) const ALL: [Rule; 14] = [
    rule(
        "storage",
        "file",
        |found, _| found == "file",
        "memory forgets at a restart of the server what it acknowledged",
        Cure::Remake,
    ),
    rule(
        "sealed",
        "false",
        is_unset,
        "nothing can be put into a sealed stream or taken out of it",
        Cure::Remake,
    ),
    rule(
        "mirror",
        "none",
        is_unset,
        "a mirror holds what another stream was sent",
        Cure::Remake,
    ),
    rule(
        "sources",
        "none",
        is_unset,
        "messages of other streams would be taken for those of its own subjects",
        Cure::EditByHand,
    ),
    rule(
        "subject_transform",
        "none",
        is_unset,
        "who speaks is read from the subject, which must stay as it was sent",
        Cure::Edit("--no-transform"),
    ),
    rule(
        "republish",
        "none",
        is_unset,
        "every message would be sent again under another subject, past who may hear it",
        Cure::Edit("--no-republish"),
    ),
    rule(
        "no_ack",
        "false",
        is_unset,
        "nobody would hear whether a message was stored",
        Cure::Edit("--ack"),
    ),
    rule(
        "persist_mode",
        "default",
        |found, rest| is_unset(found, rest) || found == "default",
        "messages would be acknowledged before they are written",
        Cure::Remake,
    ),
    rule(
        "max_consumers",
        "-1",
        is_unlimited,
        "consumers of others could take the place of those that are needed",
        Cure::Edit("--max-consumers 0"),
    ),
    rule(
        "allow_msg_ttl",
        "false",
        is_unset,
        "the header Nats-TTL would remove a message that was acknowledged and that nobody has \
         seen",
        Cure::Remake,
    ),
    rule(
        "subject_delete_marker_ttl",
        "0",
        is_unset,
        "the server would put messages of its own into the stream",
        Cure::Edit("--subject-del-markers-ttl 0s"),
    ),
    rule(
        "allow_rollup_hdrs",
        "false",
        is_unset,
        "one message with the header Nats-Rollup would remove all others",
        Cure::Edit("--no-allow-rollup"),
    ),
    rule(
        "allow_msg_schedules",
        "false",
        is_unset,
        "the header Nats-Schedule-Target would put messages under subjects that their sender \
         may not publish on",
        Cure::Remake,
    ),
    rule(
        "allow_msg_counter",
        "false",
        is_unset,
        "the stream would take numbers only",
        Cure::Remake,
    ),
];

pub(super) const COMMANDS: [Rule; 9] = [
    rule(
        "subjects",
        "[\"plansync.v1.cmd.>\"]",
        |found, _| is_subject(found, SENT_SUBJECTS) || is_subject(found, QUEUED_SUBJECTS),
        "commands under other subjects would be lost, or others' messages taken for commands",
        Cure::Edit("--subjects 'plansync.v1.cmd.>'"),
    ),
    rule(
        "retention",
        "workqueue",
        |found, _| found == "workqueue",
        "a command leaves the stream when it is decided, and not before",
        Cure::Remake,
    ),
    rule(
        "discard",
        "new",
        |found, _| found == "new",
        "a full stream would drop commands that it has acknowledged",
        Cure::Edit("--discard new"),
    ),
    rule(
        "max_msg_size",
        "327680",
        |found, _| found == COMMAND_BYTES_MAX,
        "that is the largest command",
        Cure::Edit("--max-msg-size 327680"),
    ),
    rule(
        "num_replicas",
        "1",
        |found, rest| number(found) <= 1 || is_only_of_nodes(rest),
        "on nats-servers 2.14 and 2.15 any client that may publish here destroys a replicated \
         stream with one message (the header Nats-Expected-Last-Msg-Id with an id that \
         differs), and no permission can forbid a header",
        Cure::Edit("--replicas 1"),
    ),
    rule(
        "max_age",
        "0",
        is_unset,
        "commands that wait for so long would be lost, though they were acknowledged",
        Cure::Edit("--max-age 0s"),
    ),
    rule(
        "max_msgs_per_subject",
        "-1, or discard_new_per_subject",
        |found, rest| is_unlimited(found, rest) || is_set(rest, "discard_new_per_subject"),
        "an actor's next command would push out an acknowledged one that nobody has decided",
        Cure::Edit("--max-msgs-per-subject=-1"),
    ),
    rule(
        "deny_delete",
        "false",
        is_unset,
        "a command that cannot be delivered could not be taken out, and would hold up all \
         others",
        Cure::Remake,
    ),
    rule(
        "consumer_limits",
        "none, or max_ack_pending of 64 or more",
        |found, _| suits_consumer(found),
        "the engine's consumer has up to 64 unacknowledged commands and does not end by \
         itself",
        Cure::EditByHand,
    ),
];

pub(super) const EVENTS: [Rule; 6] = [
    rule(
        "subjects",
        "[\"plansync.v1.evt.>\"]",
        |found, _| is_subject(found, "plansync.v1.evt.>"),
        "events under other subjects would not be stored, or others' messages be taken for \
         events",
        Cure::Edit("--subjects 'plansync.v1.evt.>'"),
    ),
    rule(
        "retention",
        "limits",
        |found, _| found != "workqueue",
        "events would go when some reader has acknowledged them",
        Cure::Remake,
    ),
    rule(
        "retention",
        "limits",
        |found, _| found == "limits" || found == "workqueue",
        "events would go when some reader has acknowledged them",
        Cure::Edit("--retention limits"),
    ),
    rule(
        "max_msg_size",
        "1048576 or more, or -1",
        |found, _| takes_events(found),
        "that is the largest event",
        Cure::Edit("--max-msg-size 1048576"),
    ),
    rule(
        "max_msgs_per_subject",
        "-1",
        is_unlimited,
        "events would be missing from the middle of the stream, where no reader can tell; \
         what bounds its age and size as a whole is yours to choose",
        Cure::Edit("--max-msgs-per-subject=-1"),
    ),
    rule(
        "discard_new_per_subject",
        "false",
        is_unset,
        "the second event of a plan would be refused for ever, and all behind it wait",
        Cure::Edit("--no-discard-per-subject"),
    ),
];

/// Whether a setting has the value that it has if nobody sets it.
pub(crate) fn is_unset(found: &Value, _: &Settings) -> bool {
    match found {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

fn is_set(settings: &Settings, setting: &str) -> bool {
    settings.get(setting) == Some(&Value::Bool(true))
}

pub(super) fn is_unlimited(found: &Value, _: &Settings) -> bool {
    number(found) <= 0
}

pub(super) fn number(found: &Value) -> i64 {
    found.as_i64().unwrap_or_default()
}

pub(super) fn is_subject(found: &Value, subject: &str) -> bool {
    found
        .as_array()
        .is_some_and(|subjects| *subjects == [subject])
}

/// Whether the largest event would be stored. A stream without a bound has no positive value.
fn takes_events(found: &Value) -> bool {
    usize::try_from(number(found)).map_or(true, |bytes| bytes == 0 || bytes >= EVENT_BYTES_MAX)
}

/// Whether clients cannot publish into the stream: its subjects are those of the nodes.
fn is_only_of_nodes(settings: &Settings) -> bool {
    let subjects = settings.get("subjects").unwrap_or(&Value::Null);
    is_subject(subjects, QUEUED_SUBJECTS)
}

fn suits_consumer(found: &Value) -> bool {
    let limit = |name: &str| found.get(name).map(number).unwrap_or_default();
    let pending = limit("max_ack_pending");
    limit("inactive_threshold") == 0 && (pending <= 0 || pending >= i64::from(UNACKNOWLEDGED_MAX))
}
