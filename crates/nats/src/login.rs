//! As whom the server knows us, in all the ways that a NATS client can say it.

use std::fmt;
use std::path::{Path, PathBuf};

use async_nats::ConnectOptions;
use nkeys::{KeyPair, KeyPairType};

use crate::connection::ConnectError;

/// As whom the server knows us.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Login {
    /// As the addresses say, or as nobody.
    #[default]
    InAddress,
    /// A user with a password.
    User {
        /// The user.
        name: String,
        /// The password.
        password: String,
    },
    /// A token.
    Token(String),
    /// A credentials file: the JWT of a user and the seed.
    Creds(PathBuf),
    /// A file with the seed of an nkey.
    Nkey(PathBuf),
    /// The JWT of a user, and the seed if the server asks for a signature.
    Jwt {
        /// The JWT.
        jwt: String,
        /// The seed.
        seed: Option<String>,
    },
}

impl fmt::Debug for Login {
    /// Without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InAddress => f.write_str("InAddress"),
            Self::User { name, .. } => write!(f, "User({name:?})"),
            Self::Token(_) => f.write_str("Token"),
            Self::Creds(path) => write!(f, "Creds({})", path.display()),
            Self::Nkey(path) => write!(f, "Nkey({})", path.display()),
            Self::Jwt { .. } => f.write_str("Jwt"),
        }
    }
}

impl Login {
    /// The same options with this login. Files are read now.
    pub(crate) fn on(&self, options: ConnectOptions) -> Result<ConnectOptions, ConnectError> {
        match self {
            Self::InAddress => Ok(options),
            Self::User { name, password } => {
                Ok(options.user_and_password(name.clone(), password.clone()))
            }
            Self::Token(token) => Ok(options.token(token.clone())),
            Self::Creds(path) => with_credentials(options, path),
            Self::Nkey(path) => Ok(options.nkey(seed(path)?)),
            Self::Jwt { jwt, seed: None } => {
                Ok(options.jwt(jwt.clone(), |_nonce| std::future::ready(Ok(Vec::new()))))
            }
            Self::Jwt {
                jwt,
                seed: Some(seed),
            } => options
                .credentials(&credentials(jwt, seed))
                .map_err(|source| ConnectError::Jwt { source }),
        }
    }
}

fn with_credentials(options: ConnectOptions, path: &Path) -> Result<ConnectOptions, ConnectError> {
    let failed = |source| ConnectError::Credentials {
        path: path.to_owned(),
        source,
    };
    let text = std::fs::read_to_string(path).map_err(failed)?;
    options.credentials(&text).map_err(failed)
}

/// A JWT and a seed in the form of a credentials file, which the client library reads.
fn credentials(jwt: &str, seed: &str) -> String {
    let block = |kind: &str, text: &str| {
        let text = text.trim();
        format!("-----BEGIN {kind}-----\n{text}\n------END {kind}------\n")
    };
    block("NATS USER JWT", jwt) + &block("USER NKEY SEED", seed)
}

/// The seed of a user in a file. It may stand between lines that say what it is.
fn seed(path: &Path) -> Result<String, ConnectError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConnectError::Nkey {
        path: path.to_owned(),
        source,
    })?;
    let is_seed = |line: &&str| {
        KeyPair::from_seed(line).is_ok_and(|pair| matches!(pair.key_pair_type(), KeyPairType::User))
    };
    let seed = text.lines().map(str::trim).find(is_seed);
    seed.map(str::to_owned).ok_or_else(|| ConnectError::Seed {
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use nkeys::KeyPair;

    use super::{ConnectError, Login, seed};

    #[test]
    fn a_seed_is_found_between_lines_that_say_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ann.nk");
        let given = KeyPair::new_user().seed().unwrap();
        for text in [
            given.clone(),
            format!(
                "-----BEGIN USER NKEY SEED-----\n  {given} \r\n------END USER NKEY SEED------\n"
            ),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(seed(&path).unwrap(), given);
        }
    }

    #[test]
    fn what_is_no_seed_of_a_user_is_refused_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ann.nk");
        let account = KeyPair::new_account().seed().unwrap();
        for text in ["", "SUA", &account] {
            std::fs::write(&path, text).unwrap();
            let error = seed(&path).unwrap_err();
            assert!(matches!(&error, ConnectError::Seed { .. }), "{error}");
            assert!(error.to_string().contains("ann.nk"), "{error}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let secret = "s3cret".to_owned();
        let logins = [
            Login::Token(secret.clone()),
            Login::Jwt {
                jwt: secret.clone(),
                seed: Some(secret.clone()),
            },
            Login::User {
                name: "ann".to_owned(),
                password: secret.clone(),
            },
        ];
        for login in logins {
            assert!(!format!("{login:?}").contains(&secret), "{login:?}");
        }
    }
}
