//! Files of keys and anchors: reading them, and what an anchor says of a log.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use plansync_log::anchor::{
    KeyKind, Log, NOTE_BYTES_MAX, Origin, SignedCheckpoint, Signer, SigningKey, Standing,
    VerifierKey,
};
use plansync_log::backend::{Finding, FindingKind};
use plansync_log::merkle::{Roots, TreeHead};
use serde_json::{Value, json};

use crate::exit::{NotTrusted, NotUnderstood};
use crate::paths;
use crate::whole;

/// Anchors to compare with, and whose signatures count.
#[derive(Debug, Clone, Args)]
pub(crate) struct AnchorArguments {
    /// File with a checkpoint of this log, which was made earlier and kept elsewhere. Can be given several
    /// times.
    #[arg(long = "anchor", value_name = "FILE", requires = "trusted")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    trust: TrustArguments,
}

/// Whose signatures count.
#[derive(Debug, Clone, Args)]
pub(crate) struct TrustArguments {
    /// Verifier key, or a file with one on each line, whose signatures are trusted: of a log's signer, or of a
    /// witness. Can be given several times.
    #[arg(long = "trust", id = "trusted", value_name = "KEY|FILE")]
    trusted: Vec<String>,
    /// Number of trusted witnesses that must have cosigned.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "trusted", value_parser = whole::at_least(0_usize))]
    witnesses: usize,
}

/// An anchor whose signatures were verified.
#[derive(Debug, Clone)]
pub(crate) struct Anchor {
    pub(crate) file: PathBuf,
    pub(crate) origin: Origin,
    pub(crate) head: TreeHead,
    pub(crate) signers: Vec<Signer>,
}

/// An anchor, and how a log stands to it.
#[derive(Debug)]
pub(crate) struct Compared {
    anchor: Anchor,
    standing: Standing,
}

impl AnchorArguments {
    /// Reads the anchors and verifies their signatures.
    pub(crate) fn read(&self) -> anyhow::Result<Vec<Anchor>> {
        if self.files.is_empty() {
            return Ok(Vec::new());
        }
        let trust = self.trust.read()?;
        self.files.iter().map(|file| anchor(file, &trust)).collect()
    }
}

/// Keys, and how many witnesses are needed.
#[derive(Debug)]
pub(crate) struct Trust {
    keys: Vec<VerifierKey>,
    witnesses_min: usize,
}

impl TrustArguments {
    /// Reads the keys.
    pub(crate) fn read(&self) -> anyhow::Result<Trust> {
        let keys = self.trusted.iter().map(|given| keys(given));
        let keys: Vec<Vec<VerifierKey>> = keys.collect::<Result<_, _>>()?;
        Ok(Trust {
            keys: keys.concat(),
            witnesses_min: self.witnesses,
        })
    }
}

impl Trust {
    /// The trusted keys that signed, of which one is that of a log's signer.
    pub(crate) fn signers(
        &self,
        name: &str,
        checkpoint: &SignedCheckpoint,
    ) -> Result<Vec<Signer>, NotTrusted> {
        let refused = |why: &dyn std::fmt::Display| NotTrusted(format!("{name}: {why}"));
        let signers = checkpoint.verify(&self.keys).map_err(|why| refused(&why))?;
        let is_of = |kind| move |signer: &&Signer| signer.key.kind() == kind;
        if !signers
            .iter()
            .any(|signer| signer.key.kind() == KeyKind::Log)
        {
            return Err(refused(
                &"only witnesses signed it; trust the key of its log's signer, too",
            ));
        }
        let witnesses = signers.iter().filter(is_of(KeyKind::Witness)).count();
        if witnesses < self.witnesses_min {
            let needed = self.witnesses_min;
            return Err(refused(&format!(
                "{witnesses} trusted witnesses cosigned it, but {needed} are needed"
            )));
        }
        Ok(signers)
    }
}

