//! `plansync sync` without a command: a wizard with one screen for each step of a synchronisation.
//!
//! Nothing is changed before the last question is confirmed, except that a record is opened if none was. The
//! wizard uses the same operations as the other commands, and prints the equivalent command at the end.

mod draft;
mod filters;
mod picker;
mod screen;
mod steps;
mod summary;
mod view;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, FromArgMatches};
use serde_json::{Value, json};
use uuid::Uuid;

use self::draft::Draft;
use self::screen::{Quit, Screen};
use self::view::View;
use crate::ask_error::AskError;
use crate::asking;
use crate::caller::{Caller, CallerArguments};
use crate::commands::sync::choice::typed_with;
use crate::commands::sync::following::follow;
use crate::commands::sync::start::{accepted, begin};
use crate::connecting::ClientArguments;
use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::printed_command::PrintedCommand;
use crate::prompt::can_be_asked;
use crate::reply::{number, text};
use crate::settings::setting;

/// Options that every command sees, wherever they stand.
const GLOBAL: [&str; 3] = ["output", "ids", "config"];
/// A command with more ids is too long to be of use.
const IDS_MAX: usize = 100;

/// Who asks; the commands under `sync` say it themselves.
#[derive(Debug, Clone, Args)]
pub(super) struct WizardArguments {
    // The first field, because the other ones are removed from the matches when they are read.
    #[command(flatten)]
    _in_place: InPlace,
    #[command(flatten)]
    printed: PrintedCommand,
    /// Tenant to work in.
    #[arg(
        long,
        env = "PLANSYNC_TENANT",
        value_parser = asking::name,
        add = setting("client.tenant")
    )]
    tenant: Option<String>,
    /// Actor to work as: the id of an administrator.
    #[arg(
        long = "as",
        env = "PLANSYNC_ACTOR",
        value_name = "ACTOR",
        value_parser = asking::name,
        add = setting("client.actor")
    )]
    actor: Option<String>,
    #[command(flatten)]
    client: ClientArguments,
}

/// That the options of the wizard are not given to another command, which would not see them.
#[derive(Debug, Clone, Copy)]
struct InPlace;

impl FromArgMatches for InPlace {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let is_typed = |id: &&clap::Id| {
            matches.value_source(id.as_str()) == Some(clap::parser::ValueSource::CommandLine)
        };
        let is_own = |id: &&clap::Id| !GLOBAL.contains(&id.as_str());
        let misplaced = matches.ids().filter(is_typed).any(|id| is_own(&id));
        match matches.subcommand() {
            Some((command, _)) if misplaced => Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                format!("put options after the command: `plansync sync {command} …`\n"),
            )),
            Some(_) | None => Ok(Self),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// It adds no argument: it looks at those of others.
impl Args for InPlace {
    fn augment_args(command: clap::Command) -> clap::Command {
        command
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        command
    }
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    Next,
    Back,
    /// The same step once more.
    Again,
    /// There was nothing to choose: on in the direction in which it goes.
    Skipped,
}

/// The steps in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Record,
    Programme,
    Components,
    Learners,
    Conditions,
    Type,
    Attributes,
    Summary,
}

const STEPS: [Step; 8] = [
    Step::Record,
    Step::Programme,
    Step::Components,
    Step::Learners,
    Step::Conditions,
    Step::Type,
    Step::Attributes,
    Step::Summary,
];

/// The wizard at work.
struct Wizard<'a> {
    caller: &'a Caller,
    screen: Screen,
    draft: Draft,
    has_opened: bool,
    confirmed: Option<Value>,
}

impl WizardArguments {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if is_dumb || !can_be_asked(output) {
            return Err(NotUnderstood(
                "`plansync sync` without a command is a wizard, which needs an interactive terminal; use \
                 `plansync sync preview` and `plansync sync start` instead"
                    .to_owned(),
            )
            .into());
        }
        let (Some(tenant), Some(actor)) = (self.tenant, self.actor) else {
            return Err(NotUnderstood(
                "tenant and actor are required: give `--tenant` and `--as`, or set PLANSYNC_TENANT and \
                 PLANSYNC_ACTOR"
                    .to_owned(),
            )
            .into());
        };
        let arguments = CallerArguments::of(self.printed, tenant, actor, self.client);
        let caller = arguments.open(output).await?;
        let Some(request) = choose(&caller).await? else {
            return Ok(Exit::Declined);
        };
        carry_out(&caller, output, request, arguments.patience()).await
    }
}

