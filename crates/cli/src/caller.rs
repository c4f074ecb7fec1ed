//! One actor of a tenant who asks: requests, and lists that are read page by page.

use std::borrow::Cow;
use std::num::IntErrorKind;
use std::str::FromStr;

use clap::Args;
use plansync_protocol::{Error, ErrorCode, OperationName, PageSize};
use serde_json::{Value, json};

use crate::ask_error::AskError;
use crate::asking::{self, Question};
use crate::connecting::ClientArguments;
use crate::output::{Format, Output};
use crate::printed_command::PrintedCommand;
use crate::reply::number;
use crate::settings::setting;
use crate::source::Source;
use crate::table::Ids;
use crate::terminal;

/// The number of rows that are shown to people without `--limit`.
const ROWS_SHOWN: usize = 50;
/// How many times a list is read from its first page, because it changed while it was read.
const READINGS_MAX: usize = 8;

/// Options for tenant, actor and connection.
#[derive(Debug, Clone, Args)]
pub(crate) struct CallerArguments {
    // The first field, because the other ones are removed from the matches when they are read.
    #[command(flatten)]
    printed: PrintedCommand,
    /// Tenant to work in.
    #[arg(
        long,
        env = "PLANSYNC_TENANT",
        value_parser = asking::name,
        add = setting("client.tenant").such_as("northgate")
    )]
    pub(crate) tenant: String,
    /// Actor to work as: the id of an administrator, or `system`.
    #[arg(
        long = "as",
        env = "PLANSYNC_ACTOR",
        value_name = "ACTOR",
        value_parser = asking::name,
        add = setting("client.actor").such_as("alice")
    )]
    pub(crate) actor: String,
    #[command(flatten)]
    pub(crate) client: ClientArguments,
}

/// The option for the number of rows.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct LimitArguments {
    /// Maximum number of rows to show, or `all` [default: 50; `all` in every `--output` for programs].
    #[arg(long, value_name = "ROWS|all")]
    limit: Option<Limit>,
}

/// A bound on the rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// All rows.
    All,
    /// At most this number, which is at least 1.
    Rows(usize),
}

const NO_LIMIT: &str = "give a number from 1, or `all`";

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self::All),
            _ => match text.parse::<usize>() {
                Ok(0) => Err(NO_LIMIT),
                Ok(rows) => Ok(Self::Rows(rows)),
                // The number is larger than any list.
                Err(error) if *error.kind() == IntErrorKind::PosOverflow => Ok(Self::All),
                Err(_) => Err(NO_LIMIT),
            },
        }
    }
}

impl Limit {
    pub(crate) fn rows(self) -> usize {
        match self {
            Self::All => usize::MAX,
            Self::Rows(rows) => rows,
        }
    }
}

impl LimitArguments {
    pub(crate) fn limit(self, output: Output) -> Limit {
        match self.limit {
            Some(limit) => limit,
            None if output.is_for_people() => Limit::Rows(ROWS_SHOWN),
            None => Limit::All,
        }
    }
}

/// A list that kept changing while its pages were read.
#[derive(Debug, thiserror::Error)]
#[error(
    "the list changed while its pages were read, even after several attempts; try again, or use a smaller \
     `--limit`"
)]
struct ListKeepsChanging;

/// One actor of a tenant, who asks the service, or a log that is only read.
pub(crate) struct Caller {
    output: Output,
    source: Source,
    who: CallerArguments,
}

impl CallerArguments {
    /// From parts that were parsed separately.
    pub(crate) fn of(
        printed: PrintedCommand,
        tenant: String,
        actor: String,
        client: ClientArguments,
    ) -> Self {
        Self {
            printed,
            tenant,
            actor,
            client,
        }
    }

    pub(crate) async fn open(&self, output: Output) -> anyhow::Result<Caller> {
        Ok(Caller {
            output,
            source: Source::Service(Box::new(self.client.connect().await?)),
            who: self.clone(),
        })
    }

    /// What to add to a command so that the same person asks the same service.
    pub(crate) fn printed(&self) -> &PrintedCommand {
        &self.printed
    }

    pub(crate) fn patience(&self) -> std::time::Duration {
        self.client.patience()
    }
}

impl Caller {
    /// A caller of whoever answers.
    pub(crate) fn of(output: Output, source: Source, who: CallerArguments) -> Self {
        Self {
            output,
            source,
            who,
        }
    }

    /// Who answers.
    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// The tenant of whom something is asked.
    pub(crate) fn tenant(&self) -> &str {
        &self.who.tenant
    }

    /// Who asks.
    pub(crate) fn actor(&self) -> &str {
        &self.who.actor
    }

    /// The same caller, who waits up to a minute for a service that is away or overloaded.
    pub(crate) fn patiently(&self) -> Self {
        Self {
            output: self.output,
            source: self.source.patiently(),
            who: self.who.clone(),
        }
    }

    /// The same caller with unescaped replies, for records that are read and sent again.
    pub(crate) fn exactly(&self) -> Self {
        Self {
            output: Output::new(Format::Json, Ids::Full),
            source: self.source.clone(),
            who: self.who.clone(),
        }
    }

