//! `audit.log`: the commits of the log that pass filters, in order, a part at a time.

use std::collections::{BTreeSet, HashMap};

use plansync_domain::access::sync::readable;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::event::{Event, PlanInstantiated};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::TemplateVersion;
use plansync_domain::ids::{Actor, CommandId, ComponentId, LearnerId, ProgrammeId, SyncId};
use plansync_log::{Position, Recorded, Sequenced};

use crate::audit::candidates::Candidates;
use crate::audit::kind::CommitKind;
use crate::audit::range::{Range, before};
use crate::audit::visible::record_of;
use crate::call::Refusal;
use crate::reading::Reading;
use crate::recorded::commit::Decided;

/// The commits that one request looks at.
pub(super) const SCAN_COMMITS_MAX: usize = 50_000;
/// The stored bytes of commits that one request returns, unless it returns one.
pub(super) const PAGE_BYTES_MAX: usize = 1024 * 1024;

/// Which commits are listed: those that pass every filter that is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// Those about this learner.
    pub learner: Option<LearnerId>,
    /// Whether commits of the learner's records are among them.
    pub with_records: bool,
    /// Those that changed this component, or decided about it.
    pub component: Option<ComponentId>,
    /// Those of this sync.
    pub sync: Option<SyncId>,
    /// Those that this command led to.
    pub command: Option<CommandId>,
    /// Those that this actor asked for.
    pub by: Option<Actor>,
    /// Those of these kinds.
    pub kinds: Option<BTreeSet<CommitKind>>,
    /// Those recorded then or later.
    pub from_time: Option<Recorded>,
    /// Those recorded before.
    pub to_time: Option<Recorded>,
    /// Those at this position or later.
    pub from_position: Option<Position>,
    /// Those at this position or earlier.
    pub to_position: Option<Position>,
    /// Whether the list begins with the newest.
    pub newest_first: bool,
    /// The list continues after this position, in its order.
    pub after: Option<Position>,
}

/// A part of the commits that pass.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditFound {
    /// The commits.
    pub items: Vec<Decided>,
    /// Where the list continues; `None` at its end.
    pub next: Option<Position>,
    /// The position up to which the log was searched, in the order of the list.
    pub scanned_to: Position,
}

/// The components that the templates had, as far as a request needed them.
type Templates = HashMap<(ProgrammeId, TemplateVersion), Vec<ComponentId>>;

