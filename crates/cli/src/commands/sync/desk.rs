//! Who asks, and of whom: one connection, questions, and lists read page by page.

use std::str::FromStr;

use clap::Args;
use plansync_nats::Client;
use plansync_protocol::{Error, ErrorCode, PageSize};
use serde_json::{Value, json};

use crate::asking::{AskError, Question};
use crate::connecting::ClientArguments;
use crate::output::Output;
use crate::reply::number;

/// How many rows people are shown who did not say.
const ROWS_SHOWN: usize = 50;
/// How often a list is begun again because it changed while it was read.
const READINGS_MAX: usize = 8;

/// As whom, and by which connection.
#[derive(Debug, Clone, Args)]
pub(super) struct DeskArguments {
    /// For which tenant.
    #[arg(long, env = "PLANSYNC_TENANT")]
    pub(super) tenant: String,
    /// As whom: an administrator, or `system`.
    #[arg(long = "as", env = "PLANSYNC_ACTOR", value_name = "ACTOR")]
    pub(super) actor: String,
    #[command(flatten)]
    client: ClientArguments,
}

/// How many rows of a list are shown.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct LimitArguments {
    /// How many rows to show at most: a number, or `all`; 50 for people, and all for programs.
    #[arg(long, value_name = "ROWS|all")]
    limit: Option<Limit>,
}

/// A bound on the rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// Every row.
    All,
    /// At most so many, one at least.
    Rows(usize),
}

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self::All),
            _ => match text.parse() {
                Ok(rows) if rows > 0 => Ok(Self::Rows(rows)),
                Ok(_) | Err(_) => Err("give a number from 1, or `all`"),
            },
        }
    }
}

impl Limit {
    fn rows(self) -> usize {
        match self {
            Self::All => usize::MAX,
            Self::Rows(rows) => rows,
        }
    }
}

impl LimitArguments {
    pub(super) fn limit(self, output: Output) -> Limit {
        match self.limit {
            Some(limit) => limit,
            None if output.is_for_people() => Limit::Rows(ROWS_SHOWN),
            None => Limit::All,
        }
    }
}

/// A list that does not hold still.
#[derive(Debug, thiserror::Error)]
#[error(
    "what was asked for changes faster than its pages can be read; ask again with a smaller `--limit`"
)]
struct NeverStill;

/// Somebody connected.
pub(super) struct Desk {
    client: Client,
    who: DeskArguments,
}

impl DeskArguments {
    pub(super) async fn open(&self) -> anyhow::Result<Desk> {
        Ok(Desk {
            client: self.client.connect().await?,
            who: self.clone(),
        })
    }

    pub(super) fn patience(&self) -> std::time::Duration {
        self.client.patience()
    }
}

impl Desk {
    pub(super) async fn ask(&self, operation: &str, body: &Value) -> Result<Value, AskError> {
        let question = Question {
            tenant: &self.who.tenant,
            actor: &self.who.actor,
            operation,
            body,
        };
        question.ask(&self.client).await
    }

    /// A reply whose list of this name holds the rows of all its pages, up to the limit; all else
    /// is the first page's.
    pub(super) async fn read(
        &self,
        operation: &str,
        body: &Value,
        list: &str,
        limit: Limit,
    ) -> anyhow::Result<Value> {
        let mut size = limit.rows().min(usize::from(PageSize::MAX.get()));
        for _ in 0..READINGS_MAX {
            match self.read_pages(operation, body, list, limit, size).await {
                Ok(Some(reply)) => return Ok(reply),
                Ok(None) => {}
                Err(error) => match smaller(&error, size) {
                    Some(fits) => size = fits,
                    None => return Err(error.into()),
                },
            }
        }
        Err(NeverStill.into())
    }

    /// None if the pages are not of one list.
    async fn read_pages(
        &self,
        operation: &str,
        body: &Value,
        list: &str,
        limit: Limit,
        size: usize,
    ) -> Result<Option<Value>, AskError> {
        let mut body = body.clone();
        body["page_size"] = json!(size);
        let mut whole = self.ask(operation, &body).await?;
        let mut rows = taken(&mut whole, list);
        let total = usize::try_from(number(&whole, "total")).unwrap_or(usize::MAX);
        let wanted = total.min(limit.rows());
        for page in 2_u32.. {
            if rows.len() >= wanted {
                break;
            }
            body["page"] = json!(page);
            let mut next = self.ask(operation, &body).await?;
            let more = taken(&mut next, list);
            if more.is_empty() || ["total", "digest"].iter().any(|it| next[it] != whole[it]) {
                return Ok(None);
            }
            rows.extend(more);
        }
        rows.truncate(wanted);
        whole[list] = Value::Array(rows);
        Ok(Some(whole))
    }
}

fn taken(reply: &mut Value, list: &str) -> Vec<Value> {
    match reply[list].take() {
        Value::Array(rows) => rows,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Vec::new()
        }
    }
}

/// The size of pages that fit, if they were too large.
fn smaller(error: &AskError, size: usize) -> Option<usize> {
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
    use super::Limit;

    #[test]
    fn a_limit_is_a_number_or_all() {
        assert_eq!("all".parse(), Ok(Limit::All));
        assert_eq!("7".parse(), Ok(Limit::Rows(7)));
        for wrong in ["0", "-1", "every"] {
            let refused = wrong.parse::<Limit>();
            assert_eq!(refused, Err("give a number from 1, or `all`"), "{wrong}");
        }
    }
}
