//! `plansync audit prove` and `plansync audit check-proof`: that a commit is in the tree of a checkpoint,
//! without any other commit.

use std::path::PathBuf;

use clap::Args;
use plansync_log::anchor::{Checkpoint, InclusionProof, Log, Origin, SignedCheckpoint, Standing};
use plansync_log::merkle::{Hash, TreeHead, inclusion_ranges};
use plansync_log::{Position, Sequenced};
use serde_json::json;

use super::anchors::{self, TrustArguments, checkpoint, origin, signing_key};
use super::tree::LogTree;
use crate::commands::audit::point;
use crate::exit::{Exit, NotTrusted, NotUnderstood};
use crate::output::{self, Output};
use crate::place::PlaceArguments;
use crate::{new_file, paths};

/// Prove that a commit is in the tree of a checkpoint.
#[derive(Debug, Args)]
#[command(after_help = "\
The proof is a text (C2SP tlog-proof) with about one hash for each doubling of
the log, and the checkpoint. It has no content of any commit. Whoever has the
commit as well (`--commit`) can check both without the log:

  plansync audit prove 4711 --data DIR --anchor 2026-05-01.anchor \\
      --to 4711.tlog-proof --commit 4711.commit
  plansync audit check-proof 4711.tlog-proof --commit 4711.commit \\
      --trust anchor.key.pub")]
pub(crate) struct Prove {
    /// Position of the commit.
    #[arg(value_parser = point::position)]
    position: u64,
    #[command(flatten)]
    place: PlaceArguments,
    /// File with the checkpoint to prove it in.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "key",
        required_unless_present = "key"
    )]
    anchor: Option<PathBuf>,
    /// File with a private key, to sign a checkpoint of the log as it is now and prove it in that.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// File for the proof; standard output otherwise.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// File for the commit, as the log stores it.
    #[arg(long, value_name = "FILE")]
    commit: Option<PathBuf>,
}

/// Check a proof that a commit is in the tree of a trusted checkpoint.
#[derive(Debug, Args)]
#[command(after_help = "\
Neither the log nor a connection is needed.

Exit code 0: the commit is in the log that the checkpoint states.
Exit code 4: it is not, or no trusted key signed the checkpoint.")]
pub(crate) struct CheckProof {
    /// File with the proof.
    proof: PathBuf,
    /// File with the commit, as `plansync audit prove --commit` wrote it.
    #[arg(long, value_name = "FILE")]
    commit: PathBuf,
    #[command(flatten)]
    trust: TrustArguments,
}

