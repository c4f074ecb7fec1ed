//! The largest sync while 64 clients edit other plans: its cost, and that of the edits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::college::{College, component, learner, programme, subject};
use crate::figure::Figure;
use crate::wire::{Wire, flood};
use crate::workload::Size;

const CLIENTS: usize = 64;
const RATIO: f64 = 2.0;
/// Milliseconds.
const EDITS_P99: f64 = 25.0;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(size.largest, size.largest)?;
    let others: Vec<_> = (0..CLIENTS)
        .map(|number| college.learners + 1 + number)
        .collect();
    college.each(&others, "learner.put", |number| {
        // Enrolled, but excluded by the request, which lists the other learners.
        let enrolment = json!({ "programme": programme(), "status": "on_break" });
        json!({
            "learner": learner(number), "name": "Other", "case_owner": null, "groups": [],
            "tutors": [], "enrolments": [enrolment],
        })
    })?;
    college.each(
        &others,
        "plan.instantiate",
        |number| json!({ "learner": learner(number), "programme": programme() }),
    )?;
    let listed: Vec<_> = (1..=college.learners).map(learner).collect();
    let alone = syncs(&mut college, size, &listed)?;
    let over = Arc::new(AtomicBool::new(false));
    let (port, until) = (college.nats.port, Arc::clone(&over));
    let editing = thread::spawn(move || edit(port, &others, &until));
    thread::sleep(Duration::from_millis(500));
    let busy = syncs(&mut college, size, &listed)?;
    over.store(true, Ordering::Relaxed);
    let edits = match editing.join() {
        Ok(edits) => edits?,
        Err(_) => anyhow::bail!("the editing thread crashed"),
    };
    college.engine.stop()?;
    let [alone, busy] = [alone, busy].map(|took| Figure::millis("", &took).p50);
    Ok(vec![
        Figure::once("all_attributes, alone", "ms", alone),
        Figure::once("all_attributes, while 64 clients edit", "ms", busy),
        Figure::once("the same over alone", "×", busy / alone).at_most(RATIO),
        Figure::millis("the edits' answers meanwhile", &edits).p99_at_most(EDITS_P99),
    ])
}

fn syncs(
    college: &mut College,
    size: &Size,
    learners: &[uuid::Uuid],
) -> anyhow::Result<Vec<Duration>> {
    let mut took = Vec::new();
    for _ in 0..size.samples {
        college.change_source()?;
        let mut request = college.sync_request("all_attributes", college.components);
        request["learners"] = json!(learners);
        took.push(college.sync(request)?.0);
    }
    Ok(took)
}

fn edit(port: u16, others: &[usize], over: &AtomicBool) -> anyhow::Result<Vec<Duration>> {
    let mut wire = Wire::connect(port)?;
    let to = subject("system", "plan.edit");
    let done = flood(
        &mut wire,
        CLIENTS,
        |_, _| over.load(Ordering::Relaxed),
        |number, subject, body| {
            subject.push_str(&to);
            let other = others[usize::try_from(number).unwrap_or(0) % others.len()];
            let set = json!({ "name": format!("Edit {number}") });
            let edit = json!({ "op": "change", "component": component(0), "set": set });
            let text = json!({ "learner": learner(other), "edits": [edit] }).to_string();
            body.extend_from_slice(text.as_bytes());
        },
    )?;
    Ok(done.took)
}
