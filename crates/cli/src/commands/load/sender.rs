//! Sends requests, in parallel where allowed, and counts the results. A service that is away or overloaded is
//! waited for.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use futures_util::future::join_all;

use crate::commands::load::complain;
use crate::commands::load::line::Line;
use crate::output::Output;
use crate::service::Service;

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
    service: Service,
    output: Output,
    keep_going: bool,
    tally: Cell<Tally>,
}

impl Sender {
    pub(crate) fn new(service: &Service, output: Output, keep_going: bool) -> Self {
        Self {
            service: service.patiently(),
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
        match line.question().ask_service(&self.service).await {
            Ok(reply) => self.count(reply["duplicate"].as_bool().unwrap_or(false)),
            Err(error) if error.may_pass() => return Err(error.into()),
            Err(error) => {
                complain(self.output, line.number, error);
                let tally = self.tally();
                self.tally.set(Tally {
                    refused: tally.refused + 1,
                    ..tally
                });
            }
        }
        Ok(())
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
