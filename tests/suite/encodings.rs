//! Every operation in both encodings: the same is answered, whether it is asked in JSON or in MessagePack.

use std::collections::BTreeSet;

use plansync_protocol::OperationName;
use plansync_tests::client::{Answer, Client};
use plansync_tests::college::{PROGRAMME, SOURCE, component, found, target};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};
use uuid::Uuid;

/// Asks for operations in both encodings.
struct Both {
    json: Client,
    message_pack: Client,
    asked: BTreeSet<String>,
}

impl Both {
    fn of(client: &Client) -> Self {
        Self {
            json: client.clone(),
            message_pack: client.in_message_pack(),
            asked: BTreeSet::new(),
        }
    }

    /// The one answer; a repeated command is told from the first one.
    async fn ask(&mut self, actor: &str, operation: &str, body: Value) -> Answer {
        self.asked.insert(operation.to_owned());
        let mut first = self.json.ask(actor, operation, body.clone()).await;
        let mut second = self.message_pack.ask(actor, operation, body.clone()).await;
        let is_command = OperationName::parse(operation).is_some_and(OperationName::is_command);
        if is_command && body.get("command_id").is_some() {
            let reply = second.as_mut().unwrap().as_object_mut().unwrap();
            assert_eq!(reply.remove("duplicate"), Some(json!(true)), "{operation}");
        }
        if operation == "audit.read" {
            // Events are published meanwhile.
            for answer in [&mut first, &mut second] {
                let reply = answer.as_mut().unwrap().as_object_mut().unwrap();
                assert!(reply.remove("relayed").is_some());
            }
        }
        if operation == "engine.status" {
            // Time goes by meanwhile, and each asking counts.
            for answer in [&mut first, &mut second] {
                let reply = answer.as_mut().unwrap().as_object_mut().unwrap();
                reply
                    .retain(|field, _| ["version", "started_at", "held"].contains(&field.as_str()));
                assert_eq!(reply.len(), 3);
            }
        }
        assert_eq!(first, second, "{operation} {body}");
        first
    }

    async fn get(&mut self, actor: &str, operation: &str, body: Value) -> Value {
        let answer = self.ask(actor, operation, body).await;
        answer.unwrap_or_else(|error| panic!("{operation} was refused: {error:?}"))
    }

    /// A command, with an id.
    async fn command(&mut self, actor: &str, operation: &str, mut body: Value) -> Value {
        body["command_id"] = json!(Uuid::new_v4());
        self.get(actor, operation, body).await
    }
}

async fn put_reference_data(both: &mut Both) {
    let tenant = json!({"marking_aid": true, "owner_rule": "keep", "record_idle_hours": 48});
    both.command("system", "tenant.put", tenant).await;
    let bob =
        json!({"administrator": "bob", "name": "Bob", "permissions": [], "groups": ["north"]});
    both.command("system", "administrator.put", bob).await;
    both.command(
        "system",
        "administrator.remove",
        json!({"administrator": "bob"}),
    )
    .await;
    let learner = json!({
        "learner": target(9), "name": "Zoe", "case_owner": null, "groups": ["north"], "tutors": ["sam"],
        "enrolments": [{"programme": PROGRAMME, "status": "active"}],
    });
    both.command("system", "learner.put", learner).await;
    let nobody = json!({
        "learner": target(8), "name": "Nobody", "case_owner": null, "groups": [], "tutors": [], "enrolments": [],
    });
    both.command("system", "learner.put", nobody).await;
    for operation in ["learner.hold", "learner.release", "learner.erase"] {
        both.command("system", operation, json!({"learner": target(8)}))
            .await;
    }
    let plan = json!({"learner": target(9), "programme": PROGRAMME});
    both.command("system", "plan.instantiate", plan).await;
    let part = json!({"programme": Uuid::from_u128(7), "name": "A part", "parent": PROGRAMME});
    both.command("system", "programme.put", part).await;
    let added =
        json!([{"component": component(50), "type": "review", "attributes": {"name": "Review"}}]);
    let template = json!({"programme": PROGRAMME, "components": added});
    both.command("system", "template.put", template).await;
    let removed = json!({"programme": PROGRAMME, "components": [component(50)]});
    both.command("system", "template.remove", removed).await;
}

/// Opens the source's record, edits it and synchronises it; gives session and sync.
async fn synchronise(both: &mut Both) -> (Value, Value) {
    let opened = both
        .command("alice", "record.open", json!({"learner": SOURCE}))
        .await;
    let edits = json!([
        {"op": "change", "component": component(1), "set": {"name": "Renamed", "min_evidence": 1.0}},
        {"op": "remove", "component": component(2)},
    ]);
    both.command(
        "alice",
        "plan.edit",
        json!({"learner": SOURCE, "edits": edits}),
    )
    .await;
    let request = request(&opened["session"]);
    let started = both.command("alice", "sync.start", request).await;
    both.json.finished("alice", &started["sync"]).await;
    let sync = started["sync"].clone();
    both.command("alice", "sync.cancel", json!({"sync": sync}))
        .await;
    (opened["session"].clone(), sync)
}

