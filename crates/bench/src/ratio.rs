//! Compares plansync and PostgreSQL: ratios of figures from two workloads of the same run.

use crate::figure::Figure;

/// A comparison: our figure, their figure (the smallest of several), and the smallest ratio wanted.
struct Pair {
    name: &'static str,
    ours: (&'static str, &'static str),
    theirs: &'static [&'static str],
    at_least: f64,
}

const PAIRS: &[Pair] = &[
    Pair {
        name: "largest sync: PostgreSQL's fastest way over plansync",
        ours: ("largest-sync", "all_attributes"),
        theirs: &[
            "largest sync, set-based",
            "largest sync, a transaction a learner",
            "largest sync, the same on two connections",
        ],
        at_least: 300.0,
    },
    Pair {
        name: "largest sync, cold: PostgreSQL over plansync",
        ours: ("cold", "all_attributes, nothing in memory or page cache"),
        theirs: &["largest sync, set-based, cold"],
        at_least: 100.0,
    },
    Pair {
        name: "typical sync: PostgreSQL set-based over plansync",
        ours: ("typical-sync", "20 components onto 200 learners"),
        theirs: &["typical sync, set-based"],
        at_least: 20.0,
    },
    Pair {
        name: "typical sync: PostgreSQL a learner at a time over plansync",
        ours: ("typical-sync", "20 components onto 200 learners"),
        theirs: &["typical sync, a transaction a learner"],
        at_least: 40.0,
    },
];

/// The ratios of figures that were both measured.
pub(crate) fn of(figures: &[Figure]) -> Vec<Figure> {
    let find = |workload: &str, name: &str| {
        let found = figures
            .iter()
            .find(|figure| figure.workload == workload && figure.name == name);
        found.map(|figure| figure.p50)
    };
    let ratio = |pair: &Pair| {
        let ours = find(pair.ours.0, pair.ours.1)?;
        let theirs = pair.theirs.iter().filter_map(|name| find("postgres", name));
        let theirs = theirs.reduce(f64::min)?;
        Some(Figure {
            workload: "ratio",
            ..Figure::once(pair.name, "×", theirs / ours).at_least(pair.at_least)
        })
    };
    PAIRS.iter().filter_map(ratio).collect()
}
