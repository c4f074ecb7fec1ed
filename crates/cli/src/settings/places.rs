//! Where settings files are: the one that is named, or else those of the default places that exist.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The name of the file in its folder.
const NAME: &str = "plansync.toml";
/// The folder of this program in a folder for settings.
const FOLDER: &str = "plansync";
/// The file of the system.
const SYSTEM: &str = "/etc/plansync/plansync.toml";

/// A place where a file is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// Whether somebody named it, so that it must exist.
    pub(crate) is_named: bool,
    /// Whether a command goes on without it if it must not be read.
    pub(crate) may_be_denied: bool,
}

/// The places that count, from the weakest to the strongest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places(Vec<Place>);

impl Places {
    /// The named file alone, or else the default places. The system's file may be readable by the engine only, so
    /// that `asks`, a command that asks it, can do without.
    pub(crate) fn of(named: Option<&Path>, asks: bool) -> Self {
        if let Some(path) = named {
            return Self(vec![Place {
                path: path.to_owned(),
                is_named: true,
                may_be_denied: false,
            }]);
        }
        Self::default_of(system(), user_file(), asks)
    }

    /// The default places.
    pub(super) fn default_of(system: Option<PathBuf>, user: Option<PathBuf>, asks: bool) -> Self {
        let place = |path, may_be_denied| Place {
            path,
            is_named: false,
            may_be_denied,
        };
        let system = system.map(|path| place(path, asks));
        let user = user.map(|path| place(path, false));
        Self(system.into_iter().chain(user).collect())
    }

    pub(crate) fn all(&self) -> &[Place] {
        &self.0
    }
}

/// The system's file.
fn system() -> Option<PathBuf> {
    cfg!(unix).then(|| SYSTEM.into())
}

/// The user's file.
pub(crate) fn user_file() -> Option<PathBuf> {
    Some(user_folder()?.join(FOLDER).join(NAME))
}

/// The user's folder for settings: `$XDG_CONFIG_HOME`, or `~/.config`.
pub(crate) fn user_folder() -> Option<PathBuf> {
    let is_set = |path: &OsString| !path.is_empty();
    let configured = std::env::var_os("XDG_CONFIG_HOME").filter(is_set);
    configured.map_or_else(|| Some(home()?.join(".config")), |path| Some(path.into()))
}

/// The user's home folder.
pub(crate) fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
}
