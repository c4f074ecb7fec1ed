//! Owns when the power goes: after so many operations, or so many after a name was changed. Knows
//! nothing of what the operations do.

/// The kinds of operation that are counted; reading changes nothing and is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A write, or a change of length.
    Write,
    /// A sync of a file or a directory.
    Sync,
    /// A name created, renamed or removed: where volumes are made and sealed.
    Name,
}

/// What happens when a trigger fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accident {
    /// The power goes, and unsynced changes can be lost.
    PowerCut,
    /// The program is killed: nothing is lost yet, because what was unsynced is still cached.
    Kill,
}

/// A condition that comes true once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    accident: Accident,
    /// Name changes that must come first.
    names_left: u64,
    /// Operations of any kind after those; `None` when it never fires or has fired.
    operations_left: Option<u64>,
    fired: bool,
}

impl Trigger {
    /// Never fires.
    pub fn never() -> Self {
        Self {
            accident: Accident::Kill,
            names_left: 0,
            operations_left: None,
            fired: false,
        }
    }

    /// Fires on the operation numbered `count`, the next one being 1.
    pub fn at_operation(accident: Accident, count: u64) -> Self {
        Self::after_names(accident, 0, count)
    }

    /// Fires `count` operations after the name change numbered `names`.
    pub fn after_names(accident: Accident, names: u64, count: u64) -> Self {
        Self {
            accident,
            names_left: names,
            operations_left: Some(count),
            fired: false,
        }
    }

    /// What happened, once it has.
    pub fn fired(self) -> Option<Accident> {
        self.fired.then_some(self.accident)
    }

    /// Counts one operation, and says whether it is the one.
    pub(super) fn count(&mut self, operation: Operation) -> bool {
        if self.names_left > 0 {
            self.names_left -= u64::from(operation == Operation::Name);
            return false;
        }
        let Some(left) = self.operations_left else {
            return false;
        };
        if left > 1 {
            self.operations_left = Some(left - 1);
            return false;
        }
        self.operations_left = None;
        self.fired = true;
        true
    }
}
