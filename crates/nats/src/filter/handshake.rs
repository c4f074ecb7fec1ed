//! The two lines that the filter changes: what the server says about itself, and how the library
//! introduces itself.
//!
//! TLS and other servers are removed from the server's line, because the filter handles both. In
//! the library's line, the name proves that it is the library of this process, and is replaced by
//! the configured name.

use async_nats::ServerAddr;
use serde_json::{Map, Value};

use crate::identity::Identity;

const CONNECT: &[u8] = b"CONNECT ";
/// The longest line of the library: credentials have a few KiB.
pub(super) const CONNECT_BYTES_MAX: usize = 64 * 1024;

/// How we introduce ourselves to the server.
pub(super) struct ConnectSettings<'a> {
    /// The name that the library was told to use.
    pub(super) secret: &'a str,
    /// The name in the server's list of connections.
    pub(super) name: &'a str,
    pub(super) tls_required: bool,
    /// The server of the connection, whose address may contain a user.
    pub(super) server: &'a ServerAddr,
}

/// The server's line as the library gets it, and the addresses of other servers in it. None if it
/// is not such a line.
pub(super) fn info(json: &[u8]) -> Option<(Vec<u8>, Vec<String>)> {
    let mut info: Map<String, Value> = serde_json::from_slice(json).ok()?;
    let servers = match info.remove("connect_urls") {
        Some(Value::Array(urls)) => urls
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(_) | None => Vec::new(),
    };
    info.insert("tls_required".to_owned(), Value::Bool(false));
    Some((line(b"INFO ", &info)?, servers))
}

/// Whether a server requires TLS.
pub(super) fn wants_tls(json: &[u8]) -> bool {
    is_true(json, "tls_required")
}

/// Whether a server has TLS, for those who begin it.
pub(super) fn has_tls(json: &[u8]) -> bool {
    wants_tls(json) || is_true(json, "tls_available")
}

fn is_true(json: &[u8], field: &str) -> bool {
    let info = serde_json::from_slice::<Map<String, Value>>(json);
    info.is_ok_and(|info| info.get(field) == Some(&Value::Bool(true)))
}

/// The library's first line as the server gets it. None if it is not such a line, or not from the
/// library.
pub(super) fn connect(given: &[u8], settings: &ConnectSettings<'_>) -> Option<Vec<u8>> {
    let json = given.strip_prefix(CONNECT)?;
    let mut connect: Map<String, Value> = serde_json::from_slice(json).ok()?;
    if connect.get("name")?.as_str()? != settings.secret {
        return None;
    }
    let mut set = |key: &str, value| connect.insert(key.to_owned(), value);
    set("name", settings.name.into());
    set("tls_required", settings.tls_required.into());
    if let Some(identity) = Identity::of(settings.server) {
        for key in ["user", "pass", "auth_token"] {
            connect.remove(key);
        }
        match identity {
            Identity::User { name, password } => {
                connect.insert("user".to_owned(), name.into());
                connect.insert("pass".to_owned(), password.into());
            }
            Identity::Token(token) => drop(connect.insert("auth_token".to_owned(), token.into())),
        }
    }
    line(CONNECT, &connect)
}

fn line(verb: &[u8], object: &Map<String, Value>) -> Option<Vec<u8>> {
    let mut line = verb.to_vec();
    serde_json::to_writer(&mut line, object).ok()?;
    line.extend_from_slice(b"\r\n");
    Some(line)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ConnectSettings, connect, info, wants_tls};

    fn object(line: &[u8], verb: &str) -> Value {
        let line = line.strip_suffix(b"\r\n").unwrap();
        serde_json::from_slice(line.strip_prefix(verb.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn a_server_is_shown_without_tls_and_without_others() {
        let told =
            br#"{"server_id":"x","tls_required":true,"nonce":"n","connect_urls":["a:1","b:2"]}"#;
        assert!(wants_tls(told));
        let (line, servers) = info(told).unwrap();
        assert_eq!(servers, ["a:1", "b:2"]);
        let shown = object(&line, "INFO ");
        assert_eq!(
            shown,
            json!({"server_id": "x", "tls_required": false, "nonce": "n"})
        );
        assert_eq!(info(b"[]"), None);
        assert!(!wants_tls(b"{}"));
    }

    fn settings(server: &async_nats::ServerAddr) -> ConnectSettings<'_> {
        ConnectSettings {
            secret: "s3cret",
            name: "plansync",
            tls_required: true,
            server,
        }
    }

    #[test]
    fn only_the_secret_opens_and_the_server_never_sees_it() {
        let server = "nats://ann:p%40ss@h:1".parse().unwrap();
        let given = br#"CONNECT {"name":"s3cret","user":"x","pass":"y","verbose":false}"#;
        let line = connect(given, &settings(&server)).unwrap();
        let expected = json!({"name": "plansync", "user": "ann", "pass": "p@ss", "verbose": false,
            "tls_required": true});
        assert_eq!(object(&line, "CONNECT "), expected);
        for other in [
            &br#"CONNECT {"name":"plansync"}"#[..],
            br#"CONNECT {"name":7}"#,
            b"CONNECT {}",
            b"PING",
            b"CONNECT s3cret",
        ] {
            assert_eq!(connect(other, &settings(&server)), None);
        }
    }

    #[test]
    fn a_name_alone_is_a_token() {
        let server = "nats://t%40ken@h:1".parse().unwrap();
        let given = br#"CONNECT {"name":"s3cret","user":"x","pass":"y"}"#;
        let line = connect(given, &settings(&server)).unwrap();
        let expected = json!({"name": "plansync", "auth_token": "t@ken", "tls_required": true});
        assert_eq!(object(&line, "CONNECT "), expected);
    }

    #[test]
    fn an_address_without_a_user_leaves_the_librarys() {
        let server = "nats://h:1".parse().unwrap();
        let given = br#"CONNECT {"name":"s3cret","jwt":"j","sig":"s"}"#;
        let line = connect(given, &settings(&server)).unwrap();
        let expected = json!({"name": "plansync", "jwt": "j", "sig": "s", "tls_required": true});
        assert_eq!(object(&line, "CONNECT "), expected);
    }
}
