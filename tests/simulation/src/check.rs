//! What must hold once all is calm: the log is replayed through the model, commit by commit, and
//! every answer, refusal, preview, outcome and event is held against it.

use std::collections::{BTreeMap, BTreeSet};

use plansync_domain::event::Event;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::ids::{ComponentId, LearnerId, SyncId};
use plansync_engine::{Decided, decided};
use plansync_log::sealing::Keys;
use plansync_log::{CommandScope, Position, Read as _, Sequenced};
use plansync_model::ask::Ask;
use plansync_model::comparison::same;
use plansync_model::histories::LIMITS;
use plansync_model::judge::Pair;
use plansync_model::refusal::Refusal;
use plansync_model::sync::Confirmed;
use plansync_model::world::{Limits, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::client::Wish;
use crate::closings::{Elapsed, GaveWay, closed, none_left, opens};
use crate::figures::Figures;
use crate::ledger::{Heard, Record};
use crate::machine::first_keys;
use crate::simulation::{Simulation, TENANTS, Violation};

/// Every tenant of the model, as it is after the commits so far, and as it was where somebody asked.
pub(crate) struct Replay<'a> {
    records: &'a BTreeMap<(usize, Uuid), Record>,
    pub(crate) worlds: Vec<World>,
    /// The tenants at the positions that something refers to.
    kept: BTreeMap<u64, Vec<World>>,
    wanted: BTreeSet<u64>,
    /// What was accepted: where, and what the model answered.
    accepted: BTreeMap<(usize, Uuid), (u64, Json)>,
    outcomes: BTreeSet<(usize, Uuid)>,
    /// The tenants at the positions that targets say they were judged at, and the last commit that
    /// says so.
    judged: BTreeMap<u64, (u64, Vec<World>)>,
    judged_until: BTreeMap<u64, u64>,
    pub(crate) targets: u64,
    /// Corrections of what an earlier sync had sent, in syncs that were accepted.
    corrections: u64,
    /// Durable commands that must be rejected.
    hostile: BTreeSet<(usize, Uuid)>,
    /// Where each sync was accepted.
    begun: BTreeMap<(usize, SyncId), u64>,
    /// Which sync came to each learner last: where that was accepted.
    reached: BTreeMap<(usize, LearnerId), u64>,
    elapsed: Elapsed,
    gave_way: Option<GaveWay>,
    figures: Figures,
}

/// Holds a case that has come to its end against everything.
pub(crate) fn check(simulation: &mut Simulation) -> Result<(), Violation> {
    let log = simulation.disk.log();
    let commits = log
        .read(Position::ZERO, usize::MAX)
        .map_err(|error| error.to_string())?;
    let mut replay = Replay::new(&simulation.ledger.records, LIMITS);
    replay.hostile = simulation.stranger.ids();
    let mut figures = replay.all(&commits)?;
    let events = simulation.events.messages();
    figures.hostile_rejected = simulation.stranger.check(&replay.outcomes, &events)?;
    figures.hostile = simulation.stranger.sent();
    figures.hostile_refused = simulation.stranger.refused;
    replay.answers(&mut figures)?;
    erased(simulation, &commits, &replay.worlds)?;
    let mut worlds = replay.worlds;
    none_left(&mut worlds, replay.elapsed.at(simulation.now()))?;
    figures.events = crate::state::check(simulation, &worlds)?;
    simulation.figures += figures;
    Ok(())
}

/// D6: names are sealed, and those of erased learners cannot be opened any more.
fn erased(
    simulation: &Simulation,
    commits: &[Sequenced],
    worlds: &[World],
) -> Result<(), Violation> {
    let nothing = Keys::only_read(None);
    for commit in commits {
        let sealed = decided(commit, &nothing).map_err(|error| error.to_string())?;
        let opened = decided(commit, &simulation.config.keys).map_err(|error| error.to_string())?;
        let tenant = TENANTS
            .iter()
            .position(|one| *one == opened.tenant.as_str());
        let world = tenant.and_then(|tenant| worlds.get(tenant));
        for (sealed, opened) in sealed.events.iter().zip(&opened.events) {
            let (Event::LearnerPut(sealed), Event::LearnerPut(opened)) = (sealed, opened) else {
                continue;
            };
            let learner = opened.learner;
            if !sealed.record.name.is_erased() {
                return Err(format!("the name of {learner} is stored as it is"));
            }
            let is_erased = world.is_some_and(|world| world.erased.contains(&learner));
            if is_erased != opened.record.name.is_erased() {
                return Err(format!(
                    "the name of {learner} can still be read, or not any more: {is_erased}"
                ));
            }
        }
    }
    Ok(())
}

