//! The table of what is refused: subjects that each kind of user may not publish on or subscribe to.

use plansync_tests::socket::Socket;
use serde_json::json;

use super::world::{ALICE, BOB, BRIDGE, EVENTS, REPORTS, SYSTEM, User, WAREHOUSE, World};

/// Subjects that are refused to some, in what they are for.
struct Refused {
    what: &'static str,
    to: &'static [User],
    subjects: &'static [&'static str],
}

/// Everybody.
const ALL: &[User] = &[ALICE, SYSTEM, BOB, EVENTS, WAREHOUSE, REPORTS, BRIDGE];
/// Who is not that subscriber.
const NOT_WAREHOUSE: &[User] = &[ALICE, SYSTEM, BOB, EVENTS, REPORTS, BRIDGE];
/// Who is not the bridge.
const NOT_BRIDGE: &[User] = &[ALICE, SYSTEM, BOB, EVENTS, WAREHOUSE, REPORTS];

/// What must not be published.
const PUBLISHED: &[Refused] = &[
    Refused {
        what: "another actor",
        to: &[ALICE, BOB, EVENTS, WAREHOUSE, REPORTS, BRIDGE],
        subjects: &[
            "plansync.v1.req.northgate.system.tenant.get",
            "plansync.v1.cmd.northgate.system.tenant.put",
            "plansync.v1.req.southgate.system.tenant.get",
        ],
    },
    Refused {
        what: "system as an administrator",
        to: &[SYSTEM],
        subjects: &[
            "plansync.v1.req.northgate.alice.actor.get",
            "plansync.v1.cmd.northgate.alice.record.open",
        ],
    },
    Refused {
        what: "another tenant",
        to: &[ALICE, SYSTEM, EVENTS, WAREHOUSE, REPORTS, BRIDGE],
        subjects: &[
            "plansync.v1.req.southgate.bob.actor.get",
            "plansync.v1.req.southgate.alice.actor.get",
            "plansync.v1.cmd.southgate.system.tenant.put",
            "plansync.v1.cmd.southgate.bob.record.open",
        ],
    },
    Refused {
        what: "another tenant, the other way",
        to: &[BOB],
        subjects: &[
            "plansync.v1.req.northgate.bob.actor.get",
            "plansync.v1.cmd.northgate.bob.record.open",
        ],
    },
    Refused {
        what: "events",
        to: ALL,
        subjects: &[
            "plansync.v1.evt.northgate.plan.x.changed",
            "plansync.v1.evt.southgate.plan.x.changed",
        ],
    },
    Refused {
        what: "what the bridge may do",
        to: NOT_BRIDGE,
        subjects: &[
            "plansync.v1.evtjson.northgate.plan.x.changed",
            "$JS.API.STREAM.INFO.PLANSYNC_EVENTS",
            "$JS.API.STREAM.INFO.PLANSYNC_EVENTS_JSON",
            "$JS.API.STREAM.MSG.GET.PLANSYNC_EVENTS",
            "$JS.API.STREAM.MSG.GET.PLANSYNC_EVENTS_JSON",
        ],
    },
    Refused {
        what: "inboxes",
        to: ALL,
        subjects: &[
            "_INBOX.northgate-system.1",
            "_INBOX.southgate-bob.1",
            "_INBOX.plansync.1",
            "_R_.1",
        ],
    },
    Refused {
        what: "the streams",
        to: ALL,
        subjects: &[
            "$JS.API.INFO",
            "$JS.API.STREAM.LIST",
            "$JS.API.STREAM.NAMES",
            "$JS.API.STREAM.INFO.PLANSYNC_COMMANDS",
            "$JS.API.STREAM.PURGE.PLANSYNC_EVENTS",
            "$JS.API.STREAM.PURGE.PLANSYNC_EVENTS_JSON",
            "$JS.API.STREAM.PURGE.PLANSYNC_COMMANDS",
            "$JS.API.STREAM.DELETE.PLANSYNC_EVENTS",
            "$JS.API.STREAM.DELETE.PLANSYNC_COMMANDS",
            "$JS.API.STREAM.DELETE.PLANSYNC_EVENTS_JSON",
            "$JS.API.STREAM.UPDATE.PLANSYNC_EVENTS",
            "$JS.API.STREAM.UPDATE.PLANSYNC_EVENTS_JSON",
            "$JS.API.STREAM.CREATE.PLANSYNC_EVENTS_JSON",
            "$JS.API.STREAM.CREATE.MINE",
            "$JS.API.STREAM.MSG.GET.PLANSYNC_COMMANDS",
            "$JS.API.STREAM.MSG.DELETE.PLANSYNC_EVENTS",
            "$JS.API.STREAM.MSG.DELETE.PLANSYNC_EVENTS_JSON",
            "$JS.API.STREAM.SNAPSHOT.PLANSYNC_EVENTS",
            "$JS.API.DIRECT.GET.PLANSYNC_EVENTS",
        ],
    },
    Refused {
        what: "the log that nodes share, who leads, and the queue of commands",
        to: ALL,
        subjects: &[
            "plansync.v1.log.1",
            "plansync.v1.lease",
            "plansync.v1.queue.northgate.alice.record.open",
            "plansync.v1.queue.southgate.bob.record.open",
            "$JS.API.STREAM.INFO.PLANSYNC_LOG_1",
            "$JS.API.STREAM.MSG.GET.PLANSYNC_LOG_1",
            "$JS.API.STREAM.PURGE.PLANSYNC_LOG_1",
            "$JS.API.STREAM.UPDATE.PLANSYNC_LOG_1",
            "$JS.API.STREAM.DELETE.PLANSYNC_LEASE",
            "$JS.API.STREAM.PEER.REMOVE.PLANSYNC_LOG_1",
            "$JS.API.STREAM.LEADER.STEPDOWN.PLANSYNC_LOG_1",
            "$JS.API.META.LEADER.STEPDOWN",
            "$JS.API.SERVER.REMOVE",
            "$JS.API.CONSUMER.CREATE.PLANSYNC_LOG_1.mine",
        ],
    },
    Refused {
        what: "consumers",
        to: ALL,
        subjects: &[
            "$JS.API.CONSUMER.LIST.PLANSYNC_EVENTS",
            "$JS.API.CONSUMER.NAMES.PLANSYNC_EVENTS",
            "$JS.API.CONSUMER.CREATE.PLANSYNC_EVENTS",
            "$JS.API.CONSUMER.CREATE.PLANSYNC_EVENTS.mine.plansync.v1.evt.southgate.>",
            "$JS.API.CONSUMER.CREATE.PLANSYNC_EVENTS.northgate-warehouse.plansync.v1.evt.>",
            "$JS.API.CONSUMER.RESET.PLANSYNC_EVENTS.northgate-warehouse",
            "$JS.API.CONSUMER.DURABLE.CREATE.PLANSYNC_EVENTS.mine",
            "$JS.API.CONSUMER.DELETE.PLANSYNC_EVENTS.northgate-warehouse",
            "$JS.API.CONSUMER.PAUSE.PLANSYNC_EVENTS.northgate-warehouse",
            "$JS.API.CONSUMER.MSG.NEXT.PLANSYNC_COMMANDS.plansync-engine",
            "$JS.ACK.PLANSYNC_COMMANDS.plansync-engine.1.1.1.1.0",
        ],
    },
    Refused {
        what: "the consumer of northgate-warehouse",
        to: NOT_WAREHOUSE,
        subjects: &[
            "$JS.API.CONSUMER.MSG.NEXT.PLANSYNC_EVENTS.northgate-warehouse",
            "$JS.API.CONSUMER.INFO.PLANSYNC_EVENTS.northgate-warehouse",
            "$JS.ACK.PLANSYNC_EVENTS.northgate-warehouse.1.1.1.1.0",
        ],
    },
    Refused {
        what: "the consumer of southgate-reports",
        to: &[ALICE, SYSTEM, BOB, EVENTS, WAREHOUSE, BRIDGE],
        subjects: &[
            "$JS.API.CONSUMER.MSG.NEXT.PLANSYNC_EVENTS_JSON.southgate-reports",
            "$JS.API.CONSUMER.INFO.PLANSYNC_EVENTS_JSON.southgate-reports",
            "$JS.ACK.PLANSYNC_EVENTS_JSON.southgate-reports.1.1.1.1.0",
        ],
    },
    Refused {
        what: "the server and the service",
        to: ALL,
        subjects: &[
            "$SYS.REQ.SERVER.PING",
            "$SYS.REQ.SERVER.PING.JSZ",
            "$SYS.REQ.ACCOUNT.PLANSYNC.CONNZ",
            "$SYS.REQ.USER.AUTH",
            "$SRV.STATS.plansync",
            "$SRV.INFO",
        ],
    },
];

