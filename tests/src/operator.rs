//! Operator mode: runs `deploy/nats/operator.sh` with a stand-in for `nsc`, and signs the accounts and
//! users that it asks for.
//!
//! The stand-in notes its arguments. What they mean is done here: keys, claims and signatures.

mod claims;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::nats::deployed;
use crate::socket::Socket;
use claims::{Account, Call};

/// Notes its arguments; the name of an account stands for its key.
const NSC: &str = "#!/bin/sh
if [ \"$1\" = describe ]; then echo \"\\\"$3\\\"\"; exit; fi
for argument; do printf '%s\\037' \"$argument\"; done >> \"$NSC_CALLS\"
echo >> \"$NSC_CALLS\"
";

/// The keys and the JWTs of an operator, its accounts and its users.
pub struct Operator {
    folder: tempfile::TempDir,
    key: KeyPair,
    accounts: BTreeMap<String, (KeyPair, Account)>,
    users: BTreeMap<String, (KeyPair, String)>,
}

impl Operator {
    /// Does what the script that is shipped says.
    ///
    /// # Panics
    /// If it says what is not understood.
    pub fn of_script() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let nsc = folder.path().join("nsc");
        std::fs::write(&nsc, NSC).unwrap();
        std::fs::set_permissions(&nsc, std::fs::Permissions::from_mode(0o755)).unwrap();
        let calls = folder.path().join("calls");
        let path = std::env::var("PATH").unwrap_or_default();
        let status = Command::new("bash")
            .arg(deployed("operator.sh").canonicalize().unwrap())
            .current_dir(folder.path())
            .env("PATH", format!("{}:{path}", folder.path().display()))
            .env("NSC_CALLS", &calls)
            .status()
            .unwrap();
        assert!(status.success());
        let calls = std::fs::read_to_string(calls).unwrap();
        let mut operator = Self {
            folder,
            key: KeyPair::new_operator(),
            accounts: BTreeMap::new(),
            users: BTreeMap::new(),
        };
        operator.account("SYS");
        let mut activations = BTreeMap::new();
        for line in calls.lines() {
            operator.follow(&Call::parse(line), &mut activations);
        }
        operator.write();
        operator
    }

    fn account(&mut self, name: &str) -> &mut Account {
        let new = || (KeyPair::new_account(), Account::default());
        &mut self.accounts.entry(name.to_owned()).or_insert_with(new).1
    }

    fn key_of(&self, account: &str) -> String {
        self.accounts[account].0.public_key()
    }

    /// Does what one call asks for; `activations` are the files that were written.
    fn follow(&mut self, call: &Call, activations: &mut BTreeMap<String, (String, String)>) {
        let name = || call.option("name");
        match call.verb.as_str() {
            "add operator" | "generate config" | "generate creds" => {}
            "add account" => {
                self.account(name());
            }
            "edit account" => self.account(name()).has_jetstream = call.has("js-streams"),
            "add export" => self.account(call.option("account")).export(call),
            "generate activation" => {
                let (target, subject) = (call.option("target-account"), call.option("subject"));
                let key = self.key_of(target);
                let token = claims::activation(subject);
                let exporter = &self.accounts[call.option("account")].0;
                let signed = sign(exporter, &key, subject, &token);
                let file = call.option("output-file").to_owned();
                activations.insert(file, (subject.to_owned(), signed));
            }
            "add import" => {
                let exporter = self.key_of("PLANSYNC");
                let import = if let Some(file) = call.get("token") {
                    let (subject, token) = &activations[file];
                    claims::import(&exporter, subject, subject, Some(token))
                } else {
                    let remote = call.option("remote-subject");
                    claims::import(&exporter, remote, call.option("local-subject"), None)
                };
                self.account(call.option("account")).imports.push(import);
            }
            "add user" => {
                let user = KeyPair::new_user();
                let account = &self.accounts[call.option("account")].0;
                let signed = sign(account, &user.public_key(), name(), &claims::user(call));
                self.users.insert(name().to_owned(), (user, signed));
            }
            other => panic!("the script calls `nsc {other}`, which is not understood"),
        }
    }

    /// Writes what the server and its clients read.
    fn write(&self) {
        let system = self.key_of("SYS");
        let claims = json!({ "type": "operator", "version": 2, "system_account": system });
        let own = self.key.public_key();
        let mut text = format!("operator: {}\n", sign(&self.key, &own, "plansync", &claims));
        let _ = writeln!(
            text,
            "system_account: {system}\nresolver: MEMORY\nresolver_preload: {{"
        );
        for (name, (key, account)) in &self.accounts {
            let key = key.public_key();
            let signed = sign(&self.key, &key, name, &account.claims());
            let _ = writeln!(text, "    {key}: {signed}");
        }
        text.push_str("}\n");
        let folder = self.folder.path();
        std::fs::write(folder.join("resolver.conf"), text).unwrap();
        std::fs::copy(deployed("operator.conf"), self.configuration()).unwrap();
        for (name, (key, token)) in &self.users {
            let seed = key.seed().unwrap();
            let text = format!(
                "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
                 -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
            );
            std::fs::write(self.creds(name), text).unwrap();
        }
    }

    /// The configuration of the server.
    pub fn configuration(&self) -> PathBuf {
        self.folder.path().join("operator.conf")
    }

    /// The credentials file of a user.
    pub fn creds(&self, user: &str) -> PathBuf {
        Path::new(self.folder.path())
            .join("creds")
            .join(format!("{user}.creds"))
    }

    /// A bare connection of a user.
    ///
    /// # Panics
    /// If the server does not let it in.
    pub fn socket(&self, url: &str, user: &str) -> Socket {
        let (key, token) = &self.users[user];
        let mut socket = Socket::open(url);
        let greeting = socket.greeting();
        let nonce = greeting["nonce"].as_str().unwrap();
        let signature = URL_SAFE_NO_PAD.encode(key.sign(nonce.as_bytes()).unwrap());
        let said = socket.introduce(&json!({ "jwt": token, "sig": signature }));
        assert!(!said.contains("-ERR"), "{user}: {said}");
        socket
    }
}

/// A JWT of these claims of NATS, as `nsc` signs it.
fn sign(issuer: &KeyPair, subject: &str, name: &str, nats: &Value) -> String {
    let claims = json!({
        "jti": format!("{subject}{name}"),
        "iat": 1_700_000_000,
        "iss": issuer.public_key(),
        "sub": subject,
        "name": name,
        "nats": nats,
    });
    let header = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = issuer.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
