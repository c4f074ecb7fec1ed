//! Each setting that is refused, and what is left to the operator.

use serde_json::{Value, json};

use super::{Cure, Settings, replication, rules, unfit, unfit_to_try, unknown};
use crate::replication::LEASES;
use crate::streams::{COMMANDS, EVENTS};

const LOG: &str = "PLANSYNC_LOG_7";

/// What a nats-server 2.15 says of a stream that the engine made.
fn made(stream: &str) -> Settings {
    let mut made = json!({
        "name": stream, "description": "x", "retention": "limits", "subjects": ["plansync.v1.evt.>"],
        "max_consumers": -1, "max_msgs": -1, "max_bytes": -1, "max_age": 0,
        "max_msgs_per_subject": -1, "max_msg_size": -1, "discard": "old", "storage": "file",
        "num_replicas": 1, "duplicate_window": 10_000_000_000_u64, "compression": "none",
        "allow_direct": false, "mirror_direct": false, "sealed": false, "deny_delete": false,
        "deny_purge": false, "allow_rollup_hdrs": false, "consumer_limits": {},
        "allow_msg_ttl": false, "metadata": {"plansync-log": "0a"},
    });
    if stream == COMMANDS {
        made["retention"] = json!("workqueue");
        made["subjects"] = json!(["plansync.v1.cmd.>"]);
        made["discard"] = json!("new");
        made["max_msg_size"] = json!(327_680);
    }
    if stream == LOG {
        made["subjects"] = json!(["plansync.v1.log.7"]);
        made["discard"] = json!("new");
        made["deny_delete"] = json!(true);
        made["num_replicas"] = json!(3);
    }
    if stream == LEASES {
        made["subjects"] = json!(["plansync.v1.lease"]);
        made["max_msgs"] = json!(64);
        made["num_replicas"] = json!(3);
    }
    let Value::Object(made) = made else {
        unreachable!("it is an object")
    };
    made
}

fn refused(stream: &str, changes: &Value) -> Vec<&'static str> {
    let mut settings = made(stream);
    for (setting, value) in changes.as_object().unwrap() {
        settings.insert(setting.clone(), value.clone());
    }
    let mut refused: Vec<_> = unfit(stream, &settings)
        .iter()
        .map(|unfit| unfit.setting)
        .collect();
    refused.sort_unstable();
    refused
}

#[test]
fn what_the_engine_makes_is_fit() {
    for stream in [COMMANDS, EVENTS, LOG, LEASES] {
        assert_eq!(unfit(stream, &made(stream)), []);
        assert_eq!(unknown(stream, &made(stream)), Vec::<String>::new());
    }
}

#[test]
fn each_harmful_setting_is_refused_by_its_name_and_no_other() {
    let both = [
        ("storage", json!("memory")),
        ("sealed", json!(true)),
        ("mirror", json!({"name": "OTHER"})),
        ("sources", json!([{"name": "OTHER"}])),
        ("subject_transform", json!({"src": "a", "dest": "b"})),
        ("republish", json!({"src": ">", "dest": "copies.>"})),
        ("no_ack", json!(true)),
        ("persist_mode", json!("async")),
        ("max_consumers", json!(1)),
        ("allow_msg_ttl", json!(true)),
        ("subject_delete_marker_ttl", json!(1_000_000_000)),
        ("allow_rollup_hdrs", json!(true)),
        ("allow_msg_schedules", json!(true)),
        ("allow_msg_counter", json!(true)),
        ("subjects", json!(["plansync.v1.cmd.a.>"])),
        ("subjects", json!(["plansync.v1.cmd.>", "b"])),
        ("subjects", Value::Null),
        ("retention", json!("interest")),
        ("max_msg_size", json!(1024)),
        ("max_msgs_per_subject", json!(1)),
    ];
    for (setting, value) in both {
        for stream in [COMMANDS, EVENTS] {
            assert_eq!(
                refused(stream, &json!({ setting: value })),
                [setting],
                "{stream} {value}"
            );
        }
    }
    let of_commands = [
        ("discard", json!("old")),
        ("num_replicas", json!(3)),
        ("max_age", json!(100_000_000)),
        ("deny_delete", json!(true)),
        ("consumer_limits", json!({"max_ack_pending": 63})),
        ("consumer_limits", json!({"inactive_threshold": 1})),
    ];
    for (setting, value) in of_commands {
        assert_eq!(
            refused(COMMANDS, &json!({ setting: value })),
            [setting],
            "{value}"
        );
        assert_eq!(
            refused(EVENTS, &json!({ setting: value })),
            Vec::<&str>::new(),
            "{value}"
        );
    }
    assert_eq!(
        refused(
            EVENTS,
            &json!({"discard": "new", "discard_new_per_subject": true})
        ),
        ["discard_new_per_subject"]
    );
}

