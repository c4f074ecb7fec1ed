//! Where a synchronisation begins: the open record, and the programme.

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::sync::desk::{Desk, Limit};
use crate::commands::sync::programmes;
use crate::exit::NotUnderstood;
use crate::reply::{items, minute, text};

/// How the open record and the programme are said.
#[derive(Debug, Clone, Args)]
pub(super) struct PlaceArguments {
    /// The record session; without it and `--learner`, your only open record.
    #[arg(long, conflicts_with = "learner")]
    session: Option<Uuid>,
    /// The learner whose record you have open.
    #[arg(long)]
    learner: Option<Uuid>,
    /// The programme: its id or its whole name; without it, the one that is preselected.
    #[arg(long, value_name = "ID|NAME")]
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
        if let (Some(session), Some(Some(programme))) = (self.session, named) {
            return Ok(Place { session, programme });
        }
        let record = self.record(desk).await?;
        let (session, learner) = (id(&record, "session")?, id(&record, "learner")?);
        let programme = match (&self.programme, named) {
            (_, Some(Some(programme))) => programme,
            (Some(name), _) => programmes::named(desk, session, learner, name).await?,
            (None, _) => programmes::preselected(desk, session, learner).await?,
        };
        Ok(Place { session, programme })
    }

    /// The open record that is meant.
    async fn record(&self, desk: &Desk) -> anyhow::Result<Value> {
        let body = json!({});
        let open = desk.read("record.list", &body, "items", Limit::All).await?;
        let is_meant = |record: &&Value| match (self.session, self.learner) {
            (Some(session), _) => text(record, "session") == session.to_string(),
            (None, Some(learner)) => text(record, "learner") == learner.to_string(),
            (None, None) => true,
        };
        let all = items(&open, "items");
        let meant: Vec<_> = all.iter().filter(is_meant).collect();
        match *meant {
            [record] => Ok(record.clone()),
            [] => Err(NotUnderstood(none_open(self.session, self.learner, all)).into()),
            [..] => Err(NotUnderstood(format!(
                "you have several records open; say which with `--session` or `--learner`:\n{}",
                listed(&meant)
            ))
            .into()),
        }
    }
}

fn none_open(session: Option<Uuid>, learner: Option<Uuid>, open: &[Value]) -> String {
    let what = match (session, learner) {
        (Some(session), _) => format!("record session {session} is not among your open records"),
        (None, Some(learner)) => format!("you have no open record of learner {learner}"),
        (None, None) => "you have no open record".to_owned(),
    };
    let how = "open one with `plansync request record.open '{\"learner\": \"…\"}'`";
    if open.is_empty() {
        return format!("{what}; {how}");
    }
    let open: Vec<_> = open.iter().collect();
    format!("{what}; {how}, or take one of these:\n{}", listed(&open))
}

fn listed(records: &[&Value]) -> String {
    let line = |record: &&Value| {
        format!(
            "  session {} of learner {}, opened {}",
            text(record, "session"),
            text(record, "learner"),
            minute(text(record, "opened_at"))
        )
    };
    records.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The id in a reply's field.
pub(super) fn id(reply: &Value, field: &str) -> anyhow::Result<Uuid> {
    Ok(text(reply, field).parse()?)
}