impl Prove {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let tree = LogTree::open(self.place.place()?)?;
        let signed = self.signed(&tree)?;
        let size = signed.checkpoint().head.size;
        let position = self.position;
        let beyond = || {
            NotUnderstood(format!(
                "the checkpoint covers the positions 1 to {size}, and {position} is not among them"
            ))
        };
        let index = position.checked_sub(1).ok_or_else(beyond)?;
        let ranges = inclusion_ranges(index, size).ok_or_else(beyond)?;
        let proof = InclusionProof {
            extra: None,
            index,
            hashes: tree.roots(&ranges)?,
            checkpoint: signed,
        };
        let commit = tree.commit(Position::new(position))?;
        // Hashes that the log keeps may be wrong; a proof must not be.
        proof.check(Hash::of_leaf(commit.stored())).map_err(|error| {
            NotTrusted(format!(
                "the hashes that the log keeps do not match its commits ({error}); run `plansync audit verify`"
            ))
        })?;
        if let Some(file) = &self.commit {
            new_file::write_bytes(file, commit.stored())?;
        }
        let text = proof.to_string();
        if output.is_json() {
            if let Some(file) = &self.to {
                new_file::write(Some(file), &text)?;
            }
            output.value(&json!({
                "file": self.to.as_deref().map(paths::exact),
                "commit_file": self.commit.as_deref().map(paths::exact),
                "position": position,
                "size": size,
                "leaf_hash": Hash::of_leaf(commit.stored()).to_string(),
                "proof": text,
            }))?;
            return Ok(Exit::Done);
        }
        new_file::write(self.to.as_deref(), &text)?;
        if let Some(file) = &self.to {
            let file = paths::shown(file);
            output::line(&format!(
                "Proved in {file} that the commit at position {position} is among {size} commits."
            ))?;
        }
        Ok(Exit::Done)
    }

    /// The checkpoint of the proof: one that was made before and that the log extends, or a new one.
    fn signed(&self, tree: &LogTree) -> anyhow::Result<SignedCheckpoint> {
        let tip = tree.tip();
        if let Some(key) = &self.key {
            let size = tip.position.get();
            let root = tree.roots(&[(0, size)])?.remove(0);
            let checkpoint = Checkpoint::new(&tree.origin(), TreeHead { size, root });
            return Ok(SignedCheckpoint::sign(checkpoint, &[&signing_key(key)?])?);
        }
        let Some(file) = &self.anchor else {
            return Err(NotUnderstood("give --anchor or --key".to_owned()).into());
        };
        let name = paths::shown(file);
        let signed = checkpoint(file)?;
        let head = signed.checkpoint().head;
        let root = if head.size <= tip.position.get() {
            Some(tree.roots(&[(0, head.size)])?.remove(0))
        } else {
            None
        };
        let incarnations = tree.incarnations();
        let log = Log {
            tip: &tip,
            incarnations: &incarnations,
        };
        match log.standing(&origin(&name, &signed)?, &head, root) {
            Standing::Extends => Ok(signed),
            Standing::Differs
            | Standing::Shorter { .. }
            | Standing::OtherLog { .. }
            | Standing::Later { .. }
            | Standing::LostByRestore { .. }
            | Standing::LeftBehind
            | Standing::Unknown => Err(NotTrusted(format!(
                "the log is not an extension of {name}; `plansync audit verify --anchor` says why"
            ))
            .into()),
        }
    }
}

impl CheckProof {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let name = paths::shown(&self.proof);
        let refused = |why: &dyn std::fmt::Display| NotTrusted(format!("{name}: {why}"));
        let trust = self.trust.read()?;
        let proof = InclusionProof::parse(&anchors::read(&self.proof)?);
        let proof = proof.map_err(|error| refused(&error))?;
        let signers = trust.signers(&name, &proof.checkpoint)?;
        let Origin { log, incarnation } = origin(&name, &proof.checkpoint)?;
        let bytes = anchors::read(&self.commit)?;
        let checked = proof.check(Hash::of_leaf(&bytes));
        checked.map_err(|error| refused(&format!("it does not prove this commit: {error}")))?;
        let commit = Sequenced::from_stored(bytes.into()).map_err(|error| refused(&error))?;
        let position = commit.position();
        if position.get().checked_sub(1) != Some(proof.index) {
            return Err(refused(&"the commit states another position than the proof").into());
        }
        let decoded = commit.decode().map_err(|error| refused(&error))?;
        let (stream, actor) = (decoded.proposal.stream, decoded.proposal.actor);
        let size = proof.checkpoint.checkpoint().head.size;
        let names: Vec<&str> = signers.iter().map(|signer| signer.key.name()).collect();
        if output.is_for_people() {
            output::line(&format!(
                "The commit at position {position} ({stream}, by {actor}) is among the first {size} commits of \
                 the log {log}, incarnation {incarnation}; signed by {}.",
                names.join(", ")
            ))?;
        } else {
            output.value(&json!({
                "proven": true,
                "log": log,
                "incarnation": incarnation,
                "position": position,
                "recorded_at_micros": commit.at().get(),
                "stream": stream.to_string(),
                "by": &*actor,
                "command_id": decoded.proposal.command.id,
                "size": size,
                "signers": anchors::signers_json(&signers),
            }))?;
        }
        Ok(Exit::Done)
    }
}
