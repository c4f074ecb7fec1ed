//! Owns the proof that a campaign can fail: the same accidents on a disk that answers the
//! journal's `fdatasync` without doing it must nearly always show a loss.

use std::ffi::OsStr;
use std::io::Write;

use super::{CampaignFailed, Chain, SessionError, Violation};
use crate::disk::Disk;

/// What part of the name of a file makes it a journal.
const JOURNAL: &str = "journal";

/// Runs that must find the loss, of a hundred.
const FOUND_PERCENT_MIN: u64 = 90;

/// What a canary is to be.
#[derive(Debug, Clone, clap::Args)]
pub struct Canary {
    /// Images, each of which is to be found broken.
    #[arg(long, default_value_t = 30)]
    pub runs: u64,
    /// Power cuts within which that must happen. One cut may find everything unsynced landed, and
    /// the next then cannot tell; that all of so many do is next to impossible.
    #[arg(long, default_value_t = 25)]
    pub cuts_max: u64,
    /// Where the accidents follow from; drawn and printed if not given.
    #[arg(long)]
    pub seed: Option<u64>,
}

/// Why a canary failed.
#[derive(Debug, thiserror::Error)]
pub enum CanaryFailed {
    /// The loss went unseen too often, so a campaign without a violation proves nothing.
    #[error("only {found} of {runs} runs without the journal's sync were found broken")]
    Unseen {
        /// Runs that were found broken.
        found: u64,
        /// All runs.
        runs: u64,
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
            "seed {seed}: {} runs without the journal's data sync",
            self.runs
        ))?;
        let mut needed = Vec::new();
        for run in 0..self.runs {
            match self.run_one(seed.wrapping_add(run))? {
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
        disk.ignore_data_syncs_on(OsStr::new(JOURNAL));
        let mut chain = Chain::new(seed, disk);
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
    use super::Canary;

    #[test]
    fn the_summary_says_how_many_cuts_were_needed() {
        let canary = Canary {
            runs: 4,
            cuts_max: 25,
            seed: None,
        };
        assert_eq!(canary.summary(&mut []), "0 of 4 runs found broken");
        assert_eq!(
            canary.summary(&mut [7, 1, 2]),
            "3 of 4 runs found broken; cuts needed: median 2, at most 7"
        );
    }
}
