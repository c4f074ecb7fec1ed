//! A history: who asked what, one step after another. It prints as what could be sent by hand.

use std::fmt;

use crate::ask::Ask;
use crate::request::{LearnerFilter, SyncRequest};
use plansync_domain::ids::{ProgrammeId, SessionId, SyncId};

/// One step.
#[derive(Debug, Clone)]
pub enum Step {
    /// A command. A sync is previewed before it is started.
    Ask(&'static str, Ask),
    /// A preview.
    Preview(&'static str, SyncRequest),
    /// A sync that confirms an earlier preview: of the last, the one before it, and so on.
    Confirm(&'static str, SyncId, SyncRequest, usize),
    /// The lists to choose from, and the recent changes.
    Look(&'static str, SessionId, ProgrammeId, LearnerFilter),
    /// So many hours pass, and what is idle by then is closed.
    Pass(u64),
    /// Every sync is worked off.
    Work,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = |value: serde_json::Result<String>| value.unwrap_or_default();
        match self {
            Self::Ask(actor, ask) => {
                let body = json(serde_json::to_string(ask));
                write!(f, "{actor:6} {} {body}", ask.operation())
            }
            Self::Preview(actor, request) => {
                let body = json(serde_json::to_string(request));
                write!(f, "{actor:6} sync.preview {body}")
            }
            Self::Confirm(actor, sync, request, back) => {
                let body = json(serde_json::to_string(request));
                write!(
                    f,
                    "{actor:6} sync.start {sync} {body}, confirming preview -{back}"
                )
            }
            Self::Look(actor, session, programme, filter) => {
                let filter = json(serde_json::to_string(filter));
                write!(f, "{actor:6} looks at {session}, {programme}, {filter}")
            }
            Self::Pass(hours) => write!(f, "({hours} hours pass)"),
            Self::Work => write!(f, "(all syncs are worked off)"),
        }
    }
}
