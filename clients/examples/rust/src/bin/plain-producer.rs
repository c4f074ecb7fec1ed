//! Loads learners from a CSV file, changes one learner's plan and synchronises the change onto the others.
//!
//! It uses no plansync library: only the NATS client. Run it as often as you like: every command has an id that follows
//! from the file's content, and plansync carries out each command once.
//!
//! ```sh
//! plain-producer learners.csv --nats-url nats://127.0.0.1:4222 --tenant northgate
//! ```
#![allow(clippy::print_stdout)]

use std::time::Duration;

use anyhow::{Context as _, bail};
use async_nats::{Client, HeaderMap};
use clap::Parser;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;
use uuid::Uuid;

const ATTEMPTS: u32 = 8;
/// The ids of this program are made from this namespace.
const NAMESPACE: Uuid = Uuid::from_u128(0x8d6a_4a0e_5f0e_4c1e_9e55_0a0f_5c3b_7f11);

#[derive(Parser)]
#[command(
    about = "Loads learners from a CSV file and synchronises a change of the first one's plan"
)]
struct Options {
    csv: std::path::PathBuf,
    #[arg(long, default_value = "nats://127.0.0.1:4222")]
    nats_url: String,
    #[arg(long, default_value = "northgate")]
    tenant: String,
    /// The new due date.
    #[arg(long, default_value = "2027-03-01")]
    due: String,
}

#[derive(Deserialize)]
struct Row {
    reference: String,
    name: String,
    group: String,
    tutor: String,
    case_owner: String,
}

/// Requests of one tenant. The actor is a part of the subject, so the NATS permissions decide who may use it.
struct Plansync {
    client: Client,
    tenant: String,
    batch: Uuid,
}

/// An error reply: the request was refused.
#[derive(Debug, Deserialize)]
struct Refused {
    code: String,
    message: String,
    details: Option<Value>,
}

impl Plansync {
    /// The id of a record. It depends on the tenant and the reference only, so a corrected file changes the record.
    fn record_id(&self, name: &str) -> Uuid {
        Uuid::new_v5(&NAMESPACE, format!("{}/{name}", self.tenant).as_bytes())
    }

    /// The id of a command: the same whenever the same file is loaded, and another one for a corrected file.
    fn id(&self, name: &str) -> Uuid {
        Uuid::new_v5(&self.batch, name.as_bytes())
    }

    /// A command. Its id is the same in every attempt and in every run, so it is carried out once.
    async fn command(
        &self,
        actor: &str,
        operation: &str,
        mut body: Value,
        name: &str,
    ) -> anyhow::Result<Value> {
        let id = format!("{actor}/{operation}/{name}");
        body["command_id"] = json!(self.id(id.trim_end_matches('/')));
        self.request(actor, operation, &body).await
    }

    /// A request whose refusal is an error.
    async fn request(&self, actor: &str, operation: &str, body: &Value) -> anyhow::Result<Value> {
        match self.answer(actor, operation, body).await? {
            Ok(reply) => Ok(reply),
            Err(refused) => bail!("{operation}: {}: {}", refused.code, refused.message),
        }
    }

    /// The reply or the refusal, asked for again while plansync cannot be reached or cannot answer.
    async fn answer(
        &self,
        actor: &str,
        operation: &str,
        body: &Value,
    ) -> anyhow::Result<Result<Value, Refused>> {
        let mut wait = Duration::from_millis(200);
        for _ in 1..ATTEMPTS {
            if let Ok(answer) = self.attempt(actor, operation, body).await {
                match answer {
                    Err(refused) if ["unavailable", "overloaded"].contains(&&*refused.code) => {
                        let after = refused
                            .details
                            .and_then(|details| details["retry_after_ms"].as_u64());
                        wait = after.map_or(wait, Duration::from_millis);
                    }
                    Ok(_) | Err(_) => return Ok(answer),
                }
            }
            sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
        }
        self.attempt(actor, operation, body).await
    }

    /// One attempt. An error means that there was no answer.
    async fn attempt(
        &self,
        actor: &str,
        operation: &str,
        body: &Value,
    ) -> anyhow::Result<Result<Value, Refused>> {
        let subject = format!("plansync.v1.req.{}.{actor}.{operation}", self.tenant);
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json");
        let payload = serde_json::to_vec(body)?.into();
        let message = self
            .client
            .request_with_headers(subject, headers, payload)
            .await?;
        let mut reply: Value = serde_json::from_slice(&message.payload)?;
        Ok(match reply.get_mut("error") {
            Some(error) => Err(serde_json::from_value(error.take())?),
            None => Ok(reply),
        })
    }
}

/// What was loaded.
struct Loaded {
    programme: Uuid,
    component: Uuid,
    source: Uuid,
}

