//! Who set a field of a plan: the commit; and if it was that of a sync, the source's own commit that the sync
//! carried, and so on through the syncs into each source.

use std::collections::HashMap;
use std::rc::Rc;

use plansync_domain::event::Event;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::history::field::Field;
use plansync_domain::history::set_by::{Carried, SetBy};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::{TemplateVersion, Version};
use plansync_domain::ids::{
    Actor, AdministratorId, CommandId, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId,
};
use plansync_domain::text::personal::Personal;
use plansync_log::{Position, Recorded};

use crate::audit::template_log::{PutIntoTemplate, TemplateLog};
use crate::audit::timelines::Timelines;
use crate::call::Refusal;
use crate::reading::Reading;
use crate::recorded::commit::Decided;

/// Syncs that are followed back from one commit.
const SYNCS_MAX: usize = 16;
/// Commits, and acceptances of syncs, that are kept at a time. Beyond it, all are dropped.
const KEPT_MAX: usize = 4_096;

/// A commit that set a field of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whose plan it is.
    pub learner: LearnerId,
    /// The version of the plan that the commit made.
    pub version: Version,
    /// Its position in the log.
    pub position: Position,
    /// When it was recorded.
    pub at: Recorded,
    /// Who sent the command.
    pub by: Actor,
    /// The command that caused it.
    pub command: CommandId,
    /// The reason that was given for the edit.
    pub reason: Option<Personal>,
    /// The sync that made it.
    pub sync: Option<OriginSync>,
    /// The template that the value came from.
    pub template: Option<OriginTemplate>,
}

/// The sync that made a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginSync {
    /// Its id.
    pub sync: SyncId,
    /// Who requested it.
    pub requested_by: AdministratorId,
    /// The position of its acceptance.
    pub accepted_at: Position,
    /// Its source, if the reader sees that learner.
    pub source: Option<OriginSource>,
}

/// The source of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginSource {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The session in which the sync was requested.
    pub session: SessionId,
    /// The version of the plan when the sync was accepted.
    pub version: Version,
}

/// The version of a template that a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginTemplate {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The version of the template.
    pub version: TemplateVersion,
    /// The commit that put the component as it was in that version.
    pub put: Option<PutIntoTemplate>,
}

/// What is needed of the acceptance of a sync.
struct Acceptance {
    requested_by: AdministratorId,
    position: Position,
    programme: ProgrammeId,
    source: OriginSource,
}

/// Where a search goes on: the source of a sync, and the field there.
type Next = Option<(OriginSource, Field)>;

/// The origins that one request looks for.
pub(super) struct Origins<'r> {
    reading: &'r Reading<'r>,
    timelines: Timelines<'r>,
    commits: HashMap<(LearnerId, Version), Rc<Decided>>,
    acceptances: HashMap<SyncId, Rc<Acceptance>>,
    templates: HashMap<ProgrammeId, Rc<TemplateLog>>,
}

impl<'r> Origins<'r> {
    pub(super) fn new(reading: &'r Reading<'r>) -> Self {
        Self {
            reading,
            timelines: Timelines::new(reading),
            commits: HashMap::new(),
            acceptances: HashMap::new(),
            templates: HashMap::new(),
        }
    }

    /// The commit that made a version of a plan, which set this field; then, as long as a commit is that of a
    /// sync whose source the reader sees, the source's own commit that the sync carried.
    pub(super) fn of(
        &mut self,
        learner: LearnerId,
        version: Version,
        (component, field): (ComponentId, Field),
    ) -> Result<Vec<Origin>, Refusal> {
        let mut found = Vec::new();
        let mut next = Some((learner, version, field));
        while let Some((learner, version, field)) = next.take() {
            let (origin, carried) = self.one(learner, version, (component, field))?;
            found.push(origin);
            if found.len() > SYNCS_MAX {
                break;
            }
            if let Some((source, field)) = carried {
                let sought = (component, field);
                let set_at = self
                    .timelines
                    .set_at(source.learner, sought, source.version)?;
                next = set_at.map(|version| (source.learner, version, field));
            }
        }
        Ok(found)
    }

    fn one(
        &mut self,
        learner: LearnerId,
        version: Version,
        (component, field): (ComponentId, Field),
    ) -> Result<(Origin, Next), Refusal> {
        let commit = self.commit(learner, version)?;
        let mut origin = Origin {
            learner,
            version,
            position: commit.commit.position,
            at: commit.commit.at,
            by: commit.actor.clone(),
            command: CommandId::from_uuid(commit.commit.proposal.cause.correlation),
            reason: None,
            sync: None,
            template: None,
        };
        let mut next = None;
        match SetBy::of(&commit.events, component, field) {
            SetBy::Hand(reason) => origin.reason = reason.cloned(),
            SetBy::Template(programme, version) => {
                origin.template = Some(self.template(programme, version, component)?);
            }
            SetBy::Sync(replayed) => next = self.synced(&mut origin, replayed, component, field)?,
        }
        Ok((origin, next))
    }

