//! `plansync audit key`: makes a key pair for anchors.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use plansync_log::anchor::SigningKey;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::json;

use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::paths;

/// Only the owner may read a private key.
const PRIVATE_MODE: u32 = 0o600;
const PUBLIC_MODE: u32 = 0o644;

/// Make a key pair for anchors.
#[derive(Debug, Args)]
#[command(after_help = "\
The private key is written to FILE, which only its owner may read, and the
verifier key to FILE.pub. Keep the private key away from the machine with the
data folder: whoever has both can make an anchor for a changed log.

The text forms are those of the package golang.org/x/mod/sumdb/note.

Example:
  plansync audit key college.example/plansync --to anchor.key")]
pub(crate) struct Key {
    /// Name of the key, which its signatures show: for example, your domain and a path.
    name: String,
    /// File for the private key.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Key {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let mut seed = [0; 32];
        let filled = SystemRandom::new().fill(&mut seed);
        filled.map_err(|_| anyhow::anyhow!("the system gave no random bytes"))?;
        let key = SigningKey::new(&self.name, &seed)
            .map_err(|error| NotUnderstood(format!("`{}`: {error}", self.name)))?;
        let verifier = key.verifier().to_string();
        let mut public = self.to.clone().into_os_string();
        public.push(".pub");
        let public = PathBuf::from(public);
        write_new(&self.to, PRIVATE_MODE, &key.to_text())?;
        write_new(&public, PUBLIC_MODE, &verifier)?;
        if output.is_for_people() {
            let (private, public) = (paths::shown(&self.to), paths::shown(&public));
            output::line(&format!(
                "Wrote the private key to {private} and the verifier key to {public}:"
            ))?;
            output::line(&verifier)?;
        } else {
            output.value(&json!({
                "private_key": paths::exact(&self.to),
                "verifier_key_file": paths::exact(&public),
                "verifier_key": verifier,
            }))?;
        }
        Ok(Exit::Done)
    }
}

/// Writes one line to a file that must not exist yet.
fn write_new(path: &Path, mode: u32, line: &str) -> anyhow::Result<()> {
    let name = paths::shown(path);
    let mut options = OpenOptions::new();
    let created = options.write(true).create_new(true).mode(mode).open(path);
    let mut file = created.map_err(|error| {
        NotUnderstood(if error.kind() == ErrorKind::AlreadyExists {
            format!("{name} already exists and was not changed; give another file name")
        } else {
            format!("the file {name} could not be created: {error}")
        })
    })?;
    let written = writeln!(file, "{line}").and_then(|()| file.sync_all());
    written.with_context(|| format!("the file {name} was created, but could not be written"))
}
