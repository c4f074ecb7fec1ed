//! Beginning and replacing the keys of a log that is open.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::{AtomicUsize, Ordering};

use plansync_log::LogId;
use plansync_log::backend::OpenError;
use plansync_log::sealing::{
    KeyStore, KeyStoreError, KeyTree, Seed, TreeId, WrappedBy, WrappedKeys, WrappingKey,
};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use super::{KEY_NAME, KeyPlace, NAME, PUT_BACK, Seen, read, read_key};
use crate::damage::Failed;
use crate::disk;
use crate::lock::Lock;

/// What a key file is overwritten with: as many bytes as it has. The digits are those of no key.
const ZERO_DIGITS: [u8; 65] = {
    let mut digits = [b'0'; 65];
    digits[64] = b'\n';
    digits
};

/// The files with the keys of a log that is open.
#[derive(Debug)]
pub(crate) struct KeyFiles {
    dir: PathBuf,
    log: LogId,
    operator: Option<WrappingKey>,
    /// Who destroys a key has the log open. `None` in a folder that nobody else knows.
    _lock: Option<Arc<Lock>>,
    /// After so many steps, the next one fails.
    #[cfg(test)]
    pub(super) steps_left: AtomicUsize,
}

impl KeyFiles {
    pub(crate) fn new(
        dir: &Path,
        log: LogId,
        operator: Option<WrappingKey>,
        lock: Option<Arc<Lock>>,
    ) -> Self {
        Self {
            dir: dir.to_owned(),
            log,
            operator,
            _lock: lock,
            #[cfg(test)]
            steps_left: AtomicUsize::new(usize::MAX),
        }
    }

    /// Reads the keys; see [`read`].
    pub(crate) fn read(&self, expected: Option<TreeId>) -> Result<Option<Seen>, OpenError> {
        read(&self.dir, self.log, expected, self.operator.as_ref())
    }

    /// Makes the keys of a log that has none.
    pub(crate) fn begin(&self) -> Result<KeyTree, KeyStoreError> {
        let tree = KeyTree::begin(&seed(&self.dir)?, Vec::new());
        self.replace(&tree)?;
        Ok(tree)
    }

    /// Finishes what a crash interrupted, makes durable what was found, and encrypts it with the key of the
    /// operator if there is one now.
    pub(crate) fn settle(&self, seen: Seen) -> Result<KeyTree, KeyStoreError> {
        let Seen { tree, key } = seen;
        match (key, &self.operator) {
            (KeyPlace::Operator, Some(_)) => self.discard_generated()?,
            (KeyPlace::Beside | KeyPlace::Unfinished, Some(_)) => self.replace(&tree)?,
            (KeyPlace::Operator | KeyPlace::Beside | KeyPlace::Unfinished, None) => {
                self.finish()?;
            }
        }
        let unfinished = disk::unfinished(&self.keys());
        disk::remove_file(&unfinished)?;
        Ok(tree)
    }

    /// Finishes or gives up a replacement that was interrupted.
    fn finish(&self) -> Result<(), Failed> {
        let (beside, unfinished) = (self.key(), disk::unfinished(&self.key()));
        if disk::find(&unfinished)?.is_none() {
            return Ok(());
        }
        let Some(bytes) = disk::read(&self.keys())? else {
            // Nothing was encrypted with it yet.
            return self.shred(&unfinished);
        };
        let wrapped = WrappedKeys::parse(&bytes).ok();
        let opens = |file: &Path| -> Result<bool, Failed> {
            let key = read_key(file)?;
            let both = wrapped.as_ref().zip(key);
            Ok(both.is_some_and(|(wrapped, key)| wrapped.is_by(&key)))
        };
        if opens(&unfinished)? {
            // It is there, but it need not be durable yet.
            self.write(&bytes)?;
            self.promote()
        } else if opens(&beside)? {
            self.shred(&unfinished)
        } else {
            Err(Failed {
                doing: "open",
                path: self.keys(),
                source: io::Error::other(format!("no key beside it opens it; {PUT_BACK}")),
            })
        }
    }

