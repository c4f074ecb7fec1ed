//! What the endpoint has counted, and how many requests wait in it, for whoever observes it.

use std::sync::Arc;

use crate::arrivals::Arrivals;
use crate::gate::GateDepth;
use crate::replying::Reply;
use crate::request_measures::{OperationMeasured, RequestMeasures, StepsMeasured};

/// What the endpoint has counted, and how much waits in it. A clone tells the same.
#[derive(Clone)]
pub struct EndpointMeasures {
    pub(crate) requests: RequestMeasures,
    pub(crate) arrivals: Arc<Arrivals>,
    pub(crate) replies: GateDepth<Reply>,
}

/// How many requests wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingMeasured {
    /// Light requests that wait for their turn.
    pub light: usize,
    /// Light requests that wait for the disk or use it, and those behind them.
    pub disk: usize,
    /// Heavy requests that wait for a thread.
    pub heavy: usize,
    /// Requests that are held back until the log has grown.
    pub held_back: usize,
    /// Replies that wait until the log is durable.
    pub replies: usize,
}

impl EndpointMeasures {
    /// What was counted of each operation, in the order of the table, and at the end of requests that name none.
    pub fn operations(&self) -> Vec<OperationMeasured> {
        self.requests.operations()
    }

    /// How long the steps of requests took.
    pub fn steps(&self) -> StepsMeasured {
        self.requests.steps()
    }

    /// How many requests wait now.
    pub fn waiting(&self) -> WaitingMeasured {
        let waiting = self.arrivals.waiting();
        WaitingMeasured {
            light: waiting.light.count(),
            disk: waiting.lanes.count(),
            heavy: waiting.heavy.count(),
            held_back: waiting.held_back.count(),
            replies: self.replies.get(),
        }
    }
}
