//! `audit.read`: every commit of the tenant from a position on, for programs.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::permission::PermissionReason;
use plansync_log::Position;

use crate::audit::list::{PAGE_BYTES_MAX, SCAN_COMMITS_MAX};
use crate::call::Refusal;
use crate::reading::Reading;
use crate::recorded::commit::Decided;

/// The commits that are read at once.
const AT_ONCE: usize = 1_024;

/// A part of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayPart {
    /// The commits of the tenant, in order.
    pub items: Vec<Decided>,
    /// The position to continue from.
    pub next: Position,
}

impl Reading<'_> {
    /// `audit.read`, for `system`: `not_permitted`; `invalid_request` for a position that is more than one after
    /// the end of the log, which has commits fewer than the reader has seen.
    pub fn audit_read(&self, from: Position, limit: usize) -> Result<ReplayPart, Refusal> {
        if self.actor().administrator().is_some() {
            return Err(Rejection::NotPermitted(PermissionReason::SystemOnly).into());
        }
        let tip = self.position();
        if from > tip.next() {
            let problem = format!(
                "the log ends at position {tip}, so it can be read from 1 to {}; a reader that was further has read \
                 commits that the log lost when a backup was restored, and must start again from 1",
                tip.next()
            );
            return Err(Rejection::invalid("from", problem).into());
        }
        let mut part = ReplayPart {
            items: Vec::new(),
            next: from.max(Position::FIRST),
        };
        let (mut looked_at, mut bytes) = (0, 0);
        while part.next <= tip && looked_at < SCAN_COMMITS_MAX {
            for commit in self.log().read(part.next, AT_ONCE.min(limit.max(1)))? {
                if commit.position() > tip || part.items.len() >= limit || bytes >= PAGE_BYTES_MAX {
                    return Ok(part);
                }
                part.next = commit.position().next();
                looked_at += 1;
                let skim = commit.skim().map_err(Refusal::internal)?;
                if skim.tenant == self.tenant_id().as_str() {
                    part.items.push(self.decoded(&commit)?);
                    bytes += commit.stored().len();
                }
            }
            if part.items.len() >= limit || bytes >= PAGE_BYTES_MAX {
                break;
            }
        }
        Ok(part)
    }
}
