//! Owns which copies of a log must be there: a backup once it was finished, and a restored log from
//! then until it is removed. Knows nothing of what is in them.

use plansync_log::Position;

use super::ledger::Violation;

/// The copies of one image's log.
#[derive(Debug, Default)]
pub struct Copies {
    is_backed_up: bool,
    restored: Option<Position>,
}

impl Copies {
    /// A backup was finished.
    pub fn backed_up(&mut self) {
        self.is_backed_up = true;
    }

    /// A restore was finished.
    pub fn restored(&mut self, position: Position) {
        self.restored = Some(position);
    }

    /// The restored log is about to be removed.
    pub fn removing(&mut self) {
        self.restored = None;
    }

    /// These are there; what is there was found whole.
    pub fn found(&self, backup: bool, restored: Position) -> Result<(), Violation> {
        if self.is_backed_up && !backup {
            return Err(Violation::Wrong("a finished backup is gone".to_owned()));
        }
        match self.restored {
            Some(position) if position != restored => Err(Violation::Wrong(format!(
                "a log was restored up to {position} and ends at {restored} now"
            ))),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Copies, Position, Violation};

    #[test]
    fn a_finished_copy_must_stay() {
        let wrong = |text: &str| Err(Violation::Wrong(text.to_owned()));
        let mut copies = Copies::default();
        assert_eq!(copies.found(false, Position::ZERO), Ok(()));
        copies.backed_up();
        let gone = wrong("a finished backup is gone");
        assert_eq!(copies.found(false, Position::ZERO), gone);
        copies.restored(Position::new(3));
        let shorter = wrong("a log was restored up to 3 and ends at 0 now");
        assert_eq!(copies.found(true, Position::ZERO), shorter);
        assert_eq!(copies.found(true, Position::new(3)), Ok(()));
        copies.removing();
        assert_eq!(copies.found(true, Position::ZERO), Ok(()));
    }
}
