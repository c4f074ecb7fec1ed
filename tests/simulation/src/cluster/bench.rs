//! Cases of several nodes, by seed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use plansync_model::histories::generate;

use super::figures::ClusterFigures;
use super::nodes::Cluster;
use super::stream::ClusterFault;
use crate::choices::Choices;

/// In one of so many cases, the stream of the log loses its end.
const LOSING: u64 = 8;

/// Where cases are run.
#[derive(Debug, Clone, Copy)]
pub struct ClusterBench {
    fault: Option<ClusterFault>,
}

/// A case that failed.
#[derive(Debug, Clone)]
pub struct ClusterFailure {
    /// What was violated.
    pub violation: String,
    /// What happened to the nodes, in order.
    pub trace: Vec<String>,
}

impl ClusterBench {
    /// One for nodes that are broken like this.
    pub const fn new(fault: Option<ClusterFault>) -> Self {
        Self { fault }
    }

    /// The case of a seed.
    pub fn seed(&self, seed: u64) -> Result<ClusterFigures, Box<ClusterFailure>> {
        let histories = [generate(seed), generate(seed ^ 0xb1_4c4)];
        let choices = Choices::random(seed);
        let loses_end = self.fault.is_none() && seed % LOSING == LOSING - 1;
        let mut cluster = Cluster::new(&histories, &choices, self.fault, loses_end);
        let ran = catch_unwind(AssertUnwindSafe(|| cluster.run()));
        let ran = ran.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(format!("a panic: {}", text.unwrap_or_default()))
        });
        match ran {
            Ok(()) => Ok(cluster.figures),
            Err(violation) => Err(Box::new(ClusterFailure {
                violation,
                trace: std::mem::take(&mut cluster.trace),
            })),
        }
    }
}
