//! How many durable commands of each operation were settled, and how.
//!
//! Operations and outcomes are closed lists of the protocol: what strangers write counts in one place.

use plansync_measures::Counter;
use plansync_protocol::{ErrorCode, OperationName};

/// How a durable command was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurableOutcome {
    /// It was accepted, now or before.
    Accepted,
    /// It was rejected, now.
    Rejected(ErrorCode),
    /// It had been rejected before.
    RejectedBefore,
}

impl DurableOutcome {
    /// Its word in metrics, in the log output and on spans.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected(code) => code.as_str(),
            Self::RejectedBefore => "rejected_before",
        }
    }
}

/// The number of settled commands of one operation with one outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurableMeasured {
    /// The operation; `None` for messages that name none that exists.
    pub operation: Option<OperationName>,
    /// The outcome.
    pub outcome: DurableOutcome,
    /// How many were settled so, since the start.
    pub count: u64,
}

/// Counts durable commands.
#[derive(Debug)]
pub(crate) struct DurableMeasures {
    /// In the order of the table of operations; the last is that of no operation.
    operations: Box<[OfOperation]>,
}

#[derive(Debug)]
struct OfOperation {
    accepted: Counter,
    rejected_before: Counter,
    /// In the order of the codes.
    rejected: Box<[Counter]>,
}

impl Default for DurableMeasures {
    fn default() -> Self {
        let one = || OfOperation {
            accepted: Counter::default(),
            rejected_before: Counter::default(),
            rejected: ErrorCode::ALL.iter().map(|_| Counter::default()).collect(),
        };
        Self {
            operations: (0..=OperationName::ALL.len()).map(|_| one()).collect(),
        }
    }
}

impl DurableMeasures {
    /// Counts a command that was settled.
    pub(crate) fn count(&self, operation: &str, outcome: DurableOutcome) {
        let operation = OperationName::parse(operation);
        let place = operation.map_or(OperationName::ALL.len(), |operation| operation as usize);
        let Some(of_operation) = self.operations.get(place) else {
            return;
        };
        let counter = match outcome {
            DurableOutcome::Accepted => Some(&of_operation.accepted),
            DurableOutcome::RejectedBefore => Some(&of_operation.rejected_before),
            DurableOutcome::Rejected(code) => of_operation.rejected.get(code as usize),
        };
        if let Some(counter) = counter {
            counter.count();
        }
    }

    /// What was counted; what did not occur is left out.
    pub(crate) fn get(&self) -> Vec<DurableMeasured> {
        let named = OperationName::ALL.iter().copied().map(Some);
        let operations = named.chain([None]).zip(&self.operations);
        let counted = operations.flat_map(|(operation, counted)| {
            counted.all().map(move |(outcome, count)| DurableMeasured {
                operation,
                outcome,
                count,
            })
        });
        counted.filter(|one| one.count > 0).collect()
    }
}

impl OfOperation {
    fn all(&self) -> impl Iterator<Item = (DurableOutcome, u64)> {
        let rejected = ErrorCode::ALL.iter().copied().map(DurableOutcome::Rejected);
        let rejected = rejected.zip(&self.rejected);
        let others = [
            (DurableOutcome::Accepted, &self.accepted),
            (DurableOutcome::RejectedBefore, &self.rejected_before),
        ];
        let all = others.into_iter().chain(rejected);
        all.map(|(outcome, counter)| (outcome, counter.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_counted_by_operation_and_outcome_and_names_of_strangers_in_one_place() {
        let measures = DurableMeasures::default();
        let rejected = DurableOutcome::Rejected(ErrorCode::InvalidRequest);
        measures.count("plan.edit", DurableOutcome::Accepted);
        measures.count("plan.edit", rejected);
        for number in 0..1_000 {
            measures.count(&format!("strange.{number}"), rejected);
        }
        let one = |operation, outcome, count| DurableMeasured {
            operation,
            outcome,
            count,
        };
        let edit = Some(OperationName::PlanEdit);
        let expected = [
            one(edit, DurableOutcome::Accepted, 1),
            one(edit, rejected, 1),
            one(None, rejected, 1_000),
        ];
        assert_eq!(measures.get(), expected);
    }
}
