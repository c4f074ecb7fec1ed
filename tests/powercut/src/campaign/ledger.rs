//! Owns what must be in the log: every commit that was acknowledged or once seen, and those that
//! were only tried. Knows nothing of how the log was opened or what happened to it.

use plansync_log::{Chain, Position};

/// What a log did that it must never do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Commits are gone that were promised.
    #[error("lost: {promised} commits were promised, {found} are there")]
    Lost {
        /// The last position that was acknowledged, or seen by a reader.
        promised: Position,
        /// The last position that is there.
        found: Position,
    },
    /// Something else stands where a commit was written.
    #[error("different: the chain at {at} is not the one that was written")]
    Different {
        /// Where the chain was compared.
        at: Position,
    },
    /// There are commits that nobody tried to write.
    #[error("invented: {tried} commits were written, {found} are there")]
    Invented {
        /// The last position that was tried.
        tried: Position,
        /// The last position that is there.
        found: Position,
    },
    /// Keys are there that were destroyed, or gone that were not.
    #[error("keys: {promised} were destroyed for certain and {tried} at most, {found} are gone")]
    Erased {
        /// Destructions that were acknowledged, or seen by a reader.
        promised: u64,
        /// Destructions that were tried.
        tried: u64,
        /// Keys that are gone.
        found: u64,
    },
    /// Keys that nobody destroyed are others than they were.
    #[error("keys: the keys of the log are not those that it had")]
    OtherKeys,
    /// An answer of the log is wrong.
    #[error("wrong: {0}")]
    Wrong(String),
    /// The log refused although nothing was wrong with the disk.
    #[error("refused without need: {0}")]
    Refused(String),
    /// The worker ended without a word.
    #[error("the worker died by itself: {0}")]
    Died(String),
    /// The worker neither went on nor ended.
    #[error("the worker did not go on within {0} s")]
    Hung(u64),
}

/// The commits of one image, over all its accidents.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The chain at each position that was tried, the first at index 0.
    chains: Vec<Chain>,
    /// How many of them must be there.
    promised: usize,
    commands: u64,
    acknowledged: u64,
}

impl Ledger {
    /// How many command numbers were used up so far.
    pub fn commands(&self) -> u64 {
        self.commands
    }

    /// How many commits were acknowledged over the life of the image.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// A commit is about to be appended. What was tried at this position before was given up.
    pub fn tried(&mut self, position: Position, chain: Chain, number: u64) {
        self.chains.truncate(count(position).saturating_sub(1));
        self.chains.push(chain);
        self.commands = self.commands.max(number + 1);
    }

    /// The log acknowledged everything up to this position.
    pub fn done(&mut self, position: Position) {
        let promised = count(position);
        let fresh = promised.saturating_sub(self.promised);
        self.acknowledged += u64::try_from(fresh).unwrap_or_default();
        self.promised = promised;
    }

    /// The log was opened and is whole up to this commit. From now on that much is promised:
    /// a reader has seen it.
    pub fn found(&mut self, position: Position, chain: Chain) -> Result<(), Violation> {
        let found = count(position);
        if found < self.promised {
            return Err(Violation::Lost {
                promised: at(self.promised),
                found: position,
            });
        }
        if found > self.chains.len() {
            return Err(Violation::Invented {
                tried: at(self.chains.len()),
                found: position,
            });
        }
        if found > 0 && self.chains.get(found - 1) != Some(&chain) {
            return Err(Violation::Different { at: position });
        }
        self.chains.truncate(found);
        self.promised = found;
        Ok(())
    }
}

fn count(position: Position) -> usize {
    usize::try_from(position.get()).unwrap_or(usize::MAX)
}

fn at(count: usize) -> Position {
    Position::new(u64::try_from(count).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Chain, Ledger, Position, Violation};

    fn chain(byte: u8) -> Chain {
        Chain::new([byte; 32])
    }

    /// Three commits tried, the first two of them acknowledged.
    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for number in 1..=3 {
            ledger.tried(Position::new(number.into()), chain(number), number.into());
        }
        ledger.done(Position::new(2));
        ledger
    }

    #[test]
    fn an_unacknowledged_commit_may_be_there_or_not() {
        assert_eq!(ledger().found(Position::new(2), chain(2)), Ok(()));
        assert_eq!(ledger().found(Position::new(3), chain(3)), Ok(()));
    }

    #[test]
    fn an_acknowledged_commit_must_be_there() {
        let (promised, found) = (Position::new(2), Position::new(1));
        let lost = Err(Violation::Lost { promised, found });
        assert_eq!(ledger().found(Position::new(1), chain(1)), lost);
    }

    #[test]
    fn a_commit_that_was_seen_once_must_stay() {
        let mut ledger = ledger();
        ledger.found(Position::new(3), chain(3)).unwrap();
        let (promised, found) = (Position::new(3), Position::new(2));
        let lost = Err(Violation::Lost { promised, found });
        assert_eq!(ledger.found(Position::new(2), chain(2)), lost);
    }

    #[test]
    fn a_commit_that_was_given_up_must_not_come_back() {
        let mut ledger = ledger();
        ledger.found(Position::new(2), chain(2)).unwrap();
        let (tried, found) = (Position::new(2), Position::new(3));
        let invented = Err(Violation::Invented { tried, found });
        assert_eq!(ledger.found(Position::new(3), chain(3)), invented);
    }

    #[test]
    fn another_history_of_the_same_length_is_noticed() {
        let different = Err(Violation::Different {
            at: Position::new(2),
        });
        assert_eq!(ledger().found(Position::new(2), chain(9)), different);
    }
}
