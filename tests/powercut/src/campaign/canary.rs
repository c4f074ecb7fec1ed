//! Owns the proof that a campaign can fail: the same accidents on a disk that answers the
//! journal's `fdatasync` without doing it must nearly always show a loss.

use std::ffi::OsStr;
use std::io::Write;

use super::{CampaignFailed, Chain, SessionError};
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
    /// Power cuts within which that must happen.
    #[arg(long, default_value_t = 5)]
    pub cuts_per_image: u64,
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
        let mut found = 0;
        for run in 0..self.runs {
            match self.run_one(seed.wrapping_add(run)) {
                Ok(cuts) => say(format!("run {run}: nothing seen in {cuts} cuts"))?,
                Err(SessionError::Violation(violation)) => {
                    found += 1;
                    say(format!("run {run}: {violation}"))?;
                }
                Err(error) => return Err(CampaignFailed::Session(error).into()),
            }
        }
        say(format!("{found} of {} runs found broken", self.runs))?;
        let enough = found * 100 >= self.runs * FOUND_PERCENT_MIN;
        if enough {
            Ok(())
        } else {
            Err(CanaryFailed::Unseen {
                found,
                runs: self.runs,
            })
        }
    }

    fn run_one(&self, seed: u64) -> Result<u64, SessionError> {
        let mut disk = Disk::new();
        disk.ignore_data_syncs_on(OsStr::new(JOURNAL));
        let mut chain = Chain::new(seed, disk);
        chain.run(self.cuts_per_image)?;
        Ok(chain.figures().cuts())
    }
}