    /// A request of this caller.
    pub(crate) fn question<'a>(&'a self, operation: &'a str, body: &'a Value) -> Question<'a> {
        Question {
            tenant: &self.who.tenant,
            actor: &self.who.actor,
            operation,
            body,
        }
    }

    /// Sends a request and returns its reply. In output for people, control characters are escaped.
    pub(crate) async fn ask(&self, operation: &str, body: &Value) -> Result<Value, AskError> {
        let reply = self.question(operation, body).ask(&self.source).await?;
        Ok(if self.output.is_for_people() {
            terminal::value(reply)
        } else {
            reply
        })
    }

    /// What to add to a command so that the same person asks the same service.
    pub(crate) fn printed(&self) -> &PrintedCommand {
        self.who.printed()
    }

    /// A text in the form in which replies contain it.
    pub(crate) fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.output.is_for_people() {
            terminal::line(text)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// The reply of the first page, whose list of this name has the rows of all pages, up to the limit.
    pub(crate) async fn read(
        &self,
        operation: &str,
        body: &Value,
        list: &str,
        limit: Limit,
    ) -> anyhow::Result<Value> {
        let all = |_: &Value| true;
        self.read_where(operation, body, list, limit, all).await
    }

    /// The same with only the rows for which `keep` returns true, so that other rows use no memory. The limit
    /// applies to the rows that are read, not to those that are kept.
    pub(crate) async fn read_where(
        &self,
        operation: &str,
        body: &Value,
        list: &str,
        limit: Limit,
        keep: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let mut size = limit.rows().min(usize::from(PageSize::MAX.get()));
        for _ in 0..READINGS_MAX {
            let mut body = body.clone();
            body["page_size"] = json!(size);
            let reading = Reading {
                operation,
                list,
                limit,
                keep: &keep,
            };
            match self.read_pages(&reading, body).await {
                Ok(Some(reply)) => return Ok(reply),
                Ok(None) => {}
                Err(AskError::Refused { error }) if error.code == ErrorCode::ReadingExpired => {}
                Err(error) => match smaller_page(&error, size) {
                    Some(fits) => size = fits,
                    None => return Err(error.into()),
                },
            }
        }
        Err(ListKeepsChanging.into())
    }

    /// `None` if the list changed between two pages.
    async fn read_pages<K: Fn(&Value) -> bool>(
        &self,
        reading: &Reading<'_, K>,
        mut body: Value,
    ) -> Result<Option<Value>, AskError> {
        let Reading {
            operation,
            list,
            limit,
            keep,
        } = *reading;
        let is_held = OperationName::parse(operation).is_some_and(OperationName::is_held);
        if is_held {
            body["hold"] = json!(true);
        }
        let mut whole = self.ask(operation, &body).await?;
        let mut rows = taken(&mut whole, list);
        let total = usize::try_from(number(&whole, "total")).unwrap_or(usize::MAX);
        let wanted = total.min(limit.rows());
        let mut read = rows.len();
        rows.truncate(wanted);
        rows.retain(keep);
        for page in 2_u32.. {
            if read >= wanted {
                break;
            }
            body["page"] = json!(page);
            if is_held {
                body["at"] = whole["position"].clone();
            }
            let mut next = self.ask(operation, &body).await?;
            let mut more = taken(&mut next, list);
            if more.is_empty() || ["total", "digest"].iter().any(|it| next[it] != whole[it]) {
                return Ok(None);
            }
            more.truncate(wanted - read);
            read += more.len();
            rows.extend(more.into_iter().filter(keep));
        }
        whole[list] = Value::Array(rows);
        Ok(Some(whole))
    }
}

/// What to read from a list.
struct Reading<'a, K> {
    operation: &'a str,
    list: &'a str,
    limit: Limit,
    keep: &'a K,
}

fn taken(reply: &mut Value, list: &str) -> Vec<Value> {
    match reply[list].take() {
        Value::Array(rows) => rows,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Vec::new()
        }
    }
}

/// The page size that the service proposes, if the pages were too large.
pub(crate) fn smaller_page(error: &AskError, size: usize) -> Option<usize> {
    let AskError::Refused {
        error:
            Error {
                code: ErrorCode::PageTooLarge,
                details: Some(details),
                ..
            },
    } = error
    else {
        return None;
    };
    let fits = usize::from(details.page_size?);
    (1..size).contains(&fits).then_some(fits)
}

#[cfg(test)]
mod tests {
    use super::{Limit, NO_LIMIT};

    #[test]
    fn a_limit_is_a_number_or_all() {
        assert_eq!("all".parse(), Ok(Limit::All));
        assert_eq!("7".parse(), Ok(Limit::Rows(7)));
        assert_eq!("99999999999999999999999".parse(), Ok(Limit::All));
        for wrong in ["0", "-1", "every", ""] {
            let refused = wrong.parse::<Limit>();
            assert_eq!(refused, Err(NO_LIMIT), "{wrong}");
        }
    }
}
