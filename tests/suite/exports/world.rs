//! A college in which everything happens that tables tell of, with names that break what is careless.

use std::path::PathBuf;

use plansync_tests::client::Client;
use plansync_tests::college::{ALL_PERMISSIONS, PROGRAMME, SOURCE, component, found, target};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::on_folder;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

/// A programme with few learners.
pub(super) const OTHER_PROGRAMME: Uuid = Uuid::from_u128(0x0a01);
/// A component of that programme.
pub(super) const OTHER_COMPONENT: Uuid = Uuid::from_u128(0x0c50);
/// A component that is in no template: a review.
pub(super) const REVIEW: Uuid = Uuid::from_u128(0x0eee);
/// A learner who never existed.
pub(super) const NOBODY: Uuid = Uuid::from_u128(0x0fff);
/// The learners by number: the source is 0.
pub(super) const NAMES: [&str; 6] = [
    "=1+1",
    "Zoë \"Quotes\", O'Brien",
    "李雷",
    "ليلى حسن",
    "Bea Bright \u{1f393}",
    "-2+3 @SUM(A1)",
];
/// Instructions with everything that a text may have.
pub(super) const TEXT: &str =
    "=HYPERLINK(\"x\")\n\tline two; \"quoted\", 'single' \u{1f469}\u{200d}\u{1f680}\nשלום";

pub(super) struct World {
    pub(super) nats: NatsServer,
    pub(super) client: Client,
    engine: Option<Engine>,
    pub(super) folder: TempDir,
    /// The synchronisations, in order.
    pub(super) syncs: Vec<Value>,
}

/// The id of a learner by number.
pub(super) fn learner(number: usize) -> Uuid {
    match number {
        0 => SOURCE,
        number => target(u128::try_from(number - 1).unwrap()),
    }
}