impl<'a> Replay<'a> {
    pub(crate) fn new(records: &'a BTreeMap<(usize, Uuid), Record>, limits: Limits) -> Self {
        let mut wanted = BTreeSet::new();
        for record in records.values() {
            wanted.extend(record.confirmed.iter().map(|preview| preview.position));
            for heard in &record.answers {
                match (&record.wish, &heard.reply) {
                    (Wish::Preview(_), Ok(body)) => wanted.extend(body["position"].as_u64()),
                    (Wish::Preview(_), Err(_)) => wanted.extend([heard.durable]),
                    (Wish::Command(_) | Wish::Confirm(..), Err(_)) => wanted.extend([heard.after]),
                    (Wish::Command(_) | Wish::Confirm(..), Ok(_)) => {}
                }
            }
        }
        let worlds: Vec<World> = TENANTS.iter().map(|_| World::new(limits)).collect();
        Self {
            records,
            kept: BTreeMap::from([(0, worlds.clone())]),
            worlds,
            wanted,
            accepted: BTreeMap::new(),
            outcomes: BTreeSet::new(),
            judged: BTreeMap::new(),
            judged_until: BTreeMap::new(),
            targets: 0,
            corrections: 0,
            hostile: BTreeSet::new(),
            begun: BTreeMap::new(),
            reached: BTreeMap::new(),
            elapsed: Elapsed::default(),
            gave_way: None,
            figures: Figures::default(),
        }
    }

    /// Every commit in order.
    pub(crate) fn all(&mut self, commits: &[Sequenced]) -> Result<Figures, Violation> {
        let keys = first_keys();
        let all: Result<Vec<Decided>, _> = {
            let opened = commits.iter().map(|commit| decided(commit, &keys));
            opened.collect()
        };
        let all = all.map_err(|error| error.to_string())?;
        for decided in all.iter().filter(|decided| is_target(decided)) {
            let at = decided.commit.position.get();
            self.judged_until
                .insert(decided.commit.proposal.judged_at.get(), at);
        }
        for decided in &all {
            let at = decided.commit.position.get();
            self.commit(decided)
                .map_err(|what| format!("the commit at {at}: {what}"))?;
            if let Some(until) = self.judged_until.get(&at) {
                self.judged.insert(at, (*until, self.worlds.clone()));
            }
            self.judged.retain(|_, (until, _)| *until > at);
        }
        Ok(Figures {
            commits: u64::try_from(commits.len()).unwrap_or(u64::MAX),
            replayed_targets: self.targets,
            corrections: self.corrections,
            ..self.figures
        })
    }

    /// Every answer that was heard.
    pub(crate) fn answers(&self, figures: &mut Figures) -> Result<(), Violation> {
        for (key, record) in self.records {
            for heard in &record.answers {
                figures.answers += 1;
                match (&record.wish, &heard.reply) {
                    (Wish::Preview(_), _) => figures.previews += 1,
                    (_, Err(_)) => figures.refusals += 1,
                    (Wish::Confirm(..), Ok(_)) => figures.confirmed += 1,
                    (Wish::Command(_), Ok(_)) => {}
                }
                self.heard(*key, record, heard).map_err(|what| {
                    format!(
                        "{} asked {:?} ({}): {what}",
                        record.actor, record.wish, key.1
                    )
                })?;
            }
        }
        Ok(())
    }

    fn commit(&mut self, decided: &Decided) -> Result<(), Violation> {
        let name = decided.tenant.as_str();
        let tenant = TENANTS.iter().position(|one| *one == name);
        let tenant = tenant.ok_or_else(|| format!("it is of tenant {name}"))?;
        self.elapsed = self.elapsed.after(decided.commit.at.get());
        self.worlds[tenant].now = self.elapsed.micros();
        opens(self.gave_way.take(), (tenant, decided))?;
        let command = decided.commit.proposal.command;
        match command.scope {
            CommandScope::Client => self.client(tenant, command.id, decided)?,
            CommandScope::Engine => self.engine(tenant, decided)?,
            CommandScope::Outcome => self.outcome(tenant, command.id, decided)?,
        }
        let position = decided.commit.position.get();
        if self.wanted.contains(&position) {
            self.kept.insert(position, self.worlds.clone());
        }
        Ok(())
    }

