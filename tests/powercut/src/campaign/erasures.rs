//! Owns which keys of an image must be gone: every one whose destruction was acknowledged or once seen; and
//! that all others are those that they were. Knows nothing of how keys are stored.

use plansync_log::Fingerprint;

use super::ledger::Violation;

/// The keys of one image, over all its accidents. They are destroyed in the order of their numbers.
#[derive(Debug, Default)]
pub struct Erasures {
    /// So many must be gone.
    promised: u64,
    /// So many may be gone.
    tried: u64,
    /// What the keys of the log gave when they were first seen.
    kept: Option<Fingerprint>,
    acknowledged: u64,
}

impl Erasures {
    /// How many destructions were acknowledged, counted once.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// The key of this number is about to be destroyed.
    pub fn erasing(&mut self, number: u64) {
        self.tried = self.tried.max(number.saturating_add(1));
    }

    /// The key of this number was destroyed.
    pub fn erased(&mut self, number: u64) {
        self.promised = self.promised.max(number.saturating_add(1));
        self.acknowledged += 1;
    }

    /// The log was opened, and so many keys are gone; `kept` is what others give. From now on that much is
    /// promised: a reader has seen it.
    pub fn found(&mut self, gone: u64, kept: Fingerprint) -> Result<(), Violation> {
        if gone < self.promised || gone > self.tried {
            return Err(Violation::Erased {
                promised: self.promised,
                tried: self.tried,
                found: gone,
            });
        }
        if *self.kept.get_or_insert(kept) != kept {
            return Err(Violation::OtherKeys);
        }
        self.promised = gone;
        self.tried = gone;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Erasures, Fingerprint, Violation};

    fn kept() -> Fingerprint {
        Fingerprint::of(b"kept")
    }

    /// Two keys whose destruction was acknowledged, and a third that was tried.
    fn erasures() -> Erasures {
        let mut erasures = Erasures::default();
        erasures.found(0, kept()).unwrap();
        for number in 0..2 {
            erasures.erasing(number);
            erasures.erased(number);
        }
        erasures.erasing(2);
        erasures
    }

    #[test]
    fn what_was_only_tried_may_be_gone_or_not_and_then_stays_so() {
        assert_eq!(erasures().found(2, kept()), Ok(()));
        let mut erasures = erasures();
        assert_eq!(erasures.found(3, kept()), Ok(()));
        let back = erasures.found(2, kept()).unwrap_err();
        assert!(
            matches!(back, Violation::Erased { promised: 3, .. }),
            "{back}"
        );
    }

    #[test]
    fn an_acknowledged_destruction_that_came_back_is_noticed() {
        let violation = Violation::Erased {
            promised: 2,
            tried: 3,
            found: 1,
        };
        assert_eq!(erasures().found(1, kept()), Err(violation));
    }

    #[test]
    fn a_key_that_nobody_destroyed_must_not_be_gone_or_another() {
        let violation = Violation::Erased {
            promised: 2,
            tried: 3,
            found: 4,
        };
        assert_eq!(erasures().found(4, kept()), Err(violation));
        let other = erasures().found(2, Fingerprint::of(b"other"));
        assert_eq!(other, Err(Violation::OtherKeys));
    }
}
