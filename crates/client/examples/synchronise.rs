//! Loads learners, changes the plan of one of them, and starts exactly the synchronisation that a preview showed.
//!
//! Run `plansync dev` first; the address of another server is the first argument. The program can be run again: ids are
//! fixed, so nothing is created twice.

// An example prints what it does.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Duration;

use futures_util::{TryStreamExt as _, pin_mut};
use plansync_client::async_nats::ConnectOptions;
use plansync_client::protocol::{
    AdministratorPut, LearnerPut, PlanEdit, PlanInstantiate, ProgrammePut, RecordOpen, SyncGet,
    SyncOutcomes, SyncPreview, SyncStart, SyncState, TemplatePut, TenantPut,
};
use plansync_client::{Client, body, json};

const PROGRAMME: &str = "0190a1b2-0000-7000-8000-000000000002";
const COMPONENT: &str = "0190a1b2-0000-7000-8000-000000000003";
/// The first learner is the source of the changes.
const LEARNERS: [(&str, &str); 3] = [
    ("0190a1b2-0000-7000-8000-000000000011", "Ann Smith"),
    ("0190a1b2-0000-7000-8000-000000000012", "Ben Osei"),
    ("0190a1b2-0000-7000-8000-000000000013", "Carla Diaz"),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1);
    let url = url.unwrap_or_else(|| "nats://127.0.0.1:4222".to_owned());
    let (tenant, system) = ("example-client".parse()?, "system".parse()?);
    let system = Client::connect(url, ConnectOptions::new(), tenant, system).await?;
    load(&system).await?;
    synchronise(&system.acting_as("alice".parse()?)).await
}

/// Reference data, written by `system`.
async fn load(system: &Client) -> Result<(), Box<dyn Error>> {
    let tenant = json!({ "marking_aid": false, "owner_rule": "keep" });
    system.call::<TenantPut>(body::<TenantPut>(tenant)?).await?;
    let alice = json!({
        "administrator": "alice", "name": "Alice Moreau", "groups": "all",
        "permissions": ["advanced_delivery_add", "advanced_delivery_edit", "advanced_delivery_delete"],
    });
    system
        .call::<AdministratorPut>(body::<AdministratorPut>(alice)?)
        .await?;
    let programme =
        json!({ "programme": PROGRAMME, "name": "Business Administrator", "parent": null });
    system
        .call::<ProgrammePut>(body::<ProgrammePut>(programme)?)
        .await?;
    let template = json!({
        "programme": PROGRAMME,
        "components": [{
            "component": COMPONENT, "type": "assignment", "attributes": { "name": "Portfolio" },
        }],
    });
    system
        .call::<TemplatePut>(body::<TemplatePut>(template)?)
        .await?;
    for (learner, name) in LEARNERS {
        let record = json!({
            "learner": learner, "name": name, "case_owner": null, "groups": [], "tutors": [],
            "enrolments": [{ "programme": PROGRAMME, "status": "active" }],
        });
        // Durable: it is stored also while the engine is down.
        system
            .durable::<LearnerPut>(body::<LearnerPut>(record)?)
            .await?;
        let plan = json!({ "learner": learner, "programme": PROGRAMME });
        system
            .call::<PlanInstantiate>(body::<PlanInstantiate>(plan)?)
            .await?;
    }
    println!("{} learners are loaded", LEARNERS.len());
    Ok(())
}

/// What an administrator does: open the record, change the plan, preview, confirm.
async fn synchronise(alice: &Client) -> Result<(), Box<dyn Error>> {
    let source = LEARNERS[0].0;
    let opened = body::<RecordOpen>(json!({ "learner": source }))?;
    let session = alice.call::<RecordOpen>(opened).await?.session;
    let instructions = format!("Hand in by Friday. (edited in session {session})");
    let edits = json!([{ "op": "change", "component": COMPONENT, "set": { "instructions": instructions } }]);
    let edit = body::<PlanEdit>(json!({ "learner": source, "edits": edits }))?;
    alice.call::<PlanEdit>(edit).await?;

    let mut request = json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": "all",
    });
    let preview = alice
        .call::<SyncPreview>(body::<SyncPreview>(request.clone())?)
        .await?;
    println!(
        "{} changes would be applied to {} learners",
        preview.pairs.applied, preview.learners
    );
    request["confirm"] = json!({ "position": preview.position, "digest": preview.digest });
    let sync = alice
        .call::<SyncStart>(body::<SyncStart>(request)?)
        .await?
        .sync;

    let state = loop {
        let record = alice
            .call::<SyncGet>(body::<SyncGet>(json!({ "sync": sync }))?)
            .await?;
        if record.state != SyncState::Running {
            break record.state;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    println!("the synchronisation is {}", state.as_str());
    let outcomes = alice.list::<SyncOutcomes>(body::<SyncOutcomes>(json!({ "sync": sync }))?);
    pin_mut!(outcomes);
    while let Some(pair) = outcomes.try_next().await? {
        println!("{}: {}", pair.learner, pair.outcome.as_str());
    }
    Ok(())
}