    /// A command: once, by whom it was asked, and the model takes it too.
    fn client(&mut self, tenant: usize, id: Uuid, decided: &Decided) -> Result<(), Violation> {
        let key = (tenant, id);
        let record = self.records.get(&key);
        let record = record.ok_or_else(|| format!("nobody asked for {id}"))?;
        let actor = decided.actor.as_str();
        if actor != record.actor {
            return Err(format!("{actor} did what {} asked", record.actor));
        }
        let corrections = corrections(&self.worlds[tenant], &record.wish);
        let kept = &self.kept;
        let reply = ask(&mut self.worlds[tenant], kept, tenant, record)
            .map_err(|refusal| format!("the model refuses {:?}: {refusal:?}", record.wish))?;
        let position = decided.commit.position.get();
        for event in &decided.events {
            if let Event::SyncAccepted(accepted) = event {
                self.begun.insert((tenant, accepted.sync), position);
                let entries = &self.worlds[tenant].syncs[&accepted.sync].terms.entries;
                let corrected = entries
                    .iter()
                    .filter(|entry| corrections.contains(&entry.component));
                self.corrections += corrected.count() as u64;
            }
        }
        match self.accepted.insert(key, (position, reply)) {
            None => Ok(()),
            Some((first, _)) => Err(format!("{id} was done at {first} already")),
        }
    }

    /// Part of a sync: the model works the same target off, or has come to the same end. Or a record that
    /// is closed.
    fn engine(&mut self, tenant: usize, decided: &Decided) -> Result<(), Violation> {
        for event in &decided.events {
            if let Event::TargetReplayed(replayed) = event {
                self.targets += 1;
                let (sync, learner) = (replayed.sync, replayed.learner);
                if !self.worlds[tenant].work_target(sync, learner) {
                    return Err(format!("{learner} is no target of {sync} that waits"));
                }
                self.as_judged(tenant, decided, replayed)?;
                self.in_turn(tenant, replayed)?;
            }
            if let Event::RecordClosed(of) = event {
                let world = &mut self.worlds[tenant];
                self.gave_way = closed(world, (tenant, decided), of, &mut self.figures)?;
            }
            if let Event::SyncCompleted(_) = event {
                let running = |sync: &plansync_model::sync::Sync| sync.state == "running";
                let stream = &decided.stream;
                let plansync_domain::ids::stream::Stream::Sync(sync) = stream else {
                    return Err(format!("a completion on {stream:?}"));
                };
                if self.worlds[tenant].syncs.get(sync).is_none_or(running) {
                    return Err(format!("{sync} completes before its last target"));
                }
            }
        }
        Ok(())
    }

    /// Syncs come to a learner in the order in which they were accepted.
    fn in_turn(&mut self, tenant: usize, replayed: &TargetReplayed) -> Result<(), Violation> {
        let (sync, learner) = (replayed.sync, replayed.learner);
        let begun = self.begun.get(&(tenant, sync)).copied();
        let begun = begun.ok_or_else(|| format!("{sync} was never accepted"))?;
        let before = self.reached.insert((tenant, learner), begun);
        if before.is_some_and(|before| before > begun) {
            return Err(format!("{sync} was overtaken by a later sync at {learner}"));
        }
        Ok(())
    }

    /// What became of a target is what the state made of it that it says it was judged on.
    fn as_judged(
        &self,
        tenant: usize,
        decided: &Decided,
        replayed: &TargetReplayed,
    ) -> Result<(), Violation> {
        let judged_at = decided.commit.proposal.judged_at.get();
        let (_, worlds) = self
            .judged
            .get(&judged_at)
            .ok_or_else(|| format!("it was judged at {judged_at}, which is not before it"))?;
        let sync = &self.worlds[tenant].syncs[&replayed.sync];
        let (mut then, _) = worlds[tenant].judge(&sync.terms, replayed.learner, false);
        then.sort();
        let now = sync.outcomes.iter();
        let now: Vec<&Pair> = now
            .filter(|pair| pair.learner == replayed.learner)
            .collect();
        if now.iter().copied().eq(&then) {
            Ok(())
        } else {
            Err(format!(
                "judged at {judged_at} it was {then:?}\nand now {now:?}"
            ))
        }
    }

