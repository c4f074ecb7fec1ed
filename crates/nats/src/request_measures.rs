//! What is counted of requests: how many of each operation had each outcome, and how long they took.
//!
//! Operations and outcomes are closed lists of the protocol. What strangers write into a subject is no operation and
//! counts in one place, so nothing here grows with what is sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use plansync_measures::{Counter, Distribution, Histogram, LATENCIES_NS};
use plansync_service::{ErrorCode, OperationName, ServiceError};

/// When the steps of a request were done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) received: Instant,
    pub(crate) decided: Instant,
    /// When the log was known to be durable as far as the reply needs, if the reply waited for that.
    pub(crate) durable: Option<Instant>,
}

impl Times {
    /// Those of a request that is answered as soon as it is received.
    pub(crate) fn at_once(received: Instant) -> Self {
        Self {
            received,
            decided: received,
            durable: None,
        }
    }
}

/// What is counted of requests. A clone is cheap and counts in the same place.
#[derive(Debug, Clone)]
pub(crate) struct RequestMeasures(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// In the order of the table of operations; the last is that of no operation.
    operations: Box<[OfOperation]>,
    decided: Histogram,
    durable: Histogram,
    sent: Histogram,
    /// The last error of each operation.
    last_errors: Mutex<BTreeMap<usize, String>>,
}

#[derive(Debug)]
struct OfOperation {
    /// Requests that were carried out.
    done: Counter,
    /// Those that were refused, in the order of the codes.
    refused: Box<[Counter]>,
    took: Histogram,
}

/// What was counted of the requests for one operation. Durations are in nanoseconds.
#[derive(Debug, Clone)]
pub struct OperationMeasured {
    /// The operation; `None` for requests that name none that exists.
    pub operation: Option<OperationName>,
    /// Requests that were carried out.
    pub done: u64,
    /// Requests that were refused, by the code; those that did not occur are left out.
    pub refused: Vec<(ErrorCode, u64)>,
    /// The time from receiving a request to sending its reply.
    pub took: Distribution,
}

/// How long the steps of requests took. Durations are in nanoseconds.
#[derive(Debug, Clone)]
pub struct StepsMeasured {
    /// From receiving a request to its decision.
    pub decided: Distribution,
    /// From the decision to its being durable, of replies that had to wait for that.
    pub durable: Distribution,
    /// From then to sending the reply.
    pub sent: Distribution,
}

impl Default for RequestMeasures {
    fn default() -> Self {
        let one = || OfOperation {
            done: Counter::default(),
            refused: ErrorCode::ALL.iter().map(|_| Counter::default()).collect(),
            took: Histogram::new(LATENCIES_NS),
        };
        Self(Arc::new(Shared {
            operations: (0..=OperationName::ALL.len()).map(|_| one()).collect(),
            decided: Histogram::new(LATENCIES_NS),
            durable: Histogram::new(LATENCIES_NS),
            sent: Histogram::new(LATENCIES_NS),
            last_errors: Mutex::default(),
        }))
    }
}

impl RequestMeasures {
    /// Counts a request that is answered now.
    pub(crate) fn count(
        &self,
        operation: Option<OperationName>,
        times: Times,
        error: Option<&ServiceError>,
    ) {
        let place = place(operation);
        let Some(counted) = self.0.operations.get(place) else {
            return;
        };
        let now = Instant::now();
        counted.took.record_duration(now - times.received);
        self.count_steps(times, now);
        let Some(error) = error else {
            return counted.done.count();
        };
        if let Some(counter) = counted.refused.get(error.code as usize) {
            counter.count();
        }
        let last_errors = self.0.last_errors.lock();
        let mut last_errors = last_errors.unwrap_or_else(PoisonError::into_inner);
        last_errors.insert(place, format!("{}:{}", error.number, error.text));
    }

    fn count_steps(&self, times: Times, now: Instant) {
        let shared = &self.0;
        let since = |earlier| move |later: Instant| later.saturating_duration_since(earlier);
        shared
            .decided
            .record_duration(since(times.received)(times.decided));
        if let Some(durable) = times.durable {
            shared
                .durable
                .record_duration(since(times.decided)(durable));
        }
        let last = times
            .durable
            .map_or(times.decided, |at| at.max(times.decided));
        shared.sent.record_duration(since(last)(now));
    }

    /// What was counted of each operation, in the order of the table, and at the end of requests that name none.
    pub(crate) fn operations(&self) -> Vec<OperationMeasured> {
        let named = OperationName::ALL.iter().copied().map(Some);
        let all = named.chain([None]);
        all.map(|operation| self.of(operation)).collect()
    }

