//! The workloads and their sizes.

mod audit;
mod busy;
mod cold;
mod commit;
mod edits;
mod instantiate;
mod largest;
mod lists;
mod long_log;
mod metrics;
mod neighbour;
mod postgres;
mod preview;
mod replay;
mod traces;
mod typical;

use crate::figure::Figure;

/// The sizes of workloads, and the number of samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// The number of components and of learners in the largest sync.
    pub(crate) largest: usize,
    pub(crate) samples: usize,
    /// The duration of a sustained load, in seconds.
    pub(crate) sustained: u64,
    /// The number of commits in a long log.
    pub(crate) long: u64,
    pub(crate) with_peers: bool,
    pub(crate) is_quick: bool,
}

/// A workload: its name, its description, and the function that runs it.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Size) -> anyhow::Result<Vec<Figure>>,
}

/// All workloads, in the order in which they run.
pub(crate) const ALL: &[Workload] = &[
    Workload {
        name: "largest-sync",
        about: "2,089 components onto 2,089 learners, from sync.start to the completed event",
        run: largest::run,
    },
    Workload {
        name: "typical-sync",
        about: "20 components, two attributes of each, onto 200 learners",
        run: typical::run,
    },
    Workload {
        name: "preview",
        about: "the preview of the largest sync, and its outcomes afterwards",
        run: preview::run,
    },
    Workload {
        name: "busy",
        about: "the largest sync while 64 clients edit other plans",
        run: busy::run,
    },
    Workload {
        name: "cold",
        about: "the largest sync right after a start, nothing in the page cache",
        run: cold::run,
    },
    Workload {
        name: "neighbour",
        about: "one tenant's edits while another's plans are read right after a start",
        run: neighbour::run,
    },
    Workload {
        name: "instantiate",
        about: "2,089 plans of 2,089 components each",
        run: instantiate::run,
    },
    Workload {
        name: "edits",
        about: "durable edits with 1, 64 and 1,024 in flight, beside what the bus can do",
        run: edits::run,
    },
    Workload {
        name: "metrics",
        about: "durable edits with 1,024 in flight, with metrics scraped each second and without",
        run: metrics::run,
    },
    Workload {
        name: "traces",
        about: "durable edits with 1,024 in flight, by an engine with a collector of spans and by one without",
        run: traces::run,
    },
    Workload {
        name: "commit",
        about: "one durable commit at a time, beside what the disk and sled can do",
        run: commit::run,
    },
    Workload {
        name: "replay",
        about: "a whole log folded on one core, beside bare decoding",
        run: replay::run,
    },
    Workload {
        name: "long-log",
        about: "what a long log costs more than a short one (--long)",
        run: long_log::run,
    },
    Workload {
        name: "audit",
        about: "questions about the past of a long log (--long), and the log as events",
        run: audit::run,
    },
    Workload {
        name: "lists",
        about: "pages, filters and searches among 400,000 learners of one tenant",
        run: lists::run,
    },
    Workload {
        name: "postgres",
        about: "the same syncs by PostgreSQL 15, where it is installed",
        run: postgres::run,
    },
];
