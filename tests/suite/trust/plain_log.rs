//! A log as versions without keys wrote it: the same college as everywhere here, with all text about persons as it is.

use std::path::Path;
use std::sync::Arc;

use plansync_engine::{Config, Engine, Worked};
use plansync_protocol::Encoding;
use plansync_service::{Headers, Inbound, Place, RandomIds, Service};
use plansync_sled::{Options, SledLog};
use plansync_tests::college::{ALL_PERMISSIONS, PROGRAMME, SOURCE, bulky_edit, component, target};
use serde_json::{Value, json};

use super::world::again;

pub(super) const NAME: &str = "Wilhelmina Plainsong";
pub(super) const REASON: &str = "cares for her mother on Mondays";
pub(super) const SEARCH: &str = "plainso";
pub(super) const MISSENT: &str = "Wilhelmina Misaddressed";
/// Everything about persons that is planted.
pub(super) const PLANTED: [&str; 6] = [
    NAME,
    REASON,
    SEARCH,
    MISSENT,
    "Source Learner",
    "Target 0001",
];

struct NoHeaders;

impl Headers for NoHeaders {
    fn values(&self, _name: &str) -> Vec<&str> {
        Vec::new()
    }
}

struct Writer(Service);

impl Writer {
    fn ask(&self, actor: &str, operation: &str, body: &Value) -> Value {
        let answer = self.0.request(Inbound {
            subject: &format!("plansync.v1.req.northgate.{actor}.{operation}"),
            headers: &NoHeaders,
            body: body.to_string().as_bytes(),
        });
        assert!(
            answer.error.is_none(),
            "{operation}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        let engine = self.0.engine();
        let _wrote = engine.write_step().unwrap();
        while engine.work_step().unwrap() != Worked::Nothing {
            let _wrote = engine.write_step().unwrap();
        }
        let _wrote = engine.write_step().unwrap();
        serde_json::from_slice(&answer.body).unwrap()
    }

    fn put(&self, operation: &str, body: &Value) {
        self.ask("system", operation, body);
    }

    fn found(&self) {
        self.put(
            "tenant.put",
            &json!({"marking_aid": true, "owner_rule": "keep"}),
        );
        let administrators: [(&str, &[&str]); 3] = [
            ("sam", &["supervisor"]),
            ("alice", ALL_PERMISSIONS),
            ("ed", &[]),
        ];
        for (name, permissions) in administrators {
            let record = json!({"administrator": name, "name": name, "permissions": permissions, "groups": "all"});
            self.put("administrator.put", &record);
        }
        let programme = json!({"programme": PROGRAMME, "name": "Administrator", "parent": null});
        self.put("programme.put", &programme);
        let of_template = |index| {
            json!({
                "component": component(index), "type": "assignment",
                "attributes": {"name": format!("Activity {index:04}"), "criteria": ["K1", "S2"]},
            })
        };
        let components: Vec<_> = (0..4).map(of_template).collect();
        let template = json!({"programme": PROGRAMME, "components": components});
        self.put("template.put", &template);
        let learners = [
            (SOURCE, "Source Learner"),
            (target(0), NAME),
            (target(1), "Target 0001"),
            (target(2), "Target 0002"),
        ];
        for (learner, name) in learners {
            let record = json!({
                "learner": learner, "name": name, "case_owner": "sam", "groups": [], "tutors": [],
                "enrolments": [{"programme": PROGRAMME, "status": "active"}],
            });
            self.put("learner.put", &record);
            let plan = json!({"learner": learner, "programme": PROGRAMME});
            self.put("plan.instantiate", &plan);
        }
    }
}

/// Writes the log; gives the sync and the session in it.
pub(super) fn write(data: &Path) -> (Value, Value) {
    let (appender, reader, _sealer) = SledLog::open(data, Options::default()).unwrap();
    let engine = Engine::open(Box::new(appender), reader, Config::default()).unwrap();
    let writer = Writer(Service::new(engine, Encoding::Json, Arc::new(RandomIds)));
    writer.found();
    let opened = writer.ask("alice", "record.open", &json!({"learner": SOURCE}));
    let session = opened["session"].clone();
    let edits = json!([{"op": "change", "component": component(1), "set": {"name": "Renamed"}}]);
    writer.ask(
        "alice",
        "plan.edit",
        &json!({"learner": SOURCE, "edits": edits}),
    );
    writer.ask("alice", "plan.edit", &again());
    let edits = json!([{
        "op": "change", "component": component(0), "set": {"due_date": "2027-03-01"}, "reason": REASON,
    }]);
    writer.ask(
        "alice",
        "plan.edit",
        &json!({"learner": target(0), "edits": edits}),
    );
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": "all",
    });
    let sync = writer.ask("alice", "sync.start", &request)["sync"].clone();
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "all", "learners": {"search": SEARCH},
        "type": "all_attributes",
    });
    writer.ask("alice", "sync.start", &request);
    for round in 1..=100 {
        writer.ask("alice", "plan.edit", &bulky_edit(target(2), round));
    }
    let missent = format!("{{\"learner\": \"{MISSENT}\"}}");
    let inbound = Inbound {
        subject: "plansync.v1.cmd.northgate.system.learner.put",
        headers: &NoHeaders,
        body: missent.as_bytes(),
    };
    let place = Place {
        stream_created_ns: 7,
        sequence: 1,
    };
    let _verdict = writer.0.command(inbound, place);
    let _wrote = writer.0.engine().write_step().unwrap();
    (sync, session)
}
