//! The college that is measured: one programme with its template, learners with plans, and an
//! administrator who has the first learner's record open.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::process::{Engine, Nats};
use crate::wire::{Wire, flood};

/// The number of template components and of edits in one request.
const PART: usize = 500;
/// The number of requests in flight while a college is set up.
const IN_FLIGHT: usize = 64;

pub(crate) const TENANT: &str = "northgate";

/// A running plansync with a college.
pub(crate) struct College {
    pub(crate) engine: Engine,
    pub(crate) nats: Nats,
    pub(crate) wire: Wire,
    pub(crate) components: usize,
    /// The number of learners without the source.
    pub(crate) learners: usize,
    folder: TempDir,
    syncs: u128,
    rounds: u64,
    session: Uuid,
}

pub(crate) fn component(number: usize) -> Uuid {
    Uuid::from_u128(0xc0_0000_0000 + number as u128)
}

/// The id of a learner. The source has number zero.
pub(crate) fn learner(number: usize) -> Uuid {
    Uuid::from_u128(0xd0_0000_0000 + number as u128)
}

pub(crate) fn programme() -> Uuid {
    Uuid::from_u128(0xa0)
}

pub(crate) fn subject(actor: &str, operation: &str) -> String {
    format!("plansync.v1.req.{TENANT}.{actor}.{operation}")
}

impl College {
    /// A college of this size. Every plan has the whole template.
    pub(crate) fn found(components: usize, learners: usize) -> anyhow::Result<Self> {
        Self::found_with(components, learners, &[])
    }

    /// The same, whose engine has further arguments.
    pub(crate) fn found_with(
        components: usize,
        learners: usize,
        arguments: &[&str],
    ) -> anyhow::Result<Self> {
        let mut college = Self::without_plans_with(components, learners, arguments)?;
        let plans = (0..=learners).collect::<Vec<_>>();
        college.each(
            &plans,
            "plan.instantiate",
            |number| json!({ "learner": learner(number), "programme": programme() }),
        )?;
        college.open_record()?;
        Ok(college)
    }

    /// The same without plans.
    pub(crate) fn without_plans(components: usize, learners: usize) -> anyhow::Result<Self> {
        Self::without_plans_with(components, learners, &[])
    }

