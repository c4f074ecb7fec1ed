//! Which commits an actor may see: those about learners whom the actor sees today (P8), synchronisations that
//! the actor may read (P11), and the reference data that is about no learner. The outcome of a command is shown
//! to whoever may see the commit to which it led.

use plansync_domain::access::sync::may_read;
use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::AcceptedAnswer;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, SyncId};
use plansync_log::{Position, Sequenced};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::recorded::commit::Decided;

impl Reading<'_> {
    /// Whether the actor may see a commit of this tenant.
    pub(super) fn sees(&self, decided: &Decided) -> Result<bool, Refusal> {
        if self.sees_everybody() {
            return Ok(true);
        }
        if let Some(answer) = accepted(decided) {
            return self.sees_answered(answer, decided);
        }
        Ok(self.sees_itself(decided))
    }

    fn sees_answered(&self, answer: &AcceptedAnswer, decided: &Decided) -> Result<bool, Refusal> {
        let AcceptedAnswer::Commit(position) = answer else {
            return Ok(self.sees_itself(decided));
        };
        let led_to = self.commit_at(Position::new(position.get()))?;
        Ok(led_to.is_some_and(|led_to| self.sees_itself(&led_to)))
    }

    /// The same, of a commit that does not refer to another one.
    fn sees_itself(&self, decided: &Decided) -> bool {
        match &decided.stream {
            Stream::Tenant | Stream::Administrator(_) | Stream::Programme(_) | Stream::Engine => {
                true
            }
            Stream::Learner(learner) | Stream::Plan(learner) => self.sees_learner(*learner),
            Stream::Record(_) => record_of(decided).is_some_and(|of| self.sees_learner(of)),
            Stream::Sync(sync) => self.sees_sync(*sync),
            Stream::Target(_) => decided.events.iter().all(|event| {
                let Event::TargetReplayed(replayed) = event else {
                    return false;
                };
                self.sees_learner(replayed.learner) && self.sees_sync(replayed.sync)
            }),
            // It may be about anybody.
            Stream::Command(_) => decided.actor == *self.actor(),
        }
    }

    /// Whether the actor sees a learner (P8).
    pub fn sees_learner(&self, learner: LearnerId) -> bool {
        self.learner_seen(learner).is_ok()
    }

    pub(super) fn sees_sync(&self, sync: SyncId) -> bool {
        let state = self.tenant().sync(sync);
        state.is_some_and(|state| may_read(self.tenant(), self.actor(), state))
    }

    /// The commit of this tenant at a position that another commit names.
    pub fn decided_at(&self, position: Position) -> Result<Decided, Refusal> {
        let missing = || format!("the log has no commit of this tenant at position {position}");
        self.commit_at(position)?
            .ok_or_else(|| Refusal::damaged(missing()))
    }

    /// The commit of this tenant at a position, as far as this reading goes; `None` if there is none.
    pub(super) fn commit_at(&self, position: Position) -> Result<Option<Decided>, Refusal> {
        if position == Position::ZERO || position > self.position() {
            return Ok(None);
        }
        let decided = self.decoded(&self.sequenced_at(position)?)?;
        Ok(Some(decided).filter(|decided| decided.tenant == *self.tenant_id()))
    }

    /// The commit at a position of the log, of whichever tenant.
    pub(super) fn sequenced_at(&self, position: Position) -> Result<Sequenced, Refusal> {
        let commit = self.log().read(position, 1)?.into_iter().next();
        commit.ok_or_else(|| {
            Refusal::damaged(format!("the log has no commit at position {position}"))
        })
    }
}

fn accepted(decided: &Decided) -> Option<&AcceptedAnswer> {
    decided.events.iter().find_map(|event| {
        if let Event::CommandAccepted(accepted) = event {
            Some(&accepted.answer)
        } else {
            None
        }
    })
}

/// The learner whose record a commit is about.
pub(super) fn record_of(decided: &Decided) -> Option<LearnerId> {
    let event = decided.events.first()?;
    if let Event::RecordOpened(opened) = event {
        Some(opened.learner)
    } else if let Event::RecordResumed(resumed) = event {
        Some(resumed.learner)
    } else if let Event::RecordClosed(closed) = event {
        Some(closed.learner)
    } else {
        None
    }
}
