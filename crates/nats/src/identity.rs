//! The identity for each server: the user and password before the `@` of its address, or a token if
//! there is no colon.
//!
//! If there is one identity, it is used for all servers. If there are several, each server must
//! have its own, and an address without one is refused.

use std::sync::{Arc, Mutex, PoisonError};

use async_nats::{Auth, ConnectOptions, ReconnectToServer, ServerAddr};
use percent_encoding::percent_decode_str;

/// An identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    User { name: String, password: String },
    Token(String),
}

impl Identity {
    /// The identity in an address.
    pub(crate) fn of(address: &ServerAddr) -> Option<Self> {
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let name = address.username().filter(|name| !name.is_empty())?;
        Some(match address.password() {
            Some(password) => Self::User {
                name: plain(name),
                password: plain(password),
            },
            None => Self::Token(plain(name)),
        })
    }

    fn auth(&self) -> Auth {
        let mut auth = Auth::new();
        match self {
            Self::User { name, password } => {
                auth.username = Some(name.clone());
                auth.password = Some(password.clone());
            }
            Self::Token(token) => auth.token = Some(token.clone()),
        }
        auth
    }
}

/// A server without an identity, although those of the others differ.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unclear(pub(crate) String);

/// Checks that the identity for each server is unambiguous.
pub(crate) fn check(addresses: &[ServerAddr]) -> Result<(), Unclear> {
    let mut given = addresses.iter().filter_map(Identity::of);
    let first = given.next();
    let is_mixed = given.any(|other| Some(other) != first);
    match addresses
        .iter()
        .find(|address| Identity::of(address).is_none())
    {
        Some(without) if is_mixed => Err(Unclear(format!("{}:{}", without.host(), without.port()))),
        Some(_) | None => Ok(()),
    }
}

/// The same options with the identity in the first address that has one.
pub(crate) fn with_first(options: ConnectOptions, addresses: &[ServerAddr]) -> ConnectOptions {
    match addresses.iter().find_map(Identity::of) {
        Some(Identity::User { name, password }) => options.user_and_password(name, password),
        Some(Identity::Token(token)) => options.token(token),
        None => options,
    }
}

/// Options that use the identity of each address, if identities differ. A server that another one
/// named is used with the identity of the previous one.
///
/// The library requests the identity without saying for which server, but it asks for the server
/// first.
pub(crate) fn by_server(addresses: &[ServerAddr]) -> Option<ConnectOptions> {
    let known: Vec<_> = addresses
        .iter()
        .filter_map(|address| Some((address.clone(), Identity::of(address)?)))
        .collect();
    let (_, first) = known.first()?;
    if known.iter().all(|(_, identity)| identity == first) {
        return None;
    }
    let current = Arc::new(Mutex::new(first.clone()));
    let chosen = Arc::clone(&current);
    let options = ConnectOptions::with_auth_callback(move |_nonce| {
        let identity = current.lock().unwrap_or_else(PoisonError::into_inner);
        std::future::ready(Ok(identity.auth()))
    });
    Some(options.reconnect_to_server_callback(move |servers, _| {
        let next = servers
            .into_iter()
            .min_by_key(|server| server.failed_attempts);
        let own = next.as_ref().and_then(|server| {
            known
                .iter()
                .find(|(address, _)| *address == server.addr)
                .map(|(_, identity)| identity.clone())
        });
        if let Some(identity) = own {
            *chosen.lock().unwrap_or_else(PoisonError::into_inner) = identity;
        }
        std::future::ready(next.map(|server| ReconnectToServer {
            addr: server.addr,
            delay: None,
        }))
    }))
}

#[cfg(test)]
mod tests {
    use async_nats::ServerAddr;

    use super::{Identity, Unclear, check};

    fn addresses(urls: &[&str]) -> Vec<ServerAddr> {
        urls.iter().map(|url| url.parse().unwrap()).collect()
    }

    #[test]
    fn a_token_is_no_user() {
        let of = |url: &str| Identity::of(&url.parse().unwrap());
        let user = Identity::User {
            name: "ann".to_owned(),
            password: "p@ss".to_owned(),
        };
        assert_eq!(of("nats://ann:p%40ss@h"), Some(user));
        assert_eq!(
            of("nats://s3cr%3At@h"),
            Some(Identity::Token("s3cr:t".to_owned()))
        );
        assert_eq!(of("nats://h"), None);
    }

    #[test]
    fn one_identity_is_for_all_and_of_several_each_server_needs_its_own() {
        for clear in [
            &["nats://a", "nats://b"][..],
            &["nats://ann:x@a", "nats://b"],
            &["nats://ann:x@a", "nats://ben:y@b", "nats://t0ken@c"],
        ] {
            assert_eq!(check(&addresses(clear)), Ok(()), "{clear:?}");
        }
        let unclear = ["nats://ann:x@a", "nats://ben:y@b", "nats://c:7"];
        assert_eq!(check(&addresses(&unclear)), Err(Unclear("c:7".to_owned())));
    }
}
