//! `plansync erase`: erases a learner's name, the reasons given for their due dates, and the searches that found them.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use plansync_protocol::reference::LearnerRecord;
use serde_json::json;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::asking;
use crate::caller::CallerArguments;
use crate::commands::reference::{find, open_to_change};
use crate::confirmation::Confirmation;
use crate::connecting::ClientArguments;
use crate::erasure_key::ErasureKeyArguments;
use crate::erasures::{Erasure, ErasuresFile};
use crate::exit::{Exit, NotUnderstood};
use crate::offline::{Erased, Offline};
use crate::output::{self, Output};
use crate::printed_command::PrintedCommand;
use crate::reply::typed;
use crate::settings::setting;
use crate::terminal;

/// The actor who may erase.
const SYSTEM: &str = "system";

/// Erase a learner: the name, the reasons given for their due dates, and the searches that found them.
#[derive(Debug, Args)]
#[command(after_help = "\
It cannot be undone, so it is asked for first. The keys of the texts are destroyed, so that nobody can read
them in the log any more; the log stays unchanged and can be verified as before.
The plan stays, and can be read. Nothing about the learner can be changed any
more, and no synchronisation reaches the learner.

Copies outside of the data folder are yours to erase: backups of the keys, copies
that subscribers made (the event `learner.erased` tells them), and snapshots of
file systems. See docs/erasure.md.

A legal hold (`plansync learner hold`) keeps a learner from being erased.

With `--erasures`, a line with the ids of tenant and learner is added to a file,
with which `plansync restore --erasures` erases the learner again if a backup of
before has to be restored. Keep that file apart from the data folder.

Examples:
  plansync erase 'Ann Lee' --as system --erasures /var/backups/erasures.jsonl
  plansync erase 0190a1b2-0000-7000-8000-000000000001 --data FOLDER --yes")]
pub(crate) struct Erase {
    // The first field, because the other ones are removed from the matches when they are read.
    #[command(flatten)]
    printed: PrintedCommand,
    /// Learner, by id or whole name.
    learner: String,
    /// Data folder of an engine that is stopped; otherwise, the running engine is asked.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// File to which a line is added for the learner; it is created if it does not exist.
    #[arg(long, value_name = "FILE")]
    erasures: Option<PathBuf>,
    #[command(flatten)]
    erasure_key: ErasureKeyArguments,
    /// Tenant of the learner; may be omitted with `--data` if there is only one.
    #[arg(
        long,
        env = "PLANSYNC_TENANT",
        value_parser = asking::name,
        add = setting("client.tenant")
    )]
    tenant: Option<String>,
    /// Actor to work as; only `system` may erase.
    #[arg(
        long = "as",
        env = "PLANSYNC_ACTOR",
        value_name = "ACTOR",
        default_value = "system",
        value_parser = asking::name,
        add = setting("client.actor")
    )]
    actor: String,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    client: ClientArguments,
}

/// A learner who is to be erased, as the log has them now.
struct Found {
    erasure: Erasure,
    name: String,
    is_erased: bool,
}

impl Found {
    fn question(&self) -> String {
        let (name, id) = (terminal::line(&self.name), self.erasure.learner);
        format!("Erase {name} ({id})? This cannot be undone.")
    }
}

impl Erase {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let file = self
            .erasures
            .as_deref()
            .map(ErasuresFile::check)
            .transpose()?;
        let done = match self.data.clone() {
            Some(data) => self.in_folder(data, output).await?,
            None => self.over_nats(output).await?,
        };
        let Some((erasure, erased)) = done else {
            output::line("Nothing was changed.")?;
            return Ok(Exit::Declined);
        };
        if erased == Erased::Unknown {
            let told = format!(
                "the log has no learner {}; check the id and the tenant",
                erasure.learner
            );
            return Err(NotUnderstood(told).into());
        }
        if let Some(file) = file {
            file.append(&erasure)?;
        }
        if output.is_for_people() {
            output::sentences(match erased {
                Erased::Now => {
                    "Erased. The name, the reasons and the searches cannot be read any more; the plan can."
                }
                Erased::Before | Erased::Unknown => {
                    "The learner had been erased before; nothing was changed."
                }
            })?;
        } else {
            output.value(&json!({
                "tenant": erasure.tenant,
                "learner": erasure.learner,
                "erased": erased == Erased::Now,
            }))?;
        }
        Ok(Exit::Done)
    }

    /// Whether the learner is to be erased. Who was erased before is not asked for.
    async fn is_meant(
        confirmation: Confirmation,
        output: Output,
        found: &Found,
    ) -> anyhow::Result<bool> {
        Ok(found.is_erased || confirmation.given(output, &found.question()).await?)
    }

    async fn over_nats(self, output: Output) -> anyhow::Result<Option<(Erasure, Erased)>> {
        let missing = || NotUnderstood("give the tenant of the learner by `--tenant`".to_owned());
        let tenant = self.tenant.ok_or_else(missing)?;
        let caller = CallerArguments::of(self.printed, tenant.clone(), self.actor, self.client);
        let caller = open_to_change(&caller).await?;
        let learner = find::learner(&caller, &self.learner).await?;
        let asked = json!({ "learner": learner });
        let record: LearnerRecord = typed(&caller.ask("learner.get", &asked).await?)?;
        let found = Found {
            erasure: Erasure {
                tenant: tenant.parse()?,
                learner: record.learner,
            },
            name: record.name,
            is_erased: record.erased,
        };
        if self.learner.trim() != found.name && self.learner.trim().parse() != Ok(record.learner) {
            let (name, given) = (terminal::line(&found.name), terminal::line(&self.learner));
            let told = format!(
                "nothing was erased: `{given}` is not the whole name of {name} ({learner}); give the id or the whole name"
            );
            return Err(NotUnderstood(told).into());
        }
        if !Self::is_meant(self.confirmation, output, &found).await? {
            return Ok(None);
        }
        let body = json!({ "learner": learner, "command_id": Uuid::new_v4() });
        caller.ask("learner.erase", &body).await?;
        let erased = if found.is_erased {
            Erased::Before
        } else {
            Erased::Now
        };
        Ok(Some((found.erasure, erased)))
    }

    async fn in_folder(
        self,
        data: PathBuf,
        output: Output,
    ) -> anyhow::Result<Option<(Erasure, Erased)>> {
        if self.actor != SYSTEM {
            let told = format!(
                "only `system` may erase, and the folder was to be changed as `{}`; leave out `--as`",
                self.actor
            );
            return Err(NotUnderstood(told).into());
        }
        let confirmation = self.confirmation;
        let finding = spawn_blocking(move || {
            let key = self.erasure_key.read_for(&data)?;
            let offline = Offline::open(&data, key)?;
            let tenant = offline.tenant(self.tenant.as_deref())?;
            let learner = offline.learner(&tenant, &self.learner)?;
            let record = offline.record(&tenant, learner);
            let found = Found {
                erasure: Erasure { tenant, learner },
                is_erased: record.as_ref().is_none_or(String::is_empty),
                name: record.unwrap_or_default(),
            };
            anyhow::Ok((offline, found))
        });
        let (offline, found) = finding.await.context("erasing crashed")??;
        if !Self::is_meant(confirmation, output, &found).await? {
            spawn_blocking(move || offline.close()).await?;
            return Ok(None);
        }
        let erasing = spawn_blocking(move || {
            let erased = offline.erase(&found.erasure)?;
            offline.close();
            anyhow::Ok(Some((found.erasure, erased)))
        });
        erasing.await.context("erasing crashed")?
    }
}