/// The keys in an argument: one, or those in a file.
fn keys(given: &str) -> anyhow::Result<Vec<VerifierKey>> {
    let path = Path::new(given);
    if !path.exists() {
        let key = VerifierKey::parse(given).map_err(|error| {
            NotUnderstood(format!(
                "`{given}` is no file, and as a verifier key: {error}"
            ))
        })?;
        return Ok(vec![key]);
    }
    let name = paths::shown(path);
    let text = String::from_utf8(read(path)?);
    let text = text.map_err(|_| NotUnderstood(format!("{name}: it is not UTF-8 text")))?;
    let lines = text.lines().map(str::trim).zip(1..);
    let lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let parsed = lines.map(|(line, number)| {
        VerifierKey::parse(line)
            .map_err(|error| NotUnderstood(format!("{name}, line {number}: {error}")))
    });
    let keys: Vec<VerifierKey> = parsed.collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(NotUnderstood(format!("{name}: it has no verifier key")).into());
    }
    Ok(keys)
}

/// Reads a private key.
pub(crate) fn signing_key(path: &Path) -> anyhow::Result<SigningKey> {
    let name = paths::shown(path);
    let refused = |why: &dyn std::fmt::Display| NotUnderstood(format!("{name}: {why}"));
    let text = String::from_utf8(read(path)?).map_err(|_| refused(&"it is not UTF-8 text"))?;
    Ok(SigningKey::parse(text.trim()).map_err(|error| refused(&error))?)
}

fn anchor(file: &Path, trust: &Trust) -> anyhow::Result<Anchor> {
    let name = paths::shown(file);
    let signed = checkpoint(file)?;
    let signers = trust.signers(&name, &signed)?;
    let origin = origin(&name, &signed)?;
    Ok(Anchor {
        file: file.to_owned(),
        origin,
        head: signed.checkpoint().head,
        signers,
    })
}

/// Reads a checkpoint; its signatures are not verified.
pub(crate) fn checkpoint(file: &Path) -> anyhow::Result<SignedCheckpoint> {
    let parsed = SignedCheckpoint::parse(&read(file)?);
    let name = paths::shown(file);
    Ok(
        parsed
            .map_err(|error| NotTrusted(format!("{name} is not a signed checkpoint: {error}")))?,
    )
}

/// The origin of a checkpoint of this program.
pub(crate) fn origin(name: &str, signed: &SignedCheckpoint) -> Result<Origin, NotTrusted> {
    let origin = signed.checkpoint().origin();
    origin.map_err(|error| NotTrusted(format!("{name} is of no log of plansync: {error}")))
}

/// Reads a file that should be small.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    use std::io::Read as _;
    let name = paths::shown(path);
    let file = std::fs::File::open(path)
        .map_err(|error| NotUnderstood(format!("cannot read {name}: {error}")))?;
    let mut bytes = Vec::new();
    let max = 2 * u64::try_from(NOTE_BYTES_MAX).unwrap_or(u64::MAX);
    let mut limited = file.take(max + 1);
    let read = limited.read_to_end(&mut bytes);
    read.with_context(|| format!("cannot read {name}"))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > max {
        return Err(NotUnderstood(format!("{name} has more than {max} bytes")).into());
    }
    Ok(bytes)
}

/// Compares a log with anchors. `roots` has gone through the log's commits.
pub(crate) fn compare(anchors: Vec<Anchor>, log: Log<'_>, roots: &Roots) -> Vec<Compared> {
    let compared = anchors.into_iter().map(|anchor| {
        let root = roots.of(anchor.head.size);
        let standing = log.standing(&anchor.origin, &anchor.head, root);
        Compared { anchor, standing }
    });
    compared.collect()
}

/// The findings that follow from anchors.
pub(crate) fn findings(compared: &[Compared], is_in_use: bool) -> Vec<Finding> {
    let told = compared.iter().filter_map(|one| {
        // Whoever signed an anchor of a later incarnation knew of the restore.
        let confirmed = compared.iter().any(|other| {
            other.standing == Standing::Extends
                && other.anchor.origin.incarnation > one.anchor.origin.incarnation
        });
        let (kind, what, remedy) = said(one, confirmed, is_in_use)?;
        Some(Finding {
            path: one.anchor.file.clone(),
            what,
            remedy,
            kind,
        })
    });
    told.collect()
}

