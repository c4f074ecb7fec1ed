//! Owns the dice of a power cut: which unsynced change lands whole, torn, as a length without its
//! bytes, or not at all. Knows nothing of what the changes are.

use super::Sequence;

/// What became of one unsynced change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It landed.
    Whole,
    /// Some of its sectors landed.
    Torn,
    /// The file grew as if it had landed, but reads zeros there.
    LengthOnly,
    /// Nothing of it landed.
    Gone,
}

/// How the changes of one kind fall, drawn once for each cut: a disk that lost everything, one
/// that lost nothing, one that kept its order and one that did not are different accidents, and
/// a fair coin for each change would hardly ever show the first three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    None,
    All,
    Prefix { end: Sequence },
    Any { percent: u32, torn_percent: u32 },
}

/// The dice of one cut.
#[derive(Debug)]
pub struct Loss {
    rng: fastrand::Rng,
    writes: Pattern,
    names: Pattern,
}

/// How many unsynced changes one cut found, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lost {
    /// Writes that landed whole.
    pub writes_whole: u64,
    /// Writes that landed in part, or only as a length.
    pub writes_torn: u64,
    /// Writes that were forgotten.
    pub writes_gone: u64,
    /// Name changes that landed.
    pub names_whole: u64,
    /// Name changes that were forgotten.
    pub names_gone: u64,
}

impl Loss {
    /// Draws the patterns of one cut; an ordered loss begins somewhere between the oldest
    /// unsynced change and the latest.
    pub(super) fn draw(mut rng: fastrand::Rng, oldest: Sequence, latest: Sequence) -> Self {
        let range = oldest.0..=latest.0;
        let writes = Pattern::draw(&mut rng, range.clone());
        let names = Pattern::draw(&mut rng, range);
        Self { rng, writes, names }
    }

    /// Everything unsynced is forgotten.
    pub fn everything() -> Self {
        Self::fixed(Pattern::None)
    }

    /// Everything unsynced lands.
    pub fn nothing() -> Self {
        Self::fixed(Pattern::All)
    }

    fn fixed(pattern: Pattern) -> Self {
        Self {
            rng: fastrand::Rng::with_seed(0),
            writes: pattern,
            names: pattern,
        }
    }

    pub(super) fn fate_of_write(&mut self, sequence: Sequence) -> Fate {
        match self.writes {
            Pattern::All => Fate::Whole,
            Pattern::Prefix { end } if sequence < end => Fate::Whole,
            Pattern::Prefix { end } if sequence == end => self.broken(),
            Pattern::None | Pattern::Prefix { .. } => Fate::Gone,
            Pattern::Any {
                percent,
                torn_percent,
            } => self.any(percent, torn_percent),
        }
    }

    pub(super) fn fate_of_name(&mut self, sequence: Sequence) -> Fate {
        let lands = match self.names {
            Pattern::None => false,
            Pattern::All => true,
            Pattern::Prefix { end } => sequence < end,
            Pattern::Any { percent, .. } => self.rng.u32(0..100) < percent,
        };
        if lands { Fate::Whole } else { Fate::Gone }
    }

    pub(super) fn sector_lands(&mut self) -> bool {
        self.rng.bool()
    }

    fn any(&mut self, percent: u32, torn_percent: u32) -> Fate {
        if self.rng.u32(0..100) < torn_percent {
            self.broken()
        } else if self.rng.u32(0..100) < percent {
            Fate::Whole
        } else {
            Fate::Gone
        }
    }

    fn broken(&mut self) -> Fate {
        if self.rng.u8(0..4) == 0 {
            Fate::LengthOnly
        } else {
            Fate::Torn
        }
    }
}

impl Pattern {
    fn draw(rng: &mut fastrand::Rng, range: std::ops::RangeInclusive<u64>) -> Self {
        match rng.u8(0..100) {
            0..15 => Pattern::None,
            15..25 => Pattern::All,
            25..45 => Pattern::Prefix {
                end: Sequence(rng.u64(range)),
            },
            _ => Pattern::Any {
                percent: rng.u32(5..=95),
                torn_percent: rng.u32(0..=60),
            },
        }
    }
}

impl Lost {
    pub(super) fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Whole => self.writes_whole += 1,
            Fate::Torn | Fate::LengthOnly => self.writes_torn += 1,
            Fate::Gone => self.writes_gone += 1,
        }
    }

    pub(super) fn count_name(&mut self, fate: Fate) {
        match fate {
            Fate::Whole => self.names_whole += 1,
            Fate::Torn | Fate::LengthOnly | Fate::Gone => self.names_gone += 1,
        }
    }
}

impl std::ops::AddAssign for Lost {
    fn add_assign(&mut self, other: Self) {
        self.writes_whole += other.writes_whole;
        self.writes_torn += other.writes_torn;
        self.writes_gone += other.writes_gone;
        self.names_whole += other.names_whole;
        self.names_gone += other.names_gone;
    }
}