/// Goes through the steps; `None` if the user quit, which is reported.
async fn choose(caller: &Caller) -> anyhow::Result<Option<Value>> {
    let mut wizard = Wizard {
        caller,
        screen: Screen::open()?,
        draft: Draft::new(),
        has_opened: false,
        confirmed: None,
    };
    let went = wizard.go().await;
    let Wizard {
        screen,
        draft,
        has_opened,
        confirmed,
        ..
    } = wizard;
    // The terminal is as it was before anything else is written to it.
    drop(screen);
    match went {
        Err(error) if !error.is::<Quit>() => return Err(error),
        Ok(()) | Err(_) => {}
    }
    if confirmed.is_none() {
        output::sentences("Nothing was started, and no plan was changed.")?;
        if has_opened {
            let name = &draft.source_name;
            output::sentences(&format!("The record of {name} that you opened stays open."))?;
        }
    }
    Ok(confirmed)
}

async fn carry_out(
    caller: &Caller,
    output: Output,
    mut request: Value,
    patience: std::time::Duration,
) -> anyhow::Result<Exit> {
    output::sentences(&same_as_command(caller, &request))?;
    let sync = Uuid::new_v4();
    request["sync"] = json!(sync);
    request["command_id"] = json!(sync);
    let started = begin(caller, &request, sync).await?;
    output::sentences(&accepted(&started, sync))?;
    follow(caller, output, sync, patience).await
}

/// The command that does the same.
fn same_as_command(caller: &Caller, request: &Value) -> String {
    let Some(choice) = typed_with(request, IDS_MAX) else {
        return "The equivalent command would be too long because of the number of ids. To get a short one, \
                choose learners with a filter."
            .to_owned();
    };
    let confirm = &request["confirm"];
    let confirm = format!(
        "{}:{}",
        number(confirm, "position"),
        text(confirm, "digest")
    );
    let given = format!("{choice} --confirm {confirm}");
    format!(
        "Equivalent command:\n  {}",
        caller.printed().command("sync start", &given)
    )
}

/// Whether another choice may do: the service refused this one, or it leaves nothing to choose from.
fn is_about_choice(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(AskError::Refused { .. })) || error.is::<NotUnderstood>()
}

impl Wizard<'_> {
    /// Ends when the synchronisation is confirmed, or when the user goes back from the first step.
    async fn go(&mut self) -> anyhow::Result<()> {
        let mut place = 0;
        let mut is_forward = true;
        while let Some(step) = STEPS.get(place) {
            let moved = match self.step(*step).await {
                // Nothing else can be chosen before a record is open.
                Err(error) if *step != Step::Record && is_about_choice(&error) => {
                    self.told(&error).await?
                }
                moved => moved?,
            };
            match moved {
                Moved::Again => continue,
                Moved::Skipped => {}
                Moved::Next => is_forward = true,
                Moved::Back => is_forward = false,
            }
            match (is_forward, place.checked_sub(1)) {
                (true, _) => place += 1,
                (false, Some(before)) => place = before,
                (false, None) => return Ok(()),
            }
        }
        Ok(())
    }

    /// Says what cannot be, and leads back to the choices.
    async fn told(&mut self, error: &anyhow::Error) -> anyhow::Result<Moved> {
        let about = vec![error.to_string(), "Nothing was started.".to_owned()];
        let view = View::told("Synchronise", about, "Any key back · Ctrl-C quit");
        while self.screen.key(&view).await?.is_none() {}
        Ok(Moved::Back)
    }

    /// Waits for a reply; the user may quit meanwhile.
    async fn waited<T>(&mut self, work: impl Future<Output = T>) -> anyhow::Result<T> {
        let about = vec!["Loading …".to_owned()];
        let view = View::told("Synchronise", about, "Ctrl-C quit");
        self.screen.wait(&view, work).await
    }

    async fn step(&mut self, step: Step) -> anyhow::Result<Moved> {
        match step {
            Step::Record => self.record().await,
            Step::Programme => self.programme().await,
            Step::Components => self.components().await,
            Step::Learners => self.learners().await,
            Step::Conditions => self.conditions().await,
            Step::Type => self.sync_type().await,
            Step::Attributes => self.attributes().await,
            Step::Summary => self.summary().await,
        }
    }
}
