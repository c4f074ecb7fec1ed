//! `plansync rekey`: encrypts the keys of texts about persons with another key.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::backend;
use crate::erasure_key::{self, ErasureKeyArguments};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paths;
use crate::settings::setting;

/// Encrypt the keys of texts about persons with another key.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine must not be running. The log is not changed, only the file KEYS. If the
command was interrupted, the keys are encrypted with the old or with the new key:
start it again.

Old copies of KEYS can still be opened with the old key, so destroy the old key, or
these copies.

Examples:
  openssl rand -hex 32 > NEW-KEY-FILE
  plansync rekey --data DIR --erasure-key KEY-FILE --new-key NEW-KEY-FILE
  plansync serve --nats-url URL --data DIR --erasure-key NEW-KEY-FILE")]
pub(crate) struct Rekey {
    /// Data folder of the engine.
    #[arg(
        long,
        env = "PLANSYNC_DATA",
        value_name = "FOLDER",
        add = setting("engine.data")
    )]
    data: PathBuf,
    #[command(flatten)]
    erasure_key: ErasureKeyArguments,
    /// File with the new key: 64 hexadecimal digits. Without it, a key is created in the data folder.
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,
}

impl Rekey {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let from = self.erasure_key.read_for(&self.data)?;
        let to = self.new_key.as_deref();
        let to = to.map(|file| erasure_key::read_outside(file, &self.data));
        backend::rekey(&self.data, from.as_ref(), to.transpose()?)?;
        let new = self.new_key.as_deref();
        if output.is_for_people() {
            let with = new.map_or_else(
                || "a new key beside them in the data folder".to_owned(),
                |file| format!("the key in {}", paths::shown(file)),
            );
            output::line(&format!(
                "The keys in {} are encrypted with {with}.",
                paths::shown(&self.data)
            ))?;
        } else {
            output.value(&json!({
                "data": paths::exact(&self.data),
                "new_key": new.map(paths::exact),
            }))?;
        }
        Ok(Exit::Done)
    }
}
