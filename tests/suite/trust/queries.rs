//! Everything that can be asked of the college, and what is answered.

use std::collections::BTreeSet;

use plansync_protocol::OperationName;
use plansync_tests::client::Client;
use plansync_tests::college::{PROGRAMME, SOURCE, target};
use serde_json::{Value, json};

use super::world::{World, again};

/// Reads whose replies contain the position or the incarnation of the log, which differ between two askings, or are
/// about the engine that runs.
const WITH_POSITION: [&str; 10] = [
    "sync.preview",
    "sync.affected",
    "sync.explain",
    "audit.log",
    "audit.show",
    "audit.trace",
    "audit.read",
    "audit.head",
    "audit.proof",
    "engine.status",
];

/// Reads whose replies differ only in the position at which they were read.
const AT_A_POSITION: [&str; 4] = ["audit.plan", "audit.diff", "audit.blame", "audit.changes"];

fn with(mut body: Value, field: &str, value: &str) -> Value {
    body[field] = json!(value);
    body
}

fn assert_all_reads_are_asked<'a>(asked: impl Iterator<Item = &'a str>) {
    let asked: BTreeSet<_> = asked.chain(WITH_POSITION).collect();
    let all = OperationName::ALL.iter();
    let mut reads = all.filter(|operation| !operation.is_command());
    let missing = reads.find(|read| !asked.contains(read.as_str()));
    assert_eq!(missing, None, "a read that is not asked for");
}

/// Asks everything, and gives each question with its answer. The learner `target(2)` is left out:
/// tests edit that plan meanwhile.
pub(super) async fn all_answers(client: &Client, world: &World) -> Vec<(String, Value)> {
    let (sync, session) = (&world.sync, &world.session);
    let choosing = json!({"session": session, "programme": PROGRAMME});
    let mut questions = vec![
        ("system", "tenant.get", json!({})),
        (
            "sam",
            "administrator.get",
            json!({"administrator": "alice"}),
        ),
        ("sam", "administrator.list", json!({})),
        ("sam", "learner.list", json!({})),
        (
            "sam",
            "learner.list",
            json!({"search": "target", "page_size": 2, "page": 2}),
        ),
        ("sam", "learner.get", json!({"learner": SOURCE})),
        ("sam", "programme.get", json!({"programme": PROGRAMME})),
        ("sam", "programme.list", json!({})),
        ("sam", "template.get", json!({"programme": PROGRAMME})),
        ("alice", "actor.get", json!({})),
        ("alice", "learner.find", json!({})),
        (
            "alice",
            "administrator.names",
            json!({"administrators": ["sam", "nobody"]}),
        ),
        ("alice", "record.list", json!({})),
        ("alice", "record.changes", json!({"session": session})),
        ("alice", "sync.components", choosing.clone()),
        ("alice", "sync.learners", choosing.clone()),
        ("alice", "sync.filters", with(choosing, "field", "type")),
        ("alice", "sync.changes", json!({"sync": sync})),
        (
            "sam",
            "audit.plan",
            json!({"learner": SOURCE, "at": {"version": 1}}),
        ),
        (
            "sam",
            "audit.diff",
            json!({"learner": SOURCE, "from": {"version": 0}, "to": {"version": 2}}),
        ),
        ("sam", "audit.blame", json!({"learner": target(0)})),
        (
            "sam",
            "audit.why",
            json!({"sync": sync, "learner": target(0)}),
        ),
        (
            "sam",
            "audit.what-if",
            json!({"sync": sync, "judged_as": "sam", "statuses": ["completed"]}),
        ),
        (
            "sam",
            "audit.changes",
            json!({
                "from_time": "2000-01-01T00:00:00Z", "to_time": "2100-01-01T00:00:00Z", "learner": SOURCE,
            }),
        ),
        ("alice", "sync.get", json!({"sync": sync})),
        ("alice", "sync.outcomes", json!({"sync": sync})),
        ("sam", "sync.list", json!({})),
        // Commands that were done before: their first answer, and nothing is done again.
        ("alice", "plan.edit", again()),
    ];
    for learner in [SOURCE, target(0), target(1)] {
        questions.push(("alice", "plan.get", json!({"learner": learner})));
        questions.push((
            "alice",
            "plan.get",
            json!({"learner": learner, "at_version": 1}),
        ));
        questions.push((
            "alice",
            "plan.change",
            json!({"learner": learner, "version": 1}),
        ));
        questions.push(("alice", "plan.history", json!({"learner": learner})));
    }
    assert_all_reads_are_asked(questions.iter().map(|(_, operation, _)| *operation));
    let mut answers = Vec::new();
    for (actor, operation, body) in questions {
        let question = format!("{operation} {body}");
        let mut answer = client.get(actor, operation, body).await;
        if AT_A_POSITION.contains(&operation) {
            answer["position"] = Value::Null;
        }
        answers.push((question, answer));
    }
    answers
}
