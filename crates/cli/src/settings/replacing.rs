//! Which settings of a weaker layer a stronger one replaces, although they have other names.
//!
//! Who logs in, and to which server, is said by several settings together. Parts of two descriptions would send the
//! password of one user to the server of another.

use std::collections::BTreeSet;

/// Each of them says as whom to log in.
pub(super) const LOGIN: [&str; 4] = ["nats.user", "nats.token", "nats.nkey", "nats.creds"];
const PASSWORD: &str = "nats.password";
pub(super) const URL: &str = "nats.url";
pub(super) const CONTEXT: &str = "nats.context";
const CONNECTION: &str = "nats.";

/// The settings that stronger layers give.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stronger {
    keys: BTreeSet<String>,
    /// Whether an address contains a user or a token.
    has_login_in_address: bool,
}

/// What remains of a value of a weaker layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remains {
    All,
    /// An address without the user or token in it.
    Address,
    Nothing,
}

impl Stronger {
    pub(crate) fn add(&mut self, key: &str, value: &str) {
        self.has_login_in_address |= key == URL && has_login(value);
        self.keys.insert(key.to_owned());
    }

    fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    fn says_who(&self) -> bool {
        self.has_login_in_address || LOGIN.iter().any(|key| self.has(key))
    }

    pub(super) fn remains(&self, key: &str, value: &str) -> Remains {
        let is_described_by_context = self.has(CONTEXT) && key.starts_with(CONNECTION);
        let is_of_login = LOGIN.contains(&key) || key == PASSWORD;
        if self.has(key) || is_described_by_context || (self.says_who() && is_of_login) {
            Remains::Nothing
        } else if self.says_who() && key == URL && has_login(value) {
            Remains::Address
        } else {
            Remains::All
        }
    }
}

pub(super) fn has_login(address: &str) -> bool {
    address.contains('@')
}

#[cfg(test)]
mod tests {
    use super::{Remains, Stronger};

    fn remains(stronger: &[(&str, &str)], key: &str, value: &str) -> Remains {
        let mut all = Stronger::default();
        for (key, value) in stronger {
            all.add(key, value);
        }
        all.remains(key, value)
    }

    #[test]
    fn another_login_replaces_the_whole_login_and_nothing_else() {
        for stronger in [
            ("nats.nkey", "/a"),
            ("nats.url", "nats://ann:pw@host"),
            ("nats.user", "ann"),
        ] {
            for key in ["nats.user", "nats.password", "nats.creds", "nats.token"] {
                assert_eq!(remains(&[stronger], key, "x"), Remains::Nothing, "{key}");
            }
            for key in ["nats.tls_ca", "client.tenant", "nats.context"] {
                assert_eq!(remains(&[stronger], key, "x"), Remains::All, "{key}");
            }
        }
        let of_user = [("nats.user", "ann")];
        let address = remains(&of_user, "nats.url", "nats://bob:pw@host");
        assert_eq!(address, Remains::Address);
        assert_eq!(remains(&of_user, "nats.url", "nats://host"), Remains::All);
    }

    #[test]
    fn a_password_or_an_address_alone_completes_a_login() {
        for stronger in [("nats.password", "pw"), ("nats.url", "nats://host")] {
            assert_eq!(remains(&[stronger], "nats.user", "ann"), Remains::All);
        }
    }

    #[test]
    fn a_context_replaces_the_whole_connection() {
        let context = [("nats.context", "prod")];
        for key in [
            "nats.url",
            "nats.creds",
            "nats.tls",
            "nats.inbox_prefix",
            "nats.context",
        ] {
            assert_eq!(remains(&context, key, "x"), Remains::Nothing, "{key}");
        }
        assert_eq!(remains(&context, "client.tenant", "x"), Remains::All);
    }
}