fn said(
    compared: &Compared,
    is_confirmed: bool,
    is_in_use: bool,
) -> Option<(FindingKind, String, &'static str)> {
    let Anchor { origin, head, .. } = &compared.anchor;
    let (size, incarnation) = (head.size, origin.incarnation);
    let lost = if is_confirmed {
        (FindingKind::Note, CONFIRMED)
    } else {
        (FindingKind::Unchecked, UNCONFIRMED)
    };
    Some(match compared.standing {
        Standing::Extends => return None,
        Standing::Differs => (
            FindingKind::Damage,
            format!("the log's first {size} commits are not those of the anchor"),
            CHANGED,
        ),
        Standing::Shorter { tip } => (
            FindingKind::Damage,
            format!("the anchor covers {size} commits, but the log ends at position {tip}"),
            if is_in_use { BEHIND } else { CHANGED },
        ),
        Standing::OtherLog { found } => (
            FindingKind::Damage,
            format!(
                "the anchor is of the log {}, but this is the log {found}",
                origin.log
            ),
            ELSEWHERE,
        ),
        Standing::Later { current } => (
            FindingKind::Damage,
            format!(
                "the anchor is of incarnation {incarnation} of the log, but this folder has incarnation {current}"
            ),
            SHORTER,
        ),
        Standing::LostByRestore { inherited } => (
            lost.0,
            format!(
                "the log says that it was restored to position {inherited}, so the commits from there to \
                 position {size}, which the anchor covers, were lost by the restore, and the anchor cannot be \
                 compared"
            ),
            lost.1,
        ),
        Standing::LeftBehind => (
            lost.0,
            format!(
                "the anchor is of incarnation {incarnation} of the log, which was left behind by a restore of an \
                 earlier backup, and cannot be compared"
            ),
            lost.1,
        ),
        Standing::Unknown => (
            FindingKind::Unchecked,
            "it was not compared, because the log is too damaged".to_owned(),
            CHANGED,
        ),
    })
}

const CHANGED: &str = "keep a copy of the folder, restore the log from a backup, and verify that one with \
     the same anchors";
const BEHIND: &str = "stop the engine and verify again; if the finding remains, restore the log from a \
     backup, and verify that one with the same anchors";
const SHORTER: &str = "use the data folder that was served last, or restore it from a backup";
const ELSEWHERE: &str = "give the anchors of this log; if they are, the folder was replaced: use the one \
     that was served last, or restore it from a backup";
const CONFIRMED: &str = "nothing is to be done: a later anchor confirms the restore";
const UNCONFIRMED: &str = "if nobody restored the log, it was tampered with; if it was restored, make a new \
     anchor, and give it together with this one";

/// One line about an anchor, for people.
pub(crate) fn line(compared: &Compared) -> String {
    let Anchor {
        file,
        head,
        signers,
        ..
    } = &compared.anchor;
    let names: Vec<&str> = signers.iter().map(|signer| signer.key.name()).collect();
    let stands = match compared.standing {
        Standing::Extends => "the log extends it",
        Standing::LostByRestore { .. } | Standing::LeftBehind => "lost by a restore",
        Standing::Unknown => "not compared",
        Standing::Differs
        | Standing::Shorter { .. }
        | Standing::OtherLog { .. }
        | Standing::Later { .. } => "the log does NOT extend it",
    };
    format!(
        "{} (position {}, signed by {}): {stands}",
        paths::shown(file),
        head.size,
        names.join(", ")
    )
}

/// The same, for programs.
pub(crate) fn as_json(compared: &Compared) -> Value {
    let Anchor {
        file,
        origin,
        head,
        signers,
    } = &compared.anchor;
    json!({
        "file": paths::exact(file),
        "origin": origin.to_string(),
        "size": head.size,
        "root": head.root.to_string(),
        "standing": match compared.standing {
            Standing::Extends => "extends",
            Standing::Differs => "differs",
            Standing::Shorter { .. } => "shorter",
            Standing::OtherLog { .. } => "other_log",
            Standing::Later { .. } => "later_incarnation",
            Standing::LostByRestore { .. } => "lost_by_restore",
            Standing::LeftBehind => "left_behind",
            Standing::Unknown => "not_compared",
        },
        "signers": signers_json(signers),
    })
}

/// Signers, for programs.
pub(crate) fn signers_json(signers: &[Signer]) -> Vec<Value> {
    let signer =
        |signer: &Signer| json!({ "name": signer.key.name(), "witnessed_at": signer.witnessed_at });
    signers.iter().map(signer).collect()
}