    /// Writes the keys under a new wrapping key, and the old wrapping key away.
    fn replace_under_new_key(&self, tree: &KeyTree) -> Result<(), KeyStoreError> {
        self.finish()?;
        let key = wrapping_key(&self.dir)?;
        let wrapped = WrappedKeys::wrap(tree, self.log, WrappedBy::Generated, &key)?;
        let unfinished = disk::unfinished(&self.key());
        self.step(&unfinished)?;
        disk::create_private(&unfinished, &key_file(&key))?;
        self.step(&unfinished)?;
        disk::sync_dir(&self.dir)?;
        self.write(&wrapped.to_bytes())?;
        Ok(self.promote()?)
    }

    /// Gives the new wrapping key the place of the old one, which is overwritten.
    fn promote(&self) -> Result<(), Failed> {
        let (beside, unfinished) = (self.key(), disk::unfinished(&self.key()));
        if disk::find(&beside)?.is_some() {
            self.step(&beside)?;
            disk::overwrite(&beside, &ZERO_DIGITS)?;
        }
        self.step(&unfinished)?;
        disk::rename(&unfinished, &beside)
    }

    /// Overwrites and removes the generated keys, which nothing is encrypted with any more. A file that has
    /// the operator's key is theirs.
    fn discard_generated(&self) -> Result<(), Failed> {
        for file in [disk::unfinished(&self.key()), self.key()] {
            let is_theirs = read_key(&file)? == self.operator;
            if disk::find(&file)?.is_some() && !is_theirs {
                self.shred(&file)?;
            }
        }
        Ok(())
    }

    fn shred(&self, file: &Path) -> Result<(), Failed> {
        self.step(file)?;
        disk::overwrite(file, &ZERO_DIGITS)?;
        self.step(file)?;
        disk::remove_file(file)
    }

    fn write(&self, bytes: &[u8]) -> Result<(), Failed> {
        let (keys, unfinished) = (self.keys(), disk::unfinished(&self.keys()));
        self.step(&unfinished)?;
        disk::create_private(&unfinished, bytes)?;
        self.step(&keys)?;
        disk::supersede(&unfinished, &keys)
    }

    fn keys(&self) -> PathBuf {
        self.dir.join(NAME)
    }

    fn key(&self) -> PathBuf {
        self.dir.join(KEY_NAME)
    }

    /// Comes before each change of a file.
    #[cfg(not(test))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "tests stop here"
    )]
    const fn step(&self, _file: &Path) -> Result<(), Failed> {
        Ok(())
    }

    #[cfg(test)]
    fn step(&self, file: &Path) -> Result<(), Failed> {
        let left = self.steps_left.load(Ordering::SeqCst);
        if left == 0 {
            return Err(Failed {
                doing: "write",
                path: file.to_owned(),
                source: io::Error::other("the test stops here"),
            });
        }
        self.steps_left.store(left - 1, Ordering::SeqCst);
        Ok(())
    }
}

impl KeyStore for KeyFiles {
    fn replace(&self, tree: &KeyTree) -> Result<(), KeyStoreError> {
        let Some(key) = &self.operator else {
            return self.replace_under_new_key(tree);
        };
        let wrapped = WrappedKeys::wrap(tree, self.log, WrappedBy::Operator, key)?;
        self.write(&wrapped.to_bytes())?;
        Ok(self.discard_generated()?)
    }
}

/// The content of a key file.
pub(super) fn key_file(key: &WrappingKey) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(ZERO_DIGITS.len()));
    text.extend_from_slice(key.to_text().as_bytes());
    text.push(b'\n');
    text
}

/// A seed of new keys for the log in a folder.
pub(crate) fn seed(dir: &Path) -> Result<Seed, Failed> {
    Ok(Seed::new(*random(dir)?))
}

fn wrapping_key(dir: &Path) -> Result<WrappingKey, Failed> {
    WrappingKey::new(*random(dir)?).map_err(|error| no_random(dir, &error.to_string()))
}

fn random(dir: &Path) -> Result<Zeroizing<[u8; 32]>, Failed> {
    let mut bytes = Zeroizing::new([0; 32]);
    SystemRandom::new()
        .fill(&mut *bytes)
        .map_err(|_| no_random(dir, "the system gives no random numbers"))?;
    Ok(bytes)
}

fn no_random(dir: &Path, what: &str) -> Failed {
    Failed {
        doing: "make keys for",
        path: dir.join(NAME),
        source: io::Error::other(what),
    }
}