impl Reading<'_> {
    /// `audit.log`, for readers of reference data: `not_permitted`, `learner_not_available`, `sync_not_found`,
    /// and `invalid_request` for a component without a learner and a position after the end of the log.
    pub fn audit_log(&self, query: &AuditQuery, limit: usize) -> Result<AuditFound, Refusal> {
        self.check_reference_reader()?;
        if query.component.is_some() && query.learner.is_none() {
            let problem = "a component belongs to the plan of a learner; name the learner, too";
            return Err(Rejection::invalid("component", problem).into());
        }
        if let Some(learner) = query.learner {
            self.learner_seen(learner)?;
        }
        let range = self.range(query)?;
        let candidates = self.candidates(query, range)?;
        self.found(query, range, candidates, limit)
    }

    /// The commits that may pass, by the narrowest index.
    fn candidates(&self, query: &AuditQuery, range: Range) -> Result<Candidates, Refusal> {
        let is_reversed = query.newest_first;
        if let Some(sync) = query.sync {
            let sync = readable(self.tenant(), self.actor(), sync)?;
            let positions = self.commits_of_sync(sync)?;
            return Ok(Self::candidates_at(positions, range, is_reversed));
        }
        if let Some(command) = query.command {
            let caused = self.caused_by(command)?;
            let positions = caused.into_iter().map(|caused| caused.position).collect();
            return Ok(Self::candidates_at(positions, range, is_reversed));
        }
        match query.learner {
            Some(learner) if !query.with_records => self.candidates_of(learner, range, is_reversed),
            _ => Ok(Self::all_candidates(range, is_reversed)),
        }
    }

    fn found(
        &self,
        query: &AuditQuery,
        range: Range,
        mut candidates: Candidates,
        limit: usize,
    ) -> Result<AuditFound, Refusal> {
        let (begin, end) = if query.newest_first {
            (range.last.next(), range.first)
        } else {
            (before(range.first), range.last)
        };
        let mut found = AuditFound {
            items: Vec::new(),
            next: None,
            scanned_to: begin,
        };
        let mut templates = Templates::new();
        let (mut looked_at, mut bytes) = (0, 0);
        while !range.is_empty()
            && let Some(commit) = self.next_of(&mut candidates)?
        {
            looked_at += 1;
            found.scanned_to = commit.position();
            if let Some(decided) = self.passing(query, &commit, &mut templates)? {
                found.items.push(decided);
                bytes += commit.stored().len();
            }
            let is_enough = found.items.len() >= limit || bytes >= PAGE_BYTES_MAX;
            if is_enough || looked_at >= SCAN_COMMITS_MAX {
                found.next = (found.scanned_to != end).then_some(found.scanned_to);
                return Ok(found);
            }
        }
        if !range.is_empty() {
            found.scanned_to = end;
        }
        Ok(found)
    }

    /// The commit, if it passes and the actor may see it.
    fn passing(
        &self,
        query: &AuditQuery,
        commit: &Sequenced,
        templates: &mut Templates,
    ) -> Result<Option<Decided>, Refusal> {
        let skim = commit.skim().map_err(Refusal::internal)?;
        let may_be = |kinds: &BTreeSet<CommitKind>| kinds.iter().any(|kind| kind.is_on(skim.kind));
        if skim.tenant != self.tenant_id().as_str() || !query.kinds.as_ref().is_none_or(may_be) {
            return Ok(None);
        }
        let decided = self.decoded(commit)?;
        let passes = query.keeps(&decided)
            && self.touches(query, &decided, templates)?
            && self.sees(&decided)?;
        Ok(passes.then_some(decided))
    }

    /// Whether a commit concerns the component of the query, if it names one.
    fn touches(
        &self,
        query: &AuditQuery,
        decided: &Decided,
        templates: &mut Templates,
    ) -> Result<bool, Refusal> {
        let Some(component) = query.component else {
            return Ok(true);
        };
        for event in &decided.events {
            let touches = if let Event::PlanInstantiated(event) = event {
                self.adds(event, component, templates)
            } else if let Event::TargetReplayed(event) = event {
                self.decides(event, component)?
            } else {
                event.edited_component() == Some(component)
            };
            if touches {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn adds(
        &self,
        event: &PlanInstantiated,
        component: ComponentId,
        templates: &mut Templates,
    ) -> bool {
        let key = (event.programme, event.template_version);
        let components = templates.entry(key).or_insert_with(|| {
            let tenant = self.tenant();
            tenant.template_components_at(event.programme, event.template_version)
        });
        let row = components.iter().position(|one| *one == component);
        let row = row.and_then(|row| u32::try_from(row).ok());
        row.is_some_and(|row| {
            let mut added = event.added.iter();
            added.any(|run| row >= run.from && row - run.from < run.count)
        })
    }

    fn decides(&self, event: &TargetReplayed, component: ComponentId) -> Result<bool, Refusal> {
        let Some(sync) = self.tenant().sync(event.sync) else {
            return Ok(false);
        };
        Ok(self.change_set(sync)?.index(component).is_some())
    }
}

impl AuditQuery {
    /// Whether a commit passes the filters that can be judged by the commit alone.
    fn keeps(&self, decided: &Decided) -> bool {
        let proposal = &decided.commit.proposal;
        self.by.as_ref().is_none_or(|by| *by == decided.actor)
            && self.kinds.as_ref().is_none_or(|kinds| {
                CommitKind::of(decided).is_some_and(|kind| kinds.contains(&kind))
            })
            && self.command.is_none_or(|command| {
                let id = *command.as_uuid();
                proposal.command.id == id || proposal.cause.correlation == id
            })
            && self.sync.is_none_or(|sync| is_of_sync(decided, sync))
            && self
                .learner
                .is_none_or(|learner| self.is_about(decided, learner))
    }

    fn is_about(&self, decided: &Decided, learner: LearnerId) -> bool {
        match &decided.stream {
            Stream::Plan(of) | Stream::Learner(of) => *of == learner,
            Stream::Target(_) => decided.events.iter().any(|event| {
                matches!(event, Event::TargetReplayed(replayed) if replayed.learner == learner)
            }),
            Stream::Record(_) => self.with_records && record_of(decided) == Some(learner),
            Stream::Tenant
            | Stream::Administrator(_)
            | Stream::Programme(_)
            | Stream::Sync(_)
            | Stream::Command(_)
            | Stream::Engine => false,
        }
    }
}

fn is_of_sync(decided: &Decided, sync: SyncId) -> bool {
    decided.stream == Stream::Sync(sync)
        || decided
            .events
            .iter()
            .any(|event| matches!(event, Event::TargetReplayed(replayed) if replayed.sync == sync))
}
