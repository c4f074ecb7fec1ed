//! Owns the proof that a campaign can fail: the same accidents must nearly always show a loss when
//! the journal's `fdatasync` is answered and not done, and when there is no journal at all.

use std::ffi::OsStr;
use std::fmt;
use std::io::Write;

use super::{CampaignFailed, Chain, SessionError, Violation};
use crate::disk::Disk;
use crate::worker::Load;

/// What part of the name of a file makes it a journal.
const JOURNAL: &str = "journal";

/// Runs that must find the loss, of a hundred.
const FOUND_PERCENT_MIN: u64 = 90;

/// What is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Without {
    /// The disk answers the journal's data sync without doing it.
    JournalSync,
    /// There is no journal: sled keeps the commits alone, flushed and its file synced.
    Journal,
}

impl fmt::Display for Without {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::JournalSync => "the journal's data sync",
            Self::Journal => "the journal",
        })
    }
}

/// What a canary is to be.
#[derive(Debug, Clone, clap::Args)]
pub struct Canary {
    /// Images, each of which is to be found broken.
    #[arg(long, default_value_t = 30)]
    pub runs: u64,
    /// What is taken out.
    #[arg(long, value_enum, default_value = "journal-sync")]
    pub without: Without,
    /// Power cuts within which that must happen. One cut may find everything unsynced landed, and
    /// the next then cannot tell; that all of so many do is next to impossible.
    #[arg(long, default_value_t = 50)]
    pub cuts_max: u64,
    /// What every image is loaded with; given none, images take turns as those of a campaign do.
    #[arg(long, value_enum)]
    pub load: Option<Load>,
    /// Where the accidents follow from; drawn and printed if not given.
    #[arg(long)]
    pub seed: Option<u64>,
}

/// Why a canary failed.
#[derive(Debug, thiserror::Error)]
pub enum CanaryFailed {
    /// The loss went unseen too often, so a campaign without a violation proves nothing.
    #[error("only {found} of {runs} runs without {without} were found broken")]
    Unseen {
        /// What was taken out.
        without: Without,
        /// Runs that were found broken.
        found: u64,
        /// All runs.
        runs: u64,
    },
    /// Something is wrong without any loss, so what else it finds proves nothing.
    #[error("the image of seed {seed} is broken before the first power cut: {violation}")]
    TooEarly {
        /// The seed of the image.
        seed: u64,
        /// What is wrong.
        violation: Violation,
    },
    /// It could not go on.
    #[error(transparent)]
    Campaign(#[from] CampaignFailed),
}

impl Canary {
    /// Runs all of it, and says how it goes.
    pub fn run(&self, out: &mut impl Write) -> Result<(), CanaryFailed> {
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..1 << 48));
        let mut say = |text: String| writeln!(out, "{text}").map_err(CampaignFailed::Write);
        say(format!(
            "seed {seed}: {} runs without {}",
            self.runs, self.without
        ))?;
        let mut needed = Vec::new();
        for run in 0..self.runs {
            let seed = seed.wrapping_add(run);
            match self.run_one(seed)? {
                (0, Some(violation)) => return Err(CanaryFailed::TooEarly { seed, violation }),
                (cuts, None) => say(format!("run {run}: nothing seen in {cuts} cuts"))?,
                (cuts, Some(violation)) => {
                    needed.push(cuts);
                    say(format!("run {run}: after {cuts} cuts {violation}"))?;
                }
            }
        }
        say(self.summary(&mut needed))?;
        let found = u64::try_from(needed.len()).unwrap_or(u64::MAX);
        if found * 100 >= self.runs * FOUND_PERCENT_MIN {
            return Ok(());
        }
        Err(CanaryFailed::Unseen {
            without: self.without,
            found,
            runs: self.runs,
        })
    }

    /// How many were found broken, and how many cuts that took.
    fn summary(&self, needed: &mut [u64]) -> String {
        needed.sort_unstable();
        let found = format!("{} of {} runs found broken", needed.len(), self.runs);
        match (needed.get(needed.len() / 2), needed.last()) {
            (Some(median), Some(max)) => {
                format!("{found}; cuts needed: median {median}, at most {max}")
            }
            (None, _) | (_, None) => found,
        }
    }

    /// The power cuts of one image, and what they showed.
    fn run_one(&self, seed: u64) -> Result<(u64, Option<Violation>), CampaignFailed> {
        let mut disk = Disk::new();
        let load = match self.without {
            Without::JournalSync => {
                disk.ignore_data_syncs_on(OsStr::new(JOURNAL));
                self.load.unwrap_or(Load::in_turn(seed))
            }
            Without::Journal => Load::Bare,
        };
        let mut chain = Chain::new(load, seed, disk);
        let shown = match chain.run(self.cuts_max) {
            Ok(()) => None,
            Err(SessionError::Violation(violation)) => Some(violation),
            Err(error) => return Err(CampaignFailed::Session(error)),
        };
        Ok((chain.figures().cuts(), shown))
    }
}

#[cfg(test)]
mod tests {
    use super::{Canary, Without};

    #[test]
    fn the_summary_says_how_many_cuts_were_needed() {
        let canary = Canary {
            runs: 4,
            without: Without::Journal,
            cuts_max: 50,
            load: None,
            seed: None,
        };
        assert_eq!(canary.summary(&mut []), "0 of 4 runs found broken");
        assert_eq!(
            canary.summary(&mut [7, 1, 2]),
            "3 of 4 runs found broken; cuts needed: median 2, at most 7"
        );
    }
}