    /// What became of a durable command: once, and the model says the same.
    fn outcome(&mut self, tenant: usize, id: Uuid, decided: &Decided) -> Result<(), Violation> {
        if !self.outcomes.insert((tenant, id)) {
            return Err(format!("what became of {id} was recorded already"));
        }
        let rejected = decided
            .events
            .iter()
            .any(|event| matches!(event, Event::CommandRejected(_)));
        let accepted = self.accepted.contains_key(&(tenant, id));
        if rejected && self.hostile.contains(&(tenant, id)) {
            return Ok(());
        }
        if rejected {
            let record = self.records.get(&(tenant, id));
            let record = record.ok_or_else(|| format!("nobody asked for {id}"))?;
            let world = &mut self.worlds[tenant].clone();
            return match ask(world, &self.kept, tenant, record) {
                Err(_) => Ok(()),
                Ok(reply) => Err(format!("it was rejected, and the model answers {reply}")),
            };
        }
        if accepted {
            Ok(())
        } else {
            Err(format!("{id} is said to be accepted, and was never done"))
        }
    }

    /// One answer: an accepted command is in the log where it says, and the model answers the same
    /// there; a refusal is the model's too, at the position that it was judged at.
    fn heard(&self, key: (usize, Uuid), record: &Record, heard: &Heard) -> Result<(), Violation> {
        if heard.code() == Some("unavailable") {
            return Ok(());
        }
        if let Wish::Preview(request) = &record.wish {
            let at = heard
                .reply
                .as_ref()
                .ok()
                .and_then(|body| body["position"].as_u64());
            let world = &self.at(at.unwrap_or(heard.durable))?[key.0];
            let model = world.preview(record.actor, request);
            return same("sync.preview", heard.reply.clone(), model).map(|_| ());
        }
        match &heard.reply {
            Ok(body) => {
                let (position, reply) = self
                    .accepted
                    .get(&key)
                    .ok_or_else(|| format!("it was acknowledged, and is not in the log: {body}"))?;
                if let Some(said) = body["position"].as_u64()
                    && said != *position
                {
                    return Err(format!("it was answered with {said}, and is at {position}"));
                }
                let mut body = body.clone();
                if let Some(fields) = body.as_object_mut() {
                    fields.remove("duplicate");
                }
                same("the answer", Ok(body), Ok(reply.clone())).map(|_| ())
            }
            // What was refused for lack of room says nothing of the state.
            Err(refusal) if refusal.code == "overloaded" => Ok(()),
            Err(refusal) => {
                let world = &mut self.at(heard.after)?[key.0].clone();
                let model = ask(world, &self.kept, key.0, record);
                same("the refusal", Err(refusal.clone()), model).map(|_| ())
            }
        }
    }

    fn at(&self, position: u64) -> Result<&[World], Violation> {
        let kept = self.kept.get(&position);
        let found = kept.map(Vec::as_slice);
        found.ok_or_else(|| format!("it was judged at {position}, which the log does not have"))
    }
}

/// The model is asked what somebody wished.
fn ask(
    world: &mut World,
    kept: &BTreeMap<u64, Vec<World>>,
    tenant: usize,
    record: &Record,
) -> Result<Json, Refusal> {
    match (&record.wish, &record.confirmed) {
        (Wish::Command(ask), _) => world.ask(record.actor, ask),
        (Wish::Confirm(sync, request, _), Some(preview)) => {
            let then = kept.get(&preview.position).map(|worlds| &worlds[tenant]);
            let Some(then) = then else {
                return plansync_model::refusal::refuse("source_changed");
            };
            let terms = then.terms(record.actor, &preview.request, None)?;
            let confirmed = Confirmed {
                request: preview.request.clone(),
                entries: terms.entries,
                then: Box::new(then.clone()),
            };
            world.confirm(record.actor, *sync, &confirmed, request)
        }
        (Wish::Confirm(sync, request, _), None) => {
            let (sync, request) = (*sync, request.clone());
            world.ask(record.actor, &Ask::StartSync { sync, request })
        }
        (Wish::Preview(_), _) => Ok(json!({})),
    }
}

/// What a sync would put right of what an earlier one had sent.
fn corrections(world: &World, wish: &Wish) -> BTreeSet<ComponentId> {
    let session = match wish {
        Wish::Command(Ask::StartSync { request, .. }) | Wish::Confirm(_, request, _) => {
            request.session
        }
        Wish::Command(_) | Wish::Preview(_) => return BTreeSet::new(),
    };
    world.corrections(session).into_keys().collect()
}

fn is_target(decided: &Decided) -> bool {
    let is_one = |event: &Event| matches!(event, Event::TargetReplayed(_));
    decided.events.iter().any(is_one)
}