/// Writes the tenant, its administrator, its programme and its learners, as the reserved actor `system`.
async fn load(plansync: &Plansync, rows: &[Row]) -> anyhow::Result<Loaded> {
    let (programme, component) = (
        plansync.record_id("programme"),
        plansync.record_id("component"),
    );
    let tenant = json!({"marking_aid": false, "owner_rule": "keep"});
    plansync.command("system", "tenant.put", tenant, "").await?;
    let alice = json!({
        "administrator": "alice",
        "name": "Alice Moreau",
        "permissions": ["advanced_delivery_add", "advanced_delivery_edit", "advanced_delivery_delete"],
        "groups": "all",
    });
    plansync
        .command("system", "administrator.put", alice, "")
        .await?;
    let business =
        json!({"programme": programme, "name": "Business Administrator", "parent": null});
    plansync
        .command("system", "programme.put", business, "")
        .await?;
    let exam =
        json!({"component": component, "type": "exam", "attributes": {"name": "Knowledge test"}});
    let template = json!({"programme": programme, "components": [exam]});
    plansync
        .command("system", "template.put", template, "")
        .await?;
    for row in rows {
        load_learner(plansync, programme, row).await?;
    }
    let first = rows.first().context("the file has no learners")?;
    let source = learner_id(plansync, first);
    Ok(Loaded {
        programme,
        component,
        source,
    })
}

async fn load_learner(plansync: &Plansync, programme: Uuid, row: &Row) -> anyhow::Result<()> {
    let learner = learner_id(plansync, row);
    let record = json!({
        "learner": learner,
        "name": row.name,
        "case_owner": Some(&row.case_owner).filter(|owner| !owner.is_empty()),
        "groups": [row.group],
        "tutors": Some(&row.tutor).filter(|tutor| !tutor.is_empty()).into_iter().collect::<Vec<_>>(),
        "enrolments": [{"programme": programme, "status": "active"}],
    });
    plansync
        .command("system", "learner.put", record, &row.reference)
        .await?;
    let plan = json!({"learner": learner, "programme": programme});
    plansync
        .command("system", "plan.instantiate", plan, &row.reference)
        .await?;
    Ok(())
}

fn learner_id(plansync: &Plansync, row: &Row) -> Uuid {
    plansync.record_id(&format!("learner/{}", row.reference))
}

/// Changes a due date on the source's plan and synchronises it, exactly as the preview shows it. Returns the state of
/// the synchronisation; `None` if the plan has this date already.
async fn synchronise(
    plansync: &Plansync,
    loaded: &Loaded,
    due: &str,
) -> anyhow::Result<Option<Value>> {
    let (session, sync) = (plansync.id("session"), plansync.id("sync"));
    let open = json!({"learner": loaded.source, "session": session});
    plansync.command("alice", "record.open", open, "").await?;
    let change = json!({
        "op": "change",
        "component": loaded.component,
        "set": {"due_date": due},
        "reason": "The test centre moved the test",
    });
    let edit = json!({"learner": loaded.source, "edits": [change]});
    let edited = plansync.command("alice", "plan.edit", edit, "").await?;
    if edited["changed"] == false {
        return Ok(None);
    }
    let begun = json!({"sync": sync});
    match plansync.answer("alice", "sync.get", &begun).await? {
        Ok(state) => return Ok(Some(state)),
        Err(refused) if refused.code == "sync_not_found" => {}
        Err(refused) => bail!("sync.get: {}: {}", refused.code, refused.message),
    }
    let programme = loaded.programme;
    let mut request = json!({"session": session, "programme": programme, "components": "recent", "learners": "all"});
    let preview = plansync.request("alice", "sync.preview", &request).await?;
    println!(
        "preview: {} learners, {}",
        preview["learners"], preview["pairs"]
    );
    request["sync"] = json!(sync);
    request["confirm"] = json!({"position": preview["position"], "digest": preview["digest"]});
    plansync.command("alice", "sync.start", request, "").await?;
    plansync
        .request("alice", "sync.get", &begun)
        .await
        .map(Some)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let content = std::fs::read(&options.csv)
        .with_context(|| format!("cannot read {}", options.csv.display()))?;
    let rows: Vec<Row> = csv::Reader::from_reader(&*content)
        .deserialize()
        .collect::<Result<_, _>>()?;
    let plansync = Plansync {
        client: async_nats::connect(&options.nats_url).await?,
        tenant: options.tenant,
        batch: Uuid::new_v5(
            &NAMESPACE,
            format!("{:x}", Sha256::digest(&content)).as_bytes(),
        ),
    };
    let loaded = load(&plansync, &rows).await?;
    let Some(mut state) = synchronise(&plansync, &loaded, &options.due).await? else {
        println!("the plan has this date already: nothing to synchronise");
        return Ok(());
    };
    while state["state"] == "running" {
        sleep(Duration::from_millis(100)).await;
        let of = json!({"sync": state["sync"]});
        state = plansync.request("alice", "sync.get", &of).await?;
    }
    let [sync, became] =
        [&state["sync"], &state["state"]].map(|value| value.as_str().unwrap_or_default());
    println!("{sync} {became}: {}", state["pairs"]);
    Ok(())
}
