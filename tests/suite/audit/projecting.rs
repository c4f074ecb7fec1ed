//! A projection that is made of the log alone.

use std::collections::BTreeMap;

use plansync_tests::college::{SOURCE, target};
use serde_json::{Value, json};

use super::world::{TARGETS, World, number, read};

/// What a program keeps of plans, permissions and enrolments.
#[derive(Debug, Default, PartialEq)]
struct Projection {
    versions: BTreeMap<String, u64>,
    permissions: BTreeMap<String, Value>,
    enrolments: BTreeMap<String, Value>,
}

impl Projection {
    fn take(&mut self, event: &Value) {
        let data = &event["data"];
        let id = |field: &str| data[field].as_str().unwrap().to_owned();
        match event["kind"].as_str().unwrap() {
            "plan.changed" => drop(self.versions.insert(id("learner"), number(data, "version"))),
            "sync.target" if data.get("version").is_some() => {
                self.versions.insert(id("learner"), number(data, "version"));
            }
            "administrator.put" => {
                self.permissions
                    .insert(id("administrator"), data["permissions"].clone());
            }
            "administrator.removed" => drop(self.permissions.remove(&id("administrator"))),
            "learner.put" => {
                self.enrolments
                    .insert(id("learner"), data["enrolments"].clone());
            }
            _ => {}
        }
    }

    /// What the engine answers.
    async fn asked(world: &World) -> Self {
        let client = &world.client;
        let mut projection = Self::default();
        let learners = (0..TARGETS).map(target).chain([SOURCE]);
        for learner in learners {
            let plan = client
                .get("sam", "plan.get", json!({"learner": learner}))
                .await;
            projection
                .versions
                .insert(learner.to_string(), number(&plan, "version"));
            let record = client
                .get("sam", "learner.get", json!({"learner": learner}))
                .await;
            projection
                .enrolments
                .insert(learner.to_string(), record["enrolments"].clone());
        }
        let body = json!({"page_size": 500});
        let administrators = client.get("sam", "administrator.list", body).await;
        for record in administrators["items"].as_array().unwrap() {
            let id = record["administrator"].as_str().unwrap().to_owned();
            projection
                .permissions
                .insert(id, record["permissions"].clone());
        }
        projection
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projection_of_the_log_is_what_the_engine_answers_also_after_a_kill() {
    let mut world = World::new().await;
    let mut projection = Projection::default();
    let mut from = 1;
    for round in 0..3 {
        let writers = world.writers(20);
        let mut last = None;
        let mut ended = tokio::spawn(async move {
            for writer in writers {
                writer.await.unwrap();
            }
        });
        loop {
            let page = read(&world.client, from, 200, 7).await;
            for item in page["items"].as_array().unwrap() {
                let position = number(item, "position");
                assert!(last.is_none_or(|last| last < position) && position >= from);
                last = Some(position);
                projection.take(&item["event"]);
            }
            from = number(&page, "next");
            let is_at_end = from > number(&page, "tip");
            if is_at_end && ended.is_finished() && page["items"].as_array().unwrap().is_empty() {
                break;
            }
        }
        (&mut ended).await.unwrap();
        assert_eq!(
            projection,
            Projection::asked(&world).await,
            "in round {round}"
        );
        let engine = world.engine;
        engine.kill();
        let (nats, data) = (&world.nats, world.data.path());
        let arguments = ["--events", "json"];
        world.engine = plansync_tests::engine::Engine::start_with(nats, data, &arguments).await;
    }
}