    /// What was counted of one operation.
    pub(crate) fn of(&self, operation: Option<OperationName>) -> OperationMeasured {
        let counted = self.0.operations.get(place(operation));
        let refused = counted.map_or([].as_slice(), |counted| &counted.refused);
        let refused = ErrorCode::ALL.iter().copied().zip(refused);
        let refused = refused.map(|(code, counter)| (code, counter.get()));
        OperationMeasured {
            operation,
            done: counted.map_or(0, |counted| counted.done.get()),
            refused: refused.filter(|(_, count)| *count > 0).collect(),
            took: counted.map_or_else(
                || Histogram::new(LATENCIES_NS).get(),
                |counted| counted.took.get(),
            ),
        }
    }

    /// The last error of an operation: its number and text.
    pub(crate) fn last_error(&self, operation: Option<OperationName>) -> Option<String> {
        let last_errors = self.0.last_errors.lock();
        let last_errors = last_errors.unwrap_or_else(PoisonError::into_inner);
        last_errors.get(&place(operation)).cloned()
    }

    /// How long the steps took.
    pub(crate) fn steps(&self) -> StepsMeasured {
        StepsMeasured {
            decided: self.0.decided.get(),
            durable: self.0.durable.get(),
            sent: self.0.sent.get(),
        }
    }
}

impl OperationMeasured {
    /// The number of requests that were refused.
    pub fn refused_count(&self) -> u64 {
        self.refused.iter().map(|(_, count)| count).sum()
    }

    /// The mean time of a request.
    pub(crate) fn mean(&self) -> Duration {
        let count = self.took.count().max(1);
        Duration::from_nanos(self.took.sum / count)
    }
}

fn place(operation: Option<OperationName>) -> usize {
    operation.map_or(OperationName::ALL.len(), |operation| operation as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: ErrorCode) -> ServiceError {
        ServiceError {
            code,
            number: code.number(),
            text: "why".to_owned(),
        }
    }

    #[test]
    fn each_operation_and_each_code_has_a_place_of_its_own() {
        for (place, operation) in OperationName::ALL.iter().enumerate() {
            assert_eq!(*operation as usize, place);
        }
        for (place, code) in ErrorCode::ALL.iter().enumerate() {
            assert_eq!(*code as usize, place);
        }
    }

    #[test]
    fn requests_are_counted_by_operation_and_code() {
        let measures = RequestMeasures::default();
        let received = Instant::now();
        let count = |operation, error: Option<ErrorCode>| {
            let error = error.map(refusal);
            measures.count(operation, Times::at_once(received), error.as_ref());
        };
        count(Some(OperationName::PlanEdit), None);
        count(Some(OperationName::PlanEdit), None);
        count(Some(OperationName::PlanEdit), Some(ErrorCode::Overloaded));
        count(None, Some(ErrorCode::UnknownOperation));
        let edits = measures.of(Some(OperationName::PlanEdit));
        assert_eq!((edits.done, edits.refused_count()), (2, 1));
        assert_eq!(edits.refused, [(ErrorCode::Overloaded, 1)]);
        assert_eq!(edits.took.count(), 3);
        let unknown = measures.operations().pop().unwrap();
        assert_eq!(unknown.operation, None);
        assert_eq!(unknown.refused, [(ErrorCode::UnknownOperation, 1)]);
        let (overloaded, code) = (ErrorCode::Overloaded.number(), OperationName::PlanEdit);
        assert_eq!(
            measures.last_error(Some(code)),
            Some(format!("{overloaded}:why"))
        );
        assert_eq!(measures.last_error(Some(OperationName::PlanGet)), None);
    }

    #[test]
    fn the_steps_of_a_request_add_up_and_only_replies_that_waited_count_as_durable() {
        let measures = RequestMeasures::default();
        let received = Instant::now().checked_sub(Duration::from_secs(9)).unwrap();
        let second = Duration::from_secs(1);
        let times = Times {
            received,
            decided: received + second,
            durable: Some(received + 3 * second),
        };
        measures.count(None, times, None);
        measures.count(None, Times::at_once(received), None);
        let steps = measures.steps();
        assert_eq!(
            (steps.decided.count(), steps.decided.sum),
            (2, 1_000_000_000)
        );
        assert_eq!(
            (steps.durable.count(), steps.durable.sum),
            (1, 2_000_000_000)
        );
        assert_eq!(steps.sent.count(), 2);
        let all = steps.decided.sum + steps.durable.sum + steps.sent.sum;
        assert_eq!(all, measures.of(None).took.sum);
    }
}