/// What must not be subscribed to.
const SUBSCRIBED: &[Refused] = &[
    Refused {
        what: "wildcards",
        to: ALL,
        subjects: &[">", "*.>", "*.*", "plansync.>", "plansync.v1.*.>"],
    },
    Refused {
        what: "requests and commands",
        to: ALL,
        subjects: &[
            "plansync.v1.req.>",
            "plansync.v1.cmd.>",
            "plansync.v1.cmd.northgate.>",
            "plansync.v1.queue.>",
            "plansync.v1.log.>",
            "plansync.v1.lease",
        ],
    },
    Refused {
        what: "the events of all and of others",
        to: ALL,
        subjects: &[
            "plansync.v1.evt.>",
            "plansync.v1.evt.*.sync.>",
            "plansync.v1.evt.southgate.>",
            "plansync.v1.evtjson.>",
        ],
    },
    Refused {
        what: "events, for clients",
        to: &[ALICE, SYSTEM, BOB, WAREHOUSE, REPORTS, BRIDGE],
        subjects: &["plansync.v1.evt.northgate.>"],
    },
    Refused {
        what: "the inboxes of others",
        to: &[ALICE, BOB, EVENTS],
        subjects: &[
            "_INBOX.>",
            "_INBOX.*.*",
            "_INBOX.northgate-system.>",
            "_INBOX.northgate-syste?.>",
        ],
    },
    Refused {
        what: "what the server uses",
        to: ALL,
        subjects: &[
            "_R_.>",
            "$JS.>",
            "$JS.API.>",
            "$JS.ACK.>",
            "$JS.EVENT.>",
            "$SYS.>",
            "$SRV.>",
        ],
    },
];

