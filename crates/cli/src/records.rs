//! Options that choose one of the actor's open records.

use clap::Args;
use plansync_domain::ids::LearnerId;
use plansync_protocol::record::{Record, RecordPage};
use serde_json::json;
use uuid::Uuid;

use crate::caller::{Caller, Limit};
use crate::exit::NotUnderstood;
use crate::names::{self, Kind, Lookup, Names};
use crate::reply::{minute, typed};
use crate::{shell, terminal};

/// Options for an open record.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RecordArguments {
    /// Record session, by id or a unique prefix of it [default: your only open record].
    #[arg(long, conflicts_with = "learner", value_name = "ID")]
    session: Option<String>,
    /// Learner whose record you have open, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(long, value_name = "NAME|ID")]
    learner: Option<String>,
}

/// The same options, with the learner as an argument without an option name.
#[derive(Debug, Clone, Args)]
pub(crate) struct RecordOf {
    /// Learner whose record you have open, by name or id (a unique part of the name or prefix of the id is enough) [default: your only open record].
    #[arg(id = "of", value_name = "LEARNER", conflicts_with_all = ["session", "learner"])]
    of: Option<String>,
    #[command(flatten)]
    record: RecordArguments,
}

impl RecordOf {
    /// As options.
    pub(crate) fn arguments(self) -> RecordArguments {
        RecordArguments {
            learner: self.of.or(self.record.learner),
            ..self.record
        }
    }
}

/// A record that the actor has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenRecord {
    pub(crate) session: Uuid,
    pub(crate) learner: Uuid,
}

impl RecordArguments {
    /// The session, where its whole id was given.
    pub(crate) fn session(&self) -> Option<Uuid> {
        Uuid::try_parse(self.session.as_deref()?).ok()
    }

    /// Finds it among the actor's open records.
    pub(crate) async fn find(&self, caller: &Caller) -> anyhow::Result<OpenRecord> {
        let open = open_records(caller).await?;
        let meant: Vec<_> = match (&self.session, &self.learner) {
            (Some(session), _) => {
                let session = session.to_lowercase();
                let begins = |record: &&Record| record.session.to_string().starts_with(&session);
                open.iter().filter(begins).collect()
            }
            (None, Some(learner)) => {
                let learner = learner_with_open_record(caller, learner, &open).await?;
                let is_theirs = |record: &&Record| record.learner.to_string() == learner;
                open.iter().filter(is_theirs).collect()
            }
            (None, None) => open.iter().collect(),
        };
        match *meant {
            [record] => Ok(OpenRecord {
                session: *record.session.as_uuid(),
                learner: *record.learner.as_uuid(),
            }),
            [] => Err(self.none(caller, &open).await?),
            [..] => {
                let what =
                    "there are several open records; choose one with `--learner` or `--session`";
                let listed = listed(caller, &meant).await?;
                Err(NotUnderstood(format!("{what}:\n{listed}")).into())
            }
        }
    }

    async fn none(&self, caller: &Caller, open: &[Record]) -> anyhow::Result<anyhow::Error> {
        let what = match (&self.session, &self.learner) {
            (Some(session), _) => format!(
                "you have no open record with the session {}",
                terminal::line(session)
            ),
            (None, Some(learner)) => {
                let open_it = shell::argument(learner);
                let open_it = caller.printed().command("record open", &open_it);
                let learner = terminal::line(learner);
                format!("you have no open record of learner {learner}; to open it:\n  {open_it}")
            }
            (None, None) => format!(
                "you have no open record; open one with `record open` and the name of a learner. To list learners:\n  \
                 {}",
                caller.printed().command("learner list", "")
            ),
        };
        let open: Vec<_> = open.iter().collect();
        Ok(NotUnderstood(if open.is_empty() {
            what
        } else {
            format!(
                "{what}\nYour open records:\n{}",
                listed(caller, &open).await?
            )
        })
        .into())
    }
}

/// All records that the actor has open.
pub(crate) async fn open_records(caller: &Caller) -> anyhow::Result<Vec<Record>> {
    let body = json!({});
    let open = caller
        .read("record.list", &body, "items", Limit::All)
        .await?;
    Ok(typed::<RecordPage>(&open)?.items)
}

/// The names of these learners.
pub(crate) async fn names_of(
    caller: &Caller,
    learners: impl IntoIterator<Item = LearnerId>,
) -> anyhow::Result<Names> {
    let ids = learners.into_iter().map(|learner| learner.to_string());
    let learners = Lookup::learners(caller).only(ids.collect());
    let mut names = Names::default();
    names.learn(&learners.all().await?, Kind::Learner);
    Ok(names)
}

/// Resolves a learner: one with an open record, if there is one with this name.
async fn learner_with_open_record(
    caller: &Caller,
    given: &str,
    open: &[Record],
) -> anyhow::Result<String> {
    let ids = open.iter().map(|record| record.learner.to_string());
    let among = Lookup::learners(caller).only(ids.collect());
    match among.one(given).await {
        Err(error) if names::is_unknown(&error) => Lookup::learners(caller).one(given).await,
        found => found,
    }
}

async fn listed(caller: &Caller, records: &[&Record]) -> anyhow::Result<String> {
    let names = names_of(caller, records.iter().map(|record| record.learner)).await?;
    let line = |record: &&Record| {
        format!(
            "  session {} of {}, opened {}",
            record.session,
            names.of(&record.learner.to_string()),
            minute(&record.opened_at.to_string())
        )
    };
    Ok(records.iter().map(line).collect::<Vec<_>>().join("\n"))
}
