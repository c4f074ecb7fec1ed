//! What is wrong with a part of the transport now, for whoever observes it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plansync_measures::Counter;

/// What is wrong with a part now, and how often something began to be wrong. A clone shows the same.
#[derive(Debug, Clone, Default)]
pub struct Condition(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    problems: Mutex<Vec<String>>,
    begun: Counter,
}

impl Condition {
    /// What is wrong now, each with what to do; nothing if all is well.
    pub fn problems(&self) -> Vec<String> {
        self.lock().clone()
    }

    /// How often something began to be wrong.
    pub fn begun(&self) -> u64 {
        self.0.begun.get()
    }

    /// All is well.
    pub(crate) fn is_well(&self) {
        self.lock().clear();
    }

    /// This alone is wrong.
    pub(crate) fn suffers(&self, problem: &str) {
        self.suffers_all([problem.to_owned()].into_iter());
    }

    /// These and nothing else are wrong.
    pub(crate) fn suffers_all(&self, problems: impl Iterator<Item = String>) {
        let now: Vec<_> = problems.collect();
        let mut known = self.lock();
        let begun = now.iter().filter(|problem| !known.contains(problem));
        self.0.begun.add(begun.map(|_| 1).sum());
        *known = now;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        let problems = self.0.problems.lock();
        problems.unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Condition;

    #[test]
    fn a_problem_counts_when_it_begins() {
        let condition = Condition::default();
        let all = |problems: &[&str]| {
            condition.suffers_all(problems.iter().map(|problem| (*problem).to_owned()));
            (condition.problems().len(), condition.begun())
        };
        assert_eq!(all(&["a"]), (1, 1));
        assert_eq!(all(&["a", "b"]), (2, 2));
        assert_eq!(all(&["b"]), (1, 2));
        condition.is_well();
        assert_eq!((condition.problems(), condition.begun()), (Vec::new(), 2));
        assert_eq!(all(&["b"]), (1, 3));
    }
}
