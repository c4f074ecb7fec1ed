//! A small college, put through public operations only: one programme of a few activities, some
//! learners on it, and administrators with different permissions.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;

/// The programme that everybody is on.
pub const PROGRAMME: Uuid = Uuid::from_u128(0x0a00);

/// The learner whose record is opened: the source.
pub const SOURCE: Uuid = Uuid::from_u128(0x0b00);

/// The n-th template component, from 0.
pub const fn component(index: u128) -> Uuid {
    Uuid::from_u128(0x0c00 + index)
}

/// The n-th target learner, from 0.
pub const fn target(index: u128) -> Uuid {
    Uuid::from_u128(0x0d00 + index)
}

/// Everything that an administrator may hold but for the rights that need none of it.
pub const ALL_PERMISSIONS: &[&str] = &[
    "advanced_delivery_add",
    "advanced_delivery_edit",
    "advanced_delivery_delete",
    "edit_delete_finished",
];

/// Puts the college: `components` activities, `targets` learners besides the source, and the
/// administrators `sam` (supervisor), `alice` (all delivery permissions) and `ed` (none).
///
/// # Panics
/// If anything is refused.
pub async fn found(client: &Client, components: u128, targets: u128) {
    put(
        client,
        "tenant.put",
        json!({"marking_aid": true, "owner_rule": "keep"}),
    )
    .await;
    administrator(client, "sam", &["supervisor"]).await;
    administrator(client, "alice", ALL_PERMISSIONS).await;
    administrator(client, "ed", &[]).await;
    let programme =
        json!({"programme": PROGRAMME, "name": "Business Administrator", "parent": null});
    put(client, "programme.put", programme).await;
    let template: Vec<_> = (0..components).map(template_component).collect();
    put(
        client,
        "template.put",
        json!({"programme": PROGRAMME, "components": template}),
    )
    .await;
    learner(client, SOURCE, "Source Learner").await;
    for index in 0..targets {
        learner(client, target(index), &format!("Target {index:04}")).await;
    }
}

fn template_component(index: u128) -> Value {
    json!({
        "component": component(index),
        "type": if index.is_multiple_of(2) { "assignment" } else { "exam" },
        "attributes": {"name": format!("Activity {index:04}"), "criteria": ["K1", "S2"]},
    })
}

/// Puts an administrator who may view every group.
///
/// # Panics
/// If it is refused.
pub async fn administrator(client: &Client, name: &str, permissions: &[&str]) {
    let record =
        json!({"administrator": name, "name": name, "permissions": permissions, "groups": "all"});
    put(client, "administrator.put", record).await;
}

/// Puts a learner who is active on the programme, with the template's plan.
///
/// # Panics
/// If it is refused.
pub async fn learner(client: &Client, learner: Uuid, name: &str) {
    let record = json!({
        "learner": learner, "name": name, "case_owner": "sam", "groups": [], "tutors": [],
        "enrolments": [{"programme": PROGRAMME, "status": "active"}],
    });
    put(client, "learner.put", record).await;
    let plan = json!({"learner": learner, "programme": PROGRAMME});
    client.get("system", "plan.instantiate", plan).await;
}

async fn put(client: &Client, operation: &str, record: Value) {
    client.get("system", operation, record).await;
}

/// An edit of some learner's plan that takes about 16 KiB of the log, different in each round.
pub fn bulky_edit(learner: Uuid, round: u64) -> Value {
    let instructions = format!("{round:08} ").repeat(16 * 1024 / 9);
    let set = json!({"instructions": instructions});
    let edits = json!([{"op": "change", "component": component(0), "set": set}]);
    json!({"learner": learner, "edits": edits, "command_id": Uuid::from_u128(round.into())})
}

/// Opens the source's record, and gives the session.
///
/// # Panics
/// If it is refused.
pub async fn open_source(client: &Client, actor: &str) -> Value {
    client
        .get(actor, "record.open", json!({"learner": SOURCE}))
        .await["session"]
        .clone()
}

/// Edits the source's plan.
///
/// # Panics
/// If it is refused.
pub async fn edit_source(client: &Client, actor: &str, edits: Value) -> Value {
    client
        .get(
            actor,
            "plan.edit",
            json!({"learner": SOURCE, "edits": edits}),
        )
        .await
}
