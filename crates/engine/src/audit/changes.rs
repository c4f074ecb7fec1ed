//! `audit.changes`: what changed in a period, by learner, then position: components added and removed, due
//! dates moved, and other attributes changed. Progress is no change of a plan's content; it is listed if it is
//! asked for.
//!
//! One request passes through a bounded number of commits. Where it stops, the next one goes on.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::history::field::Field;
use plansync_domain::history::plan_change::ChangeKind;
use plansync_domain::history::plan_difference::Kind;
use plansync_domain::history::plan_step::{ComponentStep, PlanStep};
use plansync_domain::history::task_changes::Witness;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{Actor, ComponentId, LearnerId, ProgrammeId, SyncId};
use plansync_domain::text::personal::Personal;
use plansync_domain::values::attribute::{Attribute, AttributeSet};
use plansync_domain::values::value::Value;
use plansync_log::{Position, Recorded};
use uuid::Uuid;

use crate::audit::origins::{Origin, Origins};
use crate::audit::point::check_version;
use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::plan_at::PlanReplay;

/// The commits that one request passes through.
const COMMITS_MAX: u64 = 50_000;
/// Looking whether a plan changed in the period costs as much as passing through so many commits.
const PLAN_COST: u64 = 8;
/// Versions of a plan that are passed through before it is looked whether the part is full.
const PASS_COUNT: u32 = 1_024;

/// Which changes are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesQuery {
    /// Those that were recorded at this time or later.
    pub from: Recorded,
    /// Those that were recorded before this time.
    pub to: Recorded,
    /// Those of this learner.
    pub learner: Option<LearnerId>,
    /// Those of components of this programme.
    pub programme: Option<ProgrammeId>,
    /// Those of this component.
    pub component: Option<ComponentId>,
    /// Whether changes of progress are listed, too.
    pub with_progress: bool,
}

/// Where a list of changes goes on: at a commit of a learner's plan, after some of its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangesPlace {
    /// The learner.
    pub learner: LearnerId,
    /// The version that the commit made.
    pub version: Version,
    /// How many of its changes were listed.
    pub skip: usize,
}

/// A part of a list of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The changes.
    pub items: Vec<Change>,
    /// For each of them, where the list goes on behind it.
    pub places: Vec<ChangesPlace>,
    /// Where the list goes on; none at its end.
    pub next: Option<ChangesPlace>,
}

/// What a commit did to a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentChange {
    /// The component was added.
    Added,
    /// The component was removed.
    Removed,
    /// Its due date was set, moved or cleared; other attributes may have changed, too.
    DueDateMoved,
    /// Other attributes changed.
    Updated,
    /// Only its progress changed.
    Progress,
}

/// A change of a component by one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The version of the plan that the commit made.
    pub version: Version,
    /// Its position in the log.
    pub position: Position,
    /// When it was recorded.
    pub at: Recorded,
    /// Who sent the command.
    pub by: Actor,
    /// The sync that made it.
    pub sync: Option<SyncId>,
    /// The component.
    pub component: ComponentId,
    /// Its name, or its last one.
    pub name: Personal,
    /// What it is.
    pub kind: Kind,
    /// What happened.
    pub change: ContentChange,
    /// The attributes that changed, of a component that was there before and after.
    pub attributes: AttributeSet,
    /// The due date before, if it differs.
    pub due_date_before: Option<Value>,
    /// The due date after, if it differs.
    pub due_date_after: Option<Value>,
    /// The reason that was given for the due date, here or at the first source.
    pub reason: Option<Personal>,
    /// The commit at the source for which the reason was given.
    pub reason_from: Option<Origin>,
    /// What differs before and after the commit. Its calendar tasks are not those of a synchronisation.
    pub step: ComponentStep,
}

/// What was found, before it is known who did it.
struct Found {
    place: ChangesPlace,
    step: ComponentStep,
    kind: Kind,
}

/// One request: what it found, and how much more it may do.
struct Search<'r> {
    reading: &'r Reading<'r>,
    query: &'r ChangesQuery,
    take: usize,
    found: Vec<Found>,
    budget: u64,
}

