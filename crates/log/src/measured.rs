//! What a log has counted since it was opened, for whoever observes it.

use plansync_measures::Distribution;

/// What a log has counted since it was opened, and how it stands now. Durations are in nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogMeasured {
    /// How long each group took from the call to its end, with everything that it had to wait for.
    pub appends: Distribution,
    /// How long each flush of the journal to the disk took.
    pub flushes: Distribution,
    /// How long each sealing of a volume took.
    pub sealings: Distribution,
    /// The sealed volumes.
    pub volumes_sealed: u64,
    /// The full volumes that wait to be sealed, or are being sealed.
    pub volumes_full: u64,
    /// Reads that found the sealed volume open, and those that had to open it.
    pub volume_lookups: Lookups,
}

/// How often something was found in memory, and how often it was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lookups {
    /// It was there.
    pub hits: u64,
    /// It had to be read or made.
    pub misses: u64,
}