/// Goes through both tables as every user of the configuration.
pub(super) fn assert_refused(world: &World) {
    for user in world.layout.users() {
        let mut socket = world.socket(*user);
        let rows = |table: &'static [Refused]| table.iter().filter(|row| row.to.contains(user));
        for row in rows(PUBLISHED) {
            for subject in row.subjects {
                let said = socket.publish(subject, "", "{}");
                is_refused(&said, "publish", subject, *user, row.what);
            }
        }
        for (number, (row, subject)) in rows(SUBSCRIBED)
            .flat_map(|row| row.subjects.iter().map(move |subject| (row, subject)))
            .enumerate()
        {
            for queue in ["", "q"] {
                let said = socket.say(&format!("SUB {subject} {queue} {number}"));
                is_refused(&said, "subscription", subject, *user, row.what);
            }
        }
    }
}

fn is_refused(said: &str, verb: &str, subject: &str, user: User, what: &str) {
    let expected = format!("permissions violation for {verb} to \"{subject}\"").to_lowercase();
    let said = said.to_lowercase();
    assert!(
        said.contains(&expected),
        "{user}: {what}: {subject}: {said}"
    );
}

/// Nobody is let in without a password, or with another's.
pub(super) fn strangers_are_refused(world: &World) {
    for who in [
        json!({}),
        json!({ "user": "plansync" }),
        json!({ "user": "plansync", "pass": "" }),
        json!({ "user": "plansync", "pass": "$PLANSYNC_PASSWORD" }),
        json!({ "user": "nobody", "pass": "secret" }),
        json!({ "auth_token": "secret" }),
    ] {
        let said = Socket::open(&world.nats.url()).introduce(&who);
        assert!(
            said.contains("-ERR 'Authorization Violation'"),
            "{who}: {said}"
        );
    }
}