fn request(session: &Value) -> Value {
    json!({"session": session, "programme": PROGRAMME, "components": "all", "learners": "all"})
}

async fn read_reference_data(both: &mut Both) {
    let names = json!({"administrators": ["alice", "nobody", "system"]});
    for (actor, operation, body) in [
        ("system", "tenant.get", json!({})),
        ("alice", "actor.get", json!({})),
        (
            "system",
            "administrator.get",
            json!({"administrator": "alice"}),
        ),
        ("system", "administrator.list", json!({"search": "a"})),
        ("alice", "administrator.names", names),
        ("system", "learner.get", json!({"learner": target(9)})),
        ("system", "learner.list", json!({"page_size": 2})),
        ("alice", "learner.find", json!({"search": "target"})),
        ("system", "programme.get", json!({"programme": PROGRAMME})),
        ("system", "programme.list", json!({})),
        (
            "system",
            "template.get",
            json!({"programme": PROGRAMME, "page": 1.0}),
        ),
    ] {
        both.get(actor, operation, body).await;
    }
}

async fn read_plans_and_syncs(both: &mut Both, session: &Value, sync: &Value) {
    let of_session = json!({"session": session, "programme": PROGRAMME});
    let mut filter = of_session.clone();
    filter["field"] = json!("programme_status");
    let mut explained = request(session);
    explained["component"] = json!(component(1));
    explained["side"] = json!("synchronised");
    for (operation, body) in [
        ("plan.get", json!({"learner": SOURCE})),
        ("plan.change", json!({"learner": SOURCE, "version": 2})),
        ("plan.history", json!({"learner": target(0)})),
        ("record.list", json!({})),
        ("record.changes", json!({"session": session})),
        ("sync.components", of_session.clone()),
        ("sync.learners", of_session),
        ("sync.filters", filter),
        ("sync.preview", request(session)),
        ("sync.affected", request(session)),
        ("sync.explain", explained),
        ("sync.get", json!({"sync": sync})),
        ("sync.list", json!({})),
        ("sync.outcomes", json!({"sync": sync})),
        ("sync.changes", json!({"sync": sync})),
    ] {
        both.get("alice", operation, body).await;
    }
}

/// After everything that changes something, so that both answers are of the same position.
async fn audit(both: &mut Both, sync: &Value) {
    let log = both
        .get("system", "audit.log", json!({"sync": sync, "limit": 1.0}))
        .await;
    let command = log["items"][0]["command_id"].clone();
    let between = json!({
        "learner": SOURCE, "from": {"version": 1}, "to": {"version": 2.0},
    });
    let period = json!({
        "from_time": "2000-01-01T00:00:00Z", "to_time": "2100-01-01T00:00:00Z",
    });
    for (operation, body) in [
        ("audit.show", json!({"position": 1})),
        ("audit.trace", json!({"command_id": command})),
        ("audit.read", json!({"from": 1})),
        ("audit.head", json!({})),
        ("audit.proof", json!({"position": 1})),
        (
            "audit.plan",
            json!({"learner": SOURCE, "at": {"version": 1}}),
        ),
        ("audit.diff", between),
        ("audit.blame", json!({"learner": target(0)})),
        ("audit.why", json!({"sync": sync, "learner": target(0)})),
        (
            "audit.what-if",
            json!({"sync": sync, "without": ["advanced_delivery_edit"]}),
        ),
        ("audit.changes", period),
    ] {
        both.get("system", operation, body).await;
    }
}

async fn be_refused(both: &mut Both, session: &Value) {
    let unknown = json!({"learner": Uuid::from_u128(1)});
    for (actor, operation, body, code) in [
        ("alice", "plan.get", unknown, "learner_not_available"),
        (
            "alice",
            "plan.get",
            json!({"learner": 1.5}),
            "invalid_request",
        ),
        ("nobody", "actor.get", json!({}), "unknown_actor"),
        (
            "sam",
            "record.close",
            json!({"session": session}),
            "session_not_open",
        ),
    ] {
        let refused = both.ask(actor, operation, body).await;
        assert_eq!(
            refused.map_err(|(code, _)| code),
            Err(code.to_owned()),
            "{operation}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_has_one_answer_in_both_encodings() {
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let _engine = Engine::start_with(&nats, data.path(), &["--events", "json"]).await;
    let client = Client::connect(&nats).await;
    found(&client, 4, 3).await;
    let mut both = Both::of(&client);
    put_reference_data(&mut both).await;
    let (session, sync) = synchronise(&mut both).await;
    read_reference_data(&mut both).await;
    read_plans_and_syncs(&mut both, &session, &sync).await;
    be_refused(&mut both, &session).await;
    both.command("alice", "record.close", json!({"session": session}))
        .await;
    audit(&mut both, &sync).await;
    both.get("system", "engine.status", json!({})).await;
    let all: BTreeSet<String> = OperationName::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(both.asked, all);
}