#[test]
fn what_would_lose_records_or_leases_is_refused_by_its_name_and_no_other() {
    let both = [
        ("storage", json!("memory")),
        ("retention", json!("workqueue")),
        ("num_replicas", json!(1)),
        ("num_replicas", json!(5)),
        ("allow_direct", json!(true)),
        ("allow_rollup_hdrs", json!(true)),
        ("subjects", json!(["plansync.v1.log.8"])),
        (
            "subjects",
            json!(["plansync.v1.log.7", "plansync.v1.lease"]),
        ),
        ("max_msgs", json!(63)),
        ("max_bytes", json!(1_u64 << 40)),
        ("max_age", json!(1)),
        ("max_msg_size", json!(1_048_576)),
    ];
    for (setting, value) in both {
        for stream in [LOG, LEASES] {
            let changes = json!({ setting: value });
            assert_eq!(refused(stream, &changes), [setting], "{stream} {value}");
        }
    }
    for (stream, setting, value) in [
        (LOG, "deny_delete", json!(false)),
        (LOG, "first_seq", json!(2)),
        (LOG, "max_msgs", json!(64)),
        (LOG, "max_msgs_per_subject", json!(1)),
        (LOG, "discard_new_per_subject", json!(true)),
        (LEASES, "discard", json!("new")),
        (LEASES, "max_msgs", json!(-1)),
    ] {
        let changes = json!({ setting: value });
        assert_eq!(refused(stream, &changes), [setting], "{stream} {value}");
    }
    // Whoever tries something out may have one replica, and nothing else.
    for stream in [LOG, LEASES] {
        let mut tried = made(stream);
        tried.insert("num_replicas".to_owned(), json!(1));
        assert_eq!(unfit_to_try(stream, &tried), []);
        tried.insert("max_age".to_owned(), json!(1));
        let unfit = unfit_to_try(stream, &tried);
        assert_eq!(unfit.first().map(|unfit| unfit.setting), Some("max_age"));
    }
}

#[test]
fn nobody_is_told_to_remove_the_log() {
    let mut settings = made(LOG);
    settings.insert("storage".to_owned(), json!("memory"));
    let advice = unfit(LOG, &settings)[0].advice();
    assert!(advice.contains("plansync cluster seed"), "{advice}");
    assert!(!advice.contains("remove"), "{advice}");
}

#[test]
fn what_does_no_harm_is_the_operators_choice() {
    let nothing = Vec::<&str>::new();
    let both = json!({
        "max_msgs": 10, "max_bytes": 1024, "compression": "s2", "placement": {"cluster": "c"},
        "description": "ours", "metadata": {"team": "x"}, "deny_purge": true, "allow_direct": true,
        "first_seq": 7, "duplicate_window": 120_000_000_000_u64, "persist_mode": "default",
        "allow_atomic": true, "allow_batched": true, "max_consumers": 0,
    });
    assert_eq!(refused(COMMANDS, &both), nothing);
    assert_eq!(refused(EVENTS, &both), nothing);
    // New ones are refused, and none is pushed out.
    let quota = json!({"max_msgs_per_subject": 5, "discard_new_per_subject": true});
    assert_eq!(refused(COMMANDS, &quota), nothing);
    // Nodes put commands into their stream, and clients cannot.
    let of_nodes = json!({"num_replicas": 3, "subjects": ["plansync.v1.queue.>"]});
    assert_eq!(refused(COMMANDS, &of_nodes), nothing);
    let kept = json!({
        "num_replicas": 3, "max_age": 1, "discard": "new", "deny_delete": true,
        "max_msg_size": 1_048_576,
    });
    assert_eq!(refused(EVENTS, &kept), nothing);
}

#[test]
fn a_refusal_shows_what_is_there_and_says_what_to_do() {
    let mut settings = made(COMMANDS);
    settings.insert("max_age".to_owned(), json!(86_400_000_000_000_u64));
    let refused = unfit(COMMANDS, &settings);
    let [refused] = &*refused else {
        panic!("{refused:?}")
    };
    assert_eq!((&*refused.found, &*refused.needed), ("86400s", "0"));
    assert_eq!(
        refused.advice(),
        "commands that wait for so long would be lost, though they were acknowledged; change it with \
         `nats stream edit PLANSYNC_COMMANDS --max-age 0s`"
    );
}

/// Options of `nats stream edit`, version 0.4.
const OPTIONS: [&str; 18] = [
    "--ack",
    "--discard",
    "--interactive",
    "--max-age",
    "--max-bytes",
    "--max-consumers",
    "--max-msg-size",
    "--max-msgs",
    "--max-msgs-per-subject",
    "--no-allow-direct",
    "--no-allow-rollup",
    "--no-discard-per-subject",
    "--no-republish",
    "--no-transform",
    "--replicas",
    "--retention",
    "--subject-del-markers-ttl",
    "--subjects",
];

#[test]
fn whatever_can_be_edited_is_edited_by_an_option_that_the_tool_has() {
    let rules = || {
        rules::ALL
            .iter()
            .chain(&rules::COMMANDS)
            .chain(&rules::EVENTS)
            .chain(&replication::LOG)
            .chain(&replication::LEASES)
    };
    let mut edits = 0;
    for rule in rules() {
        if let Cure::Edit(option) = rule.cure {
            let name = option.split([' ', '=']).next().unwrap();
            assert!(OPTIONS.contains(&name), "{option}");
            edits += 1;
        }
    }
    assert!(edits >= OPTIONS.len(), "{edits}");
}

#[test]
fn what_the_server_does_not_change_is_not_said_to_be_edited() {
    for (found, cure) in [
        ("interest", "--retention limits"),
        ("workqueue", "nats stream rm PLANSYNC_EVENTS"),
    ] {
        let mut settings = made(EVENTS);
        settings.insert("retention".to_owned(), json!(found));
        let [unfit] = &*unfit(EVENTS, &settings) else {
            panic!("{found} is refused once");
        };
        assert!(unfit.cure.contains(cure), "{}", unfit.cure);
    }
}

#[test]
fn a_setting_of_a_later_server_is_seen() {
    let mut settings = made(EVENTS);
    settings.insert("forget_everything".to_owned(), json!(true));
    settings.insert("not_used".to_owned(), json!(0));
    assert_eq!(unknown(EVENTS, &settings), ["forget_everything = true"]);
}
