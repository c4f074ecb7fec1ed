//! The filters of an export: as they are typed, and as they are asked for.

use std::str::FromStr;

use clap::Args;
use plansync_domain::ids::{LearnerId, ProgrammeId, SyncId};
use plansync_protocol::Time;

use crate::caller::Caller;
use crate::commands::audit::point::Moment;
use crate::exit::NotUnderstood;
use crate::names::Lookup;

/// Filters. A commit must pass every one that is given.
#[derive(Debug, Clone, Args)]
pub(crate) struct FilterArguments {
    /// Only this learner: changes of the learner's plan and data, open records, and what synchronisations did to the
    /// plan or replayed from it. Nothing of other learners but the names to which this refers.
    #[arg(long)]
    learner: Option<String>,
    /// Only this programme: its template, its synchronisations, and changes of its components.
    #[arg(long)]
    programme: Option<String>,
    /// Only this synchronisation, by id or the beginning of it.
    #[arg(long)]
    sync: Option<String>,
    /// Only what was recorded on this day or later, or at this time or later. Days are in UTC.
    #[arg(long, value_name = "DAY|TIME")]
    from: Option<Moment>,
    /// Only what was recorded up to the end of this day, or before this time. Plans, learners and all other records are
    /// as they were then.
    #[arg(long, value_name = "DAY|TIME")]
    until: Option<Moment>,
}

/// What is wanted.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    pub(super) learner: Option<LearnerId>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) sync: Option<SyncId>,
    pub(super) from: Option<Time>,
    /// Before this.
    pub(super) until: Option<Time>,
}

impl FilterArguments {
    /// Finds out who and what is meant.
    pub(super) async fn resolve(&self, caller: &Caller) -> anyhow::Result<Selection> {
        let selection = Selection {
            learner: one(self.learner.as_deref(), || Lookup::learners(caller)).await?,
            programme: one(self.programme.as_deref(), || Lookup::programmes(caller)).await?,
            sync: one(self.sync.as_deref(), || Lookup::syncs(caller)).await?,
            from: self.from.map(Moment::first),
            until: self.until.map(Moment::end),
        };
        if let (Some(from), Some(until)) = (selection.from, selection.until)
            && until <= from
        {
            let problem = "the period ends before it begins; give a later `--until`";
            return Err(NotUnderstood(problem.to_owned()).into());
        }
        Ok(selection)
    }
}

async fn one<'a, T: FromStr>(
    given: Option<&str>,
    lookup: impl FnOnce() -> Lookup<'a>,
) -> anyhow::Result<Option<T>> {
    let Some(given) = given else { return Ok(None) };
    let id = lookup().one(given).await?;
    let id = id
        .parse()
        .map_err(|_| NotUnderstood(format!("`{given}` is no id and no name that is known")))?;
    Ok(Some(id))
}

impl Selection {
    /// Whether only a part of the log is wanted.
    pub(super) fn is_part(&self) -> bool {
        self.learner.is_some()
            || self.programme.is_some()
            || self.sync.is_some()
            || self.from.is_some()
    }
}