impl Reading<'_> {
    /// `audit.changes`: `not_permitted`, `learner_not_available`; `invalid_request` for a period that ends
    /// before it begins.
    pub fn audit_changes(
        &self,
        query: &ChangesQuery,
        after: Option<ChangesPlace>,
        take: usize,
    ) -> Result<Changes, Refusal> {
        self.check_reference_reader()?;
        if let Some(learner) = query.learner {
            self.learner_seen(learner)?;
        }
        if query.to < query.from {
            let problem = "the period ends before it begins; give a later time";
            return Err(Rejection::invalid("to_time", problem).into());
        }
        if let Some(place) = after.filter(|place| self.sees_learner(place.learner)) {
            let current = self.tenant().plans().version(place.learner);
            check_version(current, place.version, "after")?;
        }
        let mut search = Search {
            reading: self,
            query,
            take,
            found: Vec::new(),
            budget: COMMITS_MAX,
        };
        let next = search.run(after)?;
        let mut origins = Origins::new(self);
        let (mut items, mut places) = (Vec::new(), Vec::new());
        for found in search.found {
            places.push(ChangesPlace {
                skip: found.place.skip + 1,
                ..found.place
            });
            items.push(shown(found, &mut origins)?);
        }
        Ok(Changes {
            items,
            places,
            next,
        })
    }
}

impl Search<'_> {
    /// Searches plan by plan, from a place on. Returns where to go on.
    fn run(&mut self, after: Option<ChangesPlace>) -> Result<Option<ChangesPlace>, Refusal> {
        let wanted = self.query.learner;
        let first = after.map(|place| place.learner).max(wanted);
        let first = first.unwrap_or(LearnerId::from_uuid(Uuid::nil()));
        let reading = self.reading;
        let learners = reading.tenant().learners_from(first);
        let learners =
            learners.take_while(|learner| wanted.is_none_or(|wanted| *learner <= wanted));
        for learner in learners {
            if self.reading.learner_seen(learner).is_err() {
                continue;
            }
            let begin = after.filter(|place| place.learner == learner);
            let begin = begin.unwrap_or(ChangesPlace {
                learner,
                version: Version::ZERO,
                skip: 0,
            });
            if self.budget < PLAN_COST || self.found.len() >= self.take {
                return Ok(Some(begin));
            }
            self.budget -= PLAN_COST;
            if let Some(next) = self.plan(begin)? {
                return Ok(Some(next));
            }
        }
        Ok(None)
    }

    /// Searches one plan from a place on.
    fn plan(&mut self, begin: ChangesPlace) -> Result<Option<ChangesPlace>, Refusal> {
        let Some((low, high)) = self.period(begin.learner)? else {
            return Ok(None);
        };
        let low = low.max(begin.version.before());
        if low >= high {
            return Ok(None);
        }
        let mut replay = PlanReplay::begin(self.reading, begin.learner, low);
        self.spend(replay.plan().version(), low);
        replay.go(low)?;
        while replay.plan().version() < high {
            let version = replay.plan().version();
            let next = Version::new(version.get().saturating_add(PASS_COUNT)).min(high);
            self.spend(version, next);
            replay.pass(next, |step, _, _| {
                self.commit(step, begin);
                Ok(())
            })?;
            if self.found.len() > self.take {
                // One more than is wanted was found: it is the first of the next part.
                let next = self.found.get(self.take).map(|found| found.place);
                self.found.truncate(self.take);
                return Ok(next);
            }
            if self.budget == 0 && next < high {
                return Ok(Some(ChangesPlace {
                    learner: begin.learner,
                    version: next.next(),
                    skip: 0,
                }));
            }
        }
        Ok(None)
    }

    fn spend(&mut self, from: Version, to: Version) {
        let count = u64::from(to).saturating_sub(u64::from(from));
        self.budget = self.budget.saturating_sub(count);
    }

    /// The versions of a plan before the period and at its end, if it changed in between.
    fn period(&self, learner: LearnerId) -> Result<Option<(Version, Version)>, Refusal> {
        let stream = Stream::Plan(learner);
        let last = self.reading.tenant().version_of(&stream);
        if last == 0 || self.reading.commit(&stream, last)?.at() < self.query.from {
            return Ok(None);
        }
        let before = |time: Recorded| {
            let time = Recorded::new(time.get().saturating_sub(1));
            self.reading.version_at_time(&stream, time)
        };
        let (low, high) = (before(self.query.from)?, before(self.query.to)?);
        let versions = (Version::of_stream(low), Version::of_stream(high));
        Ok((low < high).then_some(versions))
    }

    /// Adds what a commit changed of the content that is asked for.
    fn commit(&mut self, step: &PlanStep<'_>, begin: ChangesPlace) {
        if self.found.len() > self.take {
            return;
        }
        let version = step.after.version();
        let first = if version == begin.version {
            begin.skip
        } else {
            0
        };
        let touched = step.touched().into_iter().filter_map(|touched| {
            let component = touched.component;
            let view = step.after.component(component);
            let kind = Kind::of(view.or_else(|| step.before.component(component))?);
            let is_asked = self.query.component.is_none_or(|one| one == component)
                && self.query.programme.is_none_or(|one| one == kind.programme);
            let witness = Witness::Hand {
                has_case_owner: false,
            };
            let done = is_asked.then(|| step.of_component(touched, witness))?;
            let is_content = done.change != ChangeKind::Updated || !done.attributes.is_empty();
            let is_progress = self.query.with_progress && is_progress(&done);
            (is_content || is_progress).then_some((done, kind))
        });
        let found = touched.enumerate().skip(first);
        let found = found.map(|(skip, (step, kind))| Found {
            place: ChangesPlace {
                learner: begin.learner,
                version,
                skip,
            },
            step,
            kind,
        });
        let found: Vec<_> = found.collect();
        self.found.extend(found);
    }
}

