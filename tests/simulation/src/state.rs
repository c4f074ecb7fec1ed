//! The state at the end: of the engine that went through everything, of one that only folds the log,
//! and of the model; and the event stream, against the log.

use std::sync::Arc;

use plansync_engine::{Config, Engine};
use plansync_log::Position;
use plansync_model::comparison::same;
use plansync_model::refusal::Refusal;
use plansync_model::world::World;
use plansync_protocol::Encoding;
use plansync_service::{Headers, Inbound, RandomIds, Service};
use serde_json::{Value as Json, json};

use crate::disk::Disk;
use crate::simulation::{Simulation, TENANTS, Violation};

/// The latest versions of a plan whose changes are compared.
const CHANGES_LOOKED_AT: usize = 4;

struct Plain;

impl Headers for Plain {
    fn values(&self, _name: &str) -> Vec<&str> {
        Vec::new()
    }
}

/// Compares everything; how many events the stream has.
pub(crate) fn check(simulation: &Simulation, worlds: &[World]) -> Result<u64, Violation> {
    let Some(machine) = &simulation.machine else {
        return Err("the process does not run at the end".to_owned());
    };
    let lived = machine.service();
    check_state(lived, &simulation.disk, simulation.plain_config(), worlds)?;
    events(simulation, lived)
}

/// Compares the engine that went through everything, and one that folds the log, with the model.
pub(crate) fn check_state(
    lived: &Service,
    disk: &Disk,
    config: Config,
    worlds: &[World],
) -> Result<(), Violation> {
    let log = disk.log();
    let engine = Engine::open(Box::new(log.clone()), Arc::new(log), config);
    let engine = engine.map_err(|error| format!("the log does not open: {error}"))?;
    let folded = Service::new(engine, Encoding::Json, Arc::new(RandomIds));
    for (tenant, world) in TENANTS.iter().zip(worlds) {
        if world.settings.is_none() {
            continue;
        }
        for service in [lived, &folded] {
            state(service, tenant, world).map_err(|what| format!("tenant {tenant}: {what}"))?;
        }
    }
    Ok(())
}

fn state(service: &Service, tenant: &str, world: &World) -> Result<(), Violation> {
    let ask = |actor: &str, operation: &str, body: &Json| {
        read(service, &format!("{tenant}.{actor}.{operation}"), body)
    };
    for learner in world.everybody() {
        let product = ask("system", "plan.get", &json!({ "learner": learner }));
        same("plan.get", product, world.plan_get("system", learner))?;
        let versions = world.plan(learner).version();
        for version in versions.saturating_sub(CHANGES_LOOKED_AT) + 1..=versions {
            let of = json!({ "learner": learner, "version": version });
            let product = ask("system", "plan.change", &of).map(without_command);
            let model = world.plan_change("system", learner, version);
            same("plan.change", product, model)?;
        }
    }
    for (sync, found) in &world.syncs {
        if found.state == "running" {
            return Err(format!("{sync} has not ended"));
        }
        let of = json!({ "sync": sync });
        let product = ask("system", "sync.outcomes", &of);
        same(
            "sync.outcomes",
            product,
            world.sync_outcomes("system", *sync),
        )?;
        let product = ask("system", "sync.get", &of);
        same("sync.get", product, world.sync_get("system", *sync))?;
    }
    for (session, found) in &world.sessions {
        let of = json!({ "session": session });
        let product = ask(&found.administrator, "record.changes", &of);
        let model = world.record_changes(&found.administrator, *session);
        same("record.changes", product, model)?;
        for search in ["", "strauss", "ΆΝΝΑΣ", "NGUYÊN"] {
            let of = json!({ "search": search });
            let product = ask(&found.administrator, "learner.find", &of);
            let model = world.learner_find(&found.administrator, None, search);
            same("learner.find", product, model)?;
        }
    }
    Ok(())
}

/// The command's id is the product's.
fn without_command(mut reply: Json) -> Json {
    let fields = reply.as_object_mut();
    fields.map(|fields| fields.remove("command_id"));
    reply
}

/// The whole of a list: all its pages as one.
fn read(service: &Service, rest: &str, body: &Json) -> Result<Json, Refusal> {
    let mut whole: Option<Json> = None;
    for page in 1.. {
        let mut of = body.clone();
        if !rest.ends_with("sync.get") {
            of["page_size"] = json!(500);
            of["page"] = json!(page);
        }
        let reply = one(service, rest, &of)?;
        let list = ["items", "components", "changes"]
            .into_iter()
            .find(|list| reply[*list].is_array() && reply["total"].is_number());
        let Some(list) = list else { return Ok(reply) };
        let count = |reply: &Json| reply[list].as_array().map_or(0, Vec::len);
        let more = count(&reply);
        match &mut whole {
            None => whole = Some(reply),
            Some(whole) => {
                if let (Some(all), Some(items)) =
                    (whole[list].as_array_mut(), reply[list].as_array())
                {
                    all.extend(items.iter().cloned());
                }
            }
        }
        if let Some(whole) = &whole
            && (more == 0 || whole["total"].as_u64() == u64::try_from(count(whole)).ok())
        {
            return Ok(whole.clone());
        }
    }
    Ok(json!(null))
}

fn one(service: &Service, rest: &str, body: &Json) -> Result<Json, Refusal> {
    let (fails, reply) = ask(service, rest, body);
    if fails {
        Err(Refusal::of_reply(&reply))
    } else {
        Ok(reply)
    }
}

fn ask(service: &Service, rest: &str, body: &Json) -> (bool, Json) {
    let answer = service.request(Inbound {
        subject: &format!("plansync.v1.req.{rest}"),
        headers: &Plain,
        body: body.to_string().as_bytes(),
    });
    let reply = serde_json::from_slice(&answer.body).unwrap_or_default();
    (answer.error.is_some(), reply)
}

/// The body of an event without what an erasure after its publication takes from it: the message of a refusal of a
/// command that could not be decoded.
fn without_erasable(body: &[u8], subject: &str) -> Json {
    let mut body: Json = serde_json::from_slice(body).unwrap_or_default();
    if subject.ends_with(".rejected") {
        body["error"]["message"] = Json::Null;
    }
    body
}

/// The stream has every event of the log, once and in order, and nothing else.
fn events(simulation: &Simulation, service: &Service) -> Result<u64, Violation> {
    let mut wanted = Vec::new();
    let mut after = Position::ZERO;
    loop {
        let batch = service
            .events(after, 1_000)
            .map_err(|error| error.to_string())?;
        if batch.through == after {
            break;
        }
        after = batch.through;
        wanted.extend(batch.events);
    }
    let found = simulation.events.messages();
    for (place, (published, event)) in found.iter().zip(&wanted).enumerate() {
        let same = published.id == event.id
            && published.subject == event.subject
            && without_erasable(&published.body, &event.subject)
                == without_erasable(&event.body, &event.subject);
        if !same {
            return Err(format!(
                "the event at {place} of the stream is {} of {}, and should be {} of {}",
                published.id, published.subject, event.id, event.subject
            ));
        }
    }
    if found.len() != wanted.len() {
        return Err(format!(
            "the stream has {} events, and the log {}",
            found.len(),
            wanted.len()
        ));
    }
    Ok(u64::try_from(found.len()).unwrap_or(u64::MAX))
}
