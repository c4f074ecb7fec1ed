//! Owns the campaign: many images, each through its chain of accidents, and the judgement over
//! all of them.

mod answers;
mod canary;
mod chain;
mod copies;
mod erasures;
mod figures;
mod guarantees;
mod keep;
mod ledger;
mod session;

use std::io::Write;
use std::path::PathBuf;

pub use answers::Answers;
pub use canary::{Canary, CanaryFailed, Without};
pub use chain::Chain;
pub use copies::Copies;
pub use erasures::Erasures;
pub use figures::{Figures, Phase};
pub use guarantees::Guarantees;
pub use keep::keep;
pub use ledger::{Ledger, Violation};
pub use session::{Ended, Plan, SessionError};

use crate::disk::Disk;
use crate::worker::Load;

/// A long campaign says every so many cuts that it is still there.
const PROGRESS_CUTS: u64 = 100;

/// What a campaign is to be.
#[derive(Debug, Clone, clap::Args)]
pub struct Campaign {
    /// Power cuts in all, over as many images as it takes.
    #[arg(long, default_value_t = 25)]
    pub cuts: u64,
    /// Power cuts each image goes through.
    #[arg(long, default_value_t = 5)]
    pub cuts_per_image: u64,
    /// Where the accidents follow from; drawn and printed if not given. Image n of a campaign is
    /// image 0 of the campaign with seed + n.
    #[arg(long)]
    pub seed: Option<u64>,
    /// What every image is loaded with; given none, images take turns with an engine and the log
    /// alone.
    #[arg(long, value_enum)]
    pub load: Option<Load>,
    /// A folder for the images that broke a guarantee.
    #[arg(long)]
    pub keep: Option<PathBuf>,
}

/// Why a campaign failed.
#[derive(Debug, thiserror::Error)]
pub enum CampaignFailed {
    /// The log broke its guarantee.
    #[error("{0} of {1} images broke a guarantee of the log")]
    Violations(u64, u64),
    /// The campaign itself could not go on.
    #[error("the campaign could not go on")]
    Session(#[source] SessionError),
    /// Nobody reads what it says, or a broken image could not be kept.
    #[error("cannot write")]
    Write(#[from] std::io::Error),
}

impl Campaign {
    /// Runs all of it, and says how it goes.
    pub fn run(&self, out: &mut impl Write) -> Result<(), CampaignFailed> {
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..1 << 48));
        writeln!(out, "seed {seed}: {} power cuts", self.cuts)?;
        let (mut total, mut images, mut broken) = (Figures::default(), 0, 0);
        while total.cuts() < self.cuts {
            let image = seed.wrapping_add(images);
            let mut chain = Chain::new(
                self.load.unwrap_or(Load::in_turn(image)),
                image,
                Disk::new(),
            );
            let cuts = self.cuts_per_image.min(self.cuts - total.cuts());
            if let Err(error) = chain.run(cuts) {
                self.report(out, image, &chain, error)?;
                broken += 1;
            }
            let cuts_before = total.cuts();
            total += chain.figures();
            images += 1;
            if total.cuts() / PROGRESS_CUTS > cuts_before / PROGRESS_CUTS {
                writeln!(out, "{} cuts, {broken} images broken", total.cuts())?;
            }
            // An image that broke before its first cut must not keep the campaign going forever.
            if broken > self.cuts {
                break;
            }
        }
        writeln!(
            out,
            "{images} images\n{total}\n{broken} images broke a guarantee"
        )?;
        if broken > 0 {
            return Err(CampaignFailed::Violations(broken, images));
        }
        Ok(())
    }

    fn report(
        &self,
        out: &mut impl Write,
        seed: u64,
        chain: &Chain,
        error: SessionError,
    ) -> Result<(), CampaignFailed> {
        let SessionError::Violation(violation) = error else {
            return Err(CampaignFailed::Session(error));
        };
        let cuts = chain.figures().cuts();
        writeln!(
            out,
            "VIOLATION in the image of --seed {seed} after {cuts} cuts: {violation}"
        )?;
        if let Some(folder) = &self.keep {
            let folder = folder.join(seed.to_string());
            keep(&chain.disk().lock(), &folder)?;
            writeln!(out, "the image is in {}", folder.display())?;
        }
        Ok(())
    }
}
