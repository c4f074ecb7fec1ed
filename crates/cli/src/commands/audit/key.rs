//! `plansync audit key`: makes a key pair for anchors.

use std::path::PathBuf;

use clap::Args;
use plansync_log::anchor::SigningKey;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::json;

use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::{new_file, paths};

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
        // Neither is written if one of them is there.
        new_file::check(&self.to)?;
        new_file::check(&public)?;
        new_file::write_private(&self.to, format!("{}\n", key.to_text()).as_bytes())?;
        new_file::write(Some(&public), &format!("{verifier}\n"))?;
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