impl World {
    /// The college after everything has happened.
    pub(super) async fn new() -> Self {
        let nats = NatsServer::start();
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::start(&nats, &folder.path().join("data")).await;
        let client = Client::connect(&nats).await;
        found(&client, 4, 5).await;
        let mut world = Self {
            nats,
            client,
            engine: Some(engine),
            folder,
            syncs: Vec::new(),
        };
        world.people().await;
        world.plans().await;
        world.synchronisations().await;
        world.afterwards().await;
        world
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A backup of the log as it is.
    pub(super) fn backup(&self) -> PathBuf {
        let backup = self.folder.path().join("log.backup");
        let ended = on_folder(&["backup"], &self.data(), &[backup.to_str().unwrap()]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        backup
    }

    pub(super) fn stop(&mut self) {
        assert_eq!(self.engine.take().unwrap().terminate(), Some(0));
    }

    async fn put(&self, operation: &str, record: Value) {
        self.client.get("system", operation, record).await;
    }

    pub(super) async fn edit(&self, actor: &str, learner: Uuid, edits: Value) {
        let body = json!({ "learner": learner, "edits": edits });
        self.client.get(actor, "plan.edit", body).await;
    }

    /// Opens a record, edits in it, and synchronises.
    async fn synced(&mut self, actor: &str, source: Uuid, edits: Value, request: Value) -> Value {
        let open = json!({ "learner": source });
        let opened = self.client.get(actor, "record.open", open).await;
        self.edit(actor, source, edits).await;
        let mut body = request;
        body["session"] = opened["session"].clone();
        body["programme"] = json!(PROGRAMME);
        let sync = self.client.get(actor, "sync.start", body).await["sync"].clone();
        self.client.finished("system", &sync).await;
        self.syncs.push(sync.clone());
        sync
    }

    async fn people(&self) {
        for (id, name, permissions) in [
            ("alice", "Alice Archer", ALL_PERMISSIONS),
            ("sam", "Sam Okafor", &["supervisor"]),
            ("-quinn", "Quinn", &["advanced_delivery_edit"]),
            ("gone", "Greta Gone", &[]),
        ] {
            let mut record = json!({ "administrator": id, "name": name, "permissions": permissions, "groups": "all" });
            if id == "-quinn" {
                record["groups"] = json!(["north", "south"]);
            }
            self.put("administrator.put", record).await;
        }
        self.put("administrator.remove", json!({ "administrator": "gone" }))
            .await;
        let other = json!({ "programme": OTHER_PROGRAMME, "name": "=Other", "parent": PROGRAMME });
        self.put("programme.put", other).await;
        let template =
            |components: Value| json!({ "programme": OTHER_PROGRAMME, "components": components });
        let components = [OTHER_COMPONENT, Uuid::from_u128(0x0c51)].map(|component| {
            json!({ "component": component, "type": "exam", "attributes": { "name": "Other", "documents": ["d2", "d1"] } })
        });
        self.put("template.put", template(json!(components))).await;
        self.put(
            "template.remove",
            template(json!([Uuid::from_u128(0x0c51)])),
        )
        .await;
        for (number, name) in NAMES.iter().enumerate() {
            let mut enrolments = json!([{ "programme": PROGRAMME, "status": "active" }]);
            if number == 2 {
                enrolments = json!([
                    { "programme": PROGRAMME, "status": "on_break" },
                    { "programme": OTHER_PROGRAMME, "status": "active" },
                    // Nobody has put this one.
                    { "programme": Uuid::from_u128(0x0a77), "status": "withdrawn" },
                ]);
            }
            if number == 5 {
                enrolments[0]["status"] = json!("expired");
            }
            let record = json!({
                "learner": learner(number), "name": name, "case_owner": if number == 3 { "unknown-owner" } else { "sam" },
                "groups": if number == 4 { json!(["north", "west"]) } else { json!(["north"]) },
                "tutors": ["-quinn", "alice"], "enrolments": enrolments,
            });
            self.put("learner.put", record).await;
        }
    }

    async fn plans(&self) {
        let plan = json!({ "learner": learner(2), "programme": OTHER_PROGRAMME });
        self.client.get("system", "plan.instantiate", plan).await;
        let reason = format!(
            "As Bea Bright \u{1f393} ({}) and alice asked, with ZOË \"quotes\", o'brien",
            learner(4)
        );
        let due = |date: &str| json!([{ "op": "change", "component": component(0), "set": { "due_date": date }, "reason": reason }]);
        self.edit("alice", learner(1), due("2026-12-01")).await;
        self.edit("sam", learner(1), due("2026-12-02")).await;
        let instructions = json!([
            { "op": "change", "component": component(1), "set": { "instructions": TEXT, "owner": "alice", "criteria": [] } },
            { "op": "set_status", "component": component(1), "status": "submitted" },
            { "op": "submit_evidence", "component": component(1) },
        ]);
        self.edit("sam", learner(1), instructions).await;
        // It is changed and changed back.
        for name in ["Renamed", "Activity 0002"] {
            let renamed =
                json!([{ "op": "change", "component": component(2), "set": { "name": name } }]);
            self.edit("sam", learner(2), renamed).await;
        }
        self.edit(
            "sam",
            learner(2),
            json!([{ "op": "remove", "component": component(3) }]),
        )
        .await;
        let content = format!("See {} and {}", learner(4), "Bea Bright \u{1f393}");
        let named = json!([{ "op": "change", "component": component(2), "set": { "instructions": content } }]);
        self.edit("sam", learner(1), named).await;
        // A synchronisation removes it, and warns.
        let submitted = json!([{ "op": "submit_evidence", "component": component(3) }]);
        self.edit("sam", learner(3), submitted).await;
        // A command that changes nothing, and a durable one that is refused.
        self.edit(
            "sam",
            learner(2),
            json!([{ "op": "set_status", "component": component(2), "status": "not_started" }]),
        )
        .await;
        let refused = json!({ "learner": NOBODY, "edits": [] });
        self.client
            .send("alice", "plan.edit", refused.to_string().as_bytes())
            .await;
    }

    async fn synchronisations(&mut self) {
        let review = json!([
            { "op": "add", "component": REVIEW, "programme": PROGRAMME, "type": "review",
              "attributes": { "name": "Review", "review_at": "2026-12-24T09:00:00Z", "owner": "alice" } },
            { "op": "change", "component": component(0), "set": { "due_date": "2027-01-15" }, "reason": "Bea Bright \u{1f393} is ill" },
        ]);
        let all: Vec<Uuid> = (1..NAMES.len()).map(learner).chain([NOBODY]).collect();
        let request = json!({ "components": "recent", "learners": all });
        self.synced("alice", SOURCE, review, request).await;
        let renamed =
            json!([{ "op": "change", "component": component(2), "set": { "name": "+Changed" } }]);
        let filter = json!({ "search": "bea", "groups": ["north", "west"], "tutors": ["alice"], "except": [learner(3)] });
        let request = json!({ "components": "all", "learners": filter, "type": "all_attributes" });
        self.synced("sam", learner(2), renamed, request).await;
        // From another learner onto the first one, who is the source of the next one.
        let owner = json!([{ "op": "change", "component": component(1), "set": { "owner": "sam", "min_evidence": 3 } }]);
        let request = json!({ "components": [component(1), component(3)], "learners": [learner(1)], "type": "all_attributes" });
        self.synced("alice", learner(4), owner, request).await;
        let removed = json!([{ "op": "remove", "component": component(3) }]);
        let request = json!({ "components": "recent", "learners": [learner(2), learner(3)], "statuses": ["not_started"] });
        self.synced("alice", learner(1), removed, request).await;
        let nothing = json!([{ "op": "submit_evidence", "component": component(0) }]);
        let request = json!({
            "components": [component(0)], "learners": "all", "type": "selected_attributes", "attributes": ["name"],
        });
        self.synced("sam", SOURCE, nothing, request).await;
    }

    async fn afterwards(&self) {
        let done = json!([
            { "op": "set_review_status", "component": REVIEW, "status": "completed" },
            { "op": "set_status", "component": REVIEW, "status": "completed" },
        ]);
        self.edit("sam", learner(1), done).await;
        let opened = self
            .client
            .get("sam", "record.open", json!({ "learner": learner(1) }))
            .await;
        let again = self
            .client
            .get("sam", "record.open", json!({ "learner": learner(1) }))
            .await;
        assert_ne!(opened["session"], again["session"]);
        let close = json!({ "session": again["session"] });
        self.client.get("sam", "record.close", close).await;
        // The durable command has been refused.
        for _ in 0..6_000 {
            let kinds = json!({ "kinds": ["command.rejected"] });
            let log = self.client.get("system", "audit.log", kinds).await;
            if !log["items"].as_array().unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the durable command was not refused");
    }
}
