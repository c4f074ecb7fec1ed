//! The latency of one tenant's edits while another tenant's plans are read by an engine that was
//! just started, with nothing in memory or page cache; and their latency alone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::college::{College, component, learner, programme, subject};
use crate::figure::Figure;
use crate::process::drop_from_cache;
use crate::wire::{Wire, flood};
use crate::workload::Size;

/// The tenant who edits.
const TENANT: &str = "southgate";
/// The number of its plans, and of its edits in flight.
const CLIENTS: usize = 16;
/// The number of the other tenant's reads in flight.
const READERS: usize = 16;
/// The number of edits that are measured alone.
const ALONE: u64 = 4_000;
/// Milliseconds, as in the workload of the largest sync with edits.
const EDITS_P99: f64 = 25.0;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(size.largest, size.largest)?;
    found(&mut college.wire)?;
    let (mut alone, mut beside, mut reads) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..size.samples {
        college = college.restart(drop_from_cache)?;
        let count = if size.is_quick { 200 } else { ALONE };
        // The first edit of each fetches its plan.
        let first = CLIENTS as u64;
        edit(&mut college.wire, "First", |sent| sent >= first)?;
        alone.extend(edit(&mut college.wire, "Alone", |sent| sent >= count)?);
        let (edits, read) = while_read(&college)?;
        beside.extend(edits);
        reads.extend(read);
    }
    college.engine.stop()?;
    Ok(vec![
        Figure::millis("edits of one tenant, alone", &alone),
        Figure::millis("the same, while another's cold plans are read", &beside)
            .p99_at_most(EDITS_P99),
        Figure::millis("the reads' answers meanwhile", &reads),
    ])
}

/// Sets up the tenant who edits: one component on a plan for each client.
fn found(wire: &mut Wire) -> anyhow::Result<()> {
    let mut ask = |operation: &str, body: Json| wire.request(&of(operation), &body);
    let tenant = json!({ "marking_aid": false, "owner_rule": "keep" });
    ask("tenant.put", tenant)?;
    let record = json!({ "programme": programme(), "name": "Business", "parent": null });
    ask("programme.put", record)?;
    let attributes = json!({ "name": "Activity" });
    let only = json!({ "component": component(0), "type": "assignment", "attributes": attributes });
    let template = json!({ "programme": programme(), "components": [only] });
    ask("template.put", template)?;
    for number in 0..CLIENTS {
        let enrolment = json!({ "programme": programme(), "status": "active" });
        let put = json!({
            "learner": learner(number), "name": "Other", "case_owner": null, "groups": [],
            "tutors": [], "enrolments": [enrolment],
        });
        ask("learner.put", put)?;
        let plan = json!({ "learner": learner(number), "programme": programme() });
        ask("plan.instantiate", plan)?;
    }
    Ok(())
}

fn of(operation: &str) -> String {
    format!("plansync.v1.req.{TENANT}.system.{operation}")
}

/// Sends edits until `is_over` returns true; returns the time of each. Every name is different.
fn edit(
    wire: &mut Wire,
    word: &str,
    is_over: impl Fn(u64) -> bool,
) -> anyhow::Result<Vec<Duration>> {
    let to = of("plan.edit");
    let done = flood(
        wire,
        CLIENTS,
        |sent, _| is_over(sent),
        |number, subject, body| {
            subject.push_str(&to);
            let other = usize::try_from(number).unwrap_or(0) % CLIENTS;
            let set = json!({ "name": format!("{word} {number}") });
            let edit = json!({ "op": "change", "component": component(0), "set": set });
            let text = json!({ "learner": learner(other), "edits": [edit] }).to_string();
            body.extend_from_slice(text.as_bytes());
        },
    )?;
    Ok(done.took)
}

/// Reads every plan of the college once while the other tenant edits; returns the times of edits
/// and reads.
fn while_read(college: &College) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
    let port = college.nats.port;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let editing = scope.spawn(|| {
            let mut wire = Wire::connect(port)?;
            edit(&mut wire, "Beside", |_| over.load(Ordering::Relaxed))
        });
        let read = read_all(port, college.learners);
        over.store(true, Ordering::Relaxed);
        match editing.join() {
            Ok(edits) => Ok((edits?, read?)),
            Err(_) => anyhow::bail!("the editing thread crashed"),
        }
    })
}

fn read_all(port: u16, learners: usize) -> anyhow::Result<Vec<Duration>> {
    let mut wire = Wire::connect(port)?;
    let (to, count) = (subject("system", "plan.get"), learners as u64);
    let done = flood(
        &mut wire,
        READERS,
        |sent, _| sent > count,
        |number, subject, body| {
            subject.push_str(&to);
            let number = usize::try_from(number).unwrap_or(0);
            let text = json!({ "learner": learner(number) }).to_string();
            body.extend_from_slice(text.as_bytes());
        },
    )?;
    Ok(done.took)
}
