//! The open record and the programme of a synchronisation.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::sync::programmes;
use crate::desk::{Desk, Limit};
use crate::names::Lookup;
use crate::records::{OpenRecord, RecordArguments};
use crate::reply::{items, text};

/// How the open record and the programme are said.
#[derive(Debug, Clone, Args)]
pub(super) struct PlaceArguments {
    #[command(flatten)]
    record: RecordArguments,
    /// Programme, by name or id (a unique part of the name or prefix of the id is enough) [default: the preselected programme].
    #[arg(long, value_name = "NAME|ID")]
    programme: Option<String>,
}

/// An open record and a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) session: Uuid,
    pub(super) programme: Uuid,
}

impl PlaceArguments {
    pub(super) async fn find(&self, desk: &Desk) -> anyhow::Result<Place> {
        let named = self.programme.as_deref().map(|it| Uuid::try_parse(it).ok());
        if let (Some(session), Some(Some(programme))) = (self.record.session(), named) {
            return Ok(Place { session, programme });
        }
        let OpenRecord { session, .. } = self.record.find(desk).await?;
        let programme = match (&self.programme, named) {
            (_, Some(Some(programme))) => programme,
            (Some(name), _) => programmes::named(desk, session, name).await?,
            (None, _) => programmes::preselected(desk, session).await?,
        };
        Ok(Place { session, programme })
    }
}

impl Place {
    /// The components that can be chosen here.
    pub(super) fn components(self, desk: &Desk) -> Lookup<'_> {
        Lookup::components(desk, self.session, self.programme)
    }

    /// The learners who can be chosen here.
    pub(super) fn targets(self, desk: &Desk) -> Lookup<'_> {
        Lookup::targets(desk, self.session, self.programme)
    }

    /// The ids of the tutors of the learners who can be chosen here.
    pub(super) async fn tutors(self, desk: &Desk) -> anyhow::Result<BTreeSet<String>> {
        let body = json!({
            "session": self.session, "programme": self.programme, "field": "tutor",
        });
        let all = desk
            .read("sync.filters", &body, "items", Limit::All)
            .await?;
        let ids = items(&all, "items").iter().map(|one| text(one, "value"));
        Ok(ids.map(str::to_owned).collect())
    }
}

/// The id in a reply's field.
pub(super) fn id(reply: &Value, field: &str) -> anyhow::Result<Uuid> {
    Ok(text(reply, field).parse()?)
}
