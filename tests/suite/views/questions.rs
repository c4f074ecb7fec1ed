//! Every operation that reads, with every body that the names in a history make sense for.

use std::collections::{BTreeMap, BTreeSet};

use plansync_protocol::OperationName;
use serde_json::{Value, json};

use super::world::{Asked, PREVIEWER};

/// How many names of a kind are used, so that the questions stay few.
const NAMES_MAX: usize = 3;

/// A question: who asks, the operation, and the body.
pub(super) type Question = (String, OperationName, Value);

/// The questions about what was asked in a history.
pub(super) fn questions(asked: &[Asked]) -> Vec<Question> {
    let bodies = bodies(asked);
    let mut actors: BTreeSet<&str> = asked.iter().map(|(actor, ..)| *actor).collect();
    actors.extend(["system", "nobody"]);
    let reads = compared();
    let mut questions = Vec::new();
    for operation in reads {
        for (number, body) in bodies.iter().enumerate() {
            // Everybody asks, but not everybody asks everything.
            let some = actors.iter().enumerate().filter(|(place, actor)| {
                ["system", PREVIEWER].contains(*actor) || (number + place).is_multiple_of(4)
            });
            for (_, actor) in some {
                questions.push(((*actor).to_owned(), *operation, body.clone()));
            }
        }
    }
    questions
}

/// Reads that a folder answers otherwise: `audit.read` also says how far the engine has published, and `engine.status`
/// is about an engine that runs.
const OF_A_RUNNING_ENGINE: [OperationName; 2] =
    [OperationName::AuditRead, OperationName::EngineStatus];

/// The operations that read, and that a folder answers as an engine does.
pub(super) fn compared() -> impl Iterator<Item = &'static OperationName> {
    let reads = OperationName::ALL.iter().filter(|name| !name.is_command());
    reads.filter(|name| !OF_A_RUNNING_ENGINE.contains(name))
}

fn bodies(asked: &[Asked]) -> Vec<Value> {
    let mut names: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (_, _, body) in asked {
        for field in [
            "learner",
            "session",
            "sync",
            "programme",
            "administrator",
            "command_id",
        ] {
            let name = &body[field];
            let known = names.entry(field).or_default();
            if name.is_string() && !known.contains(name) && known.len() < NAMES_MAX {
                known.push(name.clone());
            }
        }
    }
    let mut bodies = vec![
        json!({}),
        json!({ "position": 1 }),
        json!({ "search": "a", "page_size": 2, "page": 2 }),
    ];
    for (field, known) in &names {
        bodies.extend(known.iter().map(|name| json!({ *field: name })));
    }
    for learner in names.get("learner").into_iter().flatten() {
        for version in 0..5 {
            bodies.push(json!({ "learner": learner, "at_version": version }));
            bodies.push(json!({ "learner": learner, "version": version }));
        }
        bodies.push(json!({ "learner": learner, "from": { "version": 1 } }));
        for sync in names.get("sync").into_iter().flatten() {
            bodies.push(json!({ "learner": learner, "sync": sync }));
        }
    }
    let (from, to) = ("2000-01-01T00:00:00Z", "9000-01-01T00:00:00Z");
    bodies.push(json!({ "from_time": from, "to_time": to, "limit": 500 }));
    bodies.push(json!({ "administrators": ["nobody", "system", "sam", "alice", "ann"] }));
    let of_operation = |wanted| {
        let of = move |(_, operation, _): &&(_, &str, _)| *operation == wanted;
        let found = asked.iter().filter(of).map(|(_, _, body)| body.clone());
        found.take(NAMES_MAX).collect::<Vec<Value>>()
    };
    for mut body in of_operation("sync.components") {
        bodies.push(body.clone());
        body["field"] = json!("type");
        bodies.push(body);
    }
    bodies.extend(of_operation("sync.explain"));
    for body in of_operation("sync.preview") {
        for component in components(asked) {
            let mut explained = body.clone();
            explained["component"] = component;
            explained["side"] = json!("not_synchronised");
            bodies.push(explained);
        }
        bodies.push(body);
    }
    bodies
}

/// Some components that were put into templates.
fn components(asked: &[Asked]) -> Vec<Value> {
    let templates = asked
        .iter()
        .filter(|(_, operation, _)| *operation == "template.put");
    let components = templates.filter_map(|(_, _, body)| body["components"].as_array());
    let ids = components.flatten().map(|one| one["component"].clone());
    ids.take(NAMES_MAX).collect()
}
