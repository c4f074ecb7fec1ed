//! `plansync import`: creates and changes learners from a CSV file.
//!
//! The whole file is read and compared with the service before anything is sent. The changes are therefore known
//! line by line in advance, and importing the same file again changes nothing.

mod comparing;
mod file;
mod header;
mod known;
mod reading;
mod report;
mod sending;

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::caller::{Caller, CallerArguments, LimitArguments};
use crate::commands::import::comparing::{Comparing, Planned};
use crate::commands::import::file::{Charset, Separator};
use crate::commands::import::known::Known;
use crate::commands::import::reading::Read;
use crate::commands::import::report::Report;
use crate::commands::reference::open_to_change;
use crate::confirmation::Confirmation;
use crate::exit::Exit;
use crate::new_file;
use crate::output::Output;
use crate::whole;

/// An example file that matches the college of `load --template`.
const EXAMPLE: &str = include_str!("import/example.csv");

/// Import learners from a CSV file.
#[derive(Debug, Args)]
#[command(after_help = "\
The first line contains the column names, in any order; case is ignored:
  id          id of the learner (UUID); `id` or `reference` is required
  reference   key of the learner in another system; the id is derived from it
  name        or first_name and last_name; required for a new learner
  groups      groups
  tutors      administrators, by id or full name
  programmes  programmes, by id or full name; `Maths=on_break` adds a status
  status      status of the enrolment, if the line has exactly one programme
  case_owner  administrator, by id or full name

Separate several groups, tutors or programmes in a cell with `;`, `|` or line
breaks. Fields without a column stay unchanged; an empty cell clears its field.
Cells are separated by commas, semicolons or tabs. The file is UTF-8, UTF-16
with a byte order mark, or what `--encoding` states.

The whole file is checked first. If a line cannot be imported, nothing is sent,
unless `--skip-bad` is given.

Examples:
  plansync import --template learners.csv
  plansync import learners.csv --as system --dry-run
  plansync import learners.csv --as system")]
pub(crate) struct FromFile {
    #[command(flatten)]
    source: SourceArguments,
    #[command(flatten)]
    caller: CallerArguments,
    /// Show what would change, without sending anything.
    #[arg(long)]
    dry_run: bool,
    /// Skip lines that cannot be imported, and send the others.
    #[arg(long)]
    skip_bad: bool,
    /// Only add: keep groups, tutors and programmes that are not in the file.
    #[arg(long)]
    add_only: bool,
    /// Maximum number of learners sent at the same time, 1 to 1,024.
    #[arg(
        long,
        default_value_t = 64,
        value_parser = whole::within(1..=1_024_usize),
        value_name = "COUNT"
    )]
    in_flight: usize,
    #[command(flatten)]
    limit: LimitArguments,
    #[command(flatten)]
    confirmation: Confirmation,
}

/// Which file, and how it is to be read.
#[derive(Debug, Args)]
struct SourceArguments {
    /// CSV file, or `-` for standard input.
    file: PathBuf,
    /// Write an example to FILE or standard output, and import nothing; an existing file is not overwritten.
    #[arg(long)]
    template: bool,
    /// Column to ignore; repeat for several.
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// Character encoding of the file.
    #[arg(long, value_enum, default_value_t = Charset::Auto)]
    encoding: Charset,
    /// Separator between cells.
    #[arg(long, value_enum, default_value_t = Separator::Auto)]
    separator: Separator,
}

/// What is asked for: an example needs no tenant, and may do without a file.
#[derive(Debug)]
pub(crate) enum Import {
    Example(Option<PathBuf>),
    File(Box<FromFile>),
}

impl Args for Import {
    fn augment_args(command: Command) -> Command {
        let unless_example = |arg: Arg| arg.required(false).required_unless_present("template");
        ["file", "tenant", "actor"]
            .into_iter()
            .fold(FromFile::augment_args(command), |command, arg| {
                command.mut_arg(arg, unless_example)
            })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Import {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        if matches.get_flag("template") {
            return Ok(Self::Example(matches.get_one("file").cloned()));
        }
        FromFile::from_arg_matches(matches).map(|file| Self::File(Box::new(file)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Import {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self {
            Self::Example(file) => {
                new_file::write(file.as_deref(), EXAMPLE)?;
                Ok(Exit::Done)
            }
            Self::File(file) => file.run(output).await,
        }
    }
}

impl FromFile {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let SourceArguments {
            file,
            ignore,
            encoding,
            separator,
            template: _,
        } = &self.source;
        let text = file::read(file, *encoding)?;
        let table = reading::table(&text, *separator, ignore)?;
        let caller = open_to_change(&self.caller).await?;
        let known = Known::read(&caller, table.names_administrators()).await?;
        let Read { rows, problems } = table.rows(&self.caller.tenant, &known);
        let comparing = Comparing {
            caller: &caller.patiently(),
            in_flight: self.in_flight,
            is_adding: self.add_only,
        };
        let plan = comparing.compare(rows, problems, output).await?;
        let report = Report::new(output, plan, known.names(), self.dry_run);
        report.show_plan(self.limit.limit(output))?;
        self.send(&caller, output, &report).await
    }

    async fn send(&self, caller: &Caller, output: Output, report: &Report) -> anyhow::Result<Exit> {
        let is_bad = report.has_problems();
        if is_bad && !self.skip_bad {
            report.end("Nothing was sent: correct these lines, or skip them with `--skip-bad`.")?;
            return Ok(Exit::NotUnderstood);
        }
        let to_send: Vec<&Planned> = report.to_send();
        if self.dry_run || to_send.is_empty() {
            report.end(if self.dry_run {
                "Nothing was sent."
            } else {
                "Nothing to do."
            })?;
            return Ok(Exit::Done);
        }
        if !self.confirmation.given(output, &report.question()).await? {
            report.end("Nothing was sent.")?;
            return Ok(Exit::Declined);
        }
        let sent = sending::send(caller, &self.caller, output, self.in_flight, &to_send).await;
        report.sent(sent)
    }
}
