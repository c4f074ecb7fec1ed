//! The latest closed sessions of a tenant and the reasons for closing them, so that an
//! administrator who continues a closed session is told why it is closed (C6).
//!
//! Their number is bounded; older ones are only in the log.

use serde::{Deserialize, Serialize};

use crate::ids::{AdministratorId, SessionId};

/// The number of closed sessions that are remembered for a tenant.
const CLOSINGS_MAX: usize = 1_024;

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// Its administrator closed it.
    Closed,
    /// Nobody used it for the tenant's idle hours.
    Idle,
    /// Its administrator opened one record more than the limit, and had not used this one for
    /// longest.
    Displaced,
    /// Its administrator opened the same record again, as this session.
    Replaced(SessionId),
}

impl SessionEnd {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Idle => "idle",
            Self::Displaced => "displaced",
            Self::Replaced(_) => "replaced",
        }
    }

    /// What happened and what to do: the part of a message after the session's id.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            Self::Closed => {
                "was closed; open the record again with `record.open`. The changes are kept on the plan, \
                 but are no longer recent changes"
            }
            Self::Idle => {
                "was closed because it was not used for the tenant's `record_idle_hours`; open the record \
                 again with `record.open`. The changes are kept on the plan, but are no longer recent \
                 changes: to synchronise them, select the components and all attributes"
            }
            Self::Displaced => {
                "was closed because you opened more records than you may have open at once, and it was \
                 unused for longest; open the record again with `record.open`. The changes are kept on the \
                 plan, but are no longer recent changes: to synchronise them, select the components and all \
                 attributes"
            }
            Self::Replaced(_) => {
                "was closed because you opened the same record again; continue in the session that replaced \
                 it (`details.replaced_by`). To continue an open session instead of replacing it, use \
                 `record.open` with `resume`"
            }
        }
    }
}

/// A closed session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Closing {
    session: SessionId,
    administrator: AdministratorId,
    end: SessionEnd,
}

/// The latest closed sessions of a tenant, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Closings {
    latest: imbl::Vector<Closing>,
}

impl Closings {
    pub(crate) fn note(
        &mut self,
        session: SessionId,
        administrator: AdministratorId,
        end: SessionEnd,
    ) {
        self.latest.push_back(Closing {
            session,
            administrator,
            end,
        });
        if self.latest.len() > CLOSINGS_MAX {
            self.latest.pop_front();
        }
    }

    /// Why a session of this administrator ended, if it is remembered.
    pub fn of(&self, session: SessionId, administrator: &AdministratorId) -> Option<SessionEnd> {
        let latest = self.latest.iter().rev();
        let mut own = latest.filter(|closing| closing.session == session);
        let closing = own.next()?;
        (closing.administrator == *administrator).then_some(closing.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{administrator, session};

    #[test]
    fn c6_the_latest_closings_are_remembered_for_those_whose_they_were() {
        let mut closings = Closings::default();
        let alice = administrator("alice");
        for number in 0..=CLOSINGS_MAX {
            let number = u128::try_from(number).unwrap();
            closings.note(session(number), alice.clone(), SessionEnd::Idle);
        }
        assert_eq!(closings.of(session(0), &alice), None);
        assert_eq!(closings.of(session(1), &alice), Some(SessionEnd::Idle));
        assert_eq!(closings.of(session(1), &administrator("bob")), None);
        assert_eq!(closings.latest.len(), CLOSINGS_MAX);
    }
}
