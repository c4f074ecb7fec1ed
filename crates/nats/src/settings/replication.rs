//! The same for the streams of a replicated log: the records themselves, and the leases.

use serde_json::Value;

use super::rules::{is_subject, is_unlimited, is_unset, number, rule};
use super::{Cure, Rule, Settings};
use crate::replication::{LEASE_SUBJECT, LEASES_KEPT, REPLICAS, log_of, log_subject};

pub(super) const LOG: [Rule; 12] = [
    rule(
        "subjects",
        "the one subject that belongs to the name of the stream",
        is_subject_of_log,
        "records under other subjects would be lost, or others' messages be taken for records",
        Cure::Edit("--interactive"),
    ),
    REPLICATED,
    NOT_DIRECT,
    rule(
        "retention",
        "limits",
        |found, _| found == "limits",
        "records would go when some reader has acknowledged them",
        Cure::Remake,
    ),
    rule(
        "deny_delete",
        "true",
        |found, _| *found == Value::Bool(true),
        "a record that is taken out of the middle of the stream stops every node that has not read it",
        Cure::Edit("--interactive"),
    ),
    rule(
        "first_seq",
        "none",
        |found, _| number(found) <= 1,
        "nodes read the stream from message 1 on",
        Cure::Remake,
    ),
    unlimited("max_msgs", "--max-msgs=-1"),
    unlimited("max_bytes", "--max-bytes=-1"),
    unlimited("max_msgs_per_subject", "--max-msgs-per-subject=-1"),
    rule(
        "max_age",
        "0",
        is_unset,
        "the oldest records would go, which new nodes need",
        Cure::Edit("--max-age 0s"),
    ),
    rule(
        "max_msg_size",
        "-1",
        is_unlimited,
        "the largest commit would be refused for ever, and all behind it wait",
        Cure::Edit("--max-msg-size=-1"),
    ),
    rule(
        "discard_new_per_subject",
        "false",
        is_unset,
        "all records have one subject",
        Cure::Edit("--no-discard-per-subject"),
    ),
];

pub(super) const LEASES: [Rule; 9] = [
    rule(
        "subjects",
        "[\"plansync.v1.lease\"]",
        |found, _| is_subject(found, LEASE_SUBJECT),
        "no node could take or keep the lead",
        Cure::Edit("--subjects plansync.v1.lease"),
    ),
    REPLICATED,
    NOT_DIRECT,
    rule(
        "retention",
        "limits",
        |found, _| found == "limits",
        "a lease would go when some reader has acknowledged it",
        Cure::Remake,
    ),
    rule(
        "discard",
        "old",
        |found, _| found == "old",
        "a full stream would refuse every further lease",
        Cure::Edit("--discard old"),
    ),
    rule(
        "max_msgs",
        "64",
        |found, _| number(found) == LEASES_KEPT,
        "a lease is written each second, and only the last ones are of use",
        Cure::Edit("--max-msgs 64"),
    ),
    unlimited("max_bytes", "--max-bytes=-1"),
    rule(
        "max_age",
        "0",
        is_unset,
        "a lease would go, and with it who had it last",
        Cure::Edit("--max-age 0s"),
    ),
    rule(
        "max_msg_size",
        "-1",
        is_unlimited,
        "a lease might be refused",
        Cure::Edit("--max-msg-size=-1"),
    ),
];

/// The number of replicas, which only streams of tests may have fewer of.
pub(super) const REPLICAS_SETTING: &str = "num_replicas";

const REPLICATED: Rule = rule(
    REPLICAS_SETTING,
    "3",
    |found, _| number(found) == REPLICAS,
    "what is acknowledged must be on the disks of a majority of three servers",
    Cure::Edit("--replicas 3"),
);

const NOT_DIRECT: Rule = rule(
    "allow_direct",
    "false",
    is_unset,
    "a replica that is behind would answer reads",
    Cure::Edit("--no-allow-direct"),
);

const fn unlimited(setting: &'static str, option: &'static str) -> Rule {
    rule(
        setting,
        "-1",
        is_unlimited,
        "the oldest messages would go, or new ones be refused",
        Cure::Edit(option),
    )
}

fn is_subject_of_log(found: &Value, rest: &Settings) -> bool {
    let name = rest.get("name").and_then(Value::as_str);
    let incarnation = name.and_then(log_of);
    incarnation.is_some_and(|incarnation| is_subject(found, &log_subject(incarnation)))
}
