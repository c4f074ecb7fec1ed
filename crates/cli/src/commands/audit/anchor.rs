//! `plansync audit anchor`: prints a signed checkpoint of a log.

use std::path::PathBuf;

use clap::Args;
use plansync_log::anchor::{Checkpoint, SignedCheckpoint, SigningKey};
use plansync_log::merkle::TreeHead;
use serde_json::json;

use super::anchors::signing_key;
use super::tree::LogTree;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::place::PlaceArguments;
use crate::{new_file, paths};

/// Sign a checkpoint of the log, to be kept elsewhere.
#[derive(Debug, Args)]
#[command(after_help = "\
The anchor states how many commits the log has, and the root of the Merkle tree
over all of them. Keep it where whoever can change the data folder cannot change
it. `plansync audit verify --anchor FILE` then refuses a log that does not begin
with exactly these commits.

It is a C2SP checkpoint (a signed note with an Ed25519 signature for each key).
The hashes that the log keeps are used; `plansync audit verify` checks them.

Examples:
  plansync audit anchor --data DIR --key anchor.key --to 2026-05-01.anchor
  plansync audit verify --data DIR --anchor 2026-05-01.anchor --trust anchor.key.pub")]
pub(crate) struct MakeAnchor {
    #[command(flatten)]
    place: PlaceArguments,
    /// File with a private key of `plansync audit key`. Can be given several times.
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    /// File to create; standard output otherwise.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

impl MakeAnchor {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let keys = self.keys.iter().map(|file| signing_key(file));
        let keys: Vec<SigningKey> = keys.collect::<Result<_, _>>()?;
        let tree = LogTree::open(self.place.place()?)?;
        let origin = tree.origin();
        let size = tree.tip().position.get();
        let root = tree.roots(&[(0, size)])?.remove(0);
        let checkpoint = Checkpoint::new(&origin, TreeHead { size, root });
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let signed = SignedCheckpoint::sign(checkpoint, &keys)?.to_string();
        if output.is_for_people() || self.to.is_none() && !output.is_json() {
            new_file::write(self.to.as_deref(), &signed)?;
            if let Some(file) = &self.to {
                let file = paths::shown(file);
                output::line(&format!("Anchored {size} commits of {origin} in {file}."))?;
            }
            return Ok(Exit::Done);
        }
        if let Some(file) = &self.to {
            new_file::write(Some(file), &signed)?;
        }
        output.value(&json!({
            "file": self.to.as_deref().map(paths::exact),
            "origin": origin.to_string(),
            "size": size,
            "root": root.to_string(),
            "checkpoint": signed,
        }))?;
        Ok(Exit::Done)
    }
}
