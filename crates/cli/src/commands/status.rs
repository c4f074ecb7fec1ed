//! `plansync status`: how the engine stands, for people.

mod between;
mod screen;

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use clap::Args;
use crossterm::QueueableCommand as _;
use crossterm::cursor::MoveTo;
use crossterm::terminal::{Clear, ClearType};
use plansync_nats::{Examiner, NotPermitted};
use plansync_protocol::engine::EngineStatusRecord;
use serde_json::{Value, json};

use crate::ask_error::AskError;
use crate::asking;
use crate::caller::{Caller, CallerArguments};
use crate::connecting::ClientArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::printed_command::PrintedCommand;
use crate::reply::typed;
use crate::service::Service;
use crate::settings::setting;
use crate::signals::Signals;
use crate::source::Source;
use crate::terminal;
use crate::whole;
use screen::Screen;

/// The tenant in the subject of a request that is about no tenant.
const ANY_TENANT: &str = "any";
/// Only this actor may ask.
const SYSTEM: &str = "system";

/// Show whether the engine is ready, what is wrong, and what it has done.
#[derive(Debug, Args)]
#[command(after_help = "\
The NATS user must be permitted to send requests as `system` of the tenant;
whether the tenant exists does not matter.

The exit code is 0 if every part of the engine is ready, and 5 if one is not.
With `--watch`, it is 0 when you stop it with Ctrl-C.

Examples:
  plansync status
  plansync status --watch
  plansync status --output json | jq .problems")]
pub(crate) struct Status {
    // The first field, because the other ones are removed from the matches when they are read.
    #[command(flatten)]
    printed: PrintedCommand,
    /// Tenant as whose `system` the engine is asked [default: any, or that of a NATS user who may act as `system` of
    /// one tenant only, if the NATS server tells who the user is].
    #[arg(long, env = "PLANSYNC_TENANT", value_parser = asking::name, add = setting("client.tenant"))]
    tenant: Option<String>,
    /// Show it again and again, with what was done in between, until Ctrl-C.
    #[arg(long)]
    watch: bool,
    /// Seconds between two showings, 1 to 3,600.
    #[arg(
        long,
        default_value_t = 2,
        requires = "watch",
        value_parser = whole::within(1..=3_600_u64),
        value_name = "SECONDS"
    )]
    every: u64,
    #[command(flatten)]
    client: ClientArguments,
}

impl Status {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let (watches, every) = (self.watch, Duration::from_secs(self.every));
        let of = |tenant: String| {
            CallerArguments::of(self.printed, tenant, SYSTEM.to_owned(), self.client)
        };
        let caller = match self.tenant {
            Some(tenant) => of(tenant).open(output).await?,
            None => of_whom_it_may(of(ANY_TENANT.to_owned()), output).await?,
        };
        if watches {
            return watch(&caller, output, every).await;
        }
        let reply = ask(&caller).await?;
        let status: EngineStatusRecord = typed(&reply)?;
        output.reply(&reply, |_| {
            output::facts(&Screen::new(Paint::of_stdout()).whole(&status, None))
        })?;
        Ok(if status.ready {
            Exit::Done
        } else {
            Exit::Failed
        })
    }
}

/// The caller as `who`, whose tenant is any, if this NATS user may ask as such, or as `system` of the only tenant as which
/// it may.
async fn of_whom_it_may(mut who: CallerArguments, output: Output) -> anyhow::Result<Caller> {
    let caller = who.open(output).await?;
    let Err(AskError::NotPermitted(refused @ NotPermitted::Publish { .. })) = ask(&caller).await
    else {
        return Ok(caller);
    };
    let tenant = match caller.source() {
        Source::Service(service) => only_tenant(service).await,
        Source::View(_) => None,
    };
    who.tenant = tenant.ok_or_else(|| {
        anyhow::Error::from(AskError::from(refused)).context(
            "give the tenant as whose `system` this NATS user may ask, by `--tenant`, PLANSYNC_TENANT, or `tenant` in \
             [client] of a settings file",
        )
    })?;
    Ok(Caller::of(output, caller.source().clone(), who))
}

/// The tenant as whose `system` this NATS user may ask, if it is one only and the server tells it.
async fn only_tenant(service: &Service) -> Option<String> {
    let user = Examiner::over(service.connection().clone()).user().await;
    user.ok()?.only_tenant(SYSTEM).map(str::to_owned)
}

async fn ask(caller: &Caller) -> Result<Value, AskError> {
    caller.ask("engine.status", &json!({})).await
}

/// Shows the status until Ctrl-C. An engine that does not answer is asked again: it may be the very thing to watch for.
async fn watch(caller: &Caller, output: Output, every: Duration) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let mut before: Option<EngineStatusRecord> = None;
    loop {
        let asked = tokio::select! {
            asked = ask(caller) => asked,
            () = signals.asked_to_end() => return Ok(Exit::Done),
        };
        match asked {
            Ok(reply) => {
                let status: EngineStatusRecord = typed(&reply)?;
                output.reply(&reply, |_| {
                    let screen = Screen::new(Paint::of_stdout());
                    again(&screen.whole(&status, before.as_ref()))
                })?;
                before = Some(status);
            }
            Err(error) if output.is_for_people() => {
                again(&format!("{}\n", terminal::lines(&error.to_string())))?;
            }
            Err(error) => return Err(error.into()),
        }
        if output::is_unread() {
            return Ok(Exit::Done);
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = signals.asked_to_end() => return Ok(Exit::Done),
        }
    }
}

/// Shows a text in place of the one before, if the output is a terminal; otherwise below it.
fn again(text: &str) -> io::Result<()> {
    if io::stdout().is_terminal() {
        let mut stdout = io::stdout().lock();
        stdout.queue(Clear(ClearType::All))?.queue(MoveTo(0, 0))?;
        stdout.flush()?;
    }
    output::facts(text)
}
