//! The replay of one part: every commit is folded in the order of the log, and only the plans of the part stay in
//! memory.

use plansync_domain::ids::version::Version;
use plansync_domain::state::fetch::PlanCommit;
use plansync_log::{Incarnation, Sequenced, Tip};

use super::check::{Check, CheckError, Checked, Part, Watch, go_on, plan_of};
use super::difference::{Difference, DifferenceKind, Place};
use super::indexes::{Lookups, earlier};
use super::plans::Loaded;
use super::{plans, tenants};
use crate::recorded::commit::{decided, past_plan};
use crate::recorded::open_error::OpenError;
use crate::state::State;

/// Commits read from the log at a time.
const READ_COUNT: usize = 4_096;

/// The replay of a log with the plans of one part.
pub(super) struct PartReplay<'a> {
    check: &'a Check,
    part: Part,
    state: State,
    tip: Tip,
    lookups: Lookups,
    loaded: Loaded,
}

impl Check {
    /// Checks one part. The result is the first difference that it finds, or what it compared.
    ///
    /// # Errors
    ///
    /// [`CheckError`] if it could not be completed.
    pub fn part(
        &self,
        number: u32,
        watch: &mut Watch<'_>,
    ) -> Result<Result<Checked, Difference>, CheckError> {
        let part = Part {
            number,
            count: self.parts(),
        };
        PartReplay::new(self, part).run(watch)
    }
}

impl<'a> PartReplay<'a> {
    pub(super) fn new(check: &'a Check, part: Part) -> Self {
        Self {
            check,
            part,
            state: State::new(),
            tip: Tip::empty(check.log.tip().log, Incarnation::FIRST),
            lookups: Lookups::default(),
            loaded: Loaded::default(),
        }
    }

    /// Replays the log up to the position of the engine's state, and compares.
    pub(super) fn run(
        mut self,
        watch: &mut Watch<'_>,
    ) -> Result<Result<Checked, Difference>, CheckError> {
        let log = self.check.log.as_ref();
        let end = self.check.end();
        while self.state.position() < end {
            let position = self.state.position();
            go_on(watch, position)?;
            let left = usize::try_from(end.get() - position.get()).unwrap_or(usize::MAX);
            let next = position.next();
            let commits = log
                .read(next, left.min(READ_COUNT))
                .map_err(OpenError::from)?;
            if commits.is_empty() {
                return Err(OpenError::Gap { position: next }.into());
            }
            for commit in &commits {
                if let Some(difference) = self.commit(commit)? {
                    // What is not looked up yet may differ earlier.
                    let before = self.lookups.check(log).map_err(OpenError::from)?;
                    return Ok(Err(
                        earlier(before, Some(difference.clone())).unwrap_or(difference)
                    ));
                }
            }
            if self.lookups.are_many()
                && let Some(difference) = self.lookups.check(log).map_err(OpenError::from)?
            {
                return Ok(Err(difference));
            }
        }
        go_on(watch, end)?;
        self.compare(watch)
    }

    /// Looks up and folds one commit.
    fn commit(&mut self, commit: &Sequenced) -> Result<Option<Difference>, CheckError> {
        let position = commit.position();
        let envelope = |source| OpenError::Envelope { position, source };
        let skim = commit.skim().map_err(envelope)?;
        let stream = skim.stream();
        if self.part.is_first() {
            if !self.tip.precedes(commit) {
                return Ok(Some(Difference {
                    kind: DifferenceKind::Chain,
                    what: "the commit does not follow from those before it".to_owned(),
                    place: Some(Place::of(stream, skim.version.get(), position)),
                }));
            }
            self.tip = self.tip.after(commit);
        }
        if self.part.has_stream(&stream)
            && let Some(difference) = self.lookups.add_to_stream(&skim, &stream, position)
        {
            return Ok(Some(difference));
        }
        if self.part.has(skim.command.id.as_u128()) {
            self.lookups.add_command(&skim, &stream, position);
        }
        let plan = plan_of(&stream);
        let is_of_another = plan.is_some_and(|plan| !self.part.has_plan(plan));
        let decided = if is_of_another {
            past_plan(commit, &self.check.keys)?
        } else {
            decided(commit, &self.check.keys)?
        };
        let fold = if is_of_another {
            State::fold_past_plans
        } else {
            State::fold
        };
        let version = (&decided.stream, decided.commit.proposal.version.get());
        let place = (position, decided.commit.at);
        let (tenant, actor) = (&decided.tenant, &decided.actor);
        fold(
            &mut self.state,
            place,
            tenant,
            version,
            actor,
            &decided.events,
        );
        let Some(learner) = plan.filter(|_| !is_of_another) else {
            return Ok(None);
        };
        let commit = PlanCommit {
            version: Version::of_stream(version.1),
            by: decided.actor,
            events: decided.events,
        };
        self.loaded
            .fold(self.check, &decided.tenant, (learner, position), &commit)
    }

    fn compare(mut self, watch: &mut Watch<'_>) -> Result<Result<Checked, Difference>, CheckError> {
        let log = self.check.log.as_ref();
        let first = self.lookups.check(log).map_err(OpenError::from)?;
        let of_streams = self.lookups.check_streams(log).map_err(OpenError::from)?;
        if let Some(difference) = earlier(first, of_streams) {
            return Ok(Err(difference));
        }
        if self.part.is_first()
            && let Some(difference) = tenants::compare(log, &self.state, &self.check.served)?
        {
            return Ok(Err(difference));
        }
        let plans = match plans::compare(self.check, self.part, (&self.state, self.loaded), watch)?
        {
            Ok(plans) => plans,
            Err(difference) => return Ok(Err(difference)),
        };
        Ok(Ok(Checked {
            commits: self.state.position().get(),
            plans,
            lookups: self.lookups.count,
        }))
    }
}
