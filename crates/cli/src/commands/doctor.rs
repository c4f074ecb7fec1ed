//! `plansync doctor`: checks the installation, and says of each point what is right, what is wrong and what to do.
//!
//! Facts are gathered first, each within a time of its own and side by side, and all within `ALL_WITHIN`; what is not there
//! does not keep the others from being gathered. Then each file judges some of them. Nothing is changed, and nothing is published that anybody
//! acts on.
//!
//! | file | contents |
//! | --- | --- |
//! | `check` | a check and its result; the sections of the runbook |
//! | `name` | the names of all checks |
//! | `report` | how the results are shown |
//! | `aside` | work that may wait for a disk |
//! | `asking` | what is asked of the NATS server and the engine |
//! | `unanswered` | what to do where there is no answer |
//! | `connecting`, `certificates`, `server`, `streams`, `permissions`, `engine`, `clock` | what that means |
//! | `folder`, `files` | the data folder, and who may read its files |
//! | `process` | open files and temporary files |
//! | `files_of_settings`, `variables` | the settings files, and the variables of settings |

mod aside;
mod asking;
mod certificates;
mod check;
mod clock;
mod connecting;
mod engine;
mod files;
mod files_of_settings;
mod folder;
mod name;
mod permissions;
mod process;
mod report;
mod server;
mod streams;
mod unanswered;
mod variables;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tokio::time::Instant;

use crate::asking::name as subject_name;
use crate::connecting::EitherConnectionArguments;
use crate::erasure_key::ErasureKeyArguments;
use crate::exit::{Exit, NotUnderstood};
use crate::output::Output;
use crate::settings::setting;
use asking::{Asked, Who};
use check::Check;
use folder::FolderFound;
use name::Name;

/// How long everything may take; what is not known by then is not waited for. The program may need another second to end.
const ALL_WITHIN: Duration = Duration::from_secs(9);

/// Check the installation, and show what is wrong and what to do.
#[derive(Debug, Args)]
#[command(after_help = "\
It checks the NATS server and its limits, the streams, what this NATS user may
do, the engine, clocks, the data folder, open and temporary files, the settings
files, and the variables of this shell that are settings. What is wrong comes
first, with what to do and the section of docs/runbook.md about it. It takes ten
seconds at most, and changes nothing; the engine may be running or not.

Run it as the engine's NATS user, on the machine of the engine, as root or as
the user of the engine: then everything can be checked. With `--tenant` and
`--as`, it checks what a client needs that acts as this actor.

The exit code is 0 if all is well or there are only warnings, and 1 if something
is wrong.

With `--output json`, it prints
{\"checks\": [{\"check\", \"state\", \"message\", \"advice\", \"runbook\"}]}. `state` is `ok`,
`warning`, `wrong` or `not_checked`; `advice` and `runbook` are null if it is `ok`.
A check that finds several faults is there several times. Fields, checks and
sections may be added.

Examples:
  plansync doctor
  plansync doctor --data /var/lib/plansync
  plansync doctor --tenant northgate --as alice
  plansync doctor --output json | jq '.checks[] | select(.state == \"wrong\")'")]
pub(crate) struct Doctor {
    /// Data folder of the engine, which may be running.
    #[arg(long, env = "PLANSYNC_DATA", value_name = "FOLDER", add = setting("engine.data"))]
    data: Option<PathBuf>,
    #[command(flatten)]
    erasure_key: ErasureKeyArguments,
    /// Tenant of the client that is checked; without `--as`, the tenant as whose `system` the engine is asked.
    #[arg(
        long,
        env = "PLANSYNC_TENANT",
        value_parser = subject_name,
        add = setting("client.tenant")
    )]
    tenant: Option<String>,
    /// Actor of the client that is checked; without it, what the engine needs is checked. Neither a variable nor a
    /// settings file gives it.
    #[arg(long = "as", value_name = "ACTOR", value_parser = subject_name)]
    actor: Option<String>,
    #[command(flatten)]
    connection: EitherConnectionArguments,
}

impl Doctor {
    /// `file` is the settings file that is named.
    pub(crate) async fn run(self, output: Output, file: Option<&Path>) -> anyhow::Result<Exit> {
        let who = self.who()?;
        let checks = Box::pin(self.checks(who, file)).await;
        report::show(output, &checks)?;
        Ok(if checks.iter().any(Check::is_wrong) {
            Exit::Wrong
        } else {
            Exit::Done
        })
    }

    fn who(&self) -> Result<Who<'_>, NotUnderstood> {
        match (&self.tenant, &self.actor) {
            (Some(tenant), Some(actor)) => Ok(Who::Actor { tenant, actor }),
            (None, Some(_)) => Err(NotUnderstood(
                "`--as` needs the tenant of the actor; add `--tenant`".to_owned(),
            )),
            (tenant, None) => Ok(Who::Engine {
                tenant: tenant.as_deref(),
            }),
        }
    }

    async fn checks(&self, who: Who<'_>, file: Option<&Path>) -> Vec<Check> {
        let end = Instant::now() + ALL_WITHIN;
        let connection = self.connection.clone();
        let is_client = who.is_client();
        let destination = move || {
            if is_client {
                connection.of_client()
            } else {
                connection.of_engine()
            }
        };
        // Each waits for others, and none for another one of them.
        let (asked, found, temporary, settings) = tokio::join!(
            asking::ask(destination, who, end),
            FolderFound::find(self.data.as_deref(), &self.erasure_key),
            process::temporary(),
            files_of_settings::checks(file)
        );
        let mut checks = Vec::new();
        match &asked {
            Ok(asked) => checks.extend(of_nats(asked, who, &found)),
            Err(check) => {
                checks.push(check.clone());
                checks.extend(Name::of_nats().map(|name| connecting::not_asked(name, check)));
            }
        }
        checks.push(clock::of_log(&found));
        checks.extend(found.checks);
        checks.extend(process::files(asked.as_ref().ok().and_then(Asked::status)));
        checks.push(temporary);
        checks.extend(settings);
        checks.extend(variables::checks());
        checks
    }
}

fn of_nats(asked: &Asked, who: Who<'_>, found: &FolderFound) -> Vec<Check> {
    let mut checks = vec![connecting::connected(asked)];
    checks.extend(certificates::checks(asked, who));
    checks.push(server::version(&asked.server));
    checks.extend(server::jetstream(asked, who));
    checks.push(server::flush(&asked.flush, who));
    let streams = streams::checks(asked, who, found.log.as_deref());
    let beside: Vec<_> = checks.iter().chain(&streams).chain(&found.checks).collect();
    let engine = engine::checks(asked, who, found.is_in_use, &beside);
    checks.extend(streams);
    checks.extend(permissions::checks(asked, who));
    checks.extend(engine);
    checks.push(clock::of_server(asked, who));
    checks
}
