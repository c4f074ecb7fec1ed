//! The commits to which a command led, each with its cause. `audit.trace` lists them.
//!
//! Everything is found by index: the commit of the command by its id; of a sync, its stream and the ids that the
//! commits of its targets have; the outcome of a durable command by the same id in another scope.

use plansync_domain::event::Event;
use plansync_domain::ids::CommandId;
use plansync_domain::ids::stream::Stream;
use plansync_domain::progress::state::SyncState;
use plansync_log::{CommandKey, CommandScope, Position, Version};

use crate::audit::list::PAGE_BYTES_MAX;
use crate::audit::range::before;
use crate::call::Refusal;
use crate::reading::Reading;
use crate::recorded::commit::Decided;

/// A commit to which a command led.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Caused {
    pub(super) position: Position,
    /// The commit that led to it; `None` for the command's own.
    pub(super) cause: Option<Position>,
    /// How many commits are between it and the command.
    pub(super) depth: u32,
}

/// The same, with the commit.
#[derive(Debug, Clone, PartialEq)]
pub struct TracedCommit {
    /// The commit.
    pub decided: Decided,
    /// The position of the commit that led to it; `None` for the command's own.
    pub cause: Option<Position>,
    /// How many commits are between it and the command.
    pub depth: u32,
}

/// A part of the commits to which a command led.
#[derive(Debug, Clone, PartialEq)]
pub struct Traced {
    /// The commits.
    pub items: Vec<TracedCommit>,
    /// Where the list continues; `None` at its end.
    pub next: Option<Position>,
}

impl Reading<'_> {
    /// `audit.trace`, by position, for readers of reference data: `not_permitted`, and `invalid_request` for a
    /// position after the end of the log.
    pub fn audit_trace(
        &self,
        command: CommandId,
        after: Option<Position>,
        limit: usize,
    ) -> Result<Traced, Refusal> {
        self.check_reference_reader()?;
        if let Some(after) = after {
            self.check_position("after", after)?;
        }
        let all = self.caused_by(command)?;
        let last = all.last().map(|last| last.position);
        let after = after.unwrap_or(Position::ZERO);
        let mut traced = Traced {
            items: Vec::new(),
            next: None,
        };
        let mut bytes = 0_usize;
        for caused in all.into_iter().filter(|caused| caused.position > after) {
            let decided = self.commit_at(caused.position)?;
            let Some(decided) = decided else { continue };
            if !self.sees(&decided)? {
                continue;
            }
            let events = &decided.commit.proposal.events;
            bytes += events.iter().map(|event| event.body.len()).sum::<usize>();
            traced.items.push(TracedCommit {
                decided,
                cause: caused.cause,
                depth: caused.depth,
            });
            if traced.items.len() >= limit || bytes >= 16 * PAGE_BYTES_MAX {
                traced.next = Some(caused.position).filter(|position| Some(*position) != last);
                break;
            }
        }
        Ok(traced)
    }

    /// The commits to which a command led, by position. The command may also be one whose id the engine derived.
    pub(super) fn caused_by(&self, command: CommandId) -> Result<Vec<Caused>, Refusal> {
        let mut caused = Vec::new();
        let own = self.of_command(CommandScope::Client, command)?;
        if let Some(position) = own {
            caused.push(Caused {
                position,
                cause: None,
                depth: 0,
            });
            caused.extend(self.effects_of(position)?.into_iter().map(|effect| Caused {
                position: effect,
                cause: Some(position),
                depth: 1,
            }));
        }
        if let Some(position) = self.of_command(CommandScope::Outcome, command)? {
            caused.push(Caused {
                position,
                cause: own,
                depth: u32::from(own.is_some()),
            });
        }
        if let Some(position) = self.of_command(CommandScope::Engine, command)? {
            caused.push(Caused {
                position,
                cause: None,
                depth: 0,
            });
        }
        caused.sort_unstable();
        caused.dedup_by_key(|caused| caused.position);
        caused.retain(|caused| caused.position <= self.position());
        Ok(caused)
    }

    /// The positions of the commits to which the commit of a client's command led, without the outcome of a
    /// durable command.
    pub(super) fn effects_of(&self, position: Position) -> Result<Vec<Position>, Refusal> {
        let Some(decided) = self.commit_at(position)? else {
            return Ok(Vec::new());
        };
        match decided.events.first() {
            Some(Event::SyncAccepted(accepted)) => {
                let Some(sync) = self.tenant().sync(accepted.sync) else {
                    return Ok(Vec::new());
                };
                let mut positions = self.commits_of_sync(sync)?;
                positions.retain(|one| *one != position);
                Ok(positions)
            }
            // Another record was closed to make room for this one, by the commit before.
            Some(Event::RecordOpened(_)) => {
                let closed = self.commit_at(before(position))?;
                let cause = decided.commit.proposal.cause.correlation;
                let closed = closed.filter(|closed| {
                    closed.commit.proposal.cause.correlation == cause
                        && matches!(closed.events.as_slice(), [Event::RecordClosed(_)])
                });
                Ok(closed.iter().map(|closed| closed.commit.position).collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The positions of all commits of a sync: its chunks, its acceptance, its targets and its end.
    pub(super) fn commits_of_sync(&self, sync: &SyncState) -> Result<Vec<Position>, Refusal> {
        let stream = self.stream(&Stream::Sync(sync.id()));
        let mut positions = Vec::new();
        for version in 1..=sync.facts().accepted_version + 1 {
            positions.extend(self.log().locate(&stream, Version::new(version))?);
        }
        for (target, is_done) in self.targets(sync)?.iter() {
            // The state knows which targets of a running sync are done; those of an ended one are all looked for.
            if is_done {
                positions.extend(self.target_position(sync, target)?);
            }
        }
        positions.retain(|position| *position <= self.position());
        positions.sort_unstable();
        Ok(positions)
    }

    /// The position of the commit of a command.
    pub(super) fn of_command(
        &self,
        scope: CommandScope,
        command: CommandId,
    ) -> Result<Option<Position>, Refusal> {
        let key = CommandKey {
            scope,
            id: *command.as_uuid(),
        };
        Ok(self.log().command(self.tenant_id().as_str(), key)?)
    }
}
