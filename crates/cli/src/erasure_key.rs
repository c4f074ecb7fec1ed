//! The options for the keys of texts about persons: the operator's key, and a copy of the keys of a log.
//!
//! May import: `backend`, `exit`, `paths`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use plansync_log::environment;
use plansync_log::sealing::{Keys, WrappingKey};

use crate::backend;
use crate::exit::NotUnderstood;
use crate::paths;
use crate::settings::setting;

/// A key file is refused if it is larger: it has 64 digits.
const FILE_BYTES_MAX: u64 = 4_096;
/// What to do about a file that cannot be read.
const NAME_IT: &str = "name the file that has the key (`--erasure-key`, PLANSYNC_ERASURE_KEY, or `erasure_key` in \
                       [engine] of a settings file)";

/// The option for the key of the operator.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ErasureKeyArguments {
    /// File with the key that encrypts the keys of texts about persons: 64 hexadecimal digits, as
    /// `openssl rand -hex 32` prints. Keep it outside of the data folder. Without it, a key is created in
    /// the data folder.
    #[arg(
        long,
        env = "PLANSYNC_ERASURE_KEY",
        value_name = "FILE",
        add = setting("engine.erasure_key").such_as("/etc/plansync/erasure.key")
    )]
    erasure_key: Option<PathBuf>,
}

impl ErasureKeyArguments {
    /// Reads the key, if a file is named.
    pub(crate) fn read(&self) -> Result<Option<WrappingKey>, NotUnderstood> {
        self.erasure_key.as_deref().map(read).transpose()
    }

    /// The same for the log in this folder, in which the key must not be.
    pub(crate) fn read_for(&self, data: &Path) -> Result<Option<WrappingKey>, NotUnderstood> {
        let file = self.erasure_key.as_deref();
        file.map(|file| read_outside(file, data)).transpose()
    }
}

/// Reads a key that must not be in the data folder that it is for.
pub(crate) fn read_outside(file: &Path, data: &Path) -> Result<WrappingKey, NotUnderstood> {
    if is_within(file, data) {
        let (file, data) = (paths::shown(file), paths::shown(data));
        return Err(NotUnderstood(format!(
            "the key {file} is in the data folder {data}, where whoever takes the folder has it, too; keep it \
             elsewhere, or give none: then a key is created in the folder"
        )));
    }
    read(file)
}

/// The options for the keys of a log that is only read.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct KeysArguments {
    #[command(flatten)]
    pub(crate) erasure_key: ErasureKeyArguments,
    /// Copy of the file KEYS of the log, for texts about persons in a backup; without it, they are not
    /// shown. A copy of KEYS.key is expected beside it, with `.key` added to its name, or `--erasure-key`.
    #[arg(long, value_name = "FILE", requires = "backup")]
    keys: Option<PathBuf>,
}

impl KeysArguments {
    /// Reads the files that are named.
    pub(crate) fn read(&self) -> anyhow::Result<GivenKeys> {
        let operator = self.erasure_key.read()?;
        let copy = match &self.keys {
            None => None,
            Some(file) => Some(backend::read_keys(file, operator.as_ref())?.1),
        };
        Ok(GivenKeys {
            operator,
            of_backup: Arc::new(Keys::only_read(copy)),
        })
    }
}

/// The keys with which a log is read.
#[derive(Debug)]
pub(crate) struct GivenKeys {
    /// The key of the operator, for a data folder.
    pub(crate) operator: Option<WrappingKey>,
    /// The keys of a backup.
    pub(crate) of_backup: Arc<Keys>,
}

fn read(file: &Path) -> Result<WrappingKey, NotUnderstood> {
    let shown = paths::shown(file);
    let wrong = |what: &dyn std::fmt::Display| {
        NotUnderstood(format!("the key file {shown} cannot be used: {what}"))
    };
    let unread = |error: std::io::Error| {
        if error.kind() == ErrorKind::NotFound {
            return NotUnderstood(format!(
                "there is no key file {shown}; {NAME_IT}, or, for a new log or as a new key, make one: `(umask 077 && \
                 openssl rand -hex 32 >FILE)`"
            ));
        }
        let remedy = environment::remedy(&error).unwrap_or(NAME_IT);
        wrong(&format_args!("{error}; {remedy}"))
    };
    let bytes = fs::metadata(file).map_err(unread)?.len();
    if bytes > FILE_BYTES_MAX {
        return Err(wrong(&"it is too large to be a key"));
    }
    let text = fs::read_to_string(file).map_err(unread)?;
    WrappingKey::parse(&text).map_err(|error| wrong(&error))
}

/// Whether a file is in a folder, or in a folder within it, under whatever name.
fn is_within(file: &Path, folder: &Path) -> bool {
    let (file, folder) = (fs::canonicalize(file), fs::canonicalize(folder));
    file.ok()
        .zip(folder.ok())
        .is_some_and(|(file, folder)| file.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(file: &Path) -> ErasureKeyArguments {
        ErasureKeyArguments {
            erasure_key: Some(file.to_owned()),
        }
    }

    #[test]
    fn a_key_file_is_read_or_refused_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let (data, file) = (dir.path().join("data"), dir.path().join("key"));
        fs::create_dir(&data).unwrap();
        assert_eq!(
            ErasureKeyArguments::default().read_for(&data).unwrap(),
            None
        );
        let refused = |file: &Path| arguments(file).read_for(&data).unwrap_err().0;
        let absent = refused(&file);
        for words in [
            "there is no key file",
            "PLANSYNC_ERASURE_KEY",
            "openssl rand",
        ] {
            assert!(absent.contains(words), "{absent}");
        }
        let folder = refused(dir.path());
        assert!(folder.contains("Is a directory"), "{folder}");
        assert!(folder.contains("`--erasure-key`"), "{folder}");
        fs::write(&file, "secret").unwrap();
        assert!(
            refused(&file).contains("openssl rand -hex 32"),
            "{}",
            refused(&file)
        );
        fs::write(&file, vec![b'a'; 5_000]).unwrap();
        assert!(refused(&file).ends_with("it is too large to be a key"));
        fs::write(&file, format!("{}\n", "5a".repeat(32))).unwrap();
        let key = arguments(&file).read_for(&data).unwrap().unwrap();
        assert_eq!(*key.to_text(), "5a".repeat(32));
        let within = data.join("key");
        fs::copy(&file, &within).unwrap();
        assert!(refused(&within).contains("is in the data folder"));
    }
}
