//! Every read of a random history, asked of the engine, of its folder and of a backup.

use std::collections::BTreeSet;

use plansync_protocol::OperationName;
use plansync_tests::program::on_folder;
use serde_json::{Value, json};

use super::questions::{Question, compared, questions};
use super::world::{RANDOM, Viewed, World};

/// A seed whose history has accepted and refused requests of all kinds.
const SEED: u64 = 11;

fn subject((actor, operation, _): &Question) -> String {
    format!("plansync.v1.req.{RANDOM}.{actor}.{operation}")
}

/// A question about a command of the history, which got its id from the service.
async fn trace(world: &World) -> Question {
    let log = ("system".to_owned(), OperationName::AuditLog, json!({}));
    let asked = world.client.nats.request(subject(&log), "{}".into());
    let log: Value = serde_json::from_slice(&asked.await.unwrap().payload).unwrap();
    let command = log["items"][0]["command_id"].clone();
    let body = json!({ "command_id": command });
    ("system".to_owned(), OperationName::AuditTrace, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_its_folder_and_a_backup_answer_every_read_with_the_same_bytes() {
    let mut world = World::random(SEED).await;
    let mut questions = questions(&world.asked);
    questions.push(trace(&world).await);
    let mut expected = Vec::new();
    let mut answered = BTreeSet::new();
    for question in &questions {
        let body = question.2.to_string();
        let request = world.client.nats.request(subject(question), body.into());
        let reply = request.await.unwrap();
        let headers = reply.headers.unwrap_or_default();
        let number = headers
            .get("Nats-Service-Error-Code")
            .map(|number| number.as_str().parse().unwrap());
        if number.is_none() {
            answered.insert(question.1.as_str());
        }
        expected.push((number, reply.payload.to_vec()));
    }
    let unanswered: Vec<_> = compared()
        .map(|name| name.as_str())
        .filter(|name| !answered.contains(name))
        .collect();
    assert_eq!(unanswered, Vec::<&str>::new(), "only refused");

    let backup = world.backup();
    let backed_up = on_folder(&["backup"], &world.data(), &[backup.to_str().unwrap()]);
    assert_eq!(backed_up.code, Some(0), "{backed_up:?}");
    let beside = Viewed::folder(&world.data());
    world.stop();
    let views = [
        ("the folder of a running engine", beside),
        ("the folder", Viewed::folder(&world.data())),
        ("the backup", Viewed::backup(&backup, &world.data())),
    ];
    for (name, view) in views {
        for (question, expected) in questions.iter().zip(&expected) {
            let answer = view.ask(&subject(question), &question.2);
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert!(
                answer == *expected,
                "{name} answers {question:?} with\n{}\nand the engine with\n{}",
                text(&answer.1),
                text(&expected.1),
            );
        }
    }
}
