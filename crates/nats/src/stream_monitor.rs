//! Checks streams and consumer while the engine runs, because other clients may change them.
//!
//! Each problem is reported once when it begins, with what to do, and once when it is solved. Only the
//! engine's own consumer is changed: it is recreated if another client has edited it.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::watch;

use crate::commands::CONSUMER;
use crate::condition::Condition;
use crate::stop::requested;
use crate::stream_faults::{Consumers, StreamFault, of_stream};
use crate::streams::{COMMANDS, EVENTS, StreamError, Streams, settings};

const CHECK_INTERVAL: Duration = Duration::from_secs(5);
/// What is wrong while the server does not answer about the streams.
const UNCHECKED: &str = "the NATS server does not answer requests about the streams, so they cannot be checked; see that \
                         it runs, that JetStream is enabled, and that this user may use it";

/// Checks both streams and the engine's consumer.
pub struct StreamMonitor {
    streams: Streams,
    problems: BTreeSet<String>,
    condition: Condition,
}

/// What has changed between one check and the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProblemChanges {
    /// New problems, as messages that say what to do.
    pub begun: Vec<String>,
    /// Problems that are solved.
    pub solved: Vec<String>,
}

impl StreamMonitor {
    /// A monitor that has not checked yet.
    pub fn new(streams: Streams) -> Self {
        Self {
            streams,
            problems: BTreeSet::new(),
            condition: Condition::default(),
        }
    }

    /// What is wrong with the streams, while it runs.
    pub fn condition(&self) -> Condition {
        self.condition.clone()
    }

    /// Checks every few seconds and writes changes to the log output, until `stop` is true (or its
    /// sender is gone). A server that does not answer is reported elsewhere.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            match self.check().await {
                Ok(changes) => {
                    changes.log();
                    self.condition.suffers_all(self.problems.iter().cloned());
                }
                Err(error) => {
                    tracing::debug!(%error, "the streams cannot be checked now");
                    self.condition.suffers(UNCHECKED);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(CHECK_INTERVAL) => {}
                () = requested(&mut stop) => return,
            }
        }
    }

    /// Checks once.
    pub async fn check(&mut self) -> Result<ProblemChanges, StreamError> {
        let mut now = BTreeSet::new();
        for stream in [COMMANDS, EVENTS] {
            let faults = self.of_stream(stream).await?;
            now.extend(faults.iter().map(ToString::to_string));
        }
        let faults = self.of_consumers().await?;
        now.extend(faults.iter().map(ToString::to_string));
        let changes = ProblemChanges {
            begun: now.difference(&self.problems).cloned().collect(),
            solved: self.problems.difference(&now).cloned().collect(),
        };
        self.problems = now;
        Ok(changes)
    }

    async fn of_stream(&self, stream: &'static str) -> Result<Vec<StreamFault>, StreamError> {
        let settings = settings(self.streams.context(), stream).await?;
        let ours = &self.streams.name().log;
        let mut faults = of_stream(stream, settings.as_ref(), Some(ours));
        let unfit = settings.and_then(|settings| self.streams.used().unfit(stream, &settings));
        faults.extend(unfit.map(|unfit| StreamFault::setting(stream, unfit)));
        Ok(faults)
    }

    async fn of_consumers(&self) -> Result<Vec<StreamFault>, StreamError> {
        let context = self.streams.context();
        let faults = Consumers::listed(context).await?.faults();
        let is_edit = |fault: &StreamFault| matches!(fault, StreamFault::Edited { .. });
        if faults.iter().any(is_edit) {
            // The consumer of commands is recreated when it is gone.
            let removed = context
                .delete_consumer_from_stream(CONSUMER, COMMANDS)
                .await;
            if let Err(error) = removed {
                tracing::warn!(%error, "the edited consumer cannot be removed yet; trying again");
            }
        }
        Ok(faults)
    }
}

impl ProblemChanges {
    fn log(&self) {
        for problem in &self.begun {
            tracing::error!("{problem}");
        }
        for problem in &self.solved {
            tracing::info!("this problem is solved: {problem}");
        }
    }
}
