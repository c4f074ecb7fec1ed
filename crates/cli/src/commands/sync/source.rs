//! The open record and the programme of a synchronisation.

use std::collections::BTreeSet;

use clap::Args;
use plansync_protocol::sync::SyncFilterPage;
use serde_json::json;
use uuid::Uuid;

use crate::caller::{Caller, Limit};
use crate::commands::sync::programmes;
use crate::names::Lookup;
use crate::records::{OpenRecord, RecordArguments};
use crate::reply::typed;

/// Options for the open record and the programme.
#[derive(Debug, Clone, Args)]
pub(super) struct SyncSourceArguments {
    #[command(flatten)]
    record: RecordArguments,
    /// Programme, by name or id (a unique part of the name or prefix of the id is enough) [default: the preselected programme].
    #[arg(long, value_name = "NAME|ID")]
    programme: Option<String>,
}

/// An open record and a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SyncSource {
    pub(super) session: Uuid,
    pub(super) programme: Uuid,
}

impl SyncSourceArguments {
    pub(super) async fn find(&self, caller: &Caller) -> anyhow::Result<SyncSource> {
        let named = self.programme.as_deref().map(|it| Uuid::try_parse(it).ok());
        if let (Some(session), Some(Some(programme))) = (self.record.session(), named) {
            return Ok(SyncSource { session, programme });
        }
        let OpenRecord { session, .. } = self.record.find(caller).await?;
        let programme = match (&self.programme, named) {
            (_, Some(Some(programme))) => programme,
            (Some(name), _) => programmes::named(caller, session, name).await?,
            (None, _) => programmes::preselected(caller, session).await?,
        };
        Ok(SyncSource { session, programme })
    }
}

impl SyncSource {
    /// The components that can be chosen here.
    pub(super) fn components(self, caller: &Caller) -> Lookup<'_> {
        Lookup::components(caller, self.session, self.programme)
    }

    /// The learners who can be chosen here.
    pub(super) fn targets(self, caller: &Caller) -> Lookup<'_> {
        Lookup::targets(caller, self.session, self.programme)
    }

    /// The ids of the tutors of the learners who can be chosen here.
    pub(super) async fn tutors(self, caller: &Caller) -> anyhow::Result<BTreeSet<String>> {
        let body = json!({
            "session": self.session, "programme": self.programme, "field": "tutor",
        });
        let all = caller
            .read("sync.filters", &body, "items", Limit::All)
            .await?;
        let page: SyncFilterPage = typed(&all)?;
        Ok(page.items.into_iter().map(|one| one.value).collect())
    }
}