    fn without_plans_with(
        components: usize,
        learners: usize,
        arguments: &[&str],
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let nats = Nats::start()?;
        let engine = Engine::start_with(&nats, &folder.path().join("data"), arguments)?;
        let wire = Wire::connect(nats.port)?;
        let mut college = Self {
            engine,
            nats,
            wire,
            components,
            learners,
            folder,
            syncs: 0,
            rounds: 0,
            session: Uuid::nil(),
        };
        college.reference()?;
        Ok(college)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn reference(&mut self) -> anyhow::Result<()> {
        let tenant = json!({ "marking_aid": false, "owner_rule": "keep" });
        self.ask("system", "tenant.put", &tenant)?;
        let administrator = json!({
            "administrator": "sam", "name": "Sam", "permissions": ["supervisor"], "groups": "all",
        });
        self.ask("system", "administrator.put", &administrator)?;
        let record = json!({ "programme": programme(), "name": "Business", "parent": null });
        self.ask("system", "programme.put", &record)?;
        let all: Vec<_> = (0..self.components).collect();
        for part in all.chunks(PART) {
            let components: Vec<_> = part.iter().map(|number| template(*number)).collect();
            let body = json!({ "programme": programme(), "components": components });
            self.ask("system", "template.put", &body)?;
        }
        let people: Vec<_> = (0..=self.learners).collect();
        self.each(&people, "learner.put", |number| {
            let enrolment = json!({ "programme": programme(), "status": "active" });
            json!({
                "learner": learner(number), "name": format!("Learner {number}"),
                "case_owner": null, "groups": ["north"], "tutors": [],
                "enrolments": [enrolment],
            })
        })
    }

    pub(crate) fn open_record(&mut self) -> anyhow::Result<()> {
        let opened = self.ask("sam", "record.open", &json!({ "learner": learner(0) }))?;
        self.session = serde_json::from_value(opened["session"].clone())?;
        Ok(())
    }

    pub(crate) fn ask(
        &mut self,
        actor: &str,
        operation: &str,
        body: &Json,
    ) -> anyhow::Result<Json> {
        self.wire.request(&subject(actor, operation), body)
    }

    /// Sends one request for each of these, many in flight.
    pub(crate) fn each(
        &mut self,
        items: &[usize],
        operation: &str,
        body: impl Fn(usize) -> Json,
    ) -> anyhow::Result<()> {
        let to = subject("system", operation);
        let count = items.len() as u64;
        flood(
            &mut self.wire,
            IN_FLIGHT,
            |sent, _| sent >= count,
            |number, subject, content| {
                subject.push_str(&to);
                let item = items[usize::try_from(number).unwrap_or(0)];
                content.extend_from_slice(body(item).to_string().as_bytes());
            },
        )?;
        Ok(())
    }

    /// Edits many plans, each in as many requests as its edits need.
    pub(crate) fn edit_each(
        &mut self,
        learners: &[usize],
        edits: impl Fn(usize, usize) -> Option<Json>,
    ) -> anyhow::Result<()> {
        let parts = self.components.div_ceil(PART);
        let items: Vec<_> = (0..learners.len() * parts).collect();
        let components = self.components;
        self.each(&items, "plan.edit", |item| {
            let (number, part) = (learners[item / parts], item % parts);
            let range = part * PART..components.min((part + 1) * PART);
            let edits: Vec<_> = range.filter_map(|index| edits(number, index)).collect();
            json!({ "learner": learner(number), "edits": edits })
        })
    }

    /// The source's administrator renames every component, so that each has a recent change.
    pub(crate) fn change_source(&mut self) -> anyhow::Result<()> {
        self.change_source_in(self.components, &["name"])
    }

    /// The same for the first `count` components, in these attributes.
    pub(crate) fn change_source_in(
        &mut self,
        count: usize,
        attributes: &[&str],
    ) -> anyhow::Result<()> {
        self.rounds += 1;
        let all: Vec<_> = (0..count).collect();
        for part in all.chunks(PART) {
            let edits: Vec<_> = part
                .iter()
                .map(|number| {
                    let text = format!("Activity {number}, edition {}", self.rounds);
                    let set: serde_json::Map<_, _> = attributes
                        .iter()
                        .map(|attribute| ((*attribute).to_owned(), json!(text)))
                        .collect();
                    json!({ "op": "change", "component": component(*number), "set": set })
                })
                .collect();
            let body = json!({ "learner": learner(0), "edits": edits });
            self.ask("sam", "plan.edit", &body)?;
        }
        Ok(())
    }

    /// The request of a sync of the first `count` components for all learners.
    pub(crate) fn sync_request(&self, kind: &str, count: usize) -> Json {
        let components = if count == self.components {
            json!("all")
        } else {
            json!((0..count).map(component).collect::<Vec<_>>())
        };
        json!({
            "session": self.session, "programme": programme(), "components": components,
            "learners": "all", "type": kind,
        })
    }

    /// Starts a sync and waits for its `completed` event. Returns the time that both took, and its
    /// counts.
    pub(crate) fn sync(&mut self, mut request: Json) -> anyhow::Result<(Duration, Json)> {
        self.syncs += 1;
        let sync = Uuid::from_u128(0x57_0000 + self.syncs);
        request["sync"] = json!(sync);
        let completed = format!("plansync.v1.evt.{TENANT}.sync.{sync}.completed");
        let subscription = self.wire.subscribe(&completed)?;
        let began = Instant::now();
        self.ask("sam", "sync.start", &request)?;
        let event = self.wire.hear(subscription)?;
        let took = began.elapsed();
        let done = self.ask("sam", "sync.get", &json!({ "sync": sync }))?;
        drop(event);
        Ok((took, done))
    }

    pub(crate) fn last_sync(&self) -> Uuid {
        Uuid::from_u128(0x57_0000 + self.syncs)
    }

    /// Stops the engine and starts another one on the same college.
    pub(crate) fn restart(
        self,
        meanwhile: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let data = self.data();
        self.engine.stop()?;
        meanwhile(&data)?;
        let engine = Engine::start(&self.nats, &data)?;
        Ok(Self { engine, ..self })
    }

    /// Kills the engine and starts another one on the same college.
    pub(crate) fn kill(self) -> anyhow::Result<Self> {
        let data = self.data();
        self.engine.kill();
        let engine = Engine::start(&self.nats, &data)?;
        Ok(Self { engine, ..self })
    }
}

fn template(number: usize) -> Json {
    let attributes = json!({ "name": format!("Activity {number}") });
    json!({ "component": component(number), "type": "assignment", "attributes": attributes })
}

/// The number of pairs of a sync with this outcome.
pub(crate) fn pairs(done: &Json, outcome: &str) -> anyhow::Result<u64> {
    let count = &done["pairs"][outcome];
    count
        .as_u64()
        .with_context(|| format!("no {outcome} in {done}"))
}