    /// Adds what is known of the sync that made a commit; returns where its value came from.
    fn synced(
        &mut self,
        origin: &mut Origin,
        replayed: &TargetReplayed,
        component: ComponentId,
        field: Field,
    ) -> Result<Next, Refusal> {
        let acceptance = self.acceptance(replayed.sync)?;
        let is_seen = self.reading.learner_seen(acceptance.source.learner).is_ok();
        let source = is_seen.then_some(acceptance.source);
        origin.sync = Some(OriginSync {
            sync: replayed.sync,
            requested_by: acceptance.requested_by.clone(),
            accepted_at: acceptance.position,
            source,
        });
        Ok(match self.carried(replayed, component, field)? {
            Carried::Source(field) => source.map(|source| (source, field)),
            Carried::Template => {
                let programme = acceptance.programme;
                let log = self.template_log(programme)?;
                let version = log.version_at(acceptance.position);
                origin.template = Some(self.template(programme, version, component)?);
                None
            }
            Carried::Nothing => None,
        })
    }

    fn carried(
        &self,
        replayed: &TargetReplayed,
        component: ComponentId,
        field: Field,
    ) -> Result<Carried, Refusal> {
        let sync = self.reading.tenant().sync(replayed.sync);
        let sync = sync.ok_or_else(|| no_acceptance(replayed.sync))?;
        let change_set = self.reading.change_set(sync)?;
        let entry = change_set.index(component).and_then(|index| {
            let outcome = replayed.pair_outcomes.iter().nth(index)?;
            Some((change_set.entries().get(index)?, outcome))
        });
        Ok(entry.map_or(Carried::Nothing, |(entry, outcome)| {
            Carried::of(&entry.change, outcome, field)
        }))
    }

    fn template(
        &mut self,
        programme: ProgrammeId,
        version: TemplateVersion,
        component: ComponentId,
    ) -> Result<OriginTemplate, Refusal> {
        let log = self.template_log(programme)?;
        Ok(OriginTemplate {
            programme,
            version,
            put: log.put(component, version).cloned(),
        })
    }

    /// The commit that made a version of a plan.
    pub(super) fn commit(
        &mut self,
        learner: LearnerId,
        version: Version,
    ) -> Result<Rc<Decided>, Refusal> {
        if let Some(known) = self.commits.get(&(learner, version)) {
            return Ok(Rc::clone(known));
        }
        let commit = self
            .reading
            .commit(&Stream::Plan(learner), version.into())?;
        let commit = Rc::new(self.reading.decoded(&commit)?);
        if self.commits.len() >= KEPT_MAX {
            self.commits.clear();
        }
        self.commits.insert((learner, version), Rc::clone(&commit));
        Ok(commit)
    }

    fn acceptance(&mut self, sync: SyncId) -> Result<Rc<Acceptance>, Refusal> {
        if let Some(known) = self.acceptances.get(&sync) {
            return Ok(Rc::clone(known));
        }
        let acceptance = Rc::new(read_acceptance(self.reading, sync)?);
        if self.acceptances.len() >= KEPT_MAX {
            self.acceptances.clear();
        }
        self.acceptances.insert(sync, Rc::clone(&acceptance));
        Ok(acceptance)
    }

    fn template_log(&mut self, programme: ProgrammeId) -> Result<Rc<TemplateLog>, Refusal> {
        if let Some(known) = self.templates.get(&programme) {
            return Ok(Rc::clone(known));
        }
        let log = Rc::new(self.reading.template_log(programme)?);
        self.templates.insert(programme, Rc::clone(&log));
        Ok(log)
    }
}

fn read_acceptance(reading: &Reading<'_>, sync: SyncId) -> Result<Acceptance, Refusal> {
    let state = reading
        .tenant()
        .sync(sync)
        .ok_or_else(|| no_acceptance(sync))?;
    let commit = reading.commit(&Stream::Sync(sync), state.facts().accepted_version)?;
    let position = commit.position();
    let events = reading.decoded(&commit)?.events.into_iter();
    let accepted = events.rev().find_map(|event| {
        if let Event::SyncAccepted(accepted) = event {
            Some(accepted)
        } else {
            None
        }
    });
    let accepted = accepted.ok_or_else(|| no_acceptance(sync))?;
    Ok(Acceptance {
        requested_by: accepted.requested_by,
        position,
        programme: accepted.request.programme,
        source: OriginSource {
            learner: accepted.source,
            session: accepted.request.session,
            version: accepted.source_version,
        },
    })
}

fn no_acceptance(sync: SyncId) -> Refusal {
    Refusal::internal(format!("the log has no acceptance of sync {sync}"))
}