/// Whether status, evidence or review differ.
fn is_progress(step: &ComponentStep) -> bool {
    step.status.is_some() || step.evidence.is_some() || step.review.is_some()
}

fn shown(found: Found, origins: &mut Origins<'_>) -> Result<Change, Refusal> {
    let Found { place, step, kind } = found;
    let ChangesPlace {
        learner, version, ..
    } = place;
    let component = step.component;
    let due_date = step.attributes.iter();
    let due_date = due_date.filter(|one| one.attribute == Attribute::DueDate);
    let mut due_date = due_date.filter(|one| one.before != one.after);
    let due_date = due_date.next().cloned();
    let change = match step.change {
        ChangeKind::Created => ContentChange::Added,
        ChangeKind::Deleted => ContentChange::Removed,
        ChangeKind::Updated if due_date.is_some() => ContentChange::DueDateMoved,
        ChangeKind::Updated if step.attributes.is_empty() => ContentChange::Progress,
        ChangeKind::Updated => ContentChange::Updated,
    };
    let changed = step.attributes.iter().map(|one| one.attribute);
    let is_moved = due_date.is_some() && change != ContentChange::Removed;
    let field = if is_moved {
        Field::Attribute(Attribute::DueDate)
    } else {
        Field::Component
    };
    let mut causes = origins
        .of(learner, version, (component, field))?
        .into_iter();
    let own = causes.next();
    let own = own.ok_or_else(|| Refusal::internal("a commit without an origin"))?;
    let reasoned = causes.find(|cause| cause.reason.is_some());
    let reasoned = reasoned.filter(|_| is_moved && own.reason.is_none());
    let given = reasoned.as_ref().or(Some(&own).filter(|_| is_moved));
    Ok(Change {
        learner,
        version,
        position: own.position,
        at: own.at,
        by: own.by.clone(),
        sync: own.sync.as_ref().map(|sync| sync.sync),
        component,
        name: step.name.clone(),
        kind,
        change,
        attributes: if step.change == ChangeKind::Updated {
            changed.collect()
        } else {
            AttributeSet::EMPTY
        },
        reason: given.and_then(|given| given.reason.clone()),
        reason_from: reasoned,
        due_date_before: due_date.as_ref().map(|one| one.before.clone()),
        due_date_after: due_date.map(|one| one.after),
        step,
    })
}
