//! Sends requests, in parallel where allowed, retries where that can help, and counts the results.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use plansync_nats::{Client, ClientError};
use plansync_protocol::ErrorCode;
use tokio::time::Instant;

use crate::asking::AskError;
use crate::commands::load::complain;
use crate::commands::load::line::Line;
use crate::output::Output;

/// How long a service that is away is waited for.
pub(crate) const AWAY_PATIENCE: Duration = Duration::from_mins(1);
const RETRY_DELAY: Duration = Duration::from_millis(250);

/// What came of the lines so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) done: u64,
    /// Done before, by an earlier load.
    pub(crate) repeated: u64,
    pub(crate) refused: u64,
}

/// Sends lines over one connection.
pub(crate) struct Sender {
    client: Client,
    output: Output,
    keep_going: bool,
    tally: Cell<Tally>,
}

impl Sender {
    pub(crate) fn new(client: Client, output: Output, keep_going: bool) -> Self {
        Self {
            client,
            output,
            keep_going,
            tally: Cell::default(),
        }
    }

    pub(crate) fn tally(&self) -> Tally {
        self.tally.get()
    }

    /// Whether a line was refused and that is to be the end.
    pub(crate) fn is_to_stop(&self) -> bool {
        self.tally().refused > 0 && !self.keep_going
    }

    /// Sends some lines: those of one lane in order, others beside them.
    pub(crate) async fn send(&self, batch: Vec<Line>) -> anyhow::Result<()> {
        let mut lanes: HashMap<String, Vec<Line>> = HashMap::new();
        for line in batch {
            lanes.entry(line.lane()).or_default().push(line);
        }
        let failure = RefCell::new(None);
        join_all(lanes.into_values().map(|lane| async {
            for line in lane {
                if self.is_to_stop() || failure.borrow().is_some() {
                    return;
                }
                if let Err(error) = self.send_one(&line).await {
                    failure.replace(Some(error));
                }
            }
        }))
        .await;
        match failure.into_inner() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    async fn send_one(&self, line: &Line) -> anyhow::Result<()> {
        let question = line.question();
        let end = Instant::now() + AWAY_PATIENCE;
        loop {
            let error = match question.ask(&self.client).await {
                Ok(reply) => {
                    self.count(reply["duplicate"].as_bool().unwrap_or(false));
                    return Ok(());
                }
                Err(error) => error,
            };
            match again_after(&error) {
                Some(delay) if Instant::now() < end => tokio::time::sleep(delay).await,
                Some(_) => return Err(error.into()),
                None => {
                    complain(self.output, line.number, error);
                    let tally = self.tally();
                    self.tally.set(Tally {
                        refused: tally.refused + 1,
                        ..tally
                    });
                    return Ok(());
                }
            }
        }
    }

    fn count(&self, is_repeated: bool) {
        let tally = self.tally();
        self.tally.set(Tally {
            done: tally.done + 1,
            repeated: tally.repeated + u64::from(is_repeated),
            ..tally
        });
    }
}

/// How long to wait before the same line is sent again; nothing where that cannot help.
pub(crate) fn again_after(error: &AskError) -> Option<Duration> {
    match error {
        AskError::Refused { error } => {
            let may_pass = [ErrorCode::Overloaded, ErrorCode::Unavailable].contains(&error.code);
            let asked = error
                .details
                .as_ref()
                .and_then(|details| details.retry_after_ms);
            may_pass.then(|| asked.map_or(RETRY_DELAY, Duration::from_millis))
        }
        AskError::Client(
            ClientError::NoService | ClientError::TimedOut { .. } | ClientError::Connection { .. },
        ) => Some(RETRY_DELAY),
        AskError::Client(
            ClientError::Connect(_)
            | ClientError::NotStored { .. }
            | ClientError::Watch { .. }
            | ClientError::EventsNotPermitted { .. },
        )
        | AskError::Subject(_)
        | AskError::TooLarge { .. }
        | AskError::CommandUnverified { .. }
        | AskError::ResultUnknown { .. }
        | AskError::View(_)
        | AskError::Answer(_) => None,
    }
}
